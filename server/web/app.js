// SPDX-License-Identifier: BSD-3-Clause
//
// The page that every daemon serves. All that comes from others is shown as text, never as markup.

import { connect } from "./switchboard.js";

const maxLines = 500;
const maxMembersShown = 200;
const hues = 8;
const tokenExpired = 4401;

const $ = (id) => document.getElementById(id);

function element(name, className, text = "") {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
}

/** What somebody else has written, which may run from right to left. */
function textElement(text) {
    return element("bdi", "", text);
}

const timeFormat = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hourCycle: "h23" });

function timeElement(iso) {
    const date = iso ? new Date(iso) : new Date();
    const time = element("time", "", timeFormat.format(date));
    time.dateTime = date.toISOString();
    return time;
}

/** A client, short: the first digits of its id, in a colour of its own. */
function who(id) {
    const isOwn = id === board.session?.client;
    const shown = element("b", "who", isOwn ? "you" : id.slice(0, 8));
    shown.title = id;
    shown.dataset.hue = parseInt(id.slice(0, 4), 16) % hues;
    return shown;
}

/** Lines that come at the bottom. It keeps the newest ones, and follows them unless one has scrolled away. */
class Log {
    #lines;
    #newest;
    #waiting = [];

    constructor(lines) {
        this.#lines = lines;
        this.#newest = lines.parentElement.querySelector(".newest");
        this.#newest.addEventListener("click", () => {
            this.#follow();
            lines.focus();
        });
        lines.addEventListener("scroll", () => {
            this.#newest.hidden ||= this.#isAtEnd();
        });
    }

    add(kind, iso, ...parts) {
        const line = element("p", kind);
        line.append(timeElement(iso), " ", ...parts);
        this.#waiting.push(line);
        if (this.#waiting.length === 1) {
            // Many may come at once. Pages in the background draw nothing, and keep no more than they may show.
            requestAnimationFrame(() => this.#flush());
        } else if (this.#waiting.length > maxLines) {
            this.#waiting.shift();
        }
    }

    #flush() {
        const isFollowing = this.#isAtEnd();
        this.#lines.append(...this.#waiting.splice(0));
        while (this.#lines.childElementCount > maxLines) {
            this.#lines.firstElementChild.remove();
        }
        if (isFollowing) {
            this.#follow();
        } else {
            this.#newest.hidden = false;
        }
    }

    #isAtEnd() {
        const { scrollHeight, scrollTop, clientHeight } = this.#lines;
        return scrollHeight - scrollTop - clientHeight < 24;
    }

    #follow() {
        this.#lines.scrollTop = this.#lines.scrollHeight;
        this.#newest.hidden = true;
    }
}

/** A room that we are in: its entry in the list of rooms, and its panel. */
class Room {
    #name;
    #tab = element("button", "");
    #entry = element("li", "");
    #badge = element("span", "badge");
    #panel = $("room-template").content.firstElementChild.cloneNode(true);
    #log;
    #unread = 0;
    #isDrawing = false;

    constructor(name) {
        this.#name = name;
        this.#tab.type = "button";
        this.#tab.append(element("span", "name", name), this.#badge);
        this.#tab.addEventListener("click", () => select(name));
        this.#entry.append(this.#tab);
        $("room-list").append(this.#entry);

        const panel = this.#panel;
        panel.setAttribute("aria-label", `Room ${name}`);
        panel.querySelector("h3").textContent = name;
        panel.querySelector(".log").setAttribute("aria-label", `Messages in ${name}`);
        panel.querySelector(".members").setAttribute("aria-label", `Members of ${name}`);
        const leave = panel.querySelector(".leave");
        leave.setAttribute("aria-label", `Leave ${name}`);
        leave.addEventListener("click", () => leaveRoom(name));
        const input = panel.querySelector("input");
        input.placeholder = `Message to ${name}`;
        input.setAttribute("aria-label", input.placeholder);
        sendBy(panel.querySelector("form"), (text) => board.say(name, text));
        $("room-panels").append(panel);
        this.#log = new Log(panel.querySelector(".log"));
    }

    say(iso, user, text) {
        this.#log.add("line", iso, who(user), " ", textElement(text));
        if (!this.#tab.hasAttribute("aria-current")) {
            this.#unread += 1;
            this.#badge.textContent = this.#unread > 99 ? "99+" : String(this.#unread);
            this.#badge.title = "unread";
        }
    }

    note(...parts) {
        this.#log.add("note", null, ...parts);
    }

    /** Draws the members anew, at most once a frame. */
    drawMembers() {
        if (!this.#isDrawing) {
            this.#isDrawing = true;
            requestAnimationFrame(() => {
                this.#isDrawing = false;
                this.#drawMembers(board.members(this.#name));
            });
        }
    }

    #drawMembers(members) {
        const own = board.session?.client;
        const shown = members.filter((member) => member !== own).slice(0, maxMembersShown);
        const list = (members.includes(own) ? [own, ...shown] : shown).map((member) => {
            const entry = element("li", "");
            entry.append(who(member));
            return entry;
        });
        if (members.length > list.length) {
            list.push(element("li", "more", `and ${members.length - list.length} more`));
        }
        this.#panel.querySelector(".members").replaceChildren(...list);
        this.#panel.querySelector(".count").textContent = members.length;
    }

    show(isShown) {
        this.#panel.hidden = !isShown;
        if (isShown) {
            this.#tab.setAttribute("aria-current", "true");
            this.#unread = 0;
            this.#badge.textContent = "";
        } else {
            this.#tab.removeAttribute("aria-current");
        }
    }

    focus() {
        this.#panel.querySelector("input").focus();
    }

    remove() {
        this.#entry.remove();
        this.#panel.remove();
    }
}

let token = null;

/** Takes the token out of the address (#token=…), so that it is in memory alone, and not in the history. */
function takeToken() {
    const given = new URLSearchParams(location.hash.slice(1)).get("token");
    if (given) {
        token = given;
        history.replaceState(null, "", location.pathname + location.search);
    }
}

takeToken();
const rooms = new Map();
const chatLog = new Log($("chat-log"));
const pingLog = new Log($("ping-log"));
const board = connect(undefined, { token: () => token });

// What goes wrong.

function notice(text) {
    $("notice-text").textContent = text;
    $("notice").hidden = false;
}

function clearNotice() {
    $("notice").hidden = true;
}

function sentence(text) {
    return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

/** Sends by `send` what is typed into a form. It stays there if it cannot be sent. */
function sendBy(form, send) {
    const input = form.querySelector("input");
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        try {
            await send(input.value);
            form.reset();
            clearNotice();
        } catch (error) {
            notice(sentence(error.message));
        }
    });
}

// The connection.

/** Says it, unless that has just been said: screen readers would read it again. */
function sayState(text) {
    if ($("state").textContent !== text) {
        $("state").textContent = text;
    }
}

function showState(state) {
    $("connection").dataset.state = state.name;
    $("reconnect").hidden = state.name !== "waiting" && state.name !== "closed";
    $("session").hidden = true;
    if (state.name !== "connecting") {
        $("token-form").hidden = true;
    }
    switch (state.name) {
    case "connecting":
        // Each attempt of many is not worth a word.
        if (state.attempt === 1) {
            sayState("Connecting");
        }
        break;
    case "open":
        sayState("Connected");
        break;
    case "waiting":
        sayState(`${sentence(state.reason)} Reconnecting`);
        if (state.code === tokenExpired) {
            $("token-form").hidden = false;
        } else if (!state.wasOpen) {
            findOutWhy();
        }
        break;
    case "closed":
        sayState(sentence(state.reason));
        break;
    }
    countDown();
}

/** A browser does not say why a connection did not come about. If the daemon is there, it has refused. */
async function findOutWhy() {
    const isThere = await fetch("healthz", { cache: "no-store" }).then((response) => response.ok, () => false);
    if (isThere && board.state.name === "waiting") {
        sayState("The daemon refuses the connection. Reconnecting");
        $("token-form").hidden = false;
    }
}

/** How long it will be: beside the state, so that nobody is told every second. */
function countDown() {
    const { name, until } = board.state;
    const seconds = name === "waiting" ? Math.ceil((until - Date.now()) / 1000) : 0;
    const isUnderWay = name === "connecting" || name === "waiting";
    $("wait").textContent = seconds > 0 ? `in ${seconds} s` : isUnderWay ? "…" : "";
}

board.on("state", showState);
board.on("session", ({ client, host, port, user, worker }) => {
    $("client").textContent = user ? `${user} (${client.slice(0, 8)})` : client.slice(0, 8);
    $("client").title = client;
    $("node").textContent = `${host}:${port}${worker ? `, worker ${worker}` : ""}`;
    $("session").hidden = false;
    rooms.forEach((room) => room.drawMembers());
});
board.on("rejected", ({ reason, room }) => {
    notice(room ? `You are no longer in ${room}: ${reason}.` : sentence(reason));
    if (room) {
        forgetRoom(room);
    }
});
board.on("error", ({ message }) => notice(sentence(message)));
setInterval(countDown, 500);
addEventListener("online", () => board.reconnect());
addEventListener("hashchange", () => {
    takeToken();
    board.reconnect();
});
$("reconnect").addEventListener("click", () => board.reconnect());
$("dismiss").addEventListener("click", clearNotice);
$("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    token = $("token").value.trim();
    $("token-form").reset();
    board.reconnect();
});

// Everyone.

board.on("chat", ({ content, postedAt }) => chatLog.add("line", postedAt, textElement(content)));
sendBy($("chat-form"), (text) => board.chat(text));

// Rooms.

function select(name) {
    rooms.forEach((room, other) => room.show(other === name));
    $("no-rooms").hidden = rooms.size > 0;
}

function forgetRoom(name) {
    rooms.get(name)?.remove();
    rooms.delete(name);
    select([...rooms.keys()].at(-1));
}

async function leaveRoom(name) {
    try {
        await board.leave(name);
        forgetRoom(name);
        $("join-room").focus();
    } catch (error) {
        notice(sentence(error.message));
    }
}

sendBy($("join-form"), async (name) => {
    await board.join(name);
    select(name);
    rooms.get(name).focus();
});
board.on("members", ({ room: name }) => {
    if (!rooms.has(name)) {
        rooms.set(name, new Room(name));
        select(name);
    }
    rooms.get(name).drawMembers();
});
board.on("joined", ({ room: name, user }) => {
    rooms.get(name)?.note(who(user), " came");
    rooms.get(name)?.drawMembers();
});
board.on("left", ({ room: name, user }) => {
    rooms.get(name)?.note(who(user), " left");
    rooms.get(name)?.drawMembers();
});
board.on("message", ({ room, user, message, postedAt }) => rooms.get(room)?.say(postedAt, user, message));

// Pings.

async function ping(number) {
    try {
        const headers = token ? { Authorization: `Bearer ${token}` } : {};
        const response = await fetch(`ping${number}`, { headers, cache: "no-store" });
        if (!response.ok) {
            notice(sentence((await response.text()).trim()));
        }
    } catch {
        notice("The daemon cannot be reached; no ping was sent.");
    }
}

board.on("ping", ({ number }) => pingLog.add("ping", null, element("b", "who", `Ping ${number}`)));
$("ping1").addEventListener("click", () => ping(1));
$("ping2").addEventListener("click", () => ping(2));
