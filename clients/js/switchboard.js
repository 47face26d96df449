// SPDX-License-Identifier: BSD-3-Clause
//
// A client of Switchboard for browsers and Node.js: one ES module without dependencies.
//
//   import { connect } from "./switchboard.js";
//   const board = connect("ws://127.0.0.1:9000/websockets");
//   board.on("chat", ({ content }) => console.log(content));
//   await board.opened();
//   await board.chat("Hello World");
//
// README.md beside this file has the rest, switchboard.d.ts every name. The messages are those of
// docs/PROTOCOL.md.

/** Milliseconds; each can be set in the options of connect(). */
const defaults = Object.freeze({
    minDelay: 500, // the most before the first attempt to reconnect; it doubles with each
    maxDelay: 30000,
    refusedDelay: 60000, // the most where coming back unchanged is of little use
    connectTimeout: 10000,
    keepalive: 30000, // of silence, before the daemon is asked whether it is there; 0: never
    replyTimeout: 10000, // for its answer
});

/** An open connection that lasted so long was a good one: the next delay is a short one again. */
const settledAfter = 5000;

/** The daemon does not want the client as it is: an expired token, broken protocol, too much talk. */
const refusingCodes = new Set([1002, 1007, 1008, 4401]);

/** An operator has disconnected the client, which is to stay away. */
const dismissedCode = 4003;

const codeWords = new Map([
    [1000, "the connection was closed"],
    [1001, "the daemon is stopping"],
    [1002, "the daemon did not understand what came"],
    [1007, "the daemon got text that is not UTF-8"],
    [1008, "too many messages were sent for too long"],
    [1009, "a message was too long"],
    [4003, "an operator has disconnected this client"],
    [4008, "too much was left unread"],
    [4401, "the token has expired"],
    [4408, "the daemon heard nothing from this client"],
]);

/**
 * Why something was not done. `code` is one of the daemon's (docs/PROTOCOL.md), or "not-connected",
 * "disconnected", "left", "closed", "invalid-text", "invalid-message".
 */
export class SwitchboardError extends Error {
    constructor(code, reason, details = {}) {
        super(reason);
        this.name = "SwitchboardError";
        this.code = code;
        Object.assign(this, details);
    }
}

/**
 * Connects to one of the daemons at `urls`, and again whenever the connection ends, until close().
 * Throws a TypeError where a URL is none, or where there is no WebSocket.
 */
export function connect(urls, options) {
    return new Switchboard(urls, options);
}

export class Switchboard {
    #options;
    #urls;
    #urlIndex = 0;
    #handlers = new Map();
    #state = Object.freeze({ name: "closed" });
    #session = null;
    #socket = null;
    #timers = {};
    #failures = 0; // since the last good connection
    #openedAt = 0;
    #closing = null; // the promise of close()
    #hasHeard = false; // since #watch looked
    #rooms = new Map(); // name → Set of members: the rooms that we are in, or will be in again
    #asked = null; // the join that the daemon has been asked for
    #joins = []; // those behind it

    constructor(urls, options = {}) {
        const given = Object.entries(options).filter(([, value]) => value !== undefined);
        this.#options = { WebSocket: globalThis.WebSocket, ...defaults, ...Object.fromEntries(given) };
        if (typeof this.#options.WebSocket !== "function") {
            throw new TypeError("There is no WebSocket here: give one in the options, such as that of the package ws.");
        }
        this.#urls = (Array.isArray(urls) ? urls : [urls ?? globalThis.location?.origin]).map(webSocketUrl);
        if (this.#urls.length === 0) {
            throw new TypeError("There is no URL to connect to.");
        }
        this.#connect();
    }

    /** How the connection is; a new object with each change. */
    get state() {
        return this.#state;
    }

    /** Who we are, and on which node; null until the daemon has told. */
    get session() {
        return this.#session;
    }

    /** The names of the rooms that we are in. */
    get rooms() {
        return [...this.#rooms.keys()];
    }

    /** Who is in a room that we are in, sorted. */
    members(room) {
        return [...(this.#rooms.get(room) ?? [])].sort();
    }

    /** Calls `handler` with what happens, until the function that is returned is called. */
    on(type, handler) {
        const handlers = this.#handlers.get(type) ?? new Set();
        this.#handlers.set(type, handlers.add(handler));
        return () => void handlers.delete(handler);
    }

    /** Resolves when the connection is open; rejects when it is closed for good. */
    opened() {
        return new Promise((resolve, reject) => {
            let off = () => {};
            const look = ({ name, reason }) => {
                if (name === "open") {
                    resolve();
                } else if (name === "closed") {
                    reject(new SwitchboardError("closed", reason));
                } else {
                    return;
                }
                off();
            };
            off = this.on("state", look);
            look(this.#state);
        });
    }

    /**
     * Says something to everyone. Resolves when it is handed to the connection; should the daemon refuse it,
     * "rejected" says so.
     */
    async chat(text) {
        this.#send("chat", "SubmitMessage", wellFormed(text));
    }

    /** Says something in a room that we are in; resolves as chat() does. */
    async say(room, text) {
        this.#send("chat-room", "SendMessage", { room: wellFormed(room), message: wellFormed(text) });
    }

    /** Joins a room, now and after each reconnect. Resolves to its members, ourselves among them. */
    async join(room) {
        wellFormed(room);
        this.#requireOpen();
        return new Promise((resolve, reject) => {
            this.#joins.push({ room, resolve, reject });
            this.#askNext();
        });
    }

    /** Leaves a room. Without a connection that means not to come back to it. */
    async leave(room) {
        wellFormed(room);
        const wasIn = this.#rooms.delete(room);
        this.#giveUpJoins(new SwitchboardError("left", "the room was left meanwhile"), (join) => join.room === room);
        if (!wasIn || this.#state.name === "open") {
            this.#send("chat-room", "LeaveRoom", { room });
        }
    }

    /** Connects at once where that was to happen later, or was not to happen because an operator had it so. */
    reconnect() {
        if (!this.#closing && (this.#state.name === "waiting" || this.#state.name === "closed")) {
            this.#connect();
        }
    }

    /** Ends the connection for good. Resolves when it has ended. */
    close() {
        this.#closing ??= new Promise((resolve) => {
            const socket = this.#release();
            this.#rooms.clear();
            const finish = () => {
                this.#setState({ name: "closed", code: 1000, reason: codeWords.get(1000) });
                resolve();
            };
            if (!socket || socket.readyState === socket.CLOSED) {
                finish();
                return;
            }
            // A daemon that does not answer is not waited for long.
            const timer = setTimeout(finish, 3000);
            socket.onclose = () => {
                clearTimeout(timer);
                finish();
            };
            socket.close(1000);
        });
        return this.#closing;
    }

    // The connection.

    async #connect() {
        this.#drop();
        const timer = setTimeout(() => this.#fail(1006, "there was no answer in time"), this.#options.connectTimeout);
        this.#timers.attempt = timer;
        const url = new URL(this.#urls[this.#urlIndex]);
        this.#setState({ name: "connecting", url: url.href, attempt: this.#failures + 1 });
        // While the token is fetched it may be closed, or time may run out.
        const isCurrent = () => this.#timers.attempt === timer;
        try {
            const { token, WebSocket } = this.#options;
            const value = await (typeof token === "function" ? token() : token);
            if (value) {
                url.searchParams.set("token", value);
            }
            if (isCurrent()) {
                this.#listenTo(new WebSocket(url.href));
            }
        } catch (error) {
            if (isCurrent()) {
                this.#fail(1006, error.message);
            }
        }
    }

    #listenTo(socket) {
        let fault = "";
        this.#socket = socket;
        socket.onopen = () => this.#onOpen();
        socket.onmessage = ({ data }) => this.#onMessage(data);
        socket.onerror = ({ message }) => (fault = message ?? ""); // browsers say nothing
        socket.onclose = ({ code, reason }) => this.#fail(code, reason, fault);
    }

    #onOpen() {
        clearTimeout(this.#timers.attempt);
        this.#openedAt = Date.now();
        this.#joins = [...this.#rooms.keys()].map((room) => ({ room, isReturn: true }));
        this.#setState({ name: "open", url: this.#state.url });
        if (this.#state.name === "open") {
            this.#send("session", "Describe", {});
            this.#askNext();
        }
    }

    /** The connection has ended, or did not come about. */
    #fail(code, reason, fault = "") {
        const { name, url } = this.#state;
        const wasOpen = name === "open";
        this.#drop();
        reason ||= (wasOpen && codeWords.get(code)) || fault;
        reason ||= wasOpen ? "the connection broke" : "the daemon cannot be reached";
        if (code === dismissedCode) {
            this.#setState({ name: "closed", url, code, reason });
            return;
        }
        if (wasOpen && Date.now() - this.#openedAt >= settledAfter) {
            this.#failures = 0;
        }
        const isRefused = refusingCodes.has(code) || /\b40[13]\b/.test(fault);
        const delay = this.#nextDelay(isRefused);
        this.#failures += 1;
        this.#urlIndex = (this.#urlIndex + 1) % this.#urls.length;
        this.#timers.retry = setTimeout(() => this.#connect(), delay);
        this.#setState({ name: "waiting", url, code, reason, isRefused, wasOpen, delay, until: Date.now() + delay });
    }

    /** It doubles with each round through all URLs. Half of it is chance, so that not all come back at once. */
    #nextDelay(isRefused) {
        const { minDelay, maxDelay, refusedDelay } = this.#options;
        const round = Math.floor(this.#failures / this.#urls.length);
        const most = Math.max(Math.min(minDelay * 2 ** round, maxDelay), isRefused ? refusedDelay : 0);
        return Math.round(most * (0.5 + 0.5 * Math.random()));
    }

    /** Stops the timers and lets go of the socket, which is returned. What waits for an answer gets none. */
    #release() {
        Object.values(this.#timers).forEach(clearTimeout);
        this.#timers = {};
        this.#session = null;
        const socket = this.#socket;
        this.#socket = null;
        if (socket) {
            socket.onopen = socket.onmessage = socket.onclose = null;
            socket.onerror = () => {}; // or some implementations would throw
        }
        this.#giveUpJoins(new SwitchboardError("disconnected", "the connection ended before the answer"));
        this.#asked = null;
        return socket;
    }

    #drop() {
        this.#release()?.close();
    }

    /** Asks a daemon that is silent whether it is there: a connection that is half gone does not tell. */
    #watch(isAsked = false) {
        const { keepalive, replyTimeout } = this.#options;
        if (keepalive <= 0) {
            return;
        }
        this.#hasHeard = false;
        this.#timers.watch = setTimeout(() => {
            if (this.#hasHeard) {
                this.#watch();
            } else if (isAsked) {
                this.#fail(1006, "the daemon does not answer");
            } else {
                this.#send("session", "Describe", {});
                this.#watch(true);
            }
        }, isAsked ? replyTimeout : keepalive);
    }

    // Joining. A refusal does not name the room, so the daemon is asked for one room at a time.

    #askNext() {
        if (this.#state.name === "open" && !this.#asked && !this.#timers.ask && this.#joins.length > 0) {
            this.#asked = this.#joins.shift();
            this.#send("chat-room", "JoinRoom", { room: this.#asked.room });
        }
    }

    /** Asks for that room again, in a moment: to ask twice does no harm. */
    #askLater() {
        if (!this.#asked.isGivenUp) {
            this.#joins.unshift(this.#asked);
        }
        this.#asked = null;
        this.#timers.ask = setTimeout(() => {
            delete this.#timers.ask;
            this.#askNext();
        }, this.#options.minDelay * (1 + Math.random()));
    }

    #giveUpJoins(error, isConcerned = () => true) {
        const all = this.#asked ? [this.#asked, ...this.#joins] : this.#joins;
        for (const join of all.filter(isConcerned)) {
            join.isGivenUp = true;
            join.reject?.(error);
        }
        this.#joins = this.#joins.filter((join) => !join.isGivenUp);
    }

    // What the daemon says.

    static #takers = {
        "chat NewMessageReceived": (board, contents) => board.#emit("chat", contents),
        "ping Ping": (board, number) => board.#emit("ping", { number }),
        "session Session": (board, contents) => board.#onSession(contents),
        "chat-room MemberList": (board, contents) => board.#onMembers(contents),
        "chat-room JoinedRoom": (board, { room, user }) => {
            if (board.#rooms.get(room)?.add(user)) {
                board.#emit("joined", { room, user });
            }
        },
        "chat-room LeftRoom": (board, { room, user }) => {
            if (board.#rooms.get(room)?.delete(user)) {
                board.#emit("left", { room, user });
            }
        },
        "chat-room NewMessage": (board, contents) => {
            if (board.#rooms.has(contents.room)) {
                board.#emit("message", contents);
            }
        },
        "error Rejected": (board, contents) => board.#onRejected(contents),
    };

    #onMessage(data) {
        this.#hasHeard = true;
        try {
            const { channel, message } = JSON.parse(data);
            // More may be added to the protocol, which is no concern of ours.
            Switchboard.#takers[`${channel} ${message.type}`]?.(this, message.contents);
        } catch (error) {
            const reason = `what the daemon sent is not understood: ${error.message}`;
            this.#emit("error", new SwitchboardError("invalid-message", reason));
        }
    }

    #onSession(session) {
        if (!this.#session) {
            this.#session = Object.freeze(session);
            this.#watch(); // only daemons that answer can be asked
            this.#emit("session", session);
        }
    }

    #onMembers({ room, users }) {
        const join = this.#asked?.room === room ? this.#asked : null;
        this.#asked = join ? null : this.#asked;
        if (join ? !join.isGivenUp : this.#rooms.has(room)) {
            this.#rooms.set(room, new Set(users));
            this.#emit("members", { room, members: users });
        }
        join?.resolve?.(users);
        this.#askNext();
    }

    #onRejected({ code, reason, channel, type }) {
        const join = this.#asked;
        if (channel === "session") {
            return; // an older daemon; it works without
        }
        if (join && code === "rate-limited") {
            this.#askLater(); // it does not say what was dropped
        } else if (join && channel === "chat-room" && type === "JoinRoom") {
            if (join.isReturn && code === "relay-unavailable") {
                this.#askLater(); // Redis will be back
                return;
            }
            this.#asked = null;
            this.#askNext();
            if (join.reject) {
                join.reject(new SwitchboardError(code, reason, { channel, type, room: join.room }));
                return;
            }
            this.#rooms.delete(join.room);
            this.#emit("rejected", { code, reason, channel, type, room: join.room });
            return;
        }
        this.#emit("rejected", { code, reason, channel, type });
    }

    // Small things.

    #requireOpen() {
        if (this.#state.name !== "open") {
            throw new SwitchboardError("not-connected", "there is no connection; nothing was sent");
        }
    }

    #send(channel, type, contents) {
        this.#requireOpen();
        this.#socket.send(JSON.stringify({ channel, message: { type, contents } }));
    }

    #setState(state) {
        this.#state = Object.freeze(state);
        this.#emit("state", this.#state);
    }

    #emit(type, event) {
        for (const handler of [...(this.#handlers.get(type) ?? [])]) {
            try {
                handler(event);
            } catch (error) {
                // A mistake of a handler is not the connection's. It is reported where such things are.
                queueMicrotask(() => {
                    throw error;
                });
            }
        }
    }
}

/** `text`, which must be a string that can be written as UTF-8: the daemon would not know what it is to refuse. */
function wellFormed(text) {
    if (typeof text !== "string" || /\p{Surrogate}/u.test(text)) {
        throw new SwitchboardError("invalid-text", "it is not a text: a string without halves of characters");
    }
    return text;
}

/** The address of a daemon as WebSocket wants it: http stands for ws, and the path may be left out. */
function webSocketUrl(text) {
    const url = new URL(text, globalThis.location?.href);
    url.protocol = url.protocol.replace(/^http/, "ws");
    if (!/^wss?:$/.test(url.protocol)) {
        throw new TypeError(`${text} is no URL of a daemon: it begins with ws://, wss://, http:// or https://.`);
    }
    if (url.pathname === "/") {
        url.pathname = "/websockets";
    }
    url.hash = "";
    return url.href;
}
