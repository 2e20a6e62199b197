# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""What people type: every mistake gets one clear line on standard error and exit code 2."""
import pytest

BAD_DOMAINS = {
    "empty": ("", "empty"),
    "url": ("https://www.example.org/contact", "URL"),
    "email": ("someone@example.org", "mail"),
    "ipv4": ("192.0.2.1", "address"),
    "ipv6": ("2001:db8::1", "address"),
    "tld": ("uk", "single word"),
    "space": ("example .org", ""),
    "double dot": ("example..org", ""),
    "300 characters": ("a" * 300 + ".org", ""),
    "long label": ("a" * 64 + ".org", ""),
    "control character": ("exam\x07ple.org", ""),
    "bad punycode": ("xn--0.org", ""),
    "shell": ("$(reboot).org", ""),
}


@pytest.mark.parametrize("name", BAD_DOMAINS)
def test_bad_domain(mailseal, name):
    operand, word = BAD_DOMAINS[name]
    result = mailseal("check", operand)
    assert result.returncode == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("mailseal: ")
    assert word.lower() in lines[0].lower()
    assert "\x07" not in result.stderr


BAD_CALLS = {
    "nothing": ([], "check example.org"),
    "no command": (["chek", "example.org"], "chek"),
    "no domain": (["check"], "check example.org"),
    "no domain for spoof": (["spoof"], "mailseal spoof example.org"),
    "spoof of an address": (["spoof", "jo@example.org"], "spoof: "),
    "report without checks": (["report", "--db", "/nonexistent/estate.db"], "mailseal scan --db"),
    "diff without checks": (["diff", "--db", "/nonexistent/estate.db"], "mailseal scan --db"),
    "senders without reports": (["senders", "example.org", "--db", "/nonexistent/r.db"], "mailseal ingest"),
    "replay asks nobody": (["replay", "facts.jsonl", "--resolver", "192.0.2.1"], "--resolver"),
    "300 domains": (["check", *[f"d{i}.example.org" for i in range(300)]], "takes no more than 200 of: DOMAIN"),
    "a word too many": (["report", "example.org"], 'takes options only, not "example.org"'),
    "unknown option": (["check", "--jason", "example.org"], "--jason"),
    "missing value": (["check", "example.org", "--profile"], "--profile"),
    "value for a flag": (["check", "--json=yes", "example.org"], "--json"),
    "unknown profile": (["check", "--profile", "nope", "example.org"], "nope"),
    "unknown severity": (["check", "--fail-on", "bad", "example.org"], "bad"),
    "bad time": (["check", "--now", "yesterday", "example.org"], "yesterday"),
    "bad number": (["check", "--dns-timeout", "soon", "example.org"], "soon"),
    "bad what-if": (["check", "--with", "example.org", "example.org"], "--with: expected NAME TYPE VALUE"),
    "bad what-if type": (["check", "--with", "example.org SPOOF x", "example.org"], "SPOOF"),
    "what-if alias": (["check", "--with", "example.org CNAME", "example.org"], "value"),
    "no replay file": (["replay", "/nonexistent/facts"], "/nonexistent/facts"),
    "unknown finding": (["guidance", "no-such"], "no-such"),
    "unknown baseline": (["profiles", "no-such"], "mailseal profiles"),
    "unknown record": (["record", "arc", "example.org"], "arc"),
    "record for a URL": (["record", "spf", "https://example.org"], "URL"),
    "bad resolver": (["check", "--resolver", "not-an-address", "example.org"], "not-an-address"),
    "bad anchor": (["check", "--trust-anchor", "/nonexistent/anchor", "example.org"], "/nonexistent/anchor"),
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_bad_call(mailseal, name):
    args, word = BAD_CALLS[name]
    result = mailseal(*args)
    assert result.returncode == 2, result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert word in result.stderr


def test_replay_names_the_broken_line(mailseal, tmp_path):
    path = tmp_path / "facts.jsonl"
    path.write_text('{"mailseal_facts":1,"created":"2026-11-23T12:00:00Z","domains":["example.org"]}\n{"kind":"dns"\n')
    result = mailseal("replay", path)
    assert result.returncode == 2
    assert "line 2" in result.stderr


def test_replay_refuses_newer_kinds(mailseal, tmp_path):
    path = tmp_path / "facts.jsonl"
    path.write_text('{"mailseal_facts":1,"created":"2026-11-23T12:00:00Z","domains":["example.org"]}\n'
                    '{"kind":"telepathy","name":"example.org","type":"TXT","state":"absent","dnssec":"secure"}\n')
    result = mailseal("replay", path)
    assert result.returncode == 2
    assert "kind" in result.stderr


def test_output_that_cannot_be_written(mailseal, facts_file):
    path = facts_file([], ["example.org"])
    result = mailseal("replay", path, "--html", "/nonexistent/page.html")
    assert result.returncode == 2
    assert "/nonexistent/page.html" in result.stderr


def test_the_usual_store_is_made_with_its_folder(mailseal, tmp_path):
    (tmp_path / "mails").mkdir()
    result = mailseal("ingest", tmp_path / "mails", env={"HOME": str(tmp_path)})
    assert result.returncode == 0, result.stderr
    made = tmp_path / ".local" / "share" / "mailseal.db"
    assert made.exists()
    assert made.parent.stat().st_mode & 0o077 == 0
