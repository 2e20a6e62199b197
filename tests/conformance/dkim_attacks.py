#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Signed messages that must, and that must not, pass; fed whole and octet by octet.

An expectation "pass*" is a signature that holds although the message must not earn trust by it: an added field must
then be found by its anomaly or on the unsigned surface. "ambig" leaves the choice to us; CHOICES is ours.
"""

import json
import sys

import suite

CASES = 37
NOW = 1795444200  # 2026-11-23T14:30:00Z, when the messages had been made and the short-lived ones had expired
CHOICES = {
    "bare-lf": {"pass"},  # one reading, octets as they are; the anomaly says the rest
    "bare-cr": {"pass"},
    "from-ws-colon": {"pass"},  # the signature holds; two From fields are named
    "d-tld": {"pass"},  # it can align with nobody
}
ANOMALIES = {
    "dup-from": "from-several",
    "from-ws-colon": "from-several",
    "dup-subject": "field-repeated",
    "bare-lf": "bare-lf",
    "bare-cr": "bare-cr",
}


def commands(folder, cases, dns, chunk):
    lines = [f"now {NOW}", f"chunk {chunk}"]
    lines += [suite.txt_line(name, text) for name, text in dns.items() if "\0" not in name]
    for case in cases:
        lines.append("message " + (folder / f"{case['id']}.eml").read_bytes().hex())
    return lines


def judge(case, answer):
    results = [word.split(":")[0] for word in answer.split(" | ")[0].split()[1:]]
    expected = case["expect"]
    allowed = CHOICES.get(case["id"], {"pass"} if expected == "pass*" else {expected})
    if set(results) - allowed or not results:
        return f"FAILED {case['id']}: expected {expected}, got {answer}"
    anomaly = ANOMALIES.get(case["id"])
    if anomaly and anomaly not in answer.split():
        return f"FAILED {case['id']}: {anomaly} is not named: {answer}"
    return None


def main():
    program, default_folder = sys.argv[1:]
    folder = suite.folder(default_folder, "conformance/derived/dkim-attacks")
    if folder is None:
        print(f"skipped: {CASES} cases, because the messages are not there")
        return suite.SKIP
    data = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    cases = data["cases"]
    answers = suite.run(program, commands(folder, cases, data["dns"], 0))
    split = suite.run(program, commands(folder, cases, data["dns"], 1))
    failures = [wrong for case, answer in zip(cases, answers) if (wrong := judge(case, answer))]
    failures += [f"FAILED {case['id']}: fed octet by octet it is {b}, not {a}"
                 for case, a, b in zip(cases, answers, split) if a != b]
    refused = sum(1 for case in cases if not case["expect"].startswith(("pass", "ambig")))
    print(f"{refused} bad signatures among them")
    return suite.report(len(cases), failures)


if __name__ == "__main__":
    sys.exit(main())
