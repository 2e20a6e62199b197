# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""check and replay on recorded facts: the JSON contract, exit codes, what-if, escaping."""
import csv
import io
import json

import pytest

PARKED = [
    ("example.org", "SOA", ["ns.example.net. host.example.net. 1 2 3 4 5"]),
    ("example.org", "MX", ["0 ."]),
    ("example.org", "TXT", ['"v=spf1 -all"']),
    ("example.org", "SPF", []),
    ("_dmarc.example.org", "TXT", ['"v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s"']),
    ("_dmarc.org", "TXT", None),
]
WATCHING = [row for row in PARKED if row[0] != "_dmarc.example.org"] + [
    ("_dmarc.example.org", "TXT", ['"v=DMARC1; p=none"']),
]


def judge(mailseal, path, *args):
    result = mailseal("replay", path, "--json", *args)
    assert result.returncode in (0, 1, 3), result.stderr
    return json.loads(result.stdout), result.returncode


def ids(result):
    return {finding["id"] for finding in result["findings"]}


def test_json_contract(mailseal, facts_file):
    report, code = judge(mailseal, facts_file(WATCHING, ["example.org"]))
    assert code == 1
    assert report["schema"] == "mailseal-check-1" and report["version"]
    (result,) = report["results"]
    assert result["domain"] == "example.org"
    assert result["checked_at"] == "2026-11-23T12:00:00Z"
    assert set(result["summary"]) == {"spoofable", "spoofable_sentence", "interceptable", "interceptable_sentence"}
    assert result["summary"]["spoofable"] == "yes"
    assert set(result["controls"]) == {"spf", "dkim", "dmarc", "mx", "tls", "mta-sts", "tls-rpt", "dane", "dnssec", "bimi"}
    for control in result["controls"].values():
        assert control["status"] in {"good", "improve", "bad", "absent", "unknown"}
    assert "dmarc-policy-none" in ids(result)
    for finding in result["findings"]:
        assert finding["severity"] in {"critical", "high", "medium", "low", "info", "good"}
        for key in ("title", "recommendation", "implementation"):
            assert finding[key] and "{" not in finding[key].replace("${", ""), finding["id"]
        assert finding["sources"]
    for row in result["profiles"][0]["requirements"]:
        assert row["status"] in {"satisfied", "not-satisfied", "not-measured", "not-applicable", "attest"}
        assert row["status"] != "not-measured" or row["reason"]
    for unknown in result["unknown"]:
        assert unknown["reason"]


def test_same_facts_same_bytes(mailseal, facts_file):
    path = facts_file(WATCHING, ["example.org"])
    assert mailseal("replay", path, "--json").stdout == mailseal("replay", path, "--json").stdout


def test_save_and_replay_give_the_same_bytes(mailseal, facts_file, tmp_path):
    path = facts_file(WATCHING, ["example.org"])
    saved = tmp_path / "saved.jsonl"
    first = mailseal("replay", path, "--json", "--save", saved)
    assert mailseal("replay", saved, "--json").stdout == first.stdout


def test_what_if_shows_what_comes_and_goes(mailseal, facts_file):
    report, _ = judge(mailseal, facts_file(WATCHING, ["example.org"]), "--with",
                      "_dmarc.example.org TXT v=DMARC1; p=reject")
    what_if = report["results"][0]["what_if"]
    assert (what_if["spoofable_before"], what_if["spoofable_after"]) == ("yes", "no")
    assert "dmarc-policy-none" in {finding["id"] for finding in what_if["gone"]}
    assert report["results"][0]["summary"]["spoofable"] == "no"


def test_what_if_without_a_record(mailseal, facts_file):
    report, _ = judge(mailseal, facts_file(PARKED, ["example.org"]), "--without", "_dmarc.example.org TXT")
    what_if = report["results"][0]["what_if"]
    assert (what_if["spoofable_before"], what_if["spoofable_after"]) == ("no", "yes")
    assert "dmarc-missing" in {finding["id"] for finding in what_if["new"]}


@pytest.mark.parametrize("record", ["new.example.org TXT v=spf1 -all", "_dmarc.new.example.org TXT v=DMARC1; p=none"])
def test_what_if_makes_a_name_exist(mailseal, facts_file, record):
    rows = PARKED + [("new.example.org", kind, None) for kind in ("SOA", "MX", "TXT", "SPF")]
    path = facts_file(rows + [("_dmarc.new.example.org", "TXT", None)], ["new.example.org"])
    assert judge(mailseal, path)[0]["results"][0]["kind"] == "nonexistent"
    assert judge(mailseal, path, "--with", record)[0]["results"][0]["kind"] != "nonexistent"


def test_hundreds_of_repeated_terms(mailseal, facts_file):
    words = "v=spf1" + " ip4:198.41.0.4" * 600 + " -all"
    text = " ".join('"%s"' % words[at:at + 250] for at in range(0, len(words), 250))
    rows = [row for row in PARKED if row[:2] != ("example.org", "TXT")] + [("example.org", "TXT", [text])]
    report, _ = judge(mailseal, facts_file(rows, ["example.org"]))
    repair = next(fix for fix in report["results"][0]["fixes"] if fix["id"] == "repair-spf")
    assert len(repair["records"]) == 1


def test_exit_codes(mailseal, facts_file):
    parked = facts_file(PARKED, ["example.org"], "parked.jsonl")
    assert mailseal("replay", parked, "--fail-on", "never").returncode == 0
    assert mailseal("replay", parked, "--fail-on", "high").returncode == 0
    watching = facts_file(WATCHING, ["example.org"], "watching.jsonl")
    assert mailseal("replay", watching).returncode == 1
    assert mailseal("replay", watching, "--fail-on", "never").returncode == 0
    broken = [row for row in PARKED if row[0] != "_dmarc.example.org"] + [("_dmarc.example.org", "TXT", "servfail")]
    assert mailseal("replay", facts_file(broken, ["example.org"], "broken.jsonl"), "--fail-on",
                    "critical").returncode == 3


def test_domain_that_does_not_exist(mailseal, facts_file):
    names = ["example.org", "_dmarc.example.org", "_dmarc.org"]
    records = [(name, rrtype, None) for name in names for rrtype in ("SOA", "MX", "TXT", "A", "AAAA", "SPF", "CNAME")]
    result = mailseal("replay", facts_file(records, ["example.org"]))
    assert result.returncode == 3
    assert "does not exist" in result.stdout
    assert len(result.stdout.splitlines()) == 1


HOSTILE = [row for row in PARKED if row[1] != "TXT" or row[0] != "example.org"] + [
    ("example.org", "TXT", ['"v=spf1 <script>alert(1)</script> \\027[31mred\\226\\128\\174 =cmd()|x -all"']),
]


@pytest.mark.parametrize("args", [[], ["-v"], ["--csv"], ["--json"], ["-v", "--color", "always"]])
def test_outside_text_is_escaped(mailseal, facts_file, tmp_path, args):
    page = tmp_path / "page.html"
    result = mailseal("replay", facts_file(HOSTILE, ["example.org"]), *args, "--html", page)
    assert "\x1b[31mred" not in result.stdout
    assert "\u202e" not in result.stdout or "--json" in args
    assert "<script" not in page.read_text()
    assert "\u202e" not in page.read_text() and "\x1b" not in page.read_text()


def test_csv_is_safe_in_a_spreadsheet(mailseal, facts_file):
    result = mailseal("replay", facts_file(WATCHING, ["example.org"]), "--csv")
    rows = list(csv.reader(io.StringIO(result.stdout)))
    assert rows[0][0] == "domain"
    assert all(len(row) == len(rows[0]) for row in rows)
    assert not any(cell[:1] in "=+@" and cell for row in rows for cell in row)


def test_terminal_fits_80_columns_without_colour(mailseal, facts_file):
    result = mailseal("replay", facts_file(WATCHING, ["example.org"]))
    assert "\x1b" not in result.stdout
    prose = [line for line in result.stdout.splitlines() if not line.lstrip().startswith(("value", "from", "to "))]
    assert max(map(len, prose)) <= 80


def test_quiet_is_one_line(mailseal, facts_file):
    result = mailseal("replay", facts_file(WATCHING, ["example.org"]), "-q")
    assert result.stdout.splitlines() == ["example.org: spoofable yes, interceptable no"]
