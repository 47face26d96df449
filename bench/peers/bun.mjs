// SPDX-License-Identifier: BSD-3-Clause

// Bun's own WebSocket server with its native publish/subscribe, two or more of them over one Redis.
//
//   bun bun.mjs PORT REDIS_PORT [ioredis]

import { RedisClient, serve } from 'bun';

import { chatChannel, chatMessage, contents, memberList, roomChannel, roomMessage } from './messages.mjs';

const [port, redisPort, redisLibrary] = process.argv.slice(2);

const deliver = (message, channel) => server.publish(channel, message);

async function connectRedis() {
    if (redisLibrary === 'ioredis') {
        const { Redis } = await import('ioredis');
        const publisher = new Redis(Number(redisPort), { enableAutoPipelining: true });
        const subscriber = new Redis(Number(redisPort));
        subscriber.on('message', (channel, message) => deliver(message, channel));
        return {
            publish: (channel, message) => publisher.publish(channel, message),
            subscribe: (channel) => subscriber.subscribe(channel),
            unsubscribe: (channel) => subscriber.unsubscribe(channel),
        };
    }
    const url = `redis://127.0.0.1:${redisPort}`;
    const publisher = new RedisClient(url);
    const subscriber = new RedisClient(url);
    await publisher.connect();
    await subscriber.connect();
    return {
        publish: (channel, message) => publisher.publish(channel, message),
        subscribe: (channel) => subscriber.subscribe(channel, deliver),
        unsubscribe: (channel) => subscriber.unsubscribe(channel),
    };
}

const redis = await connectRedis();
const subscriptions = new Map(); // of rooms with members here, until Redis has confirmed

async function join(socket, room) {
    const channel = roomChannel(room);
    socket.subscribe(channel);
    if (!subscriptions.has(room)) {
        subscriptions.set(room, redis.subscribe(channel));
    }
    await subscriptions.get(room);
    socket.send(memberList(room, socket.data.id));
}

function leave(socket, room) {
    const channel = roomChannel(room);
    socket.unsubscribe(channel);
    if (server.subscriberCount(channel) === 0) {
        subscriptions.delete(room);
        redis.unsubscribe(channel);
    }
}

function onMessage(socket, text) {
    const message = contents(text);
    switch (message.type) {
        case 'SubmitMessage':
            redis.publish(chatChannel, chatMessage(message.contents));
            break;
        case 'SendMessage': {
            const { room, message: said } = message.contents;
            redis.publish(roomChannel(room), roomMessage(room, said, socket.data.id));
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

const server = serve({
    port: Number(port),
    hostname: '127.0.0.1',
    fetch(request, server) {
        if (server.upgrade(request, { data: { id: crypto.randomUUID() } })) {
            return undefined;
        }
        return new Response('ready');
    },
    websocket: {
        open(socket) {
            socket.subscribe(chatChannel);
        },
        message: onMessage,
    },
});
await redis.subscribe(chatChannel);
