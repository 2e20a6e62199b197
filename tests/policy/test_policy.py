# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The collector of MTA-STS policies against HTTPS servers of our own on loopback: each fault is told apart, within its time."""
import json
import os
import socket
import ssl
import subprocess
import threading
import time

import pytest

import host as hosts
from host import GOOD, PolicyHost, RawHost, answer
from leaves import Authority

FETCH = os.environ["MAILSEAL_FETCH"]
BIG = b"x: " + b"y" * 70000


@pytest.fixture(scope="session", name="authority")
def fixture_authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("pki"))


def fetch(port, authority, *args, domains=("good.example=127.0.0.1",), env=None):
    """The facts by domain, and how long it took."""
    began = time.monotonic()
    out = subprocess.run([FETCH, "--port", str(port), "--trust", str(authority.trust), *map(str, args), *domains],
                         capture_output=True, text=True, timeout=60, check=True, env=env).stdout
    facts = [json.loads(line) for line in out.splitlines()]
    return {fact["name"]: fact for fact in facts}, time.monotonic() - began


def say(octets):
    return lambda peer: peer.sendall(octets)


# behaviour behind a good certificate -> outcome, status, a part of the words
ANSWERS = {
    "good": (say(answer()), "answered", 200, None),
    "lf": (say(answer(GOOD.replace(b"\r\n", b"\n"))), "answered", 200, None),
    "bom": (say(answer(b"\xef\xbb\xbf" + GOOD)), "answered", 200, None),
    "two-keys": (say(answer(GOOD + b"mode: none\r\n")), "answered", 200, None),
    "chunked": (say(hosts.chunked()), "answered", 200, None),
    "charset": (say(answer(kind=b"text/plain; charset=utf-8")), "answered", 200, None),
    "html": (say(answer(kind=b"text/html")), "answered", 200, None),
    "no-type": (say(answer(kind=b"")), "answered", 200, None),
    "empty": (say(answer(b"")), "answered", 200, None),
    "binary": (say(answer(bytes(range(256)))), "answered", 200, None),
    "just-fits": (say(answer(b"x" * 65536)), "answered", 200, None),
    "redirect": (say(answer(b"", b"301 Moved", more=b"Location: https://127.0.0.1/x\r\n")), "answered", 301, None),
    "not-found": (say(answer(b"<html>no</html>", b"404 Not Found", b"text/html")), "answered", 404, None),
    "no-content": (say(b"HTTP/1.1 204 No Content\r\n\r\n"), "answered", 204, None),
    "broken": (say(answer(b"oops", b"500 Internal Server Error")), "answered", 500, None),
    "endless-error": (lambda p: [p.sendall(b"HTTP/1.1 503 No\r\n\r\n"), hosts.endless(p, b"x" * 4096)], "answered", 503, None),
    "big": (say(answer(BIG)), "too-large", 200, "above 64 kB"),
    "endless": (lambda p: [p.sendall(b"HTTP/1.1 200 OK\r\n\r\n"), hosts.endless(p, b"x" * 4096)], "too-large", 200, "64 kB"),
    "long-header": (say(answer(more=b"X: " + b"y" * 70000 + b"\r\n")), "http", None, "headers"),
    "many-headers": (lambda p: [p.sendall(b"HTTP/1.1 200 OK\r\n"), hosts.endless(p, b"X: y\r\n" * 100)], "http", None, "headers"),
    "continues": (lambda p: hosts.endless(p, b"HTTP/1.1 100 Continue\r\n\r\n"), "http", None, "headers"),
    "no-answer": (lambda p: None, "http", 0, "closed without"),
    "not-http": (say(b"220 smtp here\r\n\r\n"), "http", 0, "not HTTP"),
    "breaks-off": (say(answer()[:-20]), "http", 200, "broke off"),
    "half-chunk": (say(hosts.chunked()[:-40]), "http", 200, "broke off"),
    "hanging": (hosts.hang, "timeout", 0, "no answer to the request"),
    "hanging-body": (lambda p: [p.sendall(answer()[:-5]), hosts.hang(p)], "timeout", 200, "did not end"),
    "drip": (lambda p: hosts.drip(p, answer(), 0.2), "timeout", None, "in time"),
}


@pytest.fixture(scope="session", name="answers")
def fixture_answers(authority):
    """All of them asked at once, which is also how a scan asks."""
    leaf = authority.leaf(",".join(f"mta-sts.{name}.example" for name in ANSWERS))
    server = PolicyHost({f"mta-sts.{name}.example": (leaf, behave) for name, (behave, *_) in ANSWERS.items()})
    facts, took = fetch(server.port, authority, "--deadline", 3000, domains=[f"{name}.example=127.0.0.1" for name in ANSWERS])
    server.close()
    return facts, took, server


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_told_apart(answers, name):
    facts, _, _ = answers
    _, outcome, status, words = ANSWERS[name]
    fact = facts[f"{name}.example"]
    policy = fact["policy"]
    assert policy["outcome"] == outcome, policy
    assert fact["state"] == ("present" if outcome == "answered" else "failed")
    assert status is None or policy["status"] == status
    assert policy["address"] == "127.0.0.1" and policy["tls"] == 0x304
    assert (words or "") in policy.get("error", "")
    assert len(policy["chain"]) == 1


def test_all_of_them_take_one_deadline(answers):
    # 8 at a time to one address, and three of them hang
    assert answers[1] < 8


def test_bodies_come_as_they_were_sent(answers):
    facts, _, _ = answers
    assert facts["good.example"]["policy"]["body"].encode() == GOOD
    assert facts["lf.example"]["policy"]["body"].encode() == GOOD.replace(b"\r\n", b"\n")
    assert facts["bom.example"]["policy"]["body"].encode() == b"\xef\xbb\xbf" + GOOD
    assert facts["chunked.example"]["policy"]["body"].encode() == GOOD
    assert "body_base64" in facts["binary.example"]["policy"]
    assert len(facts["just-fits.example"]["policy"]["body"]) == len(facts["big.example"]["policy"]["body"]) == 65536
    assert facts["redirect.example"]["policy"]["location"] == "https://127.0.0.1/x"
    assert facts["html.example"]["policy"]["content_type"] == "text/html"
    assert "body" not in facts["not-found.example"]["policy"]


def test_requests_are_what_rfc_8461_says(answers):
    _, _, server = answers
    names = [name for name, _ in server.requests]
    assert sorted(names) == sorted(f"mta-sts.{name}.example" for name in ANSWERS)
    for name, request in server.requests:
        assert request.startswith("GET /.well-known/mta-sts.txt HTTP/1.1\r\n")
        assert f"\r\nHost: {name}\r\n" in request


CERTIFICATES = {
    "wrong-name": ({"name": "www.wrong-name.example"}, ["not for the name mta-sts.wrong-name.example"]),
    "wildcard-deep": ({"name": "*.example"}, ["not for the name"]),
    "expired": ({"begin": -60, "end": -3}, ["expired on"]),
    "early": ({"begin": 3}, ["not valid before"]),
    "self-signed": ({"self_signed": True}, ["self-signed certificate"]),
    "wrong-and-old": ({"name": "other.example", "begin": -60, "end": -3}, ["not for the name", "expired on"]),
}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_bad_certificates_are_told_apart(authority, name):
    asked, words = CERTIFICATES[name]
    leaf = authority.leaf(**{"name": f"mta-sts.{name}.example", **asked})
    server = PolicyHost({f"mta-sts.{name}.example": (leaf, say(answer()))})
    facts, _ = fetch(server.port, authority, domains=[f"{name}.example=127.0.0.1"])
    server.close()
    fact = facts[f"{name}.example"]
    policy = fact["policy"]
    assert (fact["state"], policy["outcome"], policy["status"]) == ("failed", "certificate", 0)
    assert all(word in policy["certificate_error"] for word in words), policy["certificate_error"]
    assert policy["certificate_error"].count(";") == len(words) - 1
    assert len(policy["chain"]) == 1 and "body" not in policy
    assert server.requests == [], "the request goes to nobody who cannot prove the name"


def test_authority_nobody_knows(authority, tmp_path):
    stranger = Authority(tmp_path)
    server = PolicyHost({"mta-sts.good.example": (stranger.leaf("mta-sts.good.example"), say(answer()))})
    facts, _ = fetch(server.port, authority)
    server.close()
    policy = facts["good.example"]["policy"]
    assert policy["outcome"] == "certificate" and "issuer" in policy["certificate_error"]


def test_wildcard_of_one_label(authority):
    server = PolicyHost({"mta-sts.good.example": (authority.leaf("*.good.example"), say(answer()))})
    facts, _ = fetch(server.port, authority)
    server.close()
    assert facts["good.example"]["policy"]["outcome"] == "answered"


RAW = {
    "closes": (lambda p: None, "tls", "handshake failed"),
    "resets": (hosts.reset, "tls", "handshake failed"),
    "plain-http": (lambda p: [p.recv(999), p.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")], "tls", "handshake failed"),
    "alert": (lambda p: [p.recv(999), p.sendall(b"\x15\x03\x03\0\x02\x02\x28")], "tls", "handshake failed"),
    "hangs": (hosts.hang, "timeout", "TLS handshake did not end"),
    "drips": (lambda p: hosts.drip(p, b"\x16\x03\x03\x40\x00" + b"\x02" * 200, 0.1), "timeout", "TLS handshake did not end"),
}


@pytest.mark.parametrize("name", RAW)
def test_no_tls_is_told_apart(authority, name):
    behave, outcome, words = RAW[name]
    server = RawHost(behave)
    facts, took = fetch(server.port, authority, "--connect", 2000)
    server.close()
    policy = facts["good.example"]["policy"]
    assert policy["outcome"] == outcome and words in policy["error"]
    assert (policy["status"], policy["tls"], policy["chain"]) == (0, 0, [])
    assert took < 4 and server.count == 1


def test_old_tls_is_no_tls(authority):
    server = PolicyHost({"mta-sts.good.example": (authority.leaf("mta-sts.good.example"), say(answer()))},
                        low=ssl.TLSVersion.TLSv1, high=ssl.TLSVersion.TLSv1_1)
    facts, _ = fetch(server.port, authority)
    server.close()
    assert facts["good.example"]["policy"]["outcome"] == "tls"


def test_tls_1_2_is_enough(authority):
    server = PolicyHost({"mta-sts.good.example": (authority.leaf("mta-sts.good.example"), say(answer()))},
                        high=ssl.TLSVersion.TLSv1_2)
    facts, _ = fetch(server.port, authority)
    server.close()
    assert (facts["good.example"]["policy"]["outcome"], facts["good.example"]["policy"]["tls"]) == ("answered", 0x303)


def test_client_certificate_is_asked_for(authority):
    for high in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        server = PolicyHost({"mta-sts.good.example": (authority.leaf("mta-sts.good.example"), say(answer()))}, high=high,
                            wants_client=authority.trust)
        facts, _ = fetch(server.port, authority)
        server.close()
        assert facts["good.example"]["policy"]["outcome"] in ("tls", "http")
        assert facts["good.example"]["policy"]["error"]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_refused(authority):
    facts, took = fetch(free_port(), authority)
    fact = facts["good.example"]
    assert (fact["state"], fact["policy"]["outcome"], fact["policy"]["error"]) == (
        "failed", "connect", "the connection was refused")
    assert took < 2


def test_silence_of_the_network(authority):
    """A listener whose queue is full drops what comes, as a firewall does."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    port = listener.getsockname()[1]
    fillers = [socket.socket() for _ in range(8)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
    facts, took = fetch(port, authority, "--connect", 1500)
    policy = facts["good.example"]["policy"]
    assert (policy["outcome"], policy["error"]) == ("timeout", "no connection in time")
    assert took < 3


def good_server(authority, address="127.0.0.1", port=0, behave=say(answer())):
    return PolicyHost({"mta-sts.good.example": (authority.leaf("mta-sts.good.example"), behave)}, address, port)


def test_ipv6(authority):
    server = good_server(authority, "::1")
    facts, _ = fetch(server.port, authority, domains=["good.example=::1"])
    server.close()
    policy = facts["good.example"]["policy"]
    assert (policy["outcome"], policy["address"]) == ("answered", "::1")


@pytest.mark.parametrize("addresses", ["::1,127.0.0.1", "127.0.0.1,127.0.0.2", "127.0.0.2,127.0.0.1"])
def test_next_address_is_tried(authority, addresses):
    server = good_server(authority)
    facts, took = fetch(server.port, authority, domains=[f"good.example={addresses}"])
    server.close()
    policy = facts["good.example"]["policy"]
    assert (policy["outcome"], policy["address"]) == ("answered", "127.0.0.1")
    assert took < 3


# --- safety ---

FILTERED = {"127.0.0.1": "loopback", "10.1.2.3": "private", "192.168.1.1": "private", "169.254.169.254": "link-local",
            "0.0.0.0": "unspecified", "224.0.0.1": "multicast", "192.0.2.1": "documentation", "100.64.0.1": "private",
            "::1": "loopback", "fe80::1": "link-local", "fc00::1": "private", "::ffff:127.0.0.1": "IPv4 inside IPv6",
            "64:ff9b::7f00:1": "IPv4 inside IPv6", "2002:7f00:1::1": "IPv4 inside IPv6"}


def test_hazard_55_inner_addresses_are_not_dialled(authority):
    server = good_server(authority)
    facts, took = fetch(server.port, authority, "--public", domains=[f"x{i}.example={a}" for i, a in enumerate(FILTERED)])
    server.close()
    for i, (address, scope) in enumerate(FILTERED.items()):
        fact = facts[f"x{i}.example"]
        assert (fact["state"], fact["failure"], fact["detail"]) == ("not-observed", "filtered", scope), address
    assert server.count == 0 and took < 2


def test_even_a_lab_dials_nobody_at_all(authority):
    facts, _ = fetch(443, authority, domains=["a.example=0.0.0.0", "b.example=ff02::1"])
    assert {fact["failure"] for fact in facts.values()} == {"filtered"}


def test_hazard_56_only_the_given_address_is_dialled(authority):
    """The name of the host leads to loopback by itself; only the address of the facts counts."""
    server = PolicyHost({"mta-sts.localhost": (authority.leaf("mta-sts.localhost"), say(answer()))})
    facts, _ = fetch(server.port, authority, "--connect", 1000, domains=["localhost=127.0.0.3"])
    assert (facts["localhost"]["policy"]["outcome"], server.count) == ("connect", 0)
    facts, _ = fetch(server.port, authority, domains=["localhost=127.0.0.1"])
    server.close()
    assert (facts["localhost"]["policy"]["outcome"], server.count) == ("answered", 1)


def test_hazard_54_redirect_leads_nowhere(authority):
    target = RawHost(lambda p: None)
    go = answer(b"", b"302 Found", more=f"Location: https://127.0.0.1:{target.port}/\r\n".encode())
    server = good_server(authority, behave=say(go))
    facts, _ = fetch(server.port, authority)
    server.close()
    target.close()
    assert facts["good.example"]["policy"]["status"] == 302 and target.count == 0 and server.count == 1


def test_proxies_of_the_environment_are_not_used(authority):
    proxy = RawHost(lambda p: None)
    server = good_server(authority)
    names = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    facts, _ = fetch(server.port, authority, env={**os.environ, **{n: f"http://127.0.0.1:{proxy.port}" for n in names}})
    server.close()
    proxy.close()
    assert facts["good.example"]["policy"]["outcome"] == "answered" and proxy.count == 0


def test_without_authorities_nothing_is_said_about_the_domain(authority, tmp_path):
    server = good_server(authority)
    out = subprocess.run([FETCH, "--port", str(server.port), "--trust", str(tmp_path / "none"), "good.example=127.0.0.1"],
                         capture_output=True, text=True, timeout=20, check=True).stdout
    server.close()
    fact = json.loads(out)
    assert (fact["state"], fact["failure"]) == ("not-observed", "not-asked")
    assert server.count == 0


def test_source_address(authority):
    peers = []
    server = good_server(authority, behave=lambda peer: [peers.append(peer.getpeername()[0]), peer.sendall(answer())])
    facts, _ = fetch(server.port, authority, "--source", "127.0.0.9")
    server.close()
    assert facts["good.example"]["policy"]["outcome"] == "answered" and peers == ["127.0.0.9"]


def test_our_own_fault_says_nothing_about_the_domain(authority):
    """The source address is not ours: nothing can be sent from here."""
    server = good_server(authority)
    facts, _ = fetch(server.port, authority, "--source", "192.0.2.1")
    server.close()
    fact = facts["good.example"]
    assert (fact["state"], fact["failure"]) == ("not-observed", "network")
    assert server.count == 0 and "policy" not in fact


# --- many ---

def test_few_at_a_time_to_one_address(authority):
    lock = threading.Lock()
    at_work, most = [], []

    def behave(peer):
        with lock:
            at_work.append(peer)
            most.append(len(at_work))
        time.sleep(0.1)
        with lock:
            at_work.remove(peer)
        peer.sendall(answer())

    names = [f"mta-sts.d{i}.example" for i in range(40)]
    leaf = authority.leaf(",".join(names))
    server = PolicyHost({name: (leaf, behave) for name in names})
    facts, _ = fetch(server.port, authority, "--at-once", 3, domains=[f"d{i}.example=127.0.0.1" for i in range(40)])
    server.close()
    assert {fact["policy"]["outcome"] for fact in facts.values()} == {"answered"}
    assert 1 < max(most) <= 3


def test_hundreds_of_hanging_hosts_cost_one_deadline(authority):
    server = RawHost(hosts.hang, address="0.0.0.0")
    domains = [f"d{i}.example=127.0.{i // 200}.{1 + i % 200}" for i in range(250)]
    facts, took = fetch(server.port, authority, "--connect", 3000, domains=domains)
    server.close()
    assert len(facts) == 250 and {fact["policy"]["outcome"] for fact in facts.values()} == {"timeout"}
    assert took < 5


def test_stopping_keeps_what_is_done(authority):
    rows = {"mta-sts.good.example": (authority.leaf("mta-sts.good.example"), say(answer())),
            "mta-sts.slow.example": (authority.leaf("mta-sts.slow.example"), hosts.hang)}
    server = PolicyHost(rows)
    facts, took = fetch(server.port, authority, "--stop", 1500, domains=[f"{n}.example=127.0.0.1" for n in ("good", "slow")])
    server.close()
    assert facts["good.example"]["policy"]["outcome"] == "answered"
    assert (facts["slow.example"]["state"], facts["slow.example"]["failure"]) == ("not-observed", "interrupted")
    assert took < 3
