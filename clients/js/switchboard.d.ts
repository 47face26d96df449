// SPDX-License-Identifier: BSD-3-Clause

/** What a WebSocket has to have: that of browsers, of Node.js 22, of the package ws. */
export interface WebSocketLike {
    readonly readyState: number;
    readonly CLOSED: number;
    onopen: ((event: any) => void) | null;
    onmessage: ((event: any) => void) | null;
    onerror: ((event: any) => void) | null;
    onclose: ((event: any) => void) | null;
    send(text: string): void;
    close(code?: number): void;
}

/** Times are in milliseconds. */
export interface Options {
    /** Where the daemon wants one: a token, or what fetches a fresh one for each attempt to connect. */
    token?: string | null | (() => string | null | Promise<string | null>);
    /** In place of globalThis.WebSocket, which Node.js has from version 22 on. */
    WebSocket?: new (url: string) => WebSocketLike;
    /** The most before the first attempt to reconnect (500); it doubles with each, half of it is chance. */
    minDelay?: number;
    /** What it grows to (30000). */
    maxDelay?: number;
    /** The most where coming back unchanged is of little use: a bad token, too much talk (60000). */
    refusedDelay?: number;
    /** For a connection to be there (10000). */
    connectTimeout?: number;
    /** Silence after which the daemon is asked whether it is there (30000); 0: never. */
    keepalive?: number;
    /** For its answer (10000). */
    replyTimeout?: number;
}

export type State =
    | { readonly name: "connecting"; readonly url: string; readonly attempt: number }
    | { readonly name: "open"; readonly url: string }
    | {
          readonly name: "waiting";
          readonly url: string;
          /** Why: the code that the connection was closed with, 1006 without one, and words. */
          readonly code: number;
          readonly reason: string;
          /** Whether the connection had been there. */
          readonly wasOpen: boolean;
          /** Whether the daemon does not want the client as it is. Browsers do not tell 401 from no daemon. */
          readonly isRefused: boolean;
          readonly delay: number;
          /** When the next attempt is, in milliseconds since 1970. */
          readonly until: number;
      }
    /** By close(), or because an operator has disconnected the client (4003). */
    | { readonly name: "closed"; readonly code?: number; readonly reason?: string; readonly url?: string };

/** Who this client is, and on which node of the cluster. */
export interface Session {
    readonly client: string;
    readonly node: string;
    /** Where the node listens, by its own account. */
    readonly host: string;
    readonly port: number;
    /** Who the token says this client is. */
    readonly user?: string;
    /** Which node of its process it is, where that has several. */
    readonly worker?: number;
}

/** A refusal of the daemon; docs/PROTOCOL.md has the codes. */
export interface Rejection {
    readonly code: string;
    /** For people. */
    readonly reason: string;
    readonly channel?: string;
    readonly type?: string;
    /** The room that could not be joined again after a reconnect, and is given up. */
    readonly room?: string;
}

export interface Events {
    state: State;
    /** With each new connection, soon after it is open. */
    session: Session;
    /** Somebody said something to everyone; postedAt is ISO 8601. */
    chat: { content: string; postedAt: string };
    ping: { number: 1 | 2 };
    /** The members of a room that was joined, also of one that was joined again. */
    members: { room: string; members: string[] };
    joined: { room: string; user: string };
    left: { room: string; user: string };
    message: { room: string; user: string; message: string; postedAt?: string };
    rejected: Rejection;
    /** The daemon sent what is not understood. */
    error: SwitchboardError;
}

/**
 * Why something was not done. The code is one of the daemon's, or
 * - not-connected: nothing was sent
 * - disconnected: the connection ended before the answer
 * - left: the room was left before it was joined
 * - closed: the connection is closed for good
 * - invalid-text: no string, or one with half a surrogate pair
 * - invalid-message: the daemon sent what is not understood
 */
export class SwitchboardError extends Error {
    constructor(code: string, reason: string, details?: object);
    readonly name: "SwitchboardError";
    readonly code: string;
    readonly channel?: string;
    readonly type?: string;
    readonly room?: string;
}

export class Switchboard {
    constructor(urls?: string | URL | readonly (string | URL)[], options?: Options);
    /** How the connection is; a new object with each change. */
    readonly state: State;
    /** Null until the daemon has told, and while there is no connection. */
    readonly session: Session | null;
    /** The names of the rooms that we are in, or come back to with the connection. */
    readonly rooms: string[];
    /** Who is in a room that we are in, sorted; without a connection as far as it was known. */
    members(room: string): string[];
    /** Calls the handler with what happens, until the function that is returned is called. */
    on<T extends keyof Events>(type: T, handler: (event: Events[T]) => void): () => void;
    /** Resolves when the connection is open; rejects when it is closed for good. */
    opened(): Promise<void>;
    /** Says something to everyone. Resolves when it is handed to the connection; a refusal comes as "rejected". */
    chat(text: string): Promise<void>;
    /** Says something in a room that we are in; resolves as chat() does. */
    say(room: string, text: string): Promise<void>;
    /** Joins a room, now and after each reconnect. Resolves to its members, ourselves among them. */
    join(room: string): Promise<string[]>;
    /** Leaves a room. Without a connection that means not to come back to it. */
    leave(room: string): Promise<void>;
    /** Connects now where that was to happen later, or was not to happen because an operator had it so. */
    reconnect(): void;
    /** Ends the connection for good. Resolves when it has ended. */
    close(): Promise<void>;
}

/**
 * Connects to one of the daemons at these URLs, and again whenever the connection ends, until close(). In a
 * browser the default is where the page came from. The path may be left out, http stands for ws.
 */
export function connect(urls?: string | URL | readonly (string | URL)[], options?: Options): Switchboard;
