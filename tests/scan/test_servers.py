# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A full scan: what 2,000 domains share is connected to as often as it has to be for one, and at its pace."""

import asyncio
import json
import ssl
import subprocess
import threading

import pytest

DOMAINS = 2000
ENDPOINTS = 40
QUICK_BUDGET = 3  # connections an endpoint
AT_ONCE = 2


def address(i):
    return f"127.60.0.{i + 1}"


class MailServers:
    """One mail server on each address, all at one port; counts connections, all and at once."""

    def __init__(self, folder, count):
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                        "-subj", "/CN=mx.example", "-keyout", key, "-out", certificate], check=True, capture_output=True)
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(certificate, key)
        self.connections = dict.fromkeys(map(address, range(count)), 0)
        self.open = dict.fromkeys(self.connections, 0)
        self.most = dict.fromkeys(self.connections, 0)
        self.port = 0
        self.loop = asyncio.new_event_loop()
        self.is_ready = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        assert self.is_ready.wait(20)

    def run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.listen())
        self.is_ready.set()
        self.loop.run_forever()

    async def listen(self):
        for one in self.connections:
            server = await asyncio.start_server(self.serve, one, self.port)
            self.port = server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        mine = writer.get_extra_info("sockname")[0]
        self.connections[mine] += 1
        self.open[mine] += 1
        self.most[mine] = max(self.most[mine], self.open[mine])
        try:
            await self.talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError, ConnectionError):
            pass
        finally:
            self.open[mine] -= 1
            writer.close()

    async def talk(self, reader, writer):
        writer.write(b"220 mx.example ESMTP\r\n")
        while True:
            line = await reader.readline()
            word = line.strip().upper().split(b" ")[0]
            if word == b"EHLO":
                writer.write(b"250-mx.example\r\n250 STARTTLS\r\n")
            elif word == b"STARTTLS":
                writer.write(b"220 go\r\n")
                await writer.drain()
                await self.start_tls(writer)
            elif word == b"QUIT" or not line:
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"500 what\r\n")

    async def start_tls(self, writer):
        protocol = writer.transport.get_protocol()
        transport = await self.loop.start_tls(writer.transport, protocol, self.tls, server_side=True)
        writer._transport = transport  # pylint: disable=protected-access
        protocol._transport = transport  # pylint: disable=protected-access

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)


@pytest.fixture
def servers(tmp_path):
    made = MailServers(tmp_path, ENDPOINTS)
    yield made
    made.stop()


def world_lines():
    for i in range(ENDPOINTS):
        yield f"mx{i}.example. 300 A {address(i)}"
    for i in range(DOMAINS):
        yield f"d{i}.example. 300 MX 10 mx{i % ENDPOINTS}.example."
        yield f"d{i}.example. 300 MX 20 mx{(i + 7) % ENDPOINTS}.example."
        yield f'd{i}.example. 300 TXT "v=spf1 mx -all"'
        yield f'_dmarc.d{i}.example. 300 TXT "v=DMARC1; p=reject"'


def test_shared_servers_are_asked_once(make_world, servers, tmp_path):
    world = make_world(world_lines())
    names = tmp_path / "list.txt"
    names.write_text("".join(f"d{i}.example\n" for i in range(DOMAINS)))
    out = tmp_path / "out.jsonl"
    world.scan("--connect-port", servers.port, "--allow-private", "--out", out, names)
    results = [json.loads(line) for line in out.read_text().splitlines()]
    assert len({result["domain"] for result in results}) == len(results) == DOMAINS
    assert sum(servers.connections.values()) <= ENDPOINTS * QUICK_BUDGET, servers.connections
    assert all(servers.connections.values())
    assert max(servers.most.values()) <= AT_ONCE
    statuses = {result["controls"]["tls"]["status"] for result in results}
    assert "unknown" not in statuses, statuses
    assert all(result["mail_servers_from"] <= result["observed_to"] for result in results)
