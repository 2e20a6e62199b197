# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""`mailseal check` of domains with MTA-STS: policies from a real HTTPS host on loopback, mail hosts that speak real TLS."""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "policy"))
import host as hosts  # noqa: E402
from host import PolicyHost, answer  # noqa: E402
from leaves import Authority  # noqa: E402
from mail import MailHost  # noqa: E402

PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
MAIL_ADDRESS, POLICY_ADDRESS = "127.0.80.1", "127.0.80.2"


def policy(mode="enforce", mx="mx.policies.org", age=1209600, end="\r\n", more=""):
    return end.join(["version: STSv1", f"mode: {mode}", f"mx: {mx}", f"max_age: {age}", more]).encode()


def say(octets):
    return lambda peer: peer.sendall(octets)


# domain below policies.org: what its host does, the leaf it shows, the finding about MTA-STS it must give
ROWS = {
    "enforce": (say(answer(policy())), {}, "mta-sts-enforced"),
    "alias": (say(answer(policy())), {}, "mta-sts-enforced"),
    "six": (say(answer(policy())), {}, "mta-sts-enforced"),
    "both": (say(answer(policy())), {}, "mta-sts-enforced"),
    "lf": (say(answer(policy(end="\n"))), {}, "mta-sts-enforced"),
    "testing": (say(answer(policy("testing"))), {}, "mta-sts-ready"),
    "mode-none": (say(answer(policy("none"))), {}, "mta-sts-mode-none"),
    "uncovered": (say(answer(policy(mx="mail.policies.org"))), {}, "mta-sts-mx-uncovered"),
    "short-age": (say(answer(policy(age=3600))), {}, "mta-sts-max-age-short"),
    "two-keys": (say(answer(policy(more="mode: none\r\n"))), {}, "mta-sts-policy-ambiguous"),
    "bom": (say(answer(b"\xef\xbb\xbf" + policy())), {}, "mta-sts-policy-lenient"),
    "bad-mode": (say(answer(policy("always"))), {}, "mta-sts-policy-invalid"),
    "html": (say(answer(policy(), kind=b"text/html")), {}, "mta-sts-type"),
    "no-type": (say(answer(policy(), kind=b"")), {}, "mta-sts-type"),
    "redirect": (say(answer(b"", b"301 Moved", more=b"Location: https://elsewhere.example/\r\n")), {}, "mta-sts-redirect"),
    "not-found": (say(answer(b"", b"404 Not Found")), {}, "mta-sts-status"),
    "error": (say(answer(b"", b"500 Internal Server Error")), {}, "mta-sts-status"),
    "broken-off": (say(answer(policy())[:-9]), {}, "mta-sts-status"),
    "large": (say(answer(policy() + b"x: " + b"y" * 70000)), {}, "mta-sts-too-large"),
    "hanging": (hosts.hang, {}, "mta-sts-host-unreachable"),
    "refused": (None, {}, "mta-sts-host-unreachable"),
    "expired": (say(answer(policy())), {"begin": -60, "end": -3}, "mta-sts-host-certificate"),
    "early": (say(answer(policy())), {"begin": 3}, "mta-sts-host-certificate"),
    "self-signed": (say(answer(policy())), {"self_signed": True}, "mta-sts-host-certificate"),
    "wrong-name": (say(answer(policy())), {"name": "www.policies.org"}, "mta-sts-host-certificate"),
    "stranger": (say(answer(policy())), {"stranger": True}, "mta-sts-host-certificate"),
}
ENFORCED = {name for name, row in ROWS.items() if row[2] == "mta-sts-enforced"}


class World:
    """The servers, and how to ask about their domains."""

    def __init__(self, lab, folder):
        self.lab = lab
        self.authority = Authority(folder)
        (folder / "stranger").mkdir()
        stranger = Authority(folder / "stranger")
        self.mail = MailHost(self.authority.leaf("mx.policies.org"), "mx.policies.org", address=MAIL_ADDRESS)
        rows = {}
        for name, (behave, leaf, _) in ROWS.items():
            host = f"mta-sts.{name}.policies.org"
            asked = {"name": host, **leaf}
            authority = stranger if asked.pop("stranger", False) else self.authority
            if behave:
                rows[host] = (authority.leaf(**asked), behave)
        late = "mta-sts.late.policies.org"
        rows[late] = (self.authority.leaf(late), say(answer(policy())))
        self.policy = PolicyHost(rows, POLICY_ADDRESS)
        self.policy6 = PolicyHost(rows, "::1", self.policy.port)

    def command(self, names, *args):
        args = ["--json", "--ca-file", self.authority.trust, "--connect-port", self.mail.port, "--policy-port", self.policy.port,
                "--tls", "quick", "--resolver", self.lab.resolver, "--trust-anchor", self.lab.trust_anchor, *args]
        return [PROGRAM, "check", *map(str, args), *(f"{name}.policies.org" for name in names)]

    def check(self, names, *args):
        done = subprocess.run(self.command(names, *args), capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode in (0, 1, 3), done.stderr
        return done.stdout

    def close(self):
        for server in (self.mail, self.policy, self.policy6):
            server.close()


def by_name(text):
    return {result["domain"].removesuffix(".policies.org"): result for result in json.loads(text)["results"]}


@pytest.fixture(scope="module", name="world")
def fixture_world(lab, tmp_path_factory):
    world = World(lab, tmp_path_factory.mktemp("policies"))
    yield world
    world.close()


@pytest.fixture(scope="module", name="checked")
def fixture_checked(world, tmp_path_factory):
    """All domains in one run, with the facts saved: the output, the file, and the seconds it took."""
    saved = tmp_path_factory.mktemp("facts") / "facts.jsonl"
    began = time.monotonic()
    text = world.check(ROWS, "--allow-private", "--save", saved)
    return text, saved, time.monotonic() - began


def ids(result):
    return {finding["id"] for finding in result["findings"] if finding["control"] == "mta-sts"}


@pytest.mark.parametrize("name", ROWS)
def test_each_host_gives_its_finding(checked, name):
    result = by_name(checked[0])[name]
    assert ROWS[name][2] in ids(result), ids(result)
    assert ("mta-sts-enforced" in ids(result)) == (name in ENFORCED | {"two-keys"})
    assert not any("MTA-STS policy" in row["subject"] for row in result["unknown"])


def test_certificates_say_what_is_wrong(checked):
    results = by_name(checked[0])
    for name, word in (("expired", "expired on"), ("early", "not valid before"), ("self-signed", "self-signed"),
                       ("wrong-name", "not for the name"), ("stranger", "issuer")):
        assert word in json.dumps(results[name]["findings"]), name


def test_policies_are_shown_to_programs(checked):
    results = by_name(checked[0])
    shown = {name: results[name]["controls"]["mta-sts"]["record"]["policy"] for name in ROWS}
    assert shown["enforce"] == {
        "outcome": "answered", "status": 200, "address": POLICY_ADDRESS, "error": "", "certificate_error": "", "mode": "enforce",
        "max_age": 1209600, "mx": ["mx.policies.org"], "usable": True, "strict": True}
    assert shown["expired"]["outcome"] == "certificate" and "mode" not in shown["expired"]
    assert (shown["redirect"]["outcome"], shown["redirect"]["status"]) == ("answered", 301)
    assert shown["hanging"]["outcome"] == "timeout"
    assert results["testing"]["controls"]["mta-sts"]["text"].startswith("mode testing, v=STSv1")


def test_enforced_policies_stop_interception(checked):
    results = by_name(checked[0])
    kinds = {name: results[name]["summary"]["interceptable"] for name in ROWS}
    assert {name for name in ROWS if kinds[name] == "unknown"} == set(), kinds
    assert kinds["enforce"] == kinds["six"] != "yes"
    assert kinds["redirect"] == kinds["expired"] == kinds["mode-none"] == "yes"


def test_the_hanging_host_costs_its_deadline_once(checked):
    assert checked[2] < 40


def test_replay_gives_the_same_bytes(world, checked):
    text, saved, _ = checked
    again = subprocess.run([PROGRAM, "replay", saved, "--json"], capture_output=True, text=True, timeout=60, check=False)
    assert again.stdout == text


def test_dns_only_fetches_nothing(world):
    before = (world.policy.count, world.policy6.count, world.mail.count)
    result = by_name(world.check(["enforce"], "--dns-only", "--allow-private"))["enforce"]
    assert (world.policy.count, world.policy6.count, world.mail.count) == before
    assert not ids(result) & {row[2] for row in ROWS.values()}
    assert any(row["subject"] == "MTA-STS policy" for row in result["unknown"])


def test_without_the_lab_option_nothing_inside_is_asked(world):
    before = (world.policy.count, world.policy6.count, world.mail.count)
    results = by_name(world.check(["enforce", "six", "private", "alias"]))
    assert (world.policy.count, world.policy6.count, world.mail.count) == before
    for result in results.values():
        assert any(row["subject"] == "MTA-STS policy" and "not one on the internet" in row["reason"] for row in result["unknown"])


def test_what_if_fetches_the_real_policy(world):
    """The record is only assumed, its host is real: what a sender would find the moment it is published."""
    text = world.check(["late"], "--allow-private", "--with", '_mta-sts.late.policies.org TXT "v=STSv1; id=1"')
    assert "mta-sts-enforced" in ids(by_name(text)["late"])


def test_ctrl_c_keeps_what_is_done(world):
    """Both hosts are asked at once; the one that hangs is given up and called so."""
    with subprocess.Popen(world.command(["enforce", "hanging"], "--allow-private"), stdout=subprocess.PIPE, text=True) as process:
        time.sleep(6)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        results = by_name(process.communicate(timeout=20)[0])
    assert time.monotonic() - began < 3
    assert "mta-sts-enforced" in ids(results["enforce"])
    assert any(row["subject"] == "MTA-STS policy" and "stopped" in row["reason"] for row in results["hanging"]["unknown"])
