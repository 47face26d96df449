// SPDX-License-Identifier: BSD-3-Clause

// Switchboard's messages, for servers that relay the finished text through Redis. See docs/PROTOCOL.md.

export const chatChannel = 'bench-chat';
export const roomChannel = (room) => `bench-room-${room}`;

// As long as Switchboard's, so that all deliver the same bytes.
const now = () => new Date().toISOString().replace('Z', '000000Z');

export const chatMessage = (content) =>
    JSON.stringify({
        channel: 'chat',
        message: { contents: { content, postedAt: now() }, type: 'NewMessageReceived' },
    });

export const roomMessage = (room, message, user) =>
    JSON.stringify({
        channel: 'chat-room',
        message: { contents: { message, postedAt: now(), room, user }, type: 'NewMessage' },
    });

// These peers keep no lists: it only tells a client that it is in.
export const memberList = (room, user) =>
    JSON.stringify({
        channel: 'chat-room',
        message: { contents: { room, users: [user] }, type: 'MemberList' },
    });

export const contents = (text) => {
    const { message } = JSON.parse(text);
    return { type: message.type, contents: message.contents };
};
