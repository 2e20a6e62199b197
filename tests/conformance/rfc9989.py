#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Turn the RFC 9989 cases into the plain lines rfc9989.c reads, and run it on them.

    rfc9989.py DRIVER DATA_FOLDER
"""
import os
import subprocess
import sys
from pathlib import Path

import yaml

# How many cases the suite has; what is said to be skipped when it is not there.
CASES = 43
SKIP = 77
EXPECTED = ("policy", "policy_domain", "org_domain", "spf_aligned", "dkim_aligned")


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def record_data(rr_type, value):
    if rr_type != "TXT":
        return str(value)
    strings = value if isinstance(value, list) else [value]
    return " ".join(quoted(string) for string in strings)


def case_lines(case):
    yield f"case {case['id']}"
    yield f"author {case['author_domain']}"
    if case["spf_pass_domain"]:
        yield f"spf {case['spf_pass_domain']}"
    for domain in case["dkim_pass_domains"]:
        yield f"dkim {domain}"
    for name, types in case["zone"].items():
        for rr_type, values in types.items():
            for value in values:
                yield f"world {name}. {rr_type} {record_data(rr_type, value)}"
    expect = case["expect"]
    yield f"expect dmarc {expect['dmarc']}"
    for key in EXPECTED:
        if key in expect:
            yield f"expect {key} {str(expect[key]).lower()}"
    for query in expect.get("author_queries", []):
        yield f"expect query {query}"
    yield "end"


def main():
    driver, folder = sys.argv[1], os.environ.get("MAILSEAL_SHARED_DATA", sys.argv[2])
    path = Path(folder) / "conformance" / "derived" / "rfc9989-cases.yml"
    if not path.exists():
        print(f"{path} is not there\n{CASES} skipped")
        return SKIP
    cases = yaml.safe_load(path.read_text(encoding="utf-8"))
    text = "\n".join(line for case in cases for line in case_lines(case)) + "\n"
    return subprocess.run([driver], input=text.encode(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
