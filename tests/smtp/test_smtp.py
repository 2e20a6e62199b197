# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The SMTP collector against small servers of our own on loopback: what happened must be told apart, within its time."""
import contextlib
import json
import os
import socket
import ssl
import struct
import subprocess
import threading
import time

import pytest

PROBE = os.environ["MAILSEAL_PROBE"]
BANNER = b"220 mx.example.org ESMTP\r\n"
EHLO = b"250-mx.example.org\r\n250-SIZE 1000\r\n250 STARTTLS\r\n"


class Server:
    """Runs handle(server, socket, number of the connection) for each connection."""

    def __init__(self, handle, address="127.0.0.1"):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.create_server((address, 0), family=family)
        self.port = self.listener.getsockname()[1]
        self.handle = handle
        self.count = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            threading.Thread(target=self.serve, args=(peer, self.count), daemon=True).start()

    def serve(self, peer, number):
        with contextlib.suppress(OSError, ssl.SSLError):
            self.handle(self, peer, number)
        with contextlib.suppress(OSError):
            peer.close()


def probe(port, *options, count=1, address="127.0.0.1"):
    subjects = [f"{address} {port} mx{i}.example.org" for i in range(count)]
    began = time.monotonic()
    out = subprocess.run([PROBE, *options, *subjects], capture_output=True, text=True, timeout=100, check=True).stdout
    facts = [json.loads(line) for line in out.splitlines()]
    return facts[0] if count == 1 else facts, time.monotonic() - began


def ask(handle, *options):
    server = Server(handle)
    fact, took = probe(server.port, *options)
    server.listener.close()
    return fact, took


def read_line(peer):
    line = b""
    while not line.endswith(b"\n"):
        octet = peer.recv(1)
        if not octet:
            raise OSError("closed")
        line += octet
    return line


def talk(peer, banner=BANNER, ehlo=EHLO, starttls=b"220 go\r\n"):
    """Up to the answer to STARTTLS."""
    peer.sendall(banner)
    read_line(peer)
    peer.sendall(ehlo)
    read_line(peer)
    peer.sendall(starttls)


def hang(peer):
    while peer.recv(4096):
        pass


def reset(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    made = {}
    for name, key in (("ec", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]), ("rsa", ["rsa:2048"])):
        path = folder / name
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", *key, "-nodes", "-keyout", f"{path}.key", "-out", f"{path}.crt",
             "-subj", "/CN=mx0.example.org", "-addext", "subjectAltName=DNS:mx0.example.org", "-days", "30"],
            check=True, capture_output=True)
        path.write_bytes((folder / f"{name}.key").read_bytes() + (folder / f"{name}.crt").read_bytes())
        made[name] = str(path)
    return made


def tls_server(certificates, keys=("ec", "rsa"), ciphers="DEFAULT", low=ssl.TLSVersion.TLSv1_2, high=None, ehlo=EHLO,
               carries_over=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = low
    if high:
        context.maximum_version = high
    context.set_ciphers(ciphers)
    for key in keys:
        context.load_cert_chain(certificates[key])

    def handle(_, peer, number):
        talk(peer, ehlo=ehlo)
        injected = False
        if carries_over and peer.recv(6, socket.MSG_PEEK) == b"NOOP\r\n":
            peer.recv(6)
            injected = True
        peer = context.wrap_socket(peer, server_side=True)
        if injected:
            peer.sendall(b"250 2.0.0 Ok\r\n")
        while line := read_line(peer):
            peer.sendall(b"250-mx.example.org\r\n250 REQUIRETLS\r\n" if line.startswith(b"EHLO") else b"221 bye\r\n")

    return handle


def versions(fact):
    return {row["version"]: row.get("accepted") for row in fact["endpoint"]["versions"]}


FAULTS = {
    "silent": (lambda s, p, n: hang(p), "silent", "unknown"),
    "closes": (lambda s, p, n: None, "closed", "unknown"),
    "resets": (lambda s, p, n: reset(p), "reset", "unknown"),
    "http": (lambda s, p, n: p.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "malformed", "unknown"),
    "binary": (lambda s, p, n: p.sendall(bytes(range(256)) * 40), "malformed", "unknown"),
    "endless": (lambda s, p, n: [p.sendall(b"x" * 4096) for _ in range(1000)], "malformed", "unknown"),
    "554": (lambda s, p, n: p.sendall(b"554 go away\r\n"), "refusing", "unknown"),
    "no STARTTLS": (lambda s, p, n: talk(p, ehlo=b"250 mx\r\n"), "ready", "absent"),
    "EHLO refused": (lambda s, p, n: talk(p, ehlo=b"502 what?\r\n"), "ready", "absent"),
    "masked": (lambda s, p, n: talk(p, ehlo=b"250-mx\r\n250 XXXXXXXA\r\n"), "ready", "masked"),
    "454": (lambda s, p, n: talk(p, starttls=b"454 no key\r\n"), "ready", "refused"),
    "plain after 220": (lambda s, p, n: [talk(p), p.recv(9999), p.sendall(b"500 what?\r\n")], "ready", "plain"),
    "closes after 220": (lambda s, p, n: [talk(p), p.recv(9999)], "ready", "closed"),
    "resets after 220": (lambda s, p, n: [talk(p), p.recv(9999), reset(p)], "ready", "reset"),
    "hangs after 220": (lambda s, p, n: [talk(p), hang(p)], "ready", "silent"),
    "alerts only": (lambda s, p, n: [talk(p), p.recv(9999), p.sendall(b"\x15\x03\x01\0\x02\x02\x28")], "ready", "alert"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_told_apart(name):
    handle, greeting, starttls = FAULTS[name]
    fact, took = ask(handle, "--deadline", "2000")
    assert fact["state"] == "present"
    assert (fact["endpoint"]["greeting"], fact["endpoint"]["starttls"]) == (greeting, starttls)
    assert took < 4


def test_silence_to_every_hello_costs_one_deadline():
    """5 s is what a hello is given; a second question goes beside the first, not behind it."""
    server = Server(lambda s, p, n: [talk(p), hang(p)])
    fact, took = probe(server.port)
    assert fact["endpoint"]["starttls"] == "silent"
    assert 4.5 < took < 6.5
    assert server.count == fact["endpoint"]["connections"] == 2


def late_hang(certificates, goes_on):
    """The first connection is served; later ones hang before the greeting, or after STARTTLS."""
    serve = tls_server(certificates)

    def handle(server, peer, number):
        if number > 1 and not goes_on:
            hang(peer)
        elif number > 1:
            talk(peer)
            hang(peer)
        serve(server, peer, number)

    return handle


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_server_that_begins_to_hang_costs_about_one_deadline(certificates, goes_on):
    fact, took = ask(late_hang(certificates, goes_on))
    endpoint = fact["endpoint"]
    assert took < 19  # of 15 s for a connection
    assert endpoint["starttls"] == "works"
    assert endpoint["connections"] <= 8
    assert versions(fact)[772] == "yes" and versions(fact)[769] not in ("yes", "no")
    assert endpoint["probes"]["takes_large_hello"] in ("throttled", "timeout")


def test_silence_to_tls_1_3_only_is_told_apart(certificates):
    """A filter that drops what it does not know; TLS 1.2 alone gets through."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates["ec"])

    def handle(server, peer, number):
        talk(peer)
        time.sleep(0.2)
        if b"\x00\x2b" in peer.recv(4096, socket.MSG_PEEK):  # supported_versions
            hang(peer)
            return
        context.wrap_socket(peer, server_side=True)

    fact, _ = ask(handle, "--plan", "quick")
    assert fact["endpoint"]["starttls"] == "works"
    assert versions(fact)[771] == "yes"


def test_refused():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    fact, took = probe(port)
    assert (fact["state"], fact["endpoint"]["reach"]) == ("absent", "refused")
    assert took < 4


def test_hazard_55_private_addresses_are_not_dialled():
    server = Server(lambda s, p, n: None)
    fact, _ = probe(server.port, "--public")
    assert (fact["state"], fact["failure"], fact["detail"]) == ("not-observed", "filtered", "loopback")
    assert server.count == 0


def test_clean_server_takes_eleven_connections(certificates):
    server = Server(tls_server(certificates, keys=("ec",), ciphers="ECDHE+AESGCM:ECDHE+CHACHA20"))
    fact, _ = probe(server.port)
    endpoint = fact["endpoint"]
    assert endpoint["connections"] == server.count <= 12
    assert versions(fact) == {2: "no", 768: "no", 769: "no", 770: "no", 771: "yes", 772: "yes"}
    assert endpoint["probes"]["takes_large_hello"] == "yes"
    assert endpoint["probes"]["extended_master_secret"] == "yes"
    assert endpoint["probes"]["injection"] == "no"
    assert endpoint["groups13"]["refused"] == "11ec 11eb 11ed 6399"
    assert endpoint["presentations"][0]["ehlo"]["keywords"] == ["REQUIRETLS"]
    assert endpoint["presentations"][0]["outer_name"] == "mx.example.org"


def test_quick_plan_takes_three(certificates):
    fact, _ = ask(tls_server(certificates), "--plan", "quick")
    assert fact["endpoint"]["connections"] == 3
    assert fact["endpoint"]["versions"][5]["accepted"] == "yes"


def test_both_kinds_of_key(certificates):
    fact, _ = ask(tls_server(certificates))
    asked = {(p["asked"], p.get("sni", False)) for p in fact["endpoint"]["presentations"]}
    assert asked == {("any", True), ("any", False), ("rsa", True)}


def test_injected_command_is_noticed(certificates):
    fact, _ = ask(tls_server(certificates, carries_over=True))
    assert fact["endpoint"]["probes"]["injection"] == "yes"


def test_lower_case_keyword(certificates):
    fact, _ = ask(tls_server(certificates, ehlo=b"250-mx\r\n250 starttls\r\n"), "--plan", "quick")
    assert fact["endpoint"]["starttls"] == "works"


def test_throttling_never_changes_a_verdict(certificates):
    serve = tls_server(certificates)

    def handle(server, peer, number):
        if number > 4:
            peer.sendall(b"421 too many connections\r\n")
            return
        serve(server, peer, number)

    fact, took = ask(handle)
    endpoint = fact["endpoint"]
    assert endpoint["throttles"] >= 4
    assert endpoint["starttls"] == "works"
    assert "no" not in (versions(fact)[2], versions(fact)[768])
    assert "throttled" in endpoint["probes"].values()
    assert took < 30


def test_throttled_at_first_then_let_in(certificates):
    serve = tls_server(certificates)

    def handle(server, peer, number):
        if number == 2:
            peer.sendall(b"421 too many connections\r\n")
            return
        serve(server, peer, number)

    fact, _ = ask(handle, "--plan", "quick")
    assert versions(fact)[772] == versions(fact)[771] == "yes"


def leaves(fact):
    """The leaf of each presentation, by whether the name was sent."""
    return {(row["asked"], row.get("sni", False)): row["chain"][0] for row in fact["endpoint"]["presentations"]}


def test_other_certificate_without_the_name(certificates):
    """The session with the name comes first, the one without it is asked for as well."""
    named = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    named.load_cert_chain(certificates["ec"])
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    bare.load_cert_chain(certificates["rsa"])
    asked = []

    def choose(tls, name, _):
        asked.append(name)
        if name == "mx0.example.org":
            tls.context = named

    bare.sni_callback = choose

    def handle(_, peer, number):
        talk(peer)
        peer.recv(6, socket.MSG_PEEK) == b"NOOP\r\n" and peer.recv(6)
        peer = bare.wrap_socket(peer, server_side=True)
        while read_line(peer).startswith(b"EHLO"):
            peer.sendall(b"250 mx.example.org\r\n")

    fact, _ = ask(handle)
    seen = leaves(fact)
    assert seen["any", True] != seen["any", False]
    assert {"mx0.example.org", None} == set(asked)


def test_same_certificate_without_the_name(certificates):
    fact, _ = ask(tls_server(certificates, keys=("ec",)))
    seen = leaves(fact)
    assert seen["any", True] == seen["any", False]


def test_ipv6(certificates):
    server = Server(tls_server(certificates), "::1")
    fact, _ = probe(server.port, "--plan", "quick", address="::1")
    server.listener.close()
    assert fact["endpoint"]["starttls"] == "works"
    assert versions(fact)[772] == "yes"


@pytest.mark.parametrize("parameters, bits, group", [
    (["dhparam", "-dsaparam", "1024"], 1024, None),
    (["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048"], 2048, 0x100),
    (["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe3072"], 3072, 0x101),
])
def test_size_of_diffie_hellman(certificates, tmp_path, parameters, bits, group):
    path = tmp_path / "dh.pem"
    subprocess.run(["openssl", parameters[0], "-out", path, *parameters[1:]], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0")
    context.load_dh_params(path)
    context.load_cert_chain(certificates["rsa"])

    def handle(_, peer, number):
        talk(peer)
        context.wrap_socket(peer, server_side=True)

    fact, _ = ask(handle)
    (row,) = fact["endpoint"]["dh"]
    assert (row["bits"], row.get("group")) == (bits, group)
    assert row["version"] == 771


def test_large_hellos_are_dropped(certificates):
    def handle(server, peer, number):
        talk(peer)
        head = peer.recv(5, socket.MSG_PEEK)
        if len(head) == 5 and head[0] == 22 and int.from_bytes(head[3:5], "big") > 600:
            hang(peer)
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates["ec"])
        context.wrap_socket(peer, server_side=True)

    fact, _ = ask(handle)
    assert fact["endpoint"]["probes"]["takes_large_hello"] == "no"
    assert fact["endpoint"]["probes"]["takes_split_hello"] == "yes"
    assert versions(fact)[772] == "yes"


def test_many_hanging_servers_cost_one_deadline():
    server = Server(lambda s, p, n: hang(p))
    facts, took = probe(server.port, "--deadline", "3000", count=100)
    assert len(facts) == 100
    assert took < 5
