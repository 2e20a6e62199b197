# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""spoof on recorded facts: the JSON contract, exit codes, and that its message stands on its own."""
import json

OPEN = [
    ("example.org", "A", ["192.0.2.1"]),
    ("example.org", "TXT", ['"v=spf1 -all"']),
    ("_dmarc.example.org", "TXT", ['"v=DMARC1; p=none"']),
    ("_dmarc.org", "TXT", None),
    ("stranger.invalid", "TXT", None),
]
CLOSED = [row for row in OPEN if row[0] != "_dmarc.example.org"] + [
    ("_dmarc.example.org", "TXT", ['"v=DMARC1; p=reject; aspf=s"']),
]
VECTORS = ["exact", "stranger-envelope", "null-sender", "wide-range", "shared-provider", "subdomain-envelope", "subdomain",
           "nonexistent", "organisation", "takeover", "key-takeover", "older-receivers", "sampled", "weak-key", "test-key",
           "shared-key", "display-name", "look-alike"]


def judge(mailseal, facts, *args):
    result = mailseal("spoof", "example.org", "--replay", facts, "--json", *args)
    assert result.returncode in (0, 1, 3), result.stderr
    report = json.loads(result.stdout)
    assert report["schema"] == "mailseal-spoof-1"
    (found,) = report["results"]
    return found, result.returncode


def test_json_contract(mailseal, facts_file):
    result, code = judge(mailseal, facts_file(OPEN, ["example.org"]))
    assert (code, result["domain"], result["spoofable"]) == (1, "example.org", "yes")
    assert [vector["id"] for vector in result["vectors"]] == VECTORS
    for vector in result["vectors"]:
        assert vector["title"] and vector["reason"] and vector["cause"]
        if vector["verdict"] in ("passes", "delivered"):
            assert vector["witness"]["confirmed"]


def test_the_message_stands_on_its_own(mailseal, facts_file, tmp_path):
    facts, path = facts_file(OPEN, ["example.org"]), tmp_path / "witness.eml"
    result, _ = judge(mailseal, facts, "--witness", path)
    (vector,) = [vector for vector in result["vectors"] if vector["id"] == result["closest"]]
    witness = vector["witness"]
    assert path.read_bytes().decode() == witness["message"]
    again = mailseal("verify", path, "--replay", facts, "--json", "--ip", witness["ip"], "--helo", witness["helo"],
                     "--mail-from", witness["mail_from"])
    (judged,) = json.loads(again.stdout)["results"]
    assert {key: judged[key] for key in ("result", "disposition", "dmarc")} == {
        key: witness["verify"][key] for key in ("result", "disposition", "dmarc")}
    assert judged["dmarc"][0]["author"] == "example.org"


def test_missing_facts_are_not_a_no(mailseal, facts_file):
    result, code = judge(mailseal, facts_file(CLOSED, ["example.org"]))
    assert (code, result["spoofable"]) == (3, "unknown")
    verdicts = {vector["id"]: vector["verdict"] for vector in result["vectors"]}
    assert verdicts["exact"] == verdicts["stranger-envelope"] == "stopped"
    assert verdicts["nonexistent"] == "unknown"


def test_text_shows_the_message_and_what_stops_it(mailseal, facts_file):
    result = mailseal("spoof", "example.org", "--replay", facts_file(OPEN, ["example.org"]))
    assert "The message that works" in result.stdout and "MAIL FROM  " in result.stdout
    assert result.stdout.endswith("Nothing was sent.\n")
    result = mailseal("spoof", "example.org", "--replay", facts_file(CLOSED, ["example.org"]), "--explain")
    text = " ".join(result.stdout.split())
    assert "came closest" in text and "[RFC 9989 4.7]" in text


def test_quiet_is_two_lines(mailseal, facts_file):
    result = mailseal("spoof", "example.org", "-q", "--replay", facts_file(OPEN, ["example.org"]))
    assert len(result.stdout.splitlines()) == 2


def test_mistakes(mailseal, facts_file):
    result = mailseal("spoof", "not a domain", "--replay", facts_file(OPEN, ["example.org"]))
    assert result.returncode == 2 and len(result.stderr.splitlines()) == 1
