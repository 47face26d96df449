# SPDX-License-Identifier: BSD-3-Clause
"""The servers that are compared, and how each is started."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release" / "bin"
SERVER = BUILD / "switchboard-server"
BENCH = BUILD / "switchboard-bench"
PEERS = ROOT / "bench" / "peers"
NGINX = PEERS / "nginx"
MODULES = PEERS / "node_modules"


@dataclass(frozen=True)
class Contender:
    """One kind of server. `command` makes the command line of a node from its port, the port of Redis and a folder."""

    key: str
    label: str
    command: Callable[[int, int, Path], list]
    path: str = "/websockets"
    dialect: str = "switchboard"
    version: Callable[[], str] = lambda: ""
    missing: Callable[[], str] = lambda: ""
    environment: dict = field(default_factory=dict)
    ready_path: str = "/"
    is_ours: bool = False
    only_rows: tuple = ()  # empty: all that are for everybody


def output_of(command):
    """What a program prints, on either stream."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return result.stdout + result.stderr


def package_version(name):
    """The installed version of an npm package."""
    text = (MODULES / name / "package.json").read_text(encoding="utf-8")
    return re.search(r'"version": *"([^"]+)"', text).group(1)


def server_offers(option):
    """Whether the daemon of this build has an option."""
    return SERVER.exists() and f"--{option} " in output_of([SERVER, "--help"])


def missing_file(path, what):
    return "" if path.exists() else f"{what}: {path.relative_to(ROOT)} is missing"


def switchboard(key, label, extra=(), only_rows=()):
    """Our daemon. Logging of every client is off, as it is for the others, and so is the bound on what a client may
    send, which the others do not have."""
    return Contender(
        key=key,
        label=label,
        command=lambda port, redis, folder: [
            SERVER, "--port", str(port), "--redis-url", f"redis://127.0.0.1:{redis}", "--log-level", "warning", *extra,
        ],
        environment={"RATE_LIMIT": "0"},
        version=lambda: output_of([SERVER, "--version"]).split()[-1],
        missing=lambda: missing_file(SERVER, "build the target switchboard-server"),
        ready_path="/readyz",
        is_ours=True,
        only_rows=only_rows,
    )


def bun():
    program = MODULES / "bun" / "bin" / "bun.exe"
    return Contender(
        key="bun",
        label="Bun",
        command=lambda port, redis, folder: [program, PEERS / "bun.mjs", str(port), str(redis)],
        environment={"NODE_ENV": "production"},
        version=lambda: f"{package_version('bun')} (its own WebSocket server, publish/subscribe and Redis client)",
        missing=lambda: missing_file(program, "run bench/peers/install"),
    )


def node(key, label, script, version, **others):
    def missing():
        if not shutil.which("node"):
            return "node is missing"
        return missing_file(MODULES / "ioredis", "run bench/peers/install")

    return Contender(
        key=key,
        label=label,
        command=lambda port, redis, folder: ["node", PEERS / script, str(port), str(redis)],
        environment={"NODE_ENV": "production"},
        version=lambda: f"{version()}, ioredis {package_version('ioredis')}, Node {output_of(['node', '--version']).strip()}",
        missing=missing,
        **others,
    )


def nchan():
    program = NGINX / "usr" / "sbin" / "nginx"
    module = NGINX / "usr" / "lib" / "nginx" / "modules" / "ngx_nchan_module.so"

    def command(port, redis, folder):
        values = {"MODULE": module, "FOLDER": folder, "PORT": port, "REDIS_PORT": redis}
        text = (PEERS / "nchan.conf.in").read_text(encoding="utf-8")
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        configuration = folder / "nginx.conf"
        configuration.write_text(text, encoding="utf-8")
        return [program, "-p", folder, "-c", configuration]

    return Contender(
        key="nchan",
        label="Nchan",
        command=command,
        path="/bench",
        ready_path="/ready",
        dialect="nchan",
        version=lambda: f"1.3.6 in {output_of([program, '-v']).split()[-1]}",
        missing=lambda: missing_file(module, "run bench/peers/install"),
    )


def all_contenders():
    """Everybody, ours first; those of ours that need an option which the daemon does not have are left out."""
    ours = [switchboard("switchboard", "Switchboard")]
    if server_offers("engine"):
        ours.append(switchboard("switchboard-qt", "Switchboard, Qt engine", ("--engine", "qt"),
                                ("idle", "handshakes", "fanout-1000")))
    if server_offers("workers"):
        ours.append(switchboard("switchboard-1", "Switchboard, 1 worker", ("--workers", "1"), ("workers",)))
        ours.append(switchboard("switchboard-2", "Switchboard, 2 workers", ("--workers", "2"), ("workers",)))
    return ours + [
        bun(),
        nchan(),
        node("ws", "Node ws", "ws.mjs", lambda: f"ws {package_version('ws')}"),
        node("socketio", "Socket.IO", "socketio.mjs",
             lambda: f"Socket.IO {package_version('socket.io')}, Redis adapter "
                     f"{package_version('@socket.io/redis-adapter')}",
             path="/socket.io/", dialect="socketio"),
    ]


def environment_of(contender):
    """The environment of a server: ours, without settings that a user may have for the daemon."""
    result = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    result.update(contender.environment)
    return result
