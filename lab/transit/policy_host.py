#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""One web server for all MTA-STS policies (RFC 8461): what it does follows from the name it is asked for.

    policy_host.py ADDRESS ROWS [old]       port 443; prints "ready"; old: nothing above TLS 1.1

ROWS is a JSON file: {"mta-sts.NAME": {"pem": FILE, "behaviour": ONE OF THE TABLE, "policy": TEXT}}.
"""

import asyncio
import json
import ssl
import sys

DRIP_SECONDS = 2


def reply(body, status="200 OK", kind="text/plain", more=""):
    """The octets of one answer."""
    head = f"HTTP/1.1 {status}\r\n{more}Content-Length: {len(body)}\r\n"
    return (head + (f"Content-Type: {kind}\r\n" if kind else "") + "\r\n").encode() + body


def chunked(body):
    pieces = b"".join(b"1\r\n%c\r\n" % octet for octet in body)
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n"


def redirect(body):
    return reply(b"", "301 Moved Permanently", more="Location: https://www.example/.well-known/mta-sts.txt\r\n")


# Name: from the octets of the policy to the octets of the answer.
BEHAVIOURS = {
    "good": reply,
    "lf": lambda body: reply(body.replace(b"\r\n", b"\n")),
    "charset": lambda body: reply(body, kind="text/plain; charset=utf-8"),
    "chunked": chunked,
    "html": lambda body: reply(body, kind="text/html"),
    "untyped": lambda body: reply(body, kind=""),
    "redirect": redirect,
    "404": lambda body: reply(b"not here", "404 Not Found"),
    "204": lambda body: b"HTTP/1.1 204 No Content\r\n\r\n",
    "big": lambda body: reply(body + b"x: " + b"y" * 70000 + b"\r\n"),
    "bom": lambda body: reply(b"\xef\xbb\xbf" + body),
    "twice": lambda body: reply(body.replace(b"mode: enforce\r\n", b"mode: enforce\r\nmode: testing\r\n")),
    "blank": lambda body: reply(body + b"\r\n"),
    "nonsense": lambda body: reply(b"hello\r\n"),
    "drip": reply,
    "hang": reply,
}


class Rows:
    """What is known of each name."""

    def __init__(self, rows, is_old):
        self.rows = rows
        self.is_old = is_old
        self.contexts = {name: self.context(row) for name, row in rows.items()}

    def context(self, row):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.is_old:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.load_cert_chain(row["pem"])
        return context

    def start_context(self):
        """The context that a handshake starts with; the name asked for replaces it."""
        context = self.context(next(iter(self.rows.values())))
        context.sni_callback = self.choose
        return context

    def choose(self, tls, name, _):
        if name not in self.contexts:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        tls.context = self.contexts[name]
        return None

    async def serve(self, reader, writer):
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            host = request.lower().partition(b"host: ")[2].partition(b"\r\n")[0].decode()
            await self.answer(self.rows[host], reader, writer)
        except (OSError, EOFError, KeyError, asyncio.LimitOverrunError):
            pass  # the peer left, or asked for nothing of ours
        finally:
            writer.close()

    @staticmethod
    async def answer(row, reader, writer):
        if row["behaviour"] == "hang":
            await reader.read()
            return
        data = BEHAVIOURS[row["behaviour"]](row["policy"].encode())
        step = 1 if row["behaviour"] == "drip" else len(data)
        for at in range(0, len(data), step):
            writer.write(data[at : at + step])
            await writer.drain()
            await asyncio.sleep(DRIP_SECONDS if step == 1 else 0)


async def serve(address, rows, is_old):
    known = Rows(rows, is_old)
    await asyncio.start_server(known.serve, address, 443, ssl=known.start_context(), backlog=200)
    print("ready", flush=True)
    await asyncio.Event().wait()


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: policy_host.py ADDRESS ROWS [old]")
    with open(sys.argv[2], encoding="utf-8") as file:
        rows = json.load(file)
    asyncio.run(serve(sys.argv[1], rows, sys.argv[3:] == ["old"]))


if __name__ == "__main__":
    main()
