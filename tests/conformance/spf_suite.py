#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Turn the OpenSPF suite for RFC 7208 into the plain lines spf_suite.c reads, and run it on them.

    spf_suite.py DRIVER DATA_FOLDER [MODE]
"""
import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

# What the suite held when this was written; said to be skipped when it is not there.
CASES = 203
EXPLANATIONS = 22
SKIP = 77
TYPES = ("A", "AAAA", "MX", "TXT", "PTR")


def octets(text):
    return text.encode("latin-1") if isinstance(text, str) else text


def quoted(text):
    plain = "".join(chr(o) if 0x20 < o < 0x7F and o not in b'"\\' else f"\\{o:03d}" for o in octets(text))
    return f'"{plain}"'


def owner(name):
    plain = "".join(chr(o) if 0x20 < o < 0x7F and o != 0x5C else f"\\{o:03d}" for o in octets(str(name)))
    return plain.rstrip(".") + "."


def record_data(rr_type, value):
    if rr_type == "TXT":
        strings = value if isinstance(value, list) else [value]
        return " ".join(quoted(string) for string in strings) or "\\# 0"
    if rr_type == "MX":
        return f"{value[0]} {owner(value[1])}" if value[1] else f"{value[0]} ."
    if rr_type in ("PTR", "CNAME"):
        return owner(value)
    return str(value)


def name_lines(name, entries):
    """The lines of one owner name: SPF entries stand for TXT unless TXT is named."""
    has_txt = any(isinstance(entry, dict) and "TXT" in entry for entry in entries)
    seen = set()
    is_silent = False
    for entry in entries:
        if entry == "TIMEOUT":
            is_silent = True
            continue
        for rr_type, value in entry.items():
            if rr_type == "SPF":
                if has_txt:
                    continue
                rr_type = "TXT"
            if value == "NONE":
                continue
            seen.add(rr_type)
            if value == "TIMEOUT":
                yield f"world {owner(name)} {rr_type} !timeout"
            else:
                yield f"world {owner(name)} {rr_type} {record_data(rr_type, value)}"
    if is_silent:
        for rr_type in TYPES:
            if rr_type not in seen:
                yield f"world {owner(name)} {rr_type} !timeout"


def scenario_lines(scenario):
    yield f"scenario {scenario['description']}"
    for name, entries in scenario["zonedata"].items():
        yield from name_lines(name, entries)
    # The suite's convention: a name that begins with "error." does not answer.
    for name in sorted(set(re.findall(r"\berror\.[a-z0-9.-]+[a-z]", str(scenario).lower()))):
        if name not in scenario["zonedata"]:
            yield f"world {name}. * !timeout"
    for name, test in scenario["tests"].items():
        results = test["result"] if isinstance(test["result"], list) else [test["result"]]
        yield f"test {name}"
        yield f"client {test['host']}"
        yield f"helo {test['helo']}"
        yield f"from {test['mailfrom']}"
        yield f"results {' '.join(results)}"
        if "explanation" in test:
            yield f"explanation {'' if test['explanation'] == 'DEFAULT' else test['explanation']}"
        yield "end"


def main():
    driver, folder = sys.argv[1], os.environ.get("MAILSEAL_SHARED_DATA", sys.argv[2])
    path = Path(folder) / "conformance" / "openspf" / "rfc7208-tests.yml"
    if not path.exists():
        print(f"{path} is not there\n{CASES} results and {EXPLANATIONS} explanations skipped")
        return SKIP
    scenarios = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    text = "\n".join(line for scenario in scenarios for line in scenario_lines(scenario)) + "\n"
    command = [driver, str(CASES), str(EXPLANATIONS), *sys.argv[3:]]
    return subprocess.run(command, input=octets(text), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
