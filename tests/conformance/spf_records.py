#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Every record of the OpenSPF suite must parse, or fail to, as the suite's results imply.

A test's result says this about the record it starts at:

  none         no text at the name is an SPF record
  permerror    the record, or one it reaches, has a syntax error; or evaluation fails by a rule:
                 several      the name has more than one SPF record       (RFC 7208 4.5)
                 no-target    an include or redirect leads to no record   (5.2, 6.1)
                 loop         an include or redirect leads back           (4.6.4)
                 terms        over ten terms that query DNS               (4.6.4)
                 mx           a name with over ten MX records             (4.6.4)
                 void         over two lookups that find nothing          (4.6.4)
  another      the record has no syntax error
  temperror    nothing: DNS failed before or while reading
  a choice     nothing, when permerror is one of the allowed results
"""

import os
import pathlib
import subprocess
import sys

SKIP = 77
SUITE = "conformance/openspf/rfc7208-tests.yml"
CASES = 203
MAX_TERMS = 10
MAX_MX = 10
MAX_VOID = 2


def octets(value):
    """The suite writes an octet as the character of that number; several strings are joined."""
    return ("".join(value) if isinstance(value, list) else value).encode("latin-1")


class Zone:
    """One scenario's DNS: what the suite's rules make of its zonedata."""

    def __init__(self, zonedata, parse):
        self.rows = {name.lower().rstrip("."): rows for name, rows in zonedata.items()}
        self.parse = parse

    def values(self, name, kind):
        rows = self.rows.get(name.lower().rstrip("."), [])
        return [row[kind] for row in rows if isinstance(row, dict) and kind in row]

    def texts(self, name):
        """TXT data; made from SPF data where the scenario has no TXT of its own."""
        texts = self.values(name, "TXT") or self.values(name, "SPF")
        return [octets(text) for text in texts if text != "NONE"]

    def records(self, name):
        """(is valid, terms) of each SPF record at the name."""
        parsed = [self.parse(text) for text in self.texts(name)]
        return [(words[0] == "valid", words[1:]) for words in parsed if words[0] != "other"]

    def is_void(self, name):
        return not any(self.values(name, kind) for kind in ("A", "AAAA", "MX", "CNAME", "TIMEOUT"))


class Walk:
    """Follows include and redirect from a name and notes why evaluation would be a permerror."""

    def __init__(self, zone):
        self.zone = zone
        self.reasons = set()
        self.terms = 0
        self.voids = 0

    def follow(self, name, path):
        if name in path:
            self.reasons.add("loop")
            return
        records = self.zone.records(name)
        if len(records) > 1:
            self.reasons.add("several")
        if not records and path:
            self.reasons.add("no-target")
        for is_valid, terms in records[:1]:
            if not is_valid:
                self.reasons.add("syntax")
            for term in terms:
                self.count(term, name, path)

    def count(self, term, name, path):
        kind, target = term.split("=", 1)
        target = target.lower() or name
        self.terms += 1
        if self.terms > MAX_TERMS:
            self.reasons.add("terms")
        if kind == "mx" and len(self.zone.values(target, "MX")) > MAX_MX:
            self.reasons.add("mx")
        if kind == "a" and self.zone.is_void(target):
            self.voids += 1
            if self.voids > MAX_VOID:
                self.reasons.add("void")
        if kind in ("include", "redirect") and "%" not in target and self.terms <= MAX_TERMS:
            self.follow(target, path + [name])


def judge(case, zone):
    """(what the result implied, None or what is wrong)"""
    sender = case["mailfrom"] or case["helo"]
    name = sender.rsplit("@", 1)[-1].lower()
    results = case["result"] if isinstance(case["result"], list) else [case["result"]]
    if len(results) > 1 and "permerror" in results:
        return "either", None
    if results == ["temperror"]:
        return "temperror", None
    records = zone.records(name)
    if results == ["none"]:
        return "none", "an SPF record is found" if records else None
    if results == ["permerror"]:
        walk = Walk(zone)
        walk.follow(name, [])
        if "syntax" in walk.reasons:
            return "permerror by syntax", None
        if walk.reasons:
            return "permerror by rule: " + ", ".join(sorted(walk.reasons)), None
        return "permerror", "no error is found and no rule of evaluation applies"
    if len(records) != 1:
        return "valid", f"{len(records)} SPF records at {name}"
    return "valid", None if records[0][0] else f"the record at {name} is refused"


def parser(program, scenarios):
    """Feeds every text of the suite to the driver at once; gives a look-up in its answers."""
    texts = set()
    for scenario in scenarios:
        for rows in scenario["zonedata"].values():
            for row in rows:
                if isinstance(row, dict):
                    texts.update(octets(row[k]) for k in ("SPF", "TXT") if k in row)
    texts = sorted(texts)
    lines = "".join(text.hex() + "\n" for text in texts)
    done = subprocess.run([program], input=lines.encode(), capture_output=True, check=True)
    answers = done.stdout.decode("latin-1").split("\n")[:-1]
    assert len(answers) == len(texts), "the driver left records out"
    table = dict(zip(texts, (answer.split(" ") for answer in answers)))
    return table.__getitem__


def main():
    program, default_folder = sys.argv[1:]
    suite = pathlib.Path(os.environ.get("MAILSEAL_SHARED_DATA", default_folder)) / SUITE
    if not suite.exists():
        print(f"skipped: {CASES} cases, because {suite} is not there")
        return SKIP
    import yaml
    with suite.open(encoding="utf-8") as file:
        scenarios = [scenario for scenario in yaml.safe_load_all(file) if scenario]
    parse = parser(program, scenarios)
    counts, failures = {}, []
    for scenario in scenarios:
        zone = Zone(scenario["zonedata"], parse)
        for name, case in scenario["tests"].items():
            implied, wrong = judge(case, zone)
            counts[implied] = counts.get(implied, 0) + 1
            if implied.startswith("permerror by rule"):
                print(f"{scenario['description']}: {name}: {implied}")
            if wrong:
                failures.append(f"FAILED {scenario['description']}: {name}: {wrong}")
    print("\n".join(failures + [f"{counts[key]:4} {key}" for key in sorted(counts)]))
    print(f"{sum(counts.values())} cases ran, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
