# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A policy host for tests: one TLS server whose behaviour follows from the name it is asked for, and raw ones without TLS."""
import contextlib
import socket
import ssl
import struct
import threading
import time

GOOD = b"version: STSv1\r\nmode: enforce\r\nmx: mx.example.org\r\nmax_age: 1209600\r\n"


def answer(body=GOOD, status=b"200 OK", kind=b"text/plain", more=b""):
    head = b"HTTP/1.1 " + status + b"\r\n"
    if kind:
        head += b"Content-Type: " + kind + b"\r\n"
    return head + more + b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body


def chunked(body=GOOD):
    pieces = b"".join(b"1\r\n" + bytes([octet]) + b"\r\n" for octet in body)
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n"


def drip(peer, octets, pause):
    for octet in octets:
        peer.sendall(bytes([octet]))
        time.sleep(pause)


def hang(peer):
    while peer.recv(4096):
        pass


def endless(peer, piece):
    while True:
        peer.sendall(piece)


def reset(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


class RawHost:
    """Runs handle(socket) for each connection, without TLS."""

    def __init__(self, handle, address="127.0.0.1", port=0):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.create_server((address, port), family=family, backlog=512)
        self.port = self.listener.getsockname()[1]
        self.handle = handle
        self.count = 0
        self.open = 0
        self.most = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        with self.lock:
            self.count += 1
            self.open += 1
            self.most = max(self.most, self.open)
        with contextlib.suppress(OSError, ssl.SSLError):
            self.handle(peer)
        with contextlib.suppress(OSError):
            peer.close()
        with self.lock:
            self.open -= 1

    def close(self):
        self.listener.close()


class PolicyHost(RawHost):
    """rows: {"mta-sts.NAME": (PEM file, behaviour(tls socket))}; behaviours run when the request has been read."""

    def __init__(self, rows, address="127.0.0.1", port=0, high=None, low=ssl.TLSVersion.TLSv1_2, wants_client=None):
        self.rows = rows
        self.requests = []
        self.high = high
        self.low = low
        self.wants_client = wants_client
        self.contexts = {name: self.context(path) for name, (path, _) in rows.items()}
        super().__init__(self.serve_tls, address, port)

    def context(self, path):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = self.low
        if self.high:
            context.maximum_version = self.high
        if self.wants_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.wants_client)
        context.load_cert_chain(path)
        return context

    def serve_tls(self, peer):
        asked = []

        def choose(tls, name, _):
            asked.append(name)
            if name in self.contexts:
                tls.context = self.contexts[name]

        context = self.context(next(iter(self.rows.values()))[0])
        context.sni_callback = choose
        peer = context.wrap_socket(peer, server_side=True)
        request = b""
        while b"\r\n\r\n" not in request:
            octets = peer.recv(4096)
            if not octets:
                return
            request += octets
        self.requests.append((asked[0], request.decode()))
        self.rows[asked[0]][1](peer)
        with contextlib.suppress(OSError):
            peer.unwrap()
