# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Enough of a mail host for a whole probe: greeting, EHLO, STARTTLS with a real handshake, and EHLO again inside."""
import contextlib
import ssl
import time

from host import RawHost


def lines_of(peer):
    """One octet at a time, so that nothing behind STARTTLS is swallowed."""
    line = b""
    while octet := peer.recv(1):
        line += octet
        if octet == b"\n":
            yield line
            line = b""


class MailHost(RawHost):
    """delay: seconds before the greeting and before the answer to EHLO. turn_away(number of the connection) answers 421."""

    def __init__(self, path, name="mx.example.org", delay=0, turn_away=None, **place):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.load_cert_chain(path)
        self.name = name.encode()
        self.delay = delay
        self.turn_away = turn_away or (lambda number: None)
        self.began = None
        self.ended = None
        super().__init__(self.speak, **place)

    def talk(self, peer):
        """True when STARTTLS was asked for."""
        for line in lines_of(peer):
            word = line.strip().upper()[:8]
            if word == b"STARTTLS":
                peer.sendall(b"220 go\r\n")
                return True
            if word[:4] == b"EHLO":
                time.sleep(self.delay)
                peer.sendall(b"250-" + self.name + b"\r\n250 STARTTLS\r\n")
            else:
                peer.sendall(b"221 bye\r\n")
        return False

    def speak(self, peer):
        self.began = self.began or time.monotonic()
        answer = self.turn_away(self.count)
        if answer:
            peer.sendall(answer)
            return
        time.sleep(self.delay)
        peer.sendall(b"220 " + self.name + b" ESMTP\r\n")
        try:
            if self.talk(peer):
                inside = self.context.wrap_socket(peer, server_side=True)
                with contextlib.suppress(OSError):
                    self.talk(inside)
        finally:
            self.ended = time.monotonic()
