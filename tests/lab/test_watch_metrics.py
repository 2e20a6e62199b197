# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""`mailseal watch`: figures for Prometheus in a file and on a port, whoever comes to the port."""
import contextlib
import re
import socket
import sqlite3
import struct
import subprocess
import threading
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families
from watching import Receiver, arguments, labs_of, watch, write_list

ZONE = """$ORIGIN {name}.
$TTL 60
@ SOA ns.lab. hostmaster.lab. 1 7200 900 1209600 300
@ NS ns.lab.
@ MX 0 .
@ TXT "v=spf1 -all"
_dmarc TXT "v=DMARC1; p={policy}"
"""
POLICIES = {"open.example": "none", "shut.example": "reject", "closed.example": "reject"}
GET = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
PLACES = 32  # of the server
CLIENT_SECONDS = 5


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    zones = {name: ZONE.format(name=name, policy=policy) for name, policy in POLICIES.items()}
    with labs_of(tmp_path_factory.mktemp("metrics"), [zones]) as (one,):
        yield one


@pytest.fixture
def database(tmp_path):
    write_list(tmp_path, POLICIES)
    return tmp_path / "estate.db"


def values(text):
    """{(sample, labels): value}, as Prometheus' own parser reads it. Each family has its type and its help."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.type in ("gauge", "counter") and family.documentation.endswith("."), family
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, key
            found[key] = sample.value
    return found


def labelled(found, name):
    return {frozenset(labels): value for (sample, labels), value in found.items() if sample == name}


def assert_counts(found):
    assert found["mailseal_domains", frozenset()] == len(POLICIES)
    assert found["mailseal_domains_checked", frozenset()] == len(POLICIES)
    spoofable = {dict(labels)["answer"]: value for labels, value in labelled(found, "mailseal_spoofable_domains").items()}
    assert spoofable == {"yes": 1, "partly": 0, "no": 2, "unknown": 0}
    by_control = {}
    for labels, value in labelled(found, "mailseal_control_domains").items():
        control = dict(labels)["control"]
        by_control[control] = by_control.get(control, 0) + value
    assert set(by_control.values()) == {len(POLICIES)}, by_control


class Peer:
    """A connection to the port."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)

    def send(self, octets):
        self.socket.sendall(octets)
        return self

    def answer(self):
        """(status, fields, body); (0, {}, b"") when the server hung up without a word."""
        octets = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := self.socket.recv(65536):
                octets += piece
        self.socket.close()
        if not octets:
            return 0, {}, b""
        head, body = octets.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        assert int(fields["content-length"]) == len(body) and fields["connection"] == "close"
        return int(lines[0].split()[1]), fields, body


def ask(port, octets=GET):
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        return Peer(port).send(octets).answer()
    return 0, {}, b""


def results(database):
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT count(*) FROM estate_result").fetchone()[0]


@contextlib.contextmanager
def running_watch(lab, database, *more):
    """(process, port) of a watch whose figures are there."""
    process = subprocess.Popen(arguments(lab, database, "--metrics-listen", "0", *more), stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    try:
        line = process.stderr.readline()
        port = int(re.search(r"port (\d+), /metrics", line).group(1))
        threading.Thread(target=process.stderr.read, daemon=True).start()
        deadline = time.monotonic() + 30
        while ask(port)[0] != 200 or results(database) < len(POLICIES):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield process, port
        assert process.poll() is None, "it is still there"
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_file_is_what_prometheus_reads(lab, database, tmp_path):
    path = tmp_path / "mailseal.prom"
    finished = watch(lab, database, "--metrics", path, "--notify", "exec:exit 0 # a \"secret\"", "--notify",
                     "https://user:key@hooks.example.org/secret?key=1")
    assert finished.returncode == 0, finished.stderr
    text = path.read_text(encoding="utf-8")
    found = values(text)
    assert_counts(found)
    assert labelled(found, "mailseal_notices_waiting") == {
        frozenset({("channel", "exec"), ("number", "1")}): 0,
        frozenset({("channel", "hooks.example.org"), ("number", "2")}): 0}
    assert "secret" not in text and "key" not in text.replace("keys", "")


def test_port_gives_the_same(lab, database, tmp_path):
    path = tmp_path / "mailseal.prom"
    with running_watch(lab, database, "--metrics", path) as (_, port):
        deadline = time.monotonic() + 40
        while values(ask(port)[2].decode())["mailseal_domains_checked", frozenset()] < len(POLICIES):
            assert time.monotonic() < deadline
            time.sleep(1)
        status, fields, body = ask(port)
        assert status == 200
        assert fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert body == path.read_bytes()


@pytest.mark.parametrize("octets,status", [
    (GET, 200),
    (b"GET /metrics HTTP/1.0\r\n\r\n", 200),
    (b"GET /metrics HTTP/1.1\r\nHost: [::1]:9225\r\n\r\n", 200),
    (b"GET /metrics?x HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"GET http://localhost/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"GET /../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (b"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", 405),
    (b"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n", 400),
    (b"GET /metrics HTTP/1.1\r\n\r\n", 400),
    (b"GET /metrics HTTP/1.1\r\nHost: rebound.example:9225\r\n\r\n", 421),
    (b"GET /metrics HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    (b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", 431),
    (b"GET /" + b"a" * 1_000_000, 431),
])
def test_requests(port_of_all, octets, status):
    assert ask(port_of_all, octets)[0] == status


@pytest.fixture(scope="module")
def port_of_all(lab, tmp_path_factory):
    folder = tmp_path_factory.mktemp("requests")
    write_list(folder, POLICIES)
    with running_watch(lab, folder / "estate.db") as (_, port):
        yield port


def drip(peer):
    """An octet a second."""
    with contextlib.suppress(OSError):
        for octet in GET:
            peer.send(bytes([octet]))
            time.sleep(1)


def test_hostile_clients_disturb_nobody(lab, database):
    """Ten times as many as there are places sit, drip, send rubbish and never read; the figures and the watch go on."""
    with Receiver() as receiver, running_watch(lab, database, "--notify", receiver.url) as (process, port):
        peers = [Peer(port) for _ in range(10 * PLACES)]
        for number, peer in enumerate(peers):
            with contextlib.suppress(OSError):
                if number % 4 == 1:
                    threading.Thread(target=drip, args=(peer,), daemon=True).start()
                elif number % 4 == 2:
                    peer.send(b"\x00" * 3000)
                elif number % 4 == 3:
                    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    peer.send(GET)
        before, began = results(database), time.monotonic()
        while time.monotonic() - began < CLIENT_SECONDS + 3:
            asked = time.monotonic()
            assert ask(port)[0] == 200
            assert time.monotonic() - asked < 1, "served at once"
            with contextlib.suppress(OSError):
                peers.append(Peer(port))
            time.sleep(0.05)
        assert results(database) - before >= 2 * len(POLICIES), "the watch goes on"
        with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
            assert int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) < 300_000
        time.sleep(CLIENT_SECONDS + 1)
        with contextlib.suppress(OSError):
            assert peers[-1].socket.recv(1) == b"", "who says nothing is shown the door"
        for peer in peers:
            peer.socket.close()


@pytest.mark.parametrize("place,words", [
    ("somewhere", "is not ADDRESS:PORT"),
    ("127.0.0.1:70000", "is not ADDRESS:PORT"),
    ("127.0.0.1:", "is not ADDRESS:PORT"),
    ("example.org:80", "is not ADDRESS:PORT"),
    ("192.0.2.1:0", "--metrics-listen"),
])
def test_wrong_places_are_explained(lab, database, place, words):
    finished = watch(lab, database, "--metrics-listen", place)
    assert finished.returncode != 0
    assert words in finished.stderr and len(finished.stderr.splitlines()) == 1


def test_taken_port_is_said(lab, database):
    with socket.create_server(("127.0.0.1", 0)) as other:
        finished = watch(lab, database, "--metrics-listen", f":{other.getsockname()[1]}")
        assert finished.returncode != 0
        assert "in use" in finished.stderr
