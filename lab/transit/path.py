#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A network in which somebody sits on the path to every mail server.

    path.py strip|delay OUTER      run inside that network; OUTER is the namespace file of the network with the servers

All addresses of the lab belong to this program here. What connects to one of them is connected to the same address outside, and
DNS goes on unchanged.

    strip    the keyword STARTTLS is written over, as some "inspecting" firewalls do and as an attacker would
    delay    25 ms each way, as between two continents
"""

import asyncio
import ctypes
import os
import re
import socket
import sys

SMTP, DNS = 25, ("127.0.0.1", 53)
DELAY_SECONDS = 0.025
KEYWORD = re.compile(rb"(^|\n)(250[ -])STARTTLS", re.I)
CLONE_NEWNET = 0x40000000


def listen(family, address, port, kind=socket.SOCK_STREAM):
    sock = socket.socket(family, kind)
    if kind == socket.SOCK_STREAM:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.bind((address, port))
    if kind == socket.SOCK_STREAM:
        sock.listen(200)
    return sock


def go_outside(path):
    """From now on new sockets belong to the outer network; those that are open stay where they are."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(path, "rb") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def strip(data):
    return KEYWORD.sub(rb"\1\2XXXXXXXX", data)


class Relay:
    """One way of thinking about what goes past."""

    def __init__(self, mode):
        self.change = strip if mode == "strip" else lambda data: data
        self.delay = DELAY_SECONDS if mode == "delay" else 0

    async def pump(self, reader, writer, change):
        loop = asyncio.get_running_loop()
        try:
            while data := await reader.read(65536):
                if self.delay:
                    loop.call_later(self.delay, writer.write, data)
                else:
                    writer.write(change(data))
                    await writer.drain()
            await asyncio.sleep(self.delay)
            writer.write_eof()
        except OSError:
            writer.close()

    async def serve(self, reader, writer):
        address, port = writer.get_extra_info("sockname")[:2]
        try:
            await asyncio.sleep(2 * self.delay)  # the handshake of TCP
            other_reader, other_writer = await asyncio.open_connection(address, port)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(self.pump(reader, other_writer, lambda data: data),
                             self.pump(other_reader, writer, self.change), return_exceptions=True)
        other_writer.close()
        writer.close()


class Questions(asyncio.DatagramProtocol):
    """DNS over UDP: each question gets a socket of its own outside."""

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        asyncio.get_running_loop().create_task(self.ask(data, addr))

    async def ask(self, data, addr):
        answer = asyncio.get_running_loop().create_future()

        class Answer(asyncio.DatagramProtocol):
            def datagram_received(self, data, addr):
                if not answer.done():
                    answer.set_result(data)

        loop = asyncio.get_running_loop()
        outer, _ = await loop.create_datagram_endpoint(Answer, remote_addr=DNS)
        outer.sendto(data)
        try:
            self.transport.sendto(await asyncio.wait_for(answer, 10), addr)
        except (OSError, asyncio.TimeoutError):
            pass  # the resolver outside did not answer: nor do we
        outer.close()


async def main(mode, outer):
    relay = Relay(mode)
    streams = [listen(socket.AF_INET, "0.0.0.0", SMTP), listen(socket.AF_INET6, "::", SMTP),
               listen(socket.AF_INET, *DNS)]
    questions = listen(socket.AF_INET, *DNS, socket.SOCK_DGRAM)
    go_outside(outer)
    loop = asyncio.get_running_loop()
    for sock in streams:
        await asyncio.start_server(relay.serve, sock=sock)
    questions.setblocking(False)
    await loop.create_datagram_endpoint(Questions, sock=questions)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("strip", "delay") or not os.path.exists(sys.argv[2]):
        sys.exit("usage: path.py strip|delay OUTER")
    asyncio.run(main(*sys.argv[1:]))
