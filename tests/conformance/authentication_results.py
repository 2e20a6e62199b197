#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""MimeKit's Authentication-Results values: what is accepted must read alike, the rest be refused."""

import json
import sys

import suite

CASES = 42


def wanted(case):
    """The suite's expectation in the driver's form."""
    results = [{
        "method": result["method"],
        "result": result["result"],
        "reason": result.get("reason", ""),
        "properties": [[row["propertytype"], row["property"], row["value"]]
                       for row in result["properties"]],
    } for result in case["results"]]
    return {"id": case["authserv_id"], "results": results}


def main():
    program, default_folder = sys.argv[1:]
    path = suite.folder(default_folder, "conformance/authres/mimekit-half.json")
    if path is None:
        print(f"skipped: {CASES} cases, because they are not there")
        return suite.SKIP
    data = json.loads(path.read_text(encoding="utf-8"))
    cases = [(case, wanted(case)) for case in data["accept"]]
    cases += [(case, None) for case in data["reject"]]
    answers = suite.run(program, [case["input"].encode("utf-8").hex() for case, _ in cases])
    failures = []
    for (case, expected), answer in zip(cases, answers):
        got = json.loads(answer)
        if got:
            del got["is_strict"]
        if got != expected:
            failures.append(f"FAILED {case['input']}: expected {expected}, got {got}")
    print(f"{len(data['accept'])} accepted, {len(data['reject'])} refused")
    return suite.report(len(cases), failures)


if __name__ == "__main__":
    sys.exit(main())
