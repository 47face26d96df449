# SPDX-License-Identifier: BSD-3-Clause
"""Servers that run for one measurement: a Redis of their own and some nodes."""

import http.client
import random
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from .contenders import environment_of

START_TIMEOUT = 20  # seconds


class ClusterError(Exception):
    """A server did not start; says which, and what it wrote."""


def free_port():
    """A port of 127.0.0.1 below those that the kernel gives to clients."""
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Cluster:
    """A redis-server without persistence and `count` nodes of a contender, as a context."""

    def __init__(self, contender, count):
        self._contender = contender
        self._count = count
        self._folder = Path(tempfile.mkdtemp(prefix="switchboard-bench-"))
        self._processes = []
        self.ports = []
        self.node_pids = []
        self.redis = None

    def __enter__(self):
        try:
            self._start_redis()
            for _ in range(self._count):
                self._start_node()
            for port in self.ports:
                self._wait_for(port, self._answers_http)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *details):
        self.stop()

    def stop(self):
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def arguments(self):
        """Options of switchboard-bench that name these servers."""
        result = ["--dialect", self._contender.dialect, "--pid", f"redis={self.redis.pid}"]
        for port, node in zip(self.ports, self.node_pids):
            result += ["--url", f"ws://127.0.0.1:{port}{self._contender.path}"]
            for pid in self._working_pids(node):
                result += ["--pid", str(pid)]
        return result

    @staticmethod
    def _working_pids(pid):
        """A server, and the processes that it has started (nginx does its work in one)."""
        children = Path(f"/proc/{pid}/task/{pid}/children")
        own = children.read_text(encoding="ascii").split() if children.exists() else []
        return [pid, *map(int, own)]

    def _start_redis(self):
        port = free_port()
        folder = self._folder / "redis"
        folder.mkdir()
        self.redis = self._start("redis-server", folder, [
            "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", str(folder)])
        self._redis_port = port
        self._wait_for(port, self._answers_ping)

    def _start_node(self):
        port = free_port()
        folder = self._folder / f"node-{len(self.ports)}"
        folder.mkdir()
        process = self._start(self._contender.label, folder, self._contender.command(port, self._redis_port, folder),
                              environment_of(self._contender))
        self.ports.append(port)
        self.node_pids.append(process.pid)

    def _start(self, name, folder, command, environment=None):
        with open(folder / "log", "wb") as log:
            try:
                process = subprocess.Popen([str(part) for part in command], cwd=folder, stdin=subprocess.DEVNULL,
                                           stdout=log, stderr=log, env=environment)
            except OSError as error:
                raise ClusterError(f"{name}: {error}") from error
        self._processes.append(process)
        return process

    def _wait_for(self, port, answers):
        deadline = time.monotonic() + START_TIMEOUT
        while not answers(port):
            ended = [process for process in self._processes if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                raise ClusterError(f"{self._contender.label} did not start: {self._last_words()}")
            time.sleep(0.02)

    def _last_words(self):
        logs = sorted(self._folder.glob("*/log"), key=lambda log: log.stat().st_mtime)
        words = [log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:] for log in logs]
        return " / ".join(line for lines in words for line in lines)

    def _answers_http(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", self._contender.ready_path)
            return connection.getresponse().status < 500  # 503: not connected to Redis yet
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    @staticmethod
    def _answers_ping(port):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
