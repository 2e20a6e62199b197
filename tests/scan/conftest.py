# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A world of one zone, the root, on an NSD of our own: it stands in for a resolver, and hands the zone out."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
ADDRESS = "127.0.0.1"
HEAD = ". 300 SOA ns. host. 1 3600 600 86400 300\n. 300 NS ns.\nns. 300 A 127.0.0.1\n"
READY_SECONDS = 20


def free_port(kind=socket.SOCK_DGRAM):
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind((ADDRESS, 0))
        return one.getsockname()[1]


def answers(port):
    """Does the server answer a question about the root?"""
    question = b"\x12\x34\0\0\0\x01\0\0\0\0\0\0\0\0\x06\0\x01"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(0.2)
        try:
            one.sendto(question, (ADDRESS, port))
            return one.recv(512)[3] & 15 == 0
        except OSError:
            return False


class World:
    """NSD with the root zone made of these lines."""

    def __init__(self, folder, lines):
        self.port = free_port()
        self.folder = folder
        (folder / "root.zone").write_text(HEAD + "\n".join(lines) + "\n")
        (folder / "nsd.conf").write_text(f"""server:
  ip-address: {ADDRESS}
  port: {self.port}
  username: ""
  chroot: ""
  database: ""
  xfrdfile: ""
  server-count: 1
  rrl-ratelimit: 0
  zonelistfile: "{folder}/zonelist"
  pidfile: "{folder}/nsd.pid"
  logfile: "{folder}/nsd.log"
  zonesdir: "{folder}"
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "root.zone"
  provide-xfr: 127.0.0.1 NOKEY
""")
        self.process = subprocess.Popen(["nsd", "-d", "-c", str(folder / "nsd.conf")], stderr=subprocess.DEVNULL)
        end = time.monotonic() + READY_SECONDS
        while not answers(self.port):
            assert self.process.poll() is None and time.monotonic() < end, (folder / "nsd.log").read_text()
            time.sleep(0.05)

    def command(self, *args):
        return [PROGRAM, "scan", "--resolver", f"{ADDRESS}@{self.port}", "--trust-anchor", "none", *map(str, args)]

    def scan(self, *args, timeout=300, code=0):
        finished = subprocess.run(self.command(*args), capture_output=True, text=True, timeout=timeout, check=False)
        assert finished.returncode == code, finished.stderr
        return finished

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


@pytest.fixture
def make_world(tmp_path):
    if shutil.which("nsd") is None:
        pytest.skip("nsd is not installed")
    worlds = []

    def make(lines):
        folder = tmp_path / f"world{len(worlds)}"
        folder.mkdir()
        worlds.append(World(folder, lines))
        return worlds[-1]

    yield make
    for world in worlds:
        world.stop()
