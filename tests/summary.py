#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Add up what the tests of a meson run say of themselves and print "N passed, N failed[, N skipped]".

    summary.py build/meson-logs/testlog.json

cmocka, pytest and our own runners print their counts; a test that prints none counts as one.
"""
import json
import re
import sys

PATTERNS = {
    "passed": [r"\[  PASSED  \] (\d+) test", r"\b(\d+) passed", r"(\d+) scenarios passed"],
    "failed": [r"\[  FAILED  \] (\d+) test", r"\b(\d+) failed"],
    "skipped": [r"\[  SKIPPED \] (\d+) test", r"\b(\d+) skipped", r"(\d+) cases skipped"],
}


def count(text, kind):
    return sum(int(n) for pattern in PATTERNS[kind] for n in re.findall(pattern, text))


def main():
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            test = json.loads(line)
            text = test.get("stdout", "") + test.get("stderr", "")
            counts = {kind: count(text, kind) for kind in totals}
            if test["result"] == "OK" and not counts["passed"] and not counts["skipped"]:
                counts["passed"] = 1
            if test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL") and not counts["failed"]:
                counts["failed"] = 1
            if test["result"] == "SKIP" and not counts["skipped"]:
                counts["skipped"] = 1
            for kind in totals:
                totals[kind] += counts[kind]
    skipped = f", {totals['skipped']} skipped" if totals["skipped"] else ""
    print(f"{totals['passed']} passed, {totals['failed']} failed{skipped}")
    return totals["failed"] > 0


if __name__ == "__main__":
    sys.exit(main())
