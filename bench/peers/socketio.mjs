// SPDX-License-Identifier: BSD-3-Clause

// Socket.IO with its Redis adapter; events have the names of Switchboard's types.
//
//   node socketio.mjs PORT REDIS_PORT

import { createServer } from 'node:http';

import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

const [port, redisPort] = process.argv.slice(2).map(Number);

// As long as Switchboard's, so that all deliver the same bytes.
const now = () => new Date().toISOString().replace('Z', '000000Z');

const publisher = new Redis(redisPort, { enableAutoPipelining: true });
const subscriber = new Redis(redisPort);
const httpServer = createServer((request, response) => response.end('ready'));
const io = new Server(httpServer, {
    adapter: createAdapter(publisher, subscriber),
    serveClient: false,
    transports: ['websocket'],
});

io.on('connection', (socket) => {
    socket.on('SubmitMessage', (content) => {
        io.emit('NewMessageReceived', { content, postedAt: now() });
    });
    socket.on('SendMessage', ({ room, message }) => {
        io.to(room).emit('NewMessage', { message, postedAt: now(), room, user: socket.id });
    });
    socket.on('JoinRoom', async ({ room }) => {
        await socket.join(room);
        socket.emit('MemberList', { room, users: [socket.id] });
    });
    socket.on('LeaveRoom', ({ room }) => socket.leave(room));
});
httpServer.listen(port, '127.0.0.1', 4096);
