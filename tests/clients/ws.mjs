// SPDX-License-Identifier: BSD-3-Clause
//
// Talks to daemons with npm's ws, plain and compressed, whole and in fragments:
//   node ws.mjs FOLDER URL…     FOLDER is that of the package ws
// Prints "ok" when every client has heard every message as it was sent; else what went wrong, with status 1.

import { createRequire } from "node:module";
import path from "node:path";

const [folder, ...urls] = process.argv.slice(2);
const WebSocket = createRequire(path.join(folder, "package.json"))(folder);

const texts = ["", "short", "ä€😀".repeat(2000), "x".repeat(60000), JSON.stringify({ a: ['"', "\\", "\u0001"] })];

function fail(reason) {
    console.error(reason);
    process.exit(1);
}

setTimeout(() => fail("not done after 20 seconds"), 20000).unref();

function connect(url, options) {
    return new Promise((resolve) => {
        const socket = new WebSocket(url, options);
        socket.heard = [];
        socket.on("message", (data) => socket.heard.push(JSON.parse(data.toString()).message.contents.content));
        socket.on("error", (error) => fail(`${url}: ${error.message}`));
        socket.on("open", () => resolve(socket));
    });
}

function say(socket, text, isFragmented) {
    const message = JSON.stringify({ channel: "chat", message: { type: "SubmitMessage", contents: text } });
    if (!isFragmented) {
        socket.send(message);
        return;
    }
    // Cut anywhere, also inside characters.
    const bytes = Buffer.from(message);
    for (let i = 0; i < bytes.length; i += 1001) {
        socket.send(bytes.subarray(i, i + 1001), { fin: i + 1001 >= bytes.length, binary: false });
    }
}

async function heardBy(sockets, count) {
    while (sockets.some((socket) => socket.heard.length < count)) {
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}

const sockets = [];
for (const url of urls) {
    for (const perMessageDeflate of [false, true, { clientNoContextTakeover: true, threshold: 0 }]) {
        sockets.push(await connect(url, { perMessageDeflate }));
    }
}
const expected = [];
for (const socket of sockets) {
    for (const isFragmented of [false, true]) {
        for (const text of texts) {
            say(socket, text, isFragmented);
            expected.push(text);
            await heardBy(sockets, expected.length);
        }
    }
}
for (const socket of sockets) {
    if (JSON.stringify(socket.heard) !== JSON.stringify(expected)) {
        fail(`heard otherwise by ${socket.url}`);
    }
}
const compressed = sockets.filter((socket) => socket.extensions.includes("permessage-deflate"));
console.log(`ok: ${expected.length} messages, ${sockets.length} clients, ${compressed.length} of them compressed`);
for (const socket of sockets) {
    socket.close(1000);
}
