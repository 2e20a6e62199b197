#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The ARC suite's chains: every one with an expectation, whole and octet by octet."""

import sys

import suite

CASES = 168
NOW = 1795444200


def main():
    program, default_folder = sys.argv[1:]
    path = suite.folder(default_folder, "conformance/arc/arc-draft-validation-tests.yml")
    if path is None:
        print(f"skipped: {CASES} cases, because they are not there")
        return suite.SKIP
    import yaml
    with path.open(encoding="utf-8") as file:
        scenarios = [scenario for scenario in yaml.safe_load_all(file) if scenario]
    cases, lines = [], []
    for scenario in scenarios:
        lines += ["world", f"now {NOW}"]
        lines += [suite.txt_line(name, text) for name, text in scenario["txt-records"].items()]
        for name, case in scenario["tests"].items():
            lines.append("message " + suite.crlf(case["message"].encode("utf-8")).hex())
            cases.append((name, (case.get("cv") or "").lower()))
    answers = suite.run(program, lines)
    split = suite.run(program, ["chunk 1"] + lines)
    failures, judged = [], 0
    for (name, expected), answer, again in zip(cases, answers, split):
        status = answer.split(" | ")[1].split()[1].split(":")[0]
        judged += 1 if expected else 0
        if expected and status != expected:
            failures.append(f"FAILED {name}: expected {expected}, got {answer}")
        if answer != again:
            failures.append(f"FAILED {name}: fed octet by octet it is {again}, not {answer}")
    if judged != CASES:
        failures.append(f"FAILED: {judged} cases have an expectation, not {CASES}")
    return suite.report(judged, failures)


if __name__ == "__main__":
    sys.exit(main())
