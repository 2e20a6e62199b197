# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Twenty edits to the real zones between two scans: `mailseal diff` tells exactly those twenty, in words."""
import csv
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from conftest import running

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
REAL = Path(os.environ.get("MAILSEAL_SHARED_DATA", ROOT.parent / "shared" / "data")) / "zones" / "moj"

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real zones are not here: 1 case skipped")

FIRST, SECOND, LATER = "2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z", "2026-11-03T00:00:00Z"


class Zones:
    """A copy of the zone files, in which one record after the other is changed."""

    def __init__(self, folder):
        self.folder = folder
        self.used = set()

    def files(self):
        return sorted(self.folder.glob("*.zone"))

    def edit(self, pattern, new, wanted=lambda name, text: True):
        """Changes the first line that matches in a zone not changed so far; returns its name."""
        for path in self.files():
            name = path.name.removesuffix(".zone")
            text = path.read_text(encoding="utf-8")
            match = re.search(pattern, text, re.M)
            if name in self.used or "." not in name or match is None or not wanted(name, text):
                continue
            path.write_text(text[:match.start()] + match.expand(new) + text[match.end():], encoding="utf-8")
            self.used.add(name)
            return name
        raise AssertionError(f"no zone has {pattern}")


def has_mail(_name, text):
    """Takes mail, so that MTA-STS and TLS-RPT are looked at; and is nobody's include."""
    return re.search(r"^@ \d+ IN MX (?!0 \.)", text, re.M) is not None


OWN_DMARC = r"^(_dmarc \d+ IN TXT )\"(v=DMARC1;[^\"]*)\"$"
OWN_REJECT = r"^(_dmarc \d+ IN TXT )\"v=DMARC1; ?p=reject;([^\"]*)\"$"
SPF = r"^(@ \d+ IN TXT )\"(v=spf1[^\"]*)-all\"$"


def twenty(zones):
    """(zone, what must be in the sentence) for each edit."""
    edits = []

    def note(zone, *words):
        edits.append((zone, words))

    for _ in range(3):
        note(zones.edit(OWN_REJECT, r'\1"v=DMARC1; p=none;\2"'), "DMARC record", "_dmarc.", "p=reject", "p=none")
    note(zones.edit(OWN_DMARC, r'; gone'), "DMARC record", "removed", "v=DMARC1")
    for _ in range(3):
        note(zones.edit(SPF, r'\1"\2~all"'), "SPF record", "-all", "~all")
    note(zones.edit(SPF, r'\1"\2+all"'), "SPF record", "+all")
    note(zones.edit(r"^@ \d+ IN TXT \"v=spf1[^\"]*\"$", "; gone"), "SPF record", "removed", "v=spf1")
    note(zones.edit(SPF, r'\1"\2ip4:203.0.113.77 -all"'), "SPF record", "ip4:203.0.113.77")
    note(zones.edit(r"^@ \d+ IN MX 0 \.$", "@ 300 IN MX 10 mail.outside.example."), "Mail hosts (MX)", "mail.outside.example")
    note(zones.edit(r"^@ (\d+) IN MX (\d+) ([^\n]+)$", r"@ \1 IN MX \2 \3\n@ \1 IN MX 99 backup.outside.example.", has_mail),
         "Mail hosts (MX)", "backup.outside.example")
    note(zones.edit(r"\Z", '_smtp._tls 300 IN TXT "v=TLSRPTv1; rua=mailto:tls@example.org"\n',
                    lambda name, text: has_mail(name, text) and "_smtp._tls" not in text),
         "TLS reporting record", "published", "TLSRPTv1")
    note(zones.edit(r"\Z", '_mta-sts 300 IN TXT "v=STSv1; id=20261102"\n',
                    lambda name, text: has_mail(name, text) and "_mta-sts" not in text),
         "MTA-STS record", "published", "id=20261102")
    note(zones.edit(r"^(_mta-sts \d+ IN TXT \"v=STSv1; id=)\w+", r"\1new1", has_mail), "MTA-STS record", "id=new1")
    note(zones.edit(r"^_smtp\._tls \d+ IN TXT [^\n]*$", "; gone", has_mail), "TLS reporting record", "removed")
    note(zones.edit(r"\Z", '@ 300 IN CAA 0 issue "ca.example"\n', lambda name, text: has_mail(name, text) and " CAA " not in text),
         "CAA records", "published", "ca.example")
    note(zones.edit(r"\Z", 'default._bimi 300 IN TXT "v=BIMI1; l=https://example.org/logo.svg"\n',
                    lambda name, text: "_bimi" not in text), "BIMI record", "published", "v=BIMI1")
    note(zones.edit(r"^(\*\._domainkey \d+ IN TXT )\"v=DKIM1; ?p=\"$", r'\1"v=DKIM1; p=; n=changed"'), "DKIM key of *._domainkey.", "n=changed")
    note(zones.edit(r"\Z", '@ 300 IN TXT "site-verification=1234"\n'), "Other TXT records", "site-verification=1234")
    return edits


def scan(lab, names, database, now):
    finished = subprocess.run(
        [PROGRAM, "scan", "-", "--dns-only", "--run", "estate", "--db", str(database), "--resolver", lab.resolver,
         "--trust-anchor", str(lab.trust_anchor), "--now", now],
        input="\n".join(names), capture_output=True, text=True, timeout=240, check=False)
    assert finished.returncode == 0, finished.stderr


def call(*args):
    return subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """(the database of two scans, the edits between them, the names)."""
    place = tmp_path_factory.mktemp("diff")
    shared = place / "shared"
    shutil.copytree(REAL, shared / "zones" / "moj")
    names = sorted(path.name.removesuffix(".zone") for path in REAL.glob("*.zone"))
    names = [name for name in names if "." in name]
    database = place / "estate.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILSEAL_SHARED_DATA", str(shared))
        with running(place / "first", "stub") as lab:
            scan(lab, names, database, FIRST)
        edits = twenty(Zones(shared / "zones" / "moj"))
        with running(place / "second", "stub") as lab:
            scan(lab, names, database, SECOND)
    return database, edits, names


def test_the_edits_are_twenty(changed):
    assert len(changed[1]) == 20
    assert len({zone for zone, _ in changed[1]}) == 20


def test_diff_tells_exactly_the_edits(changed):
    database, edits, names = changed
    finished = call("diff", "--db", database, "--since", FIRST, "--now", LATER, "--json")
    assert finished.returncode == 1, "some of the edits make things worse"
    diff = json.loads(finished.stdout)
    sentences = [record["sentence"] for record in diff["records"]]
    missing = [(zone, words) for zone, words in edits
               if not any(zone in sentence and all(word in sentence for word in words) for sentence in sentences)]
    assert not missing, "\n".join(sentences)
    assert len(sentences) == 20, "\n".join(sentences)
    assert diff["compared"] == len(names)
    assert diff["unchanged"] == len(names) - len(diff["domains"])


def test_each_domain_is_told_of_what_follows(changed):
    database, edits, _ = changed
    weakened = edits[0][0]
    diff = json.loads(call("diff", weakened, "--db", database, "--since", FIRST, "--now", LATER, "--json").stdout)
    assert [domain["domain"] for domain in diff["domains"]] == [weakened]
    change = diff["domains"][0]
    assert change["direction"] in ("worse", "mixed")
    assert change["spoofable"]["after"] == "yes"
    assert "dmarc-policy-none" in {finding["id"] for finding in change["findings"] if finding["change"] == "new"}


def test_text_is_for_people(changed):
    database, edits, _ = changed
    text = " ".join(call("diff", "--db", database, "--since", FIRST, "--now", LATER).stdout.split())
    assert text.startswith("20 records changed between 2026-11-01 10:00 and 2026-11-03 00:00")
    assert f"DMARC record of _dmarc.{edits[0][0]} changed from" in text


def test_history_has_the_day(changed):
    database, edits, _ = changed
    history = json.loads(call("history", edits[0][0], "--db", database, "--now", LATER, "--json").stdout)
    assert history["checks"] == 2
    assert [event["direction"] for event in history["events"]] in (["worse"], ["mixed"])
    assert history["known"]["spoofable"] == "yes"


def test_old_facts_are_judged_again(changed, tmp_path):
    """The facts of the first day, under a baseline that nobody had asked for then."""
    database, edits, _ = changed
    saved = tmp_path / "facts.jsonl"
    assert call("history", edits[0][0], "--db", database, "--at", FIRST, "--save", saved, "--now", LATER).returncode == 0
    result = json.loads(call("replay", saved, "--profile", "us-bod-18-01", "--json").stdout)["results"][0]
    assert result["domain"] == edits[0][0]
    assert result["summary"]["spoofable"] == "no"
    assert [profile["name"] for profile in result["profiles"]] == ["us-bod-18-01"]


def test_an_unchanged_day_costs_next_to_nothing(changed, tmp_path):
    """What a second look adds to the file when nothing changed: a thin row a domain."""
    database, _, names = changed
    copy = tmp_path / "copy.db"
    shutil.copy(database, copy)
    with sqlite3.connect(copy) as connection:
        contents = connection.execute("SELECT count(*) FROM estate_content").fetchone()[0]
        verdicts = connection.execute("SELECT count(DISTINCT verdict) FROM estate_result").fetchone()[0]
        results = connection.execute("SELECT count(*) FROM estate_result").fetchone()[0]
    assert results == 2 * len(names)
    assert verdicts <= len(names) + 25
    assert contents < 20 * len(names) + 2 * len(names)


EXCEPTIONS = """domain,finding,owner,expires,reason
*,dmarc-retired-destination,Head of IT,2026-12-31,"a ""migration"", under way"
*,spf-missing,Head of IT,2026-10-01,too late
"""


def test_report_shows_the_sector(changed, tmp_path):
    database, edits, names = changed
    page = tmp_path / "report.html"
    exceptions = tmp_path / "exceptions.csv"
    exceptions.write_text(EXCEPTIONS, encoding="utf-8")
    finished = call("report", "--db", database, "--until", LATER, "--exceptions", exceptions, "--html", page, "--json")
    assert finished.returncode == 0, finished.stderr
    report = json.loads(finished.stdout)
    assert report["domains"] == len(names)
    assert [day["day"] for day in report["days"]] == ["2026-11-01", "2026-11-02"]
    # Three of the edits took p=reject away; two domains lost a record of theirs, or their DMARC.
    assert report["days"][0]["reject"] - report["days"][1]["reject"] == 4
    findings = {item["name"]: item for item in report["findings"]}
    assert "dmarc-retired-destination" not in findings, "somebody answers for it"
    assert "spf-missing" in findings, "that exception has expired"
    assert {row["finding"]: row["expired"] for row in report["exceptions"]} == {"dmarc-retired-destination": False, "spf-missing": True}
    severities = ["critical", "high", "medium", "low"]
    order = [(severities.index(item["severity"]), -item["domain_count"]) for item in report["findings"]]
    assert order == sorted(order), "the worst first, then what helps most domains"
    for control, counts in report["controls"].items():
        assert sum(counts.values()) == len(names), control
    # Most of these domains declare that they take no mail: they do not lack TLS.
    assert report["controls"]["tls"]["not-needed"] > 150
    # One edit gives a domain mail hosts that cannot be looked up: what it had the day before still counts.
    assert report["controls"]["tls"]["absent"] == 1
    assert report["controls"]["spf"]["not-needed"] == 0
    senders = {item["name"]: item["domain_count"] for item in report["senders"]}
    assert senders["spf.protection.outlook.com"] == max(senders.values()) > 5
    html = page.read_text(encoding="utf-8")
    assert f"Email security of {len(names)} domains" in html
    assert "a &quot;migration&quot;, under way" in html or 'a "migration", under way' in html
    assert "expired" in html and "<script" not in html
    # The page, the terminal and the figures say the same, and what is unknown or partial is named.
    counts = report["spoofable"]
    words = call("report", "--db", database, "--until", LATER, "--quiet").stdout.replace("\n", " ")
    for text in (html, words):
        assert f"Criminals can send convincing mail as {counts['yes']} of {len(names)} domains" in text
        assert ("it could not be determined" in text) == (counts["unknown"] > 0)
        assert ("protected only in part" in text) == (counts["partly"] > 0)


def test_report_for_a_spreadsheet(changed):
    database, _, names = changed
    rows = list(csv.DictReader(io.StringIO(call("report", "--db", database, "--until", LATER, "--csv").stdout)))
    assert [row["group"] for row in rows] == ["all", ""]
    assert int(rows[0]["domains"]) == len(names)
    assert sum(int(rows[0][f"dmarc_policy_{word}"]) for word in ("reject", "quarantine", "none", "absent", "unknown")) == len(names)


@pytest.mark.parametrize("text,words", [
    ("example.org,spf-missing,Ada,soon,why\n", "line 1"),
    ("domain,finding,owner,expires,reason\n,spf-missing,Ada,2026-12-31,why\n", "line 2"),
])
def test_wrong_exceptions_are_explained(changed, tmp_path, text, words):
    path = tmp_path / "exceptions.csv"
    path.write_text(text, encoding="utf-8")
    finished = call("report", "--db", changed[0], "--exceptions", path)
    assert finished.returncode == 2
    assert words in finished.stderr


JUDGED_AS_OF = """SELECT DISTINCT strftime('%Y-%m-%dT%H:%M:%SZ', checked_at, 'unixepoch') FROM estate_result
    WHERE run IN (SELECT id FROM estate_run WHERE kind = 3)"""


def judge_again(database, *args, code=0):
    finished = call("scan", "--db", database, "--rejudge", *args)
    assert finished.returncode == code, finished.stderr
    return [json.loads(line) for line in finished.stdout.splitlines()]


def rows(database, query):
    with sqlite3.connect(database) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def copy(changed, tmp_path):
    """The database to write to."""
    path = tmp_path / "copy.db"
    shutil.copy(changed[0], path)
    return path


def test_all_is_judged_again_by_another_baseline(changed, copy):
    """All domains, by a baseline that nobody had asked for then, and nobody else is asked; what was said then stays."""
    _, edits, names = changed
    before = rows(copy, "SELECT * FROM estate_result ORDER BY 1, 2, 3")
    contents = rows(copy, "SELECT count(*) FROM estate_content")
    results = judge_again(copy, LATER, "--profile", "us-bod-18-01", "--json")
    assert sorted(result["domain"] for result in results) == names
    assert {profile["name"] for result in results for profile in result["profiles"]} == {"us-bod-18-01"}
    assert rows(copy, JUDGED_AS_OF) == [(SECOND,)]
    kept = rows(copy, "SELECT * FROM estate_result ORDER BY 1, 2, 3")
    assert set(before) < set(kept) and len(kept) == len(before) + len(names)
    assert rows(copy, "SELECT count(*) FROM estate_content") == contents, "the same facts, and the same verdicts: nothing new to keep"
    # Others see what was said then, and nothing twice.
    diff = json.loads(call("diff", "--db", copy, "--since", FIRST, "--now", LATER, "--json").stdout)
    assert len(diff["records"]) == 20
    assert json.loads(call("history", edits[0][0], "--db", copy, "--now", LATER, "--json").stdout)["checks"] == 2
    again = json.loads(call("diff", "--db", copy, "--rejudged", "rejudged", "--json").stdout)
    assert (again["rejudged"], again["compared"], again["unchanged"], again["domains"]) == (True, len(names), len(names), [])


def test_the_facts_of_a_day_are_judged_again(changed, copy):
    results = {result["domain"]: result for result in judge_again(copy, FIRST, "--json")}
    assert sorted(results) == changed[2]
    assert results[changed[1][0][0]]["summary"]["spoofable"] == "no"
    assert rows(copy, JUDGED_AS_OF) == [(FIRST,)]
    report = json.loads(call("report", "--db", copy, "--rejudged", "rejudged", "--json").stdout)
    assert report["domains"] == len(changed[2])


def test_what_another_version_said_is_told(changed, copy):
    """A verdict of then as a version would have given it that took one domain for another: that one differs, and no other."""
    _, edits, names = changed
    wrong, other = edits[4][0], edits[0][0]
    with sqlite3.connect(copy) as connection:
        newest = "SELECT r.verdict FROM estate_result r JOIN domain d ON d.id = r.domain WHERE d.name = ? ORDER BY r.checked_at DESC LIMIT 1"
        verdict = connection.execute(newest, (other,)).fetchone()[0]
        changed_rows = connection.execute(
            "UPDATE estate_result SET verdict = ? WHERE domain = (SELECT id FROM domain WHERE name = ?)", (verdict, wrong)).rowcount
        assert changed_rows == 2
    judge_again(copy, "now", "--run", "version 2")
    diff = json.loads(call("diff", "--db", copy, "--rejudged", "version 2", "--json").stdout)
    assert [domain["domain"] for domain in diff["domains"]] == [wrong]
    assert diff["records"] == []
    assert diff["unchanged"] == len(names) - 1
    text = call("diff", "--db", copy, "--rejudged", "version 2").stdout
    assert f"1 of {len(names)} domains are judged differently by the same facts" in " ".join(text.split())


def test_judging_again_can_be_cut_off(changed, copy):
    """kill -9 in the middle; the same command with --resume leaves each domain with one new result."""
    words = [PROGRAM, "scan", "--db", str(copy), "--rejudge", "now", "--lease", "1"]  # or --resume would wait for its leases
    count = "SELECT count(*) FROM estate_result WHERE run IN (SELECT id FROM estate_run WHERE kind = 3)"
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and rows(copy, count)[0][0] == 0:
            pass
        process.kill()
    judge_again(copy, "now", "--resume", "--lease", "1")
    domains = rows(copy, "SELECT domain FROM estate_result WHERE run IN (SELECT id FROM estate_run WHERE kind = 3)")
    assert len(domains) == len(set(domains)) == len(changed[2])


@pytest.mark.parametrize("args,words", [
    (("scan", "list.txt", "--db", "DB", "--rejudge", "now"), "takes its domains from the database"),
    (("scan", "--rejudge", "now"), "needs --db"),
    (("scan", "--db", "DB", "--rejudge", "yesterday"), "--rejudge"),
    (("diff", "--db", "DB", "--rejudged", "nothing"), 'no judgement "nothing" is kept'),
    (("report", "--db", "DB", "--rejudged", "nothing"), 'no judgement "nothing" is kept'),
])
def test_wrong_ways_to_judge_again(copy, args, words):
    finished = call(*[copy if arg == "DB" else arg for arg in args])
    assert finished.returncode == 2
    assert words in finished.stderr
