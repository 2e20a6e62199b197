# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Asks very many endpoints at once and prints what it took. One server process answers for all of 127/8.

holding: the server goes silent after STARTTLS, so that every endpoint is in flight with a TLS session until the deadline.
real:    the server finishes each handshake (Python's, on the same machine: the time is mostly its own).
"""
import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import resource
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

AIM_MEGABYTES = 200
EHLO = b"250-mx.example.org\r\n250-SIZE 10240000\r\n250-8BITMIME\r\n250 STARTTLS\r\n"


async def speak(reader, writer, context):
    """SMTP up to TLS, and inside when there is a context; silence without one."""
    writer.write(b"220 mx.example.org ESMTP\r\n")
    while line := await reader.readline():
        word = line.strip().upper()[:8]
        writer.write(b"220 go\r\n" if word == b"STARTTLS" else EHLO if word[:4] == b"EHLO" else b"221 bye\r\n")
        if word == b"STARTTLS" and context is None:
            await reader.read()
        elif word == b"STARTTLS":
            await writer.drain()
            await writer.start_tls(context)


def serve(listener, certificate):
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    async def handle(reader, writer):
        with contextlib.suppress(OSError, ssl.SSLError, asyncio.IncompleteReadError, ValueError):
            await speak(reader, writer, context)
        writer.close()

    async def run():
        server = await asyncio.start_server(handle, sock=listener, backlog=4096)
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        await server.serve_forever()

    asyncio.run(run())


def make_certificate(folder):
    path = Path(folder) / "leaf"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    f"{path}.key", "-out", f"{path}.crt", "-subj", "/CN=mx.example.org", "-days", "30"], check=True,
                   capture_output=True)
    path.write_bytes(Path(f"{path}.key").read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def measure(probe, port, count, plan):
    """(seconds, peak megabytes, facts) of one run of the probe."""
    subjects = [f"127.{1 + i // 60000}.{i // 240 % 250}.{1 + i % 240} {port} mx{i}.example.org" for i in range(count)]
    with tempfile.TemporaryFile("w+") as out:
        began = time.monotonic()
        with subprocess.Popen([probe, "--plan", plan, "--in-flight", str(2 * count), *subjects], stdout=out) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        took = time.monotonic() - began
        out.seek(0)
        facts = [json.loads(line) for line in out]
    assert process.returncode == 0 and len(facts) == count
    return took, usage.ru_maxrss / 1024, facts


def bench(probe, name, certificate, count, plan):
    listener = socket.create_server(("0.0.0.0", 0), backlog=4096)
    server = multiprocessing.Process(target=serve, args=(listener, certificate), daemon=True)
    server.start()
    took, megabytes, facts = measure(probe, listener.getsockname()[1], count, plan)
    server.terminate()
    server.join()
    works = sum(fact["endpoint"]["starttls"] == "works" for fact in facts)
    connections = sum(fact["endpoint"]["connections"] for fact in facts)
    print(f"| {name} | {count} | {connections} | {took:.1f} s | {megabytes:.0f} MB | {works} |")
    return megabytes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("probe")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--plan", default="normal")
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, hard), hard))
    print("| server | endpoints | connections | time | peak memory | with TLS |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(folder)
        peak = max(bench(options.probe, "holding", None, options.count, options.plan),
                   bench(options.probe, "real", certificate, options.count, options.plan))
    print(f"endpoints: {peak:.0f} MB for {options.count} in flight (aim: below {AIM_MEGABYTES} MB)")
    return 0 if peak < AIM_MEGABYTES else 1


if __name__ == "__main__":
    raise SystemExit(main())
