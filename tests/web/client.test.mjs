// SPDX-License-Identifier: BSD-3-Clause
//
// clients/js against two real daemons and one Redis. tst_javascript.cpp starts all of them, and does to them what is
// asked for here by please().

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { after, afterEach, test } from "node:test";

import { connect, SwitchboardError } from "../../clients/js/switchboard.js";

const urls = process.env.DAEMONS.split(" ");
const ws = createRequire(path.join(process.env.WS_FOLDER, "package.json"))(process.env.WS_FOLDER);
const WebSocket = ws.WebSocket ?? ws;
const quick = { WebSocket, minDelay: 20, maxDelay: 200 };

const answers = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
after(() => process.stdin.destroy());

/** Has something done to the daemons. */
async function please(...command) {
    process.stderr.write(`please ${command.join(" ")}\n`);
    assert.equal((await answers.next()).value, "done", command.join(" "));
}

const boards = [];
afterEach(() => Promise.all(boards.splice(0).map((board) => board.close())));

/** A client that keeps what happens, as [type, event]. */
function client(target, options = {}) {
    const board = connect(target, { ...quick, ...options });
    board.events = [];
    for (const type of ["state", "session", "chat", "ping", "members", "joined", "left", "message", "rejected", "error"]) {
        board.on(type, (event) => board.events.push([type, event]));
    }
    boards.push(board);
    return board;
}

async function openClient(target, options) {
    const board = client(target, options);
    await board.opened();
    return board;
}

/** Resolves to the first event of that type, since the beginning, that is wanted. */
function event(board, type, isWanted = () => true) {
    return new Promise((resolve, reject) => {
        const found = board.events.find((entry) => entry[0] === type && isWanted(entry[1]));
        if (found) {
            resolve(found[1]);
            return;
        }
        const timer = setTimeout(
            () => reject(new Error(`no such ${type}: ${isWanted} among ${JSON.stringify(board.events)}`)), 30000);
        const off = board.on(type, (happened) => {
            if (isWanted(happened)) {
                off();
                clearTimeout(timer);
                resolve(happened);
            }
        });
    });
}

async function idOf(board) {
    return (board.session ?? (await event(board, "session"))).client;
}

/** The next state of that name. */
function nextState(board, name) {
    return new Promise((resolve) => {
        const off = board.on("state", (state) => {
            if (state.name === name) {
                off();
                resolve(state);
            }
        });
    });
}

/** A JSON Web Token of the daemon that wants one. */
function webToken(claims) {
    const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const text = `${encode({ alg: "HS256" })}.${encode(claims)}`;
    return `${text}.${createHmac("sha256", process.env.SECRET).update(text).digest("base64url")}`;
}

const refusal = (code) => (error) => error instanceof SwitchboardError && error.code === code;

test("says who it is and where", async () => {
    const [one, two] = await Promise.all(urls.map((url) => openClient(url)));
    const [first, second] = await Promise.all([one, two].map((board) => event(board, "session")));
    assert.match(first.client, /^[0-9a-f-]{36}$/);
    assert.notEqual(first.client, second.client);
    assert.notEqual(first.node, second.node);
    assert.deepEqual([first, second].map(({ port }) => port), urls.map((url) => Number(new URL(url).port)));
    assert.ok(first.host.length > 0);
    assert.equal(one.session, first);
});

test("chats both ways, in order", async () => {
    const [one, two] = await Promise.all(urls.map((url) => openClient(url)));
    const texts = ["", "Hello World", "ä€😀\n\"\\", ...Array.from({ length: 50 }, (_, i) => `line ${i}`)];
    for (const text of texts) {
        await one.chat(text);
    }
    await event(two, "chat", ({ content }) => content === "line 49");
    const heard = two.events.filter(([type]) => type === "chat").map(([, { content }]) => content);
    assert.deepEqual(heard, texts);
    await two.chat("and back");
    const { postedAt } = await event(one, "chat", ({ content }) => content === "and back");
    assert.ok(Math.abs(Date.parse(postedAt) - Date.now()) < 60000, postedAt);
});

test("hears pings", async () => {
    const board = await openClient(urls[0]);
    for (const number of [2, 1]) {
        assert.equal((await fetch(urls[1].replace("ws:", "http:").replace("websockets", `ping${number}`))).status, 200);
        assert.deepEqual(await event(board, "ping", (ping) => ping.number === number), { number });
    }
});

test("shows who is in a room, and what they say", async () => {
    const [one, two] = await Promise.all(urls.map((url) => openClient(url)));
    const [first, second] = await Promise.all([one, two].map(idOf));
    assert.deepEqual(await one.join("tea"), [first]);
    assert.deepEqual(await two.join("tea"), [first, second].sort());
    await event(one, "joined", ({ user }) => user === second);
    assert.deepEqual(one.rooms, ["tea"]);
    assert.deepEqual(one.members("tea"), [first, second].sort());
    await two.say("tea", "milk?");
    const { postedAt, ...said } = await event(one, "message");
    assert.deepEqual(said, { room: "tea", user: second, message: "milk?" });
    assert.ok(Number.isFinite(Date.parse(postedAt)));

    await two.leave("tea");
    assert.deepEqual(two.rooms, []);
    assert.deepEqual(two.members("tea"), []);
    assert.deepEqual(await event(one, "left"), { room: "tea", user: second });
    assert.deepEqual(one.members("tea"), [first]);
    await one.say("tea", "alone");
    await event(one, "message", ({ message }) => message === "alone");
    assert.equal(two.events.filter(([type, { message }]) => type === "message" && message === "alone").length, 0);
});

test("joins several at once, and tells each what became of it", async () => {
    const board = await openClient(urls[0]); // in three rooms at most
    const joins = await Promise.allSettled(["a", "b", "\u0001", "c", "d"].map((room) => board.join(room)));
    assert.deepEqual(joins.map(({ status, reason }) => reason?.code ?? status),
        ["fulfilled", "fulfilled", "invalid-contents", "fulfilled", "too-many-rooms"]);
    assert.equal(joins[4].reason.room, "d");
    assert.deepEqual(board.rooms, ["a", "b", "c"]);
    assert.deepEqual(await board.join("a"), [await idOf(board)]); // again: a fresh list
});

test("leaves a room that it is still joining", async () => {
    const [one, two] = await Promise.all(urls.map((url) => openClient(url)));
    const [first, second] = await Promise.all([one, two].map(idOf));
    await two.join("door");
    const coming = assert.rejects(one.join("door"), refusal("left"));
    await one.leave("door");
    await coming;
    await event(two, "left", ({ user }) => user === first);
    await one.chat("settled");
    await event(one, "chat", ({ content }) => content === "settled");
    assert.deepEqual(one.rooms, []);
    assert.deepEqual(await one.join("door"), [first, second].sort());
});

test("tells of refusals", async () => {
    const board = await openClient(urls[0]);
    await board.say("nowhere", "hello?");
    const { reason, ...rest } = await event(board, "rejected");
    assert.deepEqual(rest, { code: "not-a-member", channel: "chat-room", type: "SendMessage" });
    assert.match(reason, /join/);
    await board.leave("elsewhere");
    await event(board, "rejected", ({ type }) => type === "LeaveRoom");
    await assert.rejects(board.chat("\ud800"), refusal("invalid-text"));
    await assert.rejects(board.chat(7), refusal("invalid-text"));
    await assert.rejects(board.join("\udc00"), refusal("invalid-text"));
    assert.equal(board.state.name, "open");
});

test("comes back to a daemon that was killed, and to its rooms", async () => {
    const [one, two] = await Promise.all(urls.map((url) => openClient(url)));
    const [first, second] = await Promise.all([one, two].map(idOf));
    await one.join("tea");
    await one.join("cake");
    await two.join("tea");

    const waiting = nextState(one, "waiting");
    await please("kill", 0);
    const state = await waiting;
    assert.equal(state.wasOpen, true);
    assert.equal(state.code, 1006);
    assert.ok(state.until >= Date.now() - 1000 && state.delay <= quick.maxDelay, JSON.stringify(state));
    assert.equal(one.session, null);
    await assert.rejects(one.chat("into the void"), refusal("not-connected"));
    await assert.rejects(one.say("tea", "into the void"), refusal("not-connected"));
    await assert.rejects(one.join("void"), refusal("not-connected"));
    await one.leave("cake"); // not to come back to it
    assert.deepEqual(one.rooms, ["tea"]);

    one.events.length = 0;
    await please("start", 0);
    const { members } = await event(one, "members");
    const again = await idOf(one);
    assert.notEqual(again, first);
    assert.ok(members.includes(again) && members.includes(second));
    await event(two, "left", ({ user }) => user === first); // its node has died
    await one.say("tea", "back");
    assert.equal((await event(two, "message")).user, again);
    assert.deepEqual(one.members("tea"), [again, second].sort());
    assert.deepEqual(one.rooms, ["tea"]);
    const heard = [one, two].flatMap(({ events }) => events).filter(([, happened]) => happened.content === "into the void");
    assert.deepEqual(heard, []);
    await please("ready");
});

test("goes to another daemon of the list", async () => {
    const board = await openClient(urls);
    assert.equal(board.state.url, urls[0]);
    await board.join("tea");
    board.events.length = 0;
    await please("kill", 0);
    assert.equal((await event(board, "state", ({ name }) => name === "open")).url, urls[1]);
    await event(board, "members");
    await please("start", 0);
    await please("ready");
});

test("waits longer and longer", async () => {
    await please("kill", 0);
    const board = client(urls[0], { minDelay: 8, maxDelay: 64 });
    await event(board, "state", ({ name, attempt }) => name === "connecting" && attempt === 8);
    const waits = board.events.map(([, state]) => state).filter(({ name }) => name === "waiting");
    waits.forEach(({ delay, wasOpen, reason }, i) => {
        const most = Math.min(8 * 2 ** i, 64);
        assert.ok(delay >= most / 2 && delay <= most, `${delay} of ${most}`);
        assert.equal(wasOpen, false);
        assert.match(reason, /ECONNREFUSED/);
    });
    await please("start", 0);
    await board.opened();
    await please("ready");
});

test("says that Redis is away, and is in its rooms when it is back", async () => {
    const [one, two] = await Promise.all(urls.map((url) => openClient(url)));
    await one.join("tea");
    await please("kill-redis");
    await one.chat("lost");
    const { channel, type } = await event(one, "rejected", ({ code }) => code === "relay-unavailable");
    assert.deepEqual([channel, type], ["chat", "SubmitMessage"]);
    await assert.rejects(one.join("cake"), refusal("relay-unavailable"));

    // A client that reconnects meanwhile gets into its room later.
    one.events.length = 0;
    await please("kill", 0);
    await event(one, "state", ({ name }) => name === "waiting");
    await please("start", 0);
    await one.opened();
    await please("start-redis");
    await event(one, "members");
    await please("ready");
    await two.join("tea");
    await one.say("tea", "back");
    await event(two, "message", ({ message }) => message === "back");
});

test("notices a daemon that does not answer", async () => {
    const board = await openClient(urls[0], { keepalive: 200, replyTimeout: 1000, connectTimeout: 1000 });
    await event(board, "session");
    const lost = nextState(board, "waiting");
    await please("pause", 0);
    assert.equal((await lost).reason, "the daemon does not answer");
    await event(board, "state", ({ reason }) => reason === "there was no answer in time");
    await please("resume", 0);
    await board.opened();
});

test("asks for a fresh token each time", async () => {
    const tokens = [];
    const board = client(urls[0], { token: async () => `token-${tokens.push(0)}` });
    await board.opened();
    await please("kill", 0);
    await event(board, "state", ({ name }) => name === "waiting");
    await please("start", 0);
    await please("ready");
    await board.opened();
    assert.ok(tokens.length >= 2);
    assert.ok(!JSON.stringify(board.events).includes("token-"), "a token is in what it says");

    const failing = client(urls[0], { token: () => Promise.reject(new Error("no token today")) });
    assert.equal((await event(failing, "state", ({ name }) => name === "waiting")).reason, "no token today");
});

test("waits long where it is refused, or its token expires", async () => {
    const url = process.env.DAEMON_WITH_TOKENS;
    const stranger = client(url, { refusedDelay: 100000 });
    const refused = await event(stranger, "state", ({ name }) => name === "waiting");
    assert.match(refused.reason, /401/);
    assert.equal(refused.isRefused, true);
    assert.ok(refused.delay >= 50000, refused.delay);

    const alice = await openClient(url, { token: webToken({ sub: "alice", rooms: ["tea"] }) });
    assert.equal((await event(alice, "session")).user, "alice");
    await assert.rejects(alice.join("cake"), refusal("unauthorized")); // it is for tea alone
    await alice.join("tea");

    const exp = Math.floor(Date.now() / 1000) + 2;
    const bob = client(url, { token: webToken({ sub: "bob", exp }), refusedDelay: 100000 });
    const expired = await event(bob, "state", ({ code }) => code === 4401);
    assert.equal(expired.name, "waiting");
    assert.ok(expired.delay >= 50000, expired.delay);
});

test("stays away when an operator has disconnected it", async () => {
    const board = await openClient(urls[0]);
    await board.join("tea");
    const id = await idOf(board);
    const operator = new WebSocket(urls[1]); // on this machine, so that it may
    const tell = (type, contents) => operator.send(JSON.stringify({ channel: "monitor", message: { type, contents } }));
    operator.onopen = () => tell("Subscribe", {});
    operator.onmessage = () => {
        operator.onmessage = null;
        tell("DisconnectClient", { client: id });
    };
    const { code } = await event(board, "state", ({ name }) => name === "closed");
    assert.equal(code, 4003);
    operator.close();
    await assert.rejects(board.chat("hello?"), refusal("not-connected"));
    board.events.length = 0;
    board.reconnect();
    await event(board, "members");
    assert.deepEqual(board.members("tea"), [await idOf(board)]);
});

test("closes cleanly, and stays closed", async () => {
    const [one, two] = await Promise.all(urls.map((url) => openClient(url)));
    const first = await idOf(one);
    await two.join("tea");
    await one.join("tea");
    await event(two, "joined", ({ user }) => user === first);
    const pending = assert.rejects(one.join("cake"), refusal("disconnected"));
    await one.close();
    await pending;
    assert.deepEqual(one.state, { name: "closed", code: 1000, reason: "the connection was closed" });
    await event(two, "left", ({ user }) => user === first);
    one.reconnect();
    assert.equal(one.state.name, "closed");
    await assert.rejects(one.chat("late"), refusal("not-connected"));
    await assert.rejects(one.opened(), refusal("closed"));
    await one.close();

    const early = client(urls[0]);
    await early.close(); // before it was open
    assert.equal(early.state.name, "closed");
});

test("a handler that throws stops nobody else", async () => {
    const board = await openClient(urls[0]);
    const heard = [];
    board.on("chat", () => {
        throw new Error("a mistake");
    });
    board.on("chat", ({ content }) => heard.push(content));
    const { queueMicrotask } = globalThis;
    const reports = [];
    globalThis.queueMicrotask = (task) => reports.push(task);
    try {
        await board.chat("on");
        await event(board, "chat");
    } finally {
        globalThis.queueMicrotask = queueMicrotask;
    }
    assert.deepEqual(heard, ["on"]);
    assert.equal(reports.length, 1);
    assert.throws(reports[0], /a mistake/);
    assert.equal(board.state.name, "open");
});

test("takes addresses in several forms", async () => {
    const { port } = new URL(urls[0]);
    for (const form of [`http://127.0.0.1:${port}`, new URL(`ws://127.0.0.1:${port}/`), [`ws://127.0.0.1:${port}/websockets`]]) {
        assert.equal((await openClient(form)).state.url, `ws://127.0.0.1:${port}/websockets`);
    }
    assert.throws(() => connect("ftp://127.0.0.1", quick), TypeError);
    assert.throws(() => connect("nonsense", quick), TypeError);
    assert.throws(() => connect([], quick), TypeError);
    assert.throws(() => connect(urls[0], { WebSocket: null }), /package ws/);
});
