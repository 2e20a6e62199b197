#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Mail servers that are broken on purpose, one personality an address, without any cryptography.

    responder.py --certificate FILE ADDRESS=PERSONALITY...      port 25 each; prints "ready"
    responder.py --list

Whoever tests a scanner can use this alone: it needs nothing but Python, and the same hello gets the same answer every time.
The personalities are the table at the end; hello.py chooses the TLS.
"""

import asyncio
import base64
import re
import socket
import ssl
import struct
import sys
import time
from dataclasses import dataclass

import hello as tls
from hello import Policy

PORT = 25
# mx.example stands for the name of the host.
EHLO = (b"250-mx.example", b"250-SIZE 1000000", b"250-8BITMIME", b"250 STARTTLS")
PLAIN = (b"250-mx.example", b"250 SIZE 1000000")
HELLO_MAX = 70000


@dataclass
class Personality:
    """How a server behaves. The defaults are a server without fault."""

    about: str
    before: str = ""  # instead of a greeting: silent, close, reset, endless, binary
    banner: bytes = b"220 mx.example ESMTP\r\n"
    banner_delay: float = 0
    drip: float = 0  # seconds between octets of every reply
    pieces: bool = False  # every reply octet by octet
    ehlo: tuple = EHLO
    starttls: bytes = b"220 go ahead\r\n"
    after: str = "tls"  # 220 was said; then tls, real, plain, close, reset, hang
    policy: Policy = None
    hello_max: int = HELLO_MAX  # hellos above it are dropped without a word
    needs_whole_hello: bool = False  # a hello in two TCP segments is dropped
    resets_on_tls13: bool = False
    record_octets: int = 0  # of each record sent; 0: as many as fit
    limit: int = 0  # connections, then 421
    limit_seconds: float = 3600
    concurrent: int = 0  # open connections, then 421
    turns: tuple = ()  # EHLO answers in turn, connection by connection
    carries_over: bool = False  # a command pipelined behind STARTTLS is answered inside TLS
    ehlo_inside: tuple = None  # EHLO answer inside TLS; None: without STARTTLS


class Gone(Exception):
    """The peer is no longer there, or should not be."""


class Host:
    """One address with its personality and its memory of connections."""

    def __init__(self, name, chain, pem):
        self.personality = PERSONALITIES[name]
        self.name = f"mx.fault-{name}.example".encode()
        self.chain = chain
        self.pem = pem
        self.began = []
        self.open = 0
        self.count = 0

    def is_over_limit(self):
        one, now = self.personality, time.monotonic()
        self.began = [moment for moment in self.began if now - moment < one.limit_seconds]
        if one.limit and len(self.began) >= one.limit:
            return True
        self.began.append(now)
        return bool(one.concurrent) and self.open > one.concurrent

    async def serve(self, reader, writer):
        self.open += 1
        self.count += 1
        try:
            await Session(self, reader, writer, self.count).run()
        except (Gone, OSError, ValueError, IndexError, struct.error):
            pass  # the peer left or sent what no client sends: nothing more to say to it
        finally:
            self.open -= 1
            writer.close()


class Session:
    """One connection."""

    def __init__(self, host, reader, writer, number):
        self.host = host
        self.one = host.personality
        self.reader = reader
        self.writer = writer
        self.number = number
        self.left = b""  # read and not yet used

    async def say(self, data):
        data = data.replace(b"mx.example", self.host.name)
        step = 1 if self.one.drip or self.one.pieces else max(len(data), 1)
        for at in range(0, len(data), step):
            self.writer.write(data[at : at + step])
            await self.writer.drain()
            if self.one.drip or self.one.pieces:
                await asyncio.sleep(self.one.drip)

    def reset(self):
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
        raise Gone

    async def more(self):
        data = await self.reader.read(HELLO_MAX)
        if not data:
            raise Gone
        self.left += data

    async def octets(self, count):
        while len(self.left) < count:
            await self.more()
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    async def line(self):
        while b"\n" not in self.left:
            await self.more()
        line, _, self.left = self.left.partition(b"\n")
        return line.strip().upper()

    async def hang(self):
        while True:
            await self.more()
            self.left = b""

    async def before_greeting(self):
        kind = self.one.before
        if kind == "silent":
            await self.hang()
        if kind == "close":
            raise Gone
        if kind == "reset":
            self.reset()
        while kind == "endless":
            self.writer.write(b"x" * 4096)
            await self.writer.drain()

    async def run(self):
        if self.host.is_over_limit():
            await self.say(b"421 too many connections\r\n")
            return
        await self.before_greeting()
        await asyncio.sleep(self.one.banner_delay)
        await self.say(self.one.banner)
        if self.one.banner[:1] in b"45":
            raise Gone
        turns = self.one.turns or (self.one.ehlo,)
        await self.talk(turns[self.number % len(turns)])

    async def talk(self, ehlo, is_inside=False):
        while True:
            line = await self.line()
            if line.startswith(b"EHLO"):
                await self.say(b"".join(part + b"\r\n" for part in ehlo))
            elif line == b"STARTTLS" and not is_inside:
                await self.say(self.one.starttls)
                if self.one.starttls.startswith(b"220"):
                    await getattr(self, "after_" + self.one.after)()
                    return
            elif line == b"DATA":
                await self.say(b"354 go on\r\n")
                while await self.line() != b".":
                    pass
                await self.say(b"250 taken\r\n")
            elif line == b"QUIT":
                await self.say(b"221 bye\r\n")
                return
            else:
                await self.say(b"250 fine\r\n")

    async def after_plain(self):
        await self.octets(1)
        await self.say(b"500 what was that?\r\n")

    async def after_close(self):
        await self.octets(1)

    async def after_reset(self):
        await self.octets(1)
        self.reset()

    async def after_hang(self):
        await self.hang()

    async def after_real(self):
        """Real TLS, by Python's library. Whatever is left was pipelined behind STARTTLS."""
        is_carried = self.one.carries_over and bool(self.left)
        self.left = b""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.host.pem)
        await self.writer.start_tls(context)
        if is_carried:
            await self.say(b"250 answered inside\r\n")
        await self.talk(self.one.ehlo_inside or PLAIN, is_inside=True)

    async def after_tls(self):
        policy = self.one.policy or Policy()
        await self.more()
        if self.left[0] & 0x80:
            self.writer.write(tls.answer_ssl2(policy, self.host.chain))
            await self.writer.drain()
            return
        found = await self.client_hello()
        if self.one.resets_on_tls13 and tls.TLS13 in found.versions():
            self.reset()
        await self.send_flight(tls.answer(policy, found, self.host.chain))
        await self.more()

    async def client_hello(self):
        """Read records until the first handshake message is whole."""
        body, size = b"", 0
        while len(body) < 4 or len(body) < 4 + int.from_bytes(body[1:4], "big"):
            length = int.from_bytes((await self.octets(5))[3:5], "big")
            if self.one.needs_whole_hello and len(self.left) < length:
                await self.hang()
            body += await self.octets(length)
            size += 5 + length
            if size > self.one.hello_max:
                await self.hang()
        return tls.parse(body[4:], size)

    async def send_flight(self, data):
        """DATA is whole records; cut them smaller where the personality wants that."""
        step = self.one.record_octets
        while step and data:
            kind, version, length = struct.unpack_from("!BHH", data)
            inner, data = data[5 : 5 + length], data[5 + length :]
            for at in range(0, length, step):
                part = inner[at : at + step]
                self.writer.write(struct.pack("!BHH", kind, version, len(part)) + part)
        self.writer.write(data)
        await self.writer.drain()


def weak(*suites, **more):
    """A server below TLS 1.3 that prefers these suites to good ones."""
    return Policy(suites=[*suites, *tls.ECDHE], **more)


def old(*versions, **more):
    """A server of these old versions."""
    return Policy(versions=versions, suites=[0xC013, 0xC014, 0x002F], **more)


# SMTP

PERSONALITIES = {
    "sound": Personality("no fault"),
    "silent": Personality("accepts and says nothing", before="silent"),
    "closes": Personality("closes instead of a greeting", before="close"),
    "resets": Personality("RST instead of a greeting", before="reset"),
    "endless": Personality("a greeting without end", before="endless"),
    "binary": Personality("octets of all kinds for a greeting", banner=bytes(range(256)) * 40),
    "http": Personality("a web server", banner=b"HTTP/1.1 400 Bad Request\r\nServer: none\r\n\r\n"),
    "blank": Personality("empty lines before the greeting", banner=b"\r\n\r\n220 mx.example ESMTP\r\n"),
    "slow": Personality("greets after three seconds", banner_delay=3),
    "late": Personality("greets after eleven seconds", banner_delay=11),
    "tarpit": Personality("one octet every 50 ms", drip=0.05),
    "wordy": Personality("a greeting of ten lines", banner=b"220-mx.example\r\n" * 9 + b"220 mx.example ESMTP\r\n"),
    "pieces": Personality("each octet in its own segment", pieces=True),
    "bare": Personality("greets with no name", banner=b"220\r\n"),
    "554": Personality("takes no mail", banner=b"554 no SMTP service here\r\n"),
    "421": Personality("has never time", banner=b"421 try again later\r\n"),
    "450": Personality("greets with 450", banner=b"450 come back later\r\n"),
    "limit": Personality("five connections an hour", limit=5),
    "narrow": Personality("one connection at a time", concurrent=1),
    "helo": Personality("knows no EHLO", ehlo=(b"502 what is EHLO?",)),
    "lower": Personality("offers starttls in lower case", ehlo=(b"250-mx.example", b"250 starttls")),
    "masked": Personality("a middlebox writes over STARTTLS", ehlo=(b"250-mx.example", b"250 XXXXXXXA")),
    "keywords": Personality("STARTTLS behind 5,000 keywords",
                            ehlo=(b"250-mx.example", *(b"250-X-%d" % i for i in range(5000)), b"250 STARTTLS")),
    "clear": Personality("no STARTTLS", ehlo=PLAIN),
    "auth": Personality("AUTH in clear", ehlo=(b"250-mx.example", b"250-AUTH PLAIN LOGIN", b"250 STARTTLS")),
    "flaky": Personality("STARTTLS on every other connection", turns=(EHLO, PLAIN)),
    "454": Personality("454 to STARTTLS", starttls=b"454 TLS not available\r\n"),
    "501": Personality("501 to STARTTLS", starttls=b"501 no\r\n"),
    "plain": Personality("text instead of TLS", after="plain"),
    "fin": Personality("closes on a hello", after="close"),
    "rst": Personality("RST to a hello", after="reset"),
    "hangs": Personality("silence after 220", after="hang"),
    "injects": Personality("answers a pipelined command inside TLS", after="real", carries_over=True),
    "again": Personality("offers STARTTLS inside TLS", after="real", ehlo_inside=EHLO),
    "requiretls": Personality("offers REQUIRETLS", after="real", ehlo_inside=(b"250-mx.example", b"250 REQUIRETLS")),
}

# TLS

ANSWERS = {
    "ssl2": ("SSL 2 beside TLS 1.2", Policy(versions=(tls.SSL2, tls.TLS12))),
    "ssl3": ("SSL 3 and TLS 1.0", old(tls.SSL3, tls.TLS10)),
    "tls10": ("TLS 1.0 only", old(tls.TLS10)),
    "tls11": ("TLS 1.0 to 1.2", old(tls.TLS10, tls.TLS11, tls.TLS12)),
    "tls12": ("TLS 1.2 only", Policy(versions=(tls.TLS12,))),
    "tls13": ("TLS 1.3 only", Policy(versions=(tls.TLS13,))),
    "null": ("suites that encrypt nothing", weak(0x003B, 0x0002)),
    "export": ("EXPORT suites", weak(0x0003, 0x0008, versions=(tls.TLS10, tls.TLS12))),
    "anon": ("suites without certificate, DH of 1024 bits", weak(0x0034, dh_bits=1024)),
    "rc4": ("RC4", weak(0x0005, 0x0004)),
    "des": ("DES", weak(0x0009)),
    "3des": ("3DES", weak(0x000A)),
    "idea": ("IDEA and SEED", weak(0x0007, 0x0096)),
    "static": ("RSA key exchange", weak(0x009C, 0x0035, has_own_order=False)),
    "cbc": ("CBC with SHA-1", Policy(suites=[*tls.ECDHE, 0xC013, 0xC014])),
    "ccm8": ("CCM_8", Policy(suites=[*tls.ECDHE, 0xC0A2])),
    "nogood": ("DHE only", Policy(versions=(tls.TLS12,), suites=[0x0039, 0x0033])),
    "backwards": ("weak suites first", weak(0x0035, 0x002F)),
    "dh512": ("DH of 512 bits", weak(0x009F, dh_bits=512)),
    "dh1024": ("DH of 1024 bits", weak(0x009F, dh_bits=1024)),
    "dh2048": ("a prime of its own", weak(0x009F, dh_bits=2048)),
    "sha1": ("signs with SHA-1", Policy(signatures=(tls.RSA_PKCS1_SHA256, tls.RSA_PKCS1_SHA1))),
    "sha224": ("signs with SHA-224", Policy(signatures=(tls.RSA_PKCS1_SHA256, tls.RSA_PKCS1_SHA224))),
    "noems": ("no extended master secret", Policy(has_ems=False)),
    "insecure": ("no secure renegotiation", Policy(has_secure_renegotiation=False)),
    "deflate": ("compression", Policy(compresses=True)),
    "heartbeat": ("heartbeat", Policy(beats=True)),
    "asks": ("asks for a certificate", Policy(asks_certificate=True, versions=(tls.TLS12,))),
    "unoffered": ("chooses a suite that was not offered", Policy(always_suite=0x0035, versions=(tls.TLS12,))),
    "internal": ("alert 80 to elliptic curves", Policy(internal_error_for={0xC02F}, versions=(tls.TLS12,),
                                                       suites=[0x009C, 0x0035])),
    "chain": ("a chain of 400", Policy(chain_copies=400, versions=(tls.TLS12,))),
    "pq": ("hybrid group first", Policy(groups13=[tls.X25519MLKEM768, tls.X25519])),
    "pqonly": ("hybrid group only", Policy(versions=(tls.TLS13,), groups13=[tls.X25519MLKEM768])),
    "pqlast": ("hybrid group last", Policy(groups13=[tls.X25519, tls.X25519MLKEM768])),
    "kyber": ("the draft of the hybrid", Policy(groups13=[tls.X25519, tls.KYBER_DRAFT])),
    "p224": ("secp224r1", Policy(groups=[tls.P256, tls.SECP224R1])),
    "secp160": ("secp160r1 only", Policy(versions=(tls.TLS12,), groups=[tls.SECP160R1])),
}

OPTIONS = {
    "small": Personality("drops hellos above 512 octets", hello_max=512),
    "medium": Personality("drops hellos above 1,400 octets", hello_max=1400),
    "whole": Personality("drops a hello in two segments", needs_whole_hello=True),
    "intolerant": Personality("RST to a hello that knows TLS 1.3", resets_on_tls13=True,
                              policy=Policy(versions=(tls.TLS12,))),
    "crumbs": Personality("records of one octet", record_octets=1, policy=Policy(versions=(tls.TLS12,))),
}

PERSONALITIES.update({name: Personality(about, policy=policy) for name, (about, policy) in ANSWERS.items()})
PERSONALITIES.update(OPTIONS)


def read_chain(path):
    """The certificates of a PEM file."""
    with open(path, encoding="ascii") as file:
        blocks = re.findall("-----BEGIN CERTIFICATE-----(.*?)-----END", file.read(), re.S)
    return [base64.b64decode(block) for block in blocks]


async def serve(pem, places):
    chain = read_chain(pem)
    for address, personality in places:
        host = Host(personality, chain, pem)
        await asyncio.start_server(host.serve, address, PORT, backlog=200)
    print("ready", flush=True)
    await asyncio.Event().wait()


def main():
    if sys.argv[1:] == ["--list"]:
        for name, one in PERSONALITIES.items():
            print(f"{name:<12}{one.about}")
        return
    if len(sys.argv) < 4 or sys.argv[1] != "--certificate":
        sys.exit("usage: responder.py --certificate FILE ADDRESS=PERSONALITY...")
    asyncio.run(serve(sys.argv[2], [place.rsplit("=", 1) for place in sys.argv[3:]]))


if __name__ == "__main__":
    main()
