// SPDX-License-Identifier: BSD-3-Clause

// The usual Node server: ws and ioredis, two or more of them over one Redis.
//
//   node ws.mjs PORT REDIS_PORT

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';

import { chatChannel, chatMessage, contents, memberList, roomChannel, roomMessage } from './messages.mjs';

const [port, redisPort] = process.argv.slice(2).map(Number);

const publisher = new Redis(redisPort, { enableAutoPipelining: true });
const subscriber = new Redis(redisPort);
const clients = new Set();
const rooms = new Map(); // by channel: the members here, and the subscription

function deliver(members, message) {
    const bytes = Buffer.from(message);
    for (const socket of members) {
        socket.send(bytes, { binary: false });
    }
}

subscriber.on('message', (channel, message) => {
    deliver(channel === chatChannel ? clients : (rooms.get(channel)?.members ?? []), message);
});

async function join(socket, room) {
    const channel = roomChannel(room);
    if (!rooms.has(channel)) {
        rooms.set(channel, { members: new Set(), subscription: subscriber.subscribe(channel) });
    }
    rooms.get(channel).members.add(socket);
    socket.rooms.add(room);
    await rooms.get(channel).subscription;
    socket.send(memberList(room, socket.id));
}

function leave(socket, room) {
    const channel = roomChannel(room);
    const members = rooms.get(channel)?.members;
    socket.rooms.delete(room);
    if (members?.delete(socket) && members.size === 0) {
        rooms.delete(channel);
        subscriber.unsubscribe(channel);
    }
}

function onMessage(socket, text) {
    const message = contents(text);
    switch (message.type) {
        case 'SubmitMessage':
            publisher.publish(chatChannel, chatMessage(message.contents));
            break;
        case 'SendMessage': {
            const { room, message: said } = message.contents;
            publisher.publish(roomChannel(room), roomMessage(room, said, socket.id));
            break;
        }
        case 'JoinRoom':
            join(socket, message.contents.room);
            break;
        case 'LeaveRoom':
            leave(socket, message.contents.room);
            break;
    }
}

await subscriber.subscribe(chatChannel);
const httpServer = createServer((request, response) => response.end('ready'));
const server = new WebSocketServer({ server: httpServer, clientTracking: false });
server.on('connection', (socket) => {
    socket.id = randomUUID();
    socket.rooms = new Set();
    clients.add(socket);
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => onMessage(socket, data));
    socket.on('close', () => {
        clients.delete(socket);
        socket.rooms.forEach((room) => leave(socket, room));
    });
});
httpServer.listen(port, '127.0.0.1', 4096);
