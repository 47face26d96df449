# SPDX-License-Identifier: BSD-3-Clause
"""WebSocket clients that never read what they are sent."""

import base64
import os
import select
import socket
import threading

ANSWER_TIMEOUT = 10  # seconds
RECEIVE_BUFFER = 65536  # bytes


class DeafClients:
    """So many clients, shared out among ports of this machine, as a context. Who is cut off comes back."""

    def __init__(self, ports, count):
        self._ports = ports
        self._count = count
        self._sockets = {}
        self._epoll = select.epoll()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._come_back)
        self.cut_off = 0

    def __enter__(self):
        for number in range(self._count):
            self._connect(self._ports[number % len(self._ports)])
        self._thread.start()
        return self

    def __exit__(self, *details):
        self._is_over.set()
        self._thread.join()
        for client, _ in self._sockets.values():
            client.close()
        self._epoll.close()

    def _connect(self, port):
        client = socket.socket()
        client.settimeout(ANSWER_TIMEOUT)
        # As over a network: on one machine the kernel takes megabytes for who does not read.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        client.connect(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        client.sendall(f"GET /websockets HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\n"
                       f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        if not client.recv(12).startswith(b"HTTP/1.1 101"):
            raise OSError(f"port {port} does not answer a handshake with 101")
        self._sockets[client.fileno()] = (client, port)
        self._epoll.register(client.fileno(), select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR)

    def _come_back(self):
        while not self._is_over.is_set():
            for descriptor, _ in self._epoll.poll(0.1):
                client, port = self._sockets.pop(descriptor)
                self._epoll.unregister(descriptor)
                client.close()
                self.cut_off += 1
                self._connect(port)
