#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The ARC suite's seals: the same key, time and header must give the same signatures, tag by tag."""

import re
import sys

import suite

CASES = 17


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def tags(text):
    """Tags without white space; an empty text has none."""
    parts = [part for part in re.sub(r"\s+", "", text).split(";") if part]
    return dict(part.split("=", 1) for part in parts)


def fields(answer):
    """Name -> value of the fields a driver's answer holds."""
    if answer == "not sealed":
        return {"ARC-Seal": "", "ARC-Message-Signature": "", "ARC-Authentication-Results": ""}
    text = re.sub(r"\r\n[ \t]", " ", bytes.fromhex(answer).decode())
    return dict(line.split(":", 1) for line in text.split("\r\n") if line)


def judge(name, case, answer):
    got = fields(answer)
    for field, key in (("ARC-Seal", "AS"), ("ARC-Message-Signature", "AMS")):
        if tags(got[field]) != tags(case[key]):
            yield f"FAILED {name}: {key} is {tags(got[field])}, not {tags(case[key])}"
    # the suite's texts have no rule about the space after a semicolon
    results = squeeze(got["ARC-Authentication-Results"]).replace("; ", ";")
    if results != squeeze(case["AAR"]).replace("; ", ";"):
        yield f"FAILED {name}: AAR is {results}, not {squeeze(case['AAR'])}"


def main():
    program, default_folder = sys.argv[1:]
    path = suite.folder(default_folder, "conformance/arc/arc-draft-sign-tests.yml")
    if path is None:
        print(f"skipped: {CASES} cases, because they are not there")
        return suite.SKIP
    import yaml
    with path.open(encoding="utf-8") as file:
        scenarios = [scenario for scenario in yaml.safe_load_all(file) if scenario]
    cases, lines = [], []
    for scenario in scenarios:
        lines += ["world", "key " + scenario["privatekey"].encode().hex()]
        lines += [suite.txt_line(name, text) for name, text in scenario["txt-records"].items()]
        for name, case in scenario["tests"].items():
            message = suite.crlf(case["message"].encode("utf-8")).hex()
            lines.append(f"seal {message} {scenario['domain']} {scenario['sel']} {case['srv-id']} "
                         f"{case['t']} {case['sig-headers']}")
            cases.append((name, case))
    answers = suite.run(program, lines)
    failures = [wrong for (name, case), answer in zip(cases, answers)
                for wrong in judge(name, case, answer)]
    return suite.report(len(cases), failures)


if __name__ == "__main__":
    sys.exit(main())
