# SPDX-License-Identifier: BSD-3-Clause
"""WebSocket clients that never read what they are sent."""

import base64
import os
import re
import socket
import threading
import urllib.request
from collections import deque

TIMEOUT = 10  # seconds
RECEIVE_BUFFER = 65536  # bytes
LOOK_PAUSE = 0.2  # seconds
CUT_OFF = re.compile(r'^switchboard_clients_disconnected_total\{[^}]*code="4008"[^}]*\} (\d+)', re.MULTILINE)


class DeafClients:
    """So many clients, shared out among daemons on ports of this machine, as a context. Who is cut off comes back.

    Its end does not reach a client that does not read, so the daemons are asked how many they have cut off; it is those
    who have been there longest.
    """

    def __init__(self, ports, count):
        self._clients = {port: deque() for port in ports}
        self._known = {port: 0 for port in ports}
        self._count = count
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._come_back)

    @property
    def cut_off(self):
        """How many times one was cut off."""
        return sum(self._known.values())

    def __enter__(self):
        ports = list(self._clients)
        for number in range(self._count):
            self._connect(ports[number % len(ports)])
        self._thread.start()
        return self

    def __exit__(self, *details):
        self._is_over.set()
        self._thread.join()
        for clients in self._clients.values():
            for client in clients:
                client.close()

    def _connect(self, port):
        client = socket.socket()
        client.settimeout(TIMEOUT)
        # As over a network: on one machine the kernel takes megabytes for who does not read.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        client.connect(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        client.sendall(f"GET /websockets HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\n"
                       f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        if not client.recv(12).startswith(b"HTTP/1.1 101"):
            raise OSError(f"port {port} does not answer a handshake with 101")
        self._clients[port].append(client)

    def _come_back(self):
        while self._count and not self._is_over.wait(LOOK_PAUSE):
            for port, clients in self._clients.items():
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=TIMEOUT) as answer:
                    cut_off = sum(map(int, CUT_OFF.findall(answer.read().decode())))
                for _ in range(cut_off - self._known[port]):
                    clients.popleft().close()
                    self._connect(port)
                self._known[port] = cut_off
