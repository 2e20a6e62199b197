# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""sign and record dkim: what they make, verify confirms; so do other implementations when they are installed."""
import json
import re
import stat
import subprocess

import pytest

from conftest import PROGRAM

NOW = "2026-11-23T12:00:00Z"
MESSAGE = """\
Received: from a.example by b.example; Mon, 23 Nov 2026 11:59:00 +0000
From: Jo  Bloggs <jo@example.org>
To: you@receiver.example
Subject: a  folded
\tsubject
Date: Mon, 23 Nov 2026 11:58:00 +0000
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Hello,  there. \t
\tä line with umlaut

.


"""
KEYS = {"rsa": [], "rsa 3072": ["--bits", "3072"], "ed25519": ["--algorithm", "ed25519"]}
FORMS = ["relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple"]


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """kind -> (private key file, value of the record)."""
    folder = tmp_path_factory.mktemp("keys")
    made = {}
    for number, (kind, options) in enumerate(KEYS.items()):
        path = folder / f"{number}.pem"
        command = [PROGRAM, "record", "dkim", "example.org", "--selector", "s1", "--private-key", path, "--json", *options]
        record, = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["records"]
        made[kind] = (path, record["value"])
    return made


def txt(value):
    return " ".join(f'"{value[at:at + 255]}"' for at in range(0, len(value), 255))


@pytest.fixture
def world(keys, facts_file):
    """Facts in which one of the keys is published."""
    def make(kind, name="s1._domainkey.example.org"):
        return facts_file([
            (name, "TXT", [txt(keys[kind][1])]),
            ("_dmarc.example.org", "TXT", ['"v=DMARC1; p=reject"']),
            ("example.org", "TXT", ['"v=spf1 -all"']),
        ], ["example.org"])
    return make


def as_file(tmp_path, text, newline="\r\n", name="message.eml"):
    path = tmp_path / name
    path.write_bytes(text.replace("\n", newline).encode())
    return path


def sign(key, path, *options, data=None):
    return subprocess.run([PROGRAM, "sign", "--key", key, "--domain", "example.org", "--selector", "s1", "--now", NOW,
                           *options, path], capture_output=True, input=data, check=False)


def signed(tmp_path, *args, **options):
    result = sign(*args, **options)
    assert result.returncode == 0, result.stderr
    path = tmp_path / "signed.eml"
    path.write_bytes(result.stdout)
    return path


def verify(mailseal, facts, path, *options):
    result = mailseal("verify", "--replay", facts, "--json", path, *options)
    assert result.returncode in (0, 1), result.stderr
    report, = json.loads(result.stdout)["results"]
    return report


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KEYS)
def test_verify_confirms_what_sign_made(mailseal, keys, world, tmp_path, kind, form, newline):
    path = as_file(tmp_path, MESSAGE, newline)
    made = signed(tmp_path, keys[kind][0], path, "--canonical", form)
    assert made.read_bytes().endswith(path.read_bytes())
    field = made.read_bytes()[:-len(path.read_bytes())]
    assert field.startswith(b"DKIM-Signature: v=1;") and f"c={form}".encode() in field
    assert field.count(b"\r") == (field.count(b"\n") if newline == "\r\n" else 0)
    report = verify(mailseal, world(kind), made)
    assert report["result"] == "pass" and not report["author_blurred"]
    signature, = report["dkim"]
    assert signature["result"] == "pass" and signature["unsigned_body_octets"] == 0
    # a list may add these to a message; everything else that readers see is closed
    assert signature["addable_fields"] == ["List-Unsubscribe", "List-Unsubscribe-Post"]


@pytest.mark.parametrize("change", [(b"Hello,", b"hello,"), (b"To: you", b"To: them"), (b"From:", b"Cc: x@y.example\r\nFrom:"),
                                    (b"Subject: a", b"Subject: b\r\nSubject: a"), (b"\r\n\r\n.", b"\r\n.")])
def test_any_change_breaks_the_signature(mailseal, keys, world, tmp_path, change):
    made = signed(tmp_path, keys["rsa"][0], as_file(tmp_path, MESSAGE))
    text = made.read_bytes()
    made.write_bytes(text.replace(*change))
    assert made.read_bytes() != text
    report = verify(mailseal, world("rsa"), made)
    assert report["dkim"][0]["result"] == "fail"


def test_two_signatures_stand_beside_each_other(mailseal, keys, tmp_path, facts_file):
    once = signed(tmp_path, keys["rsa"][0], as_file(tmp_path, MESSAGE))
    result = subprocess.run([PROGRAM, "sign", "--key", keys["ed25519"][0], "--domain", "example.org", "--selector", "e1",
                             "--now", NOW, "-"], input=once.read_bytes(), capture_output=True, check=True)
    once.write_bytes(result.stdout)
    facts = facts_file([("s1._domainkey.example.org", "TXT", [txt(keys["rsa"][1])]),
                        ("e1._domainkey.example.org", "TXT", [txt(keys["ed25519"][1])]),
                        ("_dmarc.example.org", "TXT", ['"v=DMARC1; p=reject"'])], ["example.org"])
    report = verify(mailseal, facts, once)
    assert [(one["selector"], one["result"]) for one in report["dkim"]] == [("e1", "pass"), ("s1", "pass")]


def test_header_list_and_times(keys, tmp_path):
    path = as_file(tmp_path, MESSAGE)
    field = sign(keys["rsa"][0], path, "--header", "From", "--header", "Subject", "--expires", "7").stdout.decode()
    assert "h=from:from:subject:subject;" in field
    assert "t=1795435200; x=1796040000" in field and " l=" not in field
    field = sign(keys["rsa"][0], path, "--header", "From", "--no-oversign").stdout.decode()
    assert "h=from;" in field and " x=" not in field


REFUSALS = {
    "no From": ("To: a@b.example\n\nx\n", [], "From"),
    "two From fields": ("From: a@example.org\nFrom: b@example.org\n\nx\n", [], "who wrote it"),
    "a bare CR": ("From: a@example.org\n\nx\ry\n", [], "bare CR"),
    "several messages": ("From jo@example.org Mon Nov 23 12:00:00 2026\nFrom: a@example.org\n\nx\n", [], "not one message"),
    "no From in the list": (MESSAGE, ["--header", "Subject"], "From"),
    "no field name": (MESSAGE, ["--header", "From:"], "no field name"),
    "unknown form": (MESSAGE, ["--canonical", "loose"], "loose"),
    "no selector": (MESSAGE, ["--selector", "a b"], "no name"),
    "no domain": (MESSAGE, ["--domain", "a@b.example"], "--domain"),
    "a seal of nobody": (MESSAGE, ["--arc"], "--receiver"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(keys, tmp_path, name):
    text, options, why = REFUSALS[name]
    result = sign(keys["rsa"][0], as_file(tmp_path, text), *options)
    assert result.returncode == 2 and result.stdout == b""
    assert why in result.stderr.decode().splitlines()[-1]


def test_partial_bodies_cannot_be_asked_for(keys, tmp_path):
    assert sign(keys["rsa"][0], as_file(tmp_path, MESSAGE), "--length", "10").returncode == 2


def test_notes(keys, tmp_path):
    other = as_file(tmp_path, MESSAGE.replace("example.org", "other.example"))
    result = sign(keys["rsa"][0], other)
    assert result.returncode == 0 and b"does not count" in result.stderr
    key = tmp_path / "open.pem"
    key.write_bytes(keys["rsa"][0].read_bytes())
    key.chmod(0o644)
    assert b"can be read by others" in sign(key, as_file(tmp_path, MESSAGE)).stderr


# --- ARC ---

def test_a_seal_is_confirmed_and_tells_the_verdict(mailseal, keys, world, tmp_path):
    path = signed(tmp_path, keys["rsa"][0], as_file(tmp_path, MESSAGE))
    facts = world("rsa")
    for hop in (1, 2):
        result = sign(keys["rsa"][0], path, "--arc", "--receiver", "mx.example.org", "--replay", facts, "--ip", "192.0.2.9",
                      "--helo", "a.example.org", "--mail-from", "jo@example.org")
        assert result.returncode == 0, result.stderr
        assert result.stdout.startswith(b"ARC-Seal:")
        assert f"ARC-Authentication-Results: i={hop}; mx.example.org".encode() in result.stdout
        path.write_bytes(result.stdout)
        report = verify(mailseal, facts, path)
        assert (report["arc"]["status"], report["arc"]["sets"]) == ("pass", hop)
    results = re.sub(rb"\s+", b" ", path.read_bytes())
    assert b"dkim=pass" in results and b"spf=fail" in results and b"arc=pass" in results


def test_hazard_59_a_strangers_chain_does_not_launder(mailseal, keys, facts_file, tmp_path):
    """The chain is good, tells of a pass, and is the stranger's own: DMARC still fails."""
    facts = facts_file([("s1._domainkey.stranger.example", "TXT", [txt(keys["rsa"][1])]),
                        ("_dmarc.example.org", "TXT", ['"v=DMARC1; p=reject"'])], ["example.org", "stranger.example"])
    path = as_file(tmp_path, MESSAGE)
    result = sign(keys["rsa"][0], path, "--domain", "stranger.example", "--arc", "--receiver",
                  "mx; spf=pass smtp.mailfrom=example.org", "--replay", facts)
    assert result.returncode == 0, result.stderr
    path.write_bytes(result.stdout)
    report = verify(mailseal, facts, path)
    assert report["arc"]["status"] == "pass"
    assert (report["result"], report["disposition"]) == ("fail", "reject")


def test_a_broken_chain_is_left_alone(keys, world, tmp_path):
    path = as_file(tmp_path, "ARC-Seal: i=1; a=rsa-sha256; cv=fail; d=example.org; s=s1; t=1; b=AAAA\n" + MESSAGE)
    result = sign(keys["rsa"][0], path, "--arc", "--receiver", "mx.example.org", "--replay", world("rsa"))
    assert result.returncode == 1 and b"not sealed" in result.stderr
    assert result.stdout == path.read_bytes()


# --- keys ---

def test_a_key_is_only_its_owners_and_never_overwritten(mailseal, tmp_path):
    path = tmp_path / "key.pem"
    command = ("record", "dkim", "example.org", "--selector", "s1", "--private-key", path, "--algorithm", "ed25519")
    made = mailseal(*command)
    assert made.returncode == 0 and "s1._domainkey.example.org" in made.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    again = mailseal(*command)
    assert again.returncode == 2 and "already" in again.stderr and again.stdout == ""
    assert path.read_bytes() == before
    link = tmp_path / "link.pem"
    link.symlink_to(tmp_path / "elsewhere.pem")
    assert mailseal(*command[:6], link).returncode == 2
    assert not (tmp_path / "elsewhere.pem").exists()


@pytest.mark.parametrize("options", [["--bits", "1024"], ["--bits", "9000"], ["--algorithm", "dsa"], ["--selector", "a b"]])
def test_bad_keys_are_not_made(mailseal, tmp_path, options):
    path = tmp_path / "key.pem"
    result = mailseal("record", "dkim", "example.org", "--selector", "s1", "--private-key", path, *options)
    assert result.returncode == 2 and not path.exists()


def test_the_record_is_split_into_strings(mailseal, tmp_path):
    result = mailseal("record", "dkim", "example.org", "--selector", "s1", "--private-key", tmp_path / "key.pem")
    line = next(line for line in result.stdout.splitlines() if " IN TXT " in line)
    strings = re.findall(r'"([^"]*)"', line)
    assert len(strings) == 2 and max(map(len, strings)) == 255
    assert "".join(strings) in result.stdout.splitlines()[2]


# --- other implementations ---

@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KEYS)
def test_dkimpy_confirms(keys, tmp_path, kind, form):
    dkim = pytest.importorskip("dkim")
    if kind == "ed25519":
        pytest.importorskip("nacl")
    made = signed(tmp_path, keys[kind][0], as_file(tmp_path, MESSAGE), "--canonical", form)
    record = keys[kind][1].encode()
    assert dkim.verify(made.read_bytes(), dnsfunc=lambda name, timeout=5: record)
    assert not dkim.verify(made.read_bytes().replace(b"Hello", b"hello"), dnsfunc=lambda name, timeout=5: record)


def test_a_seal_is_confirmed_by_dkimpy(keys, world, tmp_path):
    dkim = pytest.importorskip("dkim")
    result = sign(keys["rsa"][0], as_file(tmp_path, MESSAGE), "--arc", "--receiver", "mx.example.org", "--replay",
                  world("rsa"))
    record = keys["rsa"][1].encode()
    status, _, _ = dkim.arc_verify(result.stdout, dnsfunc=lambda name, timeout=5: record)
    assert status == b"pass"
