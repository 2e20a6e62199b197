# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""verify on recorded facts: verdicts, exit codes, where messages come from, what reaches a terminal and a page."""
import json
import mailbox
import subprocess

import pytest

from conftest import PROGRAM

FACTS = [
    ("example.org", "TXT", ['"v=spf1 ip4:192.0.2.0/24 exp=exp.example.org -all"']),
    ("exp.example.org", "TXT", ['"%{i} may not send as %{d}"']),
    ("_dmarc.example.org", "TXT", ['"v=DMARC1; p=reject"']),
    ("mail.example.org", "TXT", []),
    ("_dmarc.org", "TXT", None),
    ("broken.example", "TXT", "servfail"),
    ("_dmarc.broken.example", "TXT", "servfail"),
    ("_dmarc.example", "TXT", None),
]
MESSAGE = """\
Return-Path: <jo@example.org>
Received: from mail.example.org (mail.example.org [192.0.2.7])
\tby mx.receiver.example with ESMTP; Mon, 23 Nov 2026 12:00:00 +0000
From: Jo <jo@example.org>
To: you@receiver.example
Subject: hello

Hello.
"""
FROM_US = ("--ip", "192.0.2.7", "--helo", "mail.example.org", "--mail-from", "jo@example.org")
FROM_ELSEWHERE = ("--ip", "198.51.100.7", "--helo", "mail.example.org", "--mail-from", "jo@example.org")


@pytest.fixture
def facts(facts_file):
    return facts_file(FACTS, ["example.org"])


@pytest.fixture
def message(tmp_path):
    def write(text=MESSAGE, name="message.eml"):
        path = tmp_path / name
        path.write_bytes(text.encode())
        return path
    return write


def judge(mailseal, facts, *args):
    result = mailseal("verify", "--replay", facts, "--json", *args)
    assert result.returncode in (0, 1, 3), result.stderr
    report = json.loads(result.stdout)
    assert report["schema"] == "mailseal-verify-1"
    return report["results"], result.returncode


CASES = {
    "an honest message": (MESSAGE, FROM_US, 0, "pass", "none"),
    "a spoof": (MESSAGE, FROM_ELSEWHERE, 1, "fail", "reject"),
    "an envelope that is not known": (MESSAGE, (), 1, "fail", "reject"),
    "from the trace": (MESSAGE, ("--trust-received", "mx.receiver.example"), 0, "pass", "none"),
    "two authors": (MESSAGE.replace("From:", "From: x@example.net\nFrom:"), FROM_US, 1, "permerror", "none"),
    "an answer is missing": (MESSAGE.replace("jo@example.org>\nTo", "jo@broken.example>\nTo"), FROM_US, 3, "temperror",
                             "none"),
    "a name with an address in it": (MESSAGE.replace("Jo <", '"boss@bank.example" <'), FROM_US, 1, "pass", "none"),
}


@pytest.mark.parametrize("name", CASES)
def test_verdict(mailseal, facts, message, name):
    text, args, code, verdict, disposition = CASES[name]
    (result,), returncode = judge(mailseal, facts, message(text), *args)
    assert (returncode, result["result"], result["disposition"]) == (code, verdict, disposition)
    assert result["trace"] and result["sentence"].endswith(".")


def test_trace_cites_octets_and_paragraphs(mailseal, facts, message):
    (result,), _ = judge(mailseal, facts, message(), *FROM_ELSEWHERE)
    step = next(row for row in result["trace"] if row["evidence"] == "-all")
    assert step["reference"] == "RFC 7208 5.1"
    record = FACTS[0][2][0].strip('"')
    assert step["place"] == f"example.org TXT, octet {record.index('-all') + 1}"
    assert result["spf"][1]["explanation"] == "198.51.100.7 may not send as example.org"


def test_authentication_results_cannot_be_forged(mailseal, facts, message):
    text = MESSAGE.replace("jo@example.org>\nTo", "jo@example.org;dmarc=pass>\nTo")
    (result,), _ = judge(mailseal, facts, message(text), "--receiver", "mx.receiver.example", "--ip", "198.51.100.7",
                         "--helo", "x; dmarc=pass", "--mail-from", "jo@bank.example;dmarc=pass")
    field = result["authentication_results"]
    assert field.startswith("Authentication-Results: mx.receiver.example;")
    unquoted = "".join(field.split('"')[::2])
    assert "dmarc=pass" not in unquoted and field.endswith("\r\n")


def test_authentication_results_say_what_was_found(mailseal, facts, message):
    (result,), _ = judge(mailseal, facts, message(), "--receiver", "mx.receiver.example", *FROM_ELSEWHERE)
    field = " ".join(result["authentication_results"].split())
    for part in ("spf=fail smtp.mailfrom=example.org", "dkim=none", "dmarc=fail header.from=example.org policy.dmarc=reject"):
        assert part in field


def test_received_spf_names_each_identity(mailseal, facts, message):
    (result,), _ = judge(mailseal, facts, message(), "--receiver", "mx.receiver.example", *FROM_ELSEWHERE)
    helo, mail_from = (" ".join(field.split()) for field in result["received_spf"])
    assert helo.startswith("Received-SPF: none receiver=mx.receiver.example;") and "identity=helo" in helo
    assert mail_from.startswith("Received-SPF: fail ") and 'envelope-from="jo@example.org";' in mail_from
    assert "mechanism=-all" in mail_from
    (result,), _ = judge(mailseal, facts, message())
    assert result["received_spf"] == []


def test_hazard_8_espoofer_a1_is_named(mailseal, facts_file, message):
    """HELO passes as the victim, MAIL FROM is a subdomain of it that does not exist."""
    facts = facts_file([("example.org", "TXT", ['"v=spf1 ip4:192.0.2.0/24 -all"']),
                        ("_dmarc.example.org", "TXT", ['"v=DMARC1; p=reject"']),
                        ("nobody.example.org", "TXT", None)], ["example.org"])
    (result,), code = judge(mailseal, facts, message(), "--ip", "192.0.2.7", "--helo", "example.org", "--mail-from",
                            "any@nobody.example.org")
    assert (code, result["result"], result["spf_helo_only"]) == (1, "fail", True)
    assert [check["identity"] for check in result["spf"]] == ["helo", "mailfrom"]
    assert (result["spf"][0]["result"], result["spf"][1]["cause"]) == ("pass", "nonexistent")
    assert any(row["reference"] == "RFC 9989 4.4.2" and "HELO" in row["text"] for row in result["trace"])
    (result,), _ = judge(mailseal, facts, message(), *FROM_ELSEWHERE)
    assert not result["spf_helo_only"]


def test_dkim2_is_recognised_and_not_judged(mailseal, facts, message):
    text = "DKIM2-Signature: i=1; d=example.org\n" + MESSAGE
    (result,), _ = judge(mailseal, facts, message(text), *FROM_ELSEWHERE)
    assert result["dkim2_fields"] == 1 and result["result"] == "fail"
    assert any("DKIM2" in row["text"] for row in result["trace"])


def test_bimi_names_the_record(mailseal, facts_file, message):
    facts = facts_file([*FACTS, ("default._bimi.example.org", "TXT", ['"v=BIMI1; l=https://example.org/logo.svg"'])],
                       ["example.org"])
    (result,), code = judge(mailseal, facts, message(), *FROM_US)
    assert code == 0
    assert (result["bimi"]["result"], result["bimi"]["cause"]) == ("skipped", "found")
    assert result["bimi"]["location"] == "https://example.org/logo.svg"
    assert "header.d=example.org header.selector=default policy.authority=none" in " ".join(
        result["authentication_results"].split())
    (result,), _ = judge(mailseal, facts, message(), *FROM_ELSEWHERE)
    assert result["bimi"]["cause"] == "no-pass" and result["bimi"]["domain"] == ""


def test_standard_input(facts, message):
    result = subprocess.run([PROGRAM, "verify", "-", "--replay", str(facts), *FROM_US], input=message().read_bytes(),
                            capture_output=True, check=False)
    assert result.returncode == 0
    assert b"is authenticated as example.org" in result.stdout


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_line_ends_do_not_matter(mailseal, facts, message, line_end):
    (result,), code = judge(mailseal, facts, message(MESSAGE.replace("\n", line_end)), *FROM_US)
    assert code == 0 and not result["anomalies"]


def test_mbox_gives_a_line_a_message(mailseal, facts, tmp_path):
    path = tmp_path / "box"
    path.write_text(f"From a\n{MESSAGE}>From here on quoted\n\nFrom b Mon\n{MESSAGE.replace('192.0.2.7', '192.0.3.7')}")
    result = mailseal("verify", path, "--replay", facts, "--trust-received", "mx.receiver.example")
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["pass", "fail"]
    assert lines[1].endswith("box:2")


def test_maildir(mailseal, facts, tmp_path):
    box = mailbox.Maildir(tmp_path / "Maildir")
    for _ in range(3):
        box.add(MESSAGE)
    results, code = judge(mailseal, facts, tmp_path / "Maildir", "--trust-received", "mx.receiver.example")
    assert code == 0 and [result["result"] for result in results] == ["pass"] * 3


def test_an_empty_folder_is_not_a_pass(mailseal, facts, tmp_path):
    result = mailseal("verify", tmp_path, "--replay", facts)
    assert result.returncode in (1, 3)
    (tmp_path / "empty").mkdir()
    result = mailseal("verify", tmp_path / "empty", "--replay", facts)
    assert result.returncode == 3 and "no message" in result.stderr


def test_nothing_untrusted_reaches_terminal_or_page(mailseal, facts, message, tmp_path):
    path = message(MESSAGE.replace("Jo <", "\x1b[31m<script>alert(1)</script> <"))
    page = tmp_path / "page.html"
    result = mailseal("verify", path, "--replay", facts, "-v", "--html", page, *FROM_US)
    assert "\x1b[31m" not in result.stdout
    assert "<script>" not in page.read_text() and "&lt;script&gt;" in page.read_text()


def test_saved_facts_judge_the_same(mailseal, facts, message, tmp_path):
    saved = tmp_path / "saved.jsonl"
    judge(mailseal, facts, message(), "--save", saved, *FROM_ELSEWHERE)
    first, _ = judge(mailseal, facts, message(), *FROM_ELSEWHERE)
    again, _ = judge(mailseal, saved, message(), *FROM_ELSEWHERE)
    assert first == again


MISTAKES = {
    "no message": ((), "needs"),
    "not there": (("/does/not/exist",), "No such file"),
    "not an address": (("-", "--ip", "example.org"), "is no IP address"),
    "two envelopes": (("-", "--ip", "192.0.2.1", "--trust-received", "x"), "cannot be combined"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(mailseal, facts, name):
    args, words = MISTAKES[name]
    result = mailseal("verify", "--replay", facts, *args)
    assert result.returncode == 2
    assert words in result.stderr and len(result.stderr.splitlines()) == 1
