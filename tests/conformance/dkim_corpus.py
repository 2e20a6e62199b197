#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Mail::DKIM's corpus of old messages, twice.

By today's rules only goodkey_ed25519 may pass. With SHA-1 and 512-bit keys allowed for the test, the labels hold but for
what RFC 6376 changed: signatures without v=1 are refused, and g= in a key means nothing.
"""

import re
import sys

import suite

CASES = 47
NOW = 1795444200
ONLY_TODAY = {"goodkey_ed25519.txt"}
G_TAG_DROPPED = {"badkey_8.txt", "badkey_9.txt", "badkey_12.txt", "badkey_13.txt"}


def records(path):
    """Lines of the driver from "name value", where a value may be a failure."""
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r"(\S+)\s+(.*)", line)
        if not match or line.startswith("#"):
            continue
        name, value = match.groups()
        if value.startswith("~~"):
            yield f"dns {name}. TXT !{'timeout' if 'timed out' in value else 'servfail'}"
        elif value != "NXDOMAIN":
            yield suite.txt_line(name, "" if value == '""' else value)


def expected_today(row):
    return row["file"] in ONLY_TODAY


def expected_legacy(row):
    has_version_1 = "v=1 " in row["signatures"]
    is_labelled = row["mail_dkim_expected"] == "pass" or row["file"] in G_TAG_DROPPED
    return is_labelled and has_version_1


def judge(rows, answers, expected, mode):
    for row, answer in zip(rows, answers):
        has_passed = any(word.startswith("pass:") for word in answer.split())
        if has_passed != expected(row):
            yield f"FAILED {mode}: {row['file']} ({row['note']}): {answer}"


def main():
    program, default_folder = sys.argv[1:]
    folder = suite.folder(default_folder, "conformance/dkim/mail-dkim")
    if folder is None:
        print(f"skipped: {CASES} cases in two modes, because the corpus is not there")
        return suite.SKIP
    lines = (folder / "expected.tsv").read_text(encoding="utf-8").splitlines()
    names = lines[0].split("\t")
    rows = [dict(zip(names, line.split("\t"))) for line in lines[1:]]
    messages = ["message " + suite.crlf((folder / "corpus" / row["file"]).read_bytes()).hex()
                for row in rows]
    world = [f"now {NOW}", *records(folder / "FAKE_DNS.dat")]
    failures = []
    for mode, legacy, expected in (("today", 0, expected_today), ("legacy", 1, expected_legacy)):
        whole = suite.run(program, world + [f"legacy {legacy}"] + messages)
        split = suite.run(program, world + [f"legacy {legacy}", "chunk 1"] + messages)
        failures += judge(rows, whole, expected, mode)
        failures += [f"FAILED {mode}: {row['file']}: fed octet by octet it is {b}, not {a}"
                     for row, a, b in zip(rows, whole, split) if a != b]
    return suite.report(2 * len(rows), failures)


if __name__ == "__main__":
    sys.exit(main())
