#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Other people's reports: each file's reports, rows and messages against what is expected of it.

    reports.py READ_REPORTS DATA_FOLDER

The defect sets come with EXPECTED.tsv. For the real files the expectation is an independent count by libxml2.
"""
import csv
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from lxml import etree

SKIP = 77
# Cases there are when the data are there.
CASES = 98 + 15 + 28 + 19 + 1585 + 15
# Files whose DTD we refuse; EXPECTED.tsv allows it.
DOCTYPE = {"073_doctype_internal.xml", "074_xxe.xml", "075_billion_laughs.xml"}


def read(program, paths):
    """{path: [events]} of our reader."""
    run = subprocess.run([program, *map(str, paths)], capture_output=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{program}: exit {run.returncode}: {run.stderr.decode()[-2000:]}")
    files = {}
    for line in run.stdout.splitlines():
        event = json.loads(line)
        if event["event"] == "document":
            current = files.setdefault(event["path"], [])
        current.append(event)
    return files


class Score:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, is_right, detail=""):
        self.passed += is_right
        self.failed += not is_right
        if not is_right:
            print(f"FAIL {name}: {detail}")


def of_kind(events, kind):
    return [event for event in events if event["event"] == kind]


def codes(events):
    return {event["code"] for event in of_kind(events, "warning")}


# ---- aggregate reports ----


def totals(events):
    reports = of_kind(events, "aggregate")
    return (len(reports), sum(r["rows"] for r in reports), sum(r["messages"] for r in reports))


def check_expected_notes(name, note, events, score):
    """What EXPECTED.tsv says besides the numbers: flagged, source unknown, rejected with reason."""
    ends = of_kind(events, "end")
    if "flagged" in note:
        score.check(name + " flagged", bool(of_kind(events, "warning")), "no warning")
    if "partial" in note:
        ends_partial = any(e["outcome"] == "partial" for e in ends)
        score.check(name + " partial", ends_partial, f"{ends}")
    if "source unknown" in note:
        unknown = [row for row in of_kind(events, "row") if row["source"] is None]
        score.check(name + " source unknown", len(unknown) == 1, f"{len(unknown)} rows")
    if "rejected with reason" in note:
        score.check(name + " reason", any(e["refusal"] for e in ends), f"{ends}")


def check_aggregate_defects(program, folder, score):
    with open(folder / "EXPECTED.tsv", newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    files = read(program, [folder / row["file"] for row in rows])
    for row in rows:
        name = row["file"]
        events = files[str(folder / name)]
        if name in DOCTYPE:
            ends = of_kind(events, "end")
            is_refused = [e["refusal"] for e in ends] == ["doctype"]
            score.check(name, is_refused and totals(events) == (0, 0, 0), f"{ends}")
            continue
        want = tuple(int(row[key]) for key in ("want_reports", "want_records", "want_messages"))
        score.check(name, totals(events) == want, f"{totals(events)}, expected {want}: {sorted(codes(events))}")
        check_expected_notes(name, row["note"], events, score)


# ---- real aggregate reports, counted by another reader ----


def count_tree(data):
    """(rows, messages) of a well-formed report."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    records = etree.fromstring(data, parser).findall(".//{*}record")
    return len(records), sum(int(record.findtext("{*}row/{*}count") or 0) for record in records)


def salvageable(data):
    """Whole records in a text that is cut."""
    rows, messages = 0, 0
    for piece in data.split(b"<record>")[1:]:
        whole, mark, _ = piece.partition(b"</record>")
        if mark:
            rows += 1
            messages += int(whole.split(b"<count>")[1].split(b"<")[0])
    return rows, messages


def check_real(program, folder, score):
    """Returns (files, rows, messages) of both readers."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = read(program, [folder])
    sums = Counter()
    for path in paths:
        events = files.get(str(path), [])
        reports, rows, messages = totals(events)
        data = path.read_bytes()
        try:
            (want_rows, want_messages), is_cut = count_tree(data), False
        except etree.XMLSyntaxError:
            (want_rows, want_messages), is_cut = salvageable(data), True
        name = str(path.relative_to(folder))
        score.check(name, (rows, messages) == (want_rows, want_messages) and (reports == 1 or is_cut),
                    f"{reports} reports, {rows} rows, {messages} messages; expected {want_rows}, {want_messages}"
                    f" {sorted(codes(events))}")
        if is_cut:
            sums["cut"] += 1
            outcome = {e["outcome"] for e in of_kind(events, "end")}
            score.check(name + " flagged", outcome <= {"partial", "refused"}, f"{outcome}")
        sums.update(files=1, rows=rows, messages=messages, want_rows=want_rows, want_messages=want_messages)
    print(f"dmarcrua: {sums['files']} files ({sums['cut']} cut), {sums['rows']} rows, {sums['messages']} messages; "
          f"independent count {sums['want_rows']} rows, {sums['want_messages']} messages")


# ---- TLS reports ----

# file: what the report must give besides being accepted.
TLS_TOTALS = {"07_policy_missing.json": (5, 1), "08_summary_missing.json": (0, 0), "20_policies_empty.json": (0, 0)}

TLS_MX = {11: ["mx.example.com"], 12: ["*.mail.example.com"], 13: ["mx.example.com"]}


def check_tls_defects(program, folder, score):
    with open(folder / "EXPECTED.tsv", newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    files = read(program, [folder / row["file"] for row in rows])
    for row in rows:
        name, events = row["file"], files[str(folder / row["file"])]
        reports = of_kind(events, "tls")
        policies, details = of_kind(events, "policy"), of_kind(events, "failure-detail")
        sums = (sum(r["successes"] for r in reports), sum(r["failures"] for r in reports))
        want = TLS_TOTALS.get(name, (5, 1))
        score.check(name, len(reports) == 1 and sums == want, f"{reports} {sums}")
        if "flagged" in row["want"] and name not in {"13_mx-host-pattern_key.json", "24_BOM.json", "25_leading_ws.json"}:
            score.check(name + " flagged", bool(of_kind(events, "warning")), "no warning")
        if "none" not in row["want"] and "no sessions" not in row["want"]:
            score.check(name + " details", len(details) == 1, f"{len(details)} details")
        if name.startswith("10"):
            score.check(name + " other", policies[0]["type"] == "other", policies)
        if name.startswith(("11", "12", "13")):
            score.check(name, policies[0]["type"] == "sts" and policies[0]["mx"] == TLS_MX[int(name[:2])], policies)
        if name.startswith("22"):
            score.check(name + " UTC", reports[0]["begin"] == 1767225600, reports)
        if name.startswith("28"):
            score.check(name + " both", len(policies) == 2, policies)


# ---- failure reports ----


def check_failure_defects(program, folder, score):
    with open(folder / "EXPECTED.tsv", newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    files = read(program, [folder / row["file"] for row in rows])
    for row in rows:
        name, events = row["file"], files[str(folder / row["file"])]
        reports = of_kind(events, "failure")
        score.check(name, len(reports) == 1, f"{of_kind(events, 'end')}")
        if len(reports) != 1:
            continue
        report = reports[0]
        number = int(name[:2])
        source = {4: None, 5: "2001:db8::1"}.get(number, "192.0.2.1")
        score.check(name + " source", report["source"] == source, report["source"])
        score.check(name + " domains", report["domains"][0] == "example.com" and
                    (number != 10 or report["domains"] == ["example.com", "two.example"]), report["domains"])
        score.check(name + " failures", report["auth_failures"] == (["dmarc", "spf"] if number == 11 else ["dmarc"]),
                    report["auth_failures"])
        score.check(name + " folded", "spf=fail" in report["authentication_results"], report["authentication_results"])
        score.check(name + " type", report["feedback"] == ("abuse" if number == 19 else "auth-failure"),
                    report["feedback"])
        score.check(name + " sample", report["has_sample"] == (number not in (15, 16)), report["has_sample"])
        score.check(name + " date", number == 9 or report["arrival"] == 1767225600, report["arrival"])
        score.check(name + " redacted", report["mail_from"] == "@example.com" and not report["sample_subject"], report)


# ---- single samples ----


def check_samples(program, folder, score):
    """Every file of the conformance set gives a report, or says why not."""
    files = read(program, [folder])
    for path, events in sorted(files.items()):
        reports = [e for e in events if e["event"] in ("aggregate", "tls", "failure")]
        score.check(path, len(reports) == 1, f"{of_kind(events, 'end')}")


def main():
    program = sys.argv[1]
    data = Path(os.environ.get("MAILSEAL_SHARED_DATA", sys.argv[2]))
    reports = data / "reports"
    if not reports.is_dir():
        print(f"{reports} is not there\n{CASES} skipped")
        return SKIP
    score = Score()
    check_aggregate_defects(program, reports / "aggregate" / "malformed-synthetic", score)
    check_tls_defects(program, reports / "tls" / "malformed-synthetic", score)
    check_failure_defects(program, reports / "failure" / "malformed-synthetic", score)
    check_real(program, reports / "aggregate" / "dmarcrua", score)
    check_samples(program, data / "conformance" / "dmarc-reports", score)
    print(f"{score.passed} passed, {score.failed} failed")
    return 1 if score.failed or not score.passed else 0


if __name__ == "__main__":
    sys.exit(main())
