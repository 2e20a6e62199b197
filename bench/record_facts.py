#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Record the facts of a running lab's zones: record_facts.py LAB_JSON MAILSEAL OUT_DIR

Real zones when the lab has them, else our own; one file of facts, all domains in its header.
"""
import json
import subprocess
import sys
from pathlib import Path

AT_ONCE = 100


def main():
    lab_path, program, out = sys.argv[1:]
    lab = json.loads(Path(lab_path).read_text(encoding="utf-8"))
    by_origin = {origin: [zone["name"].rstrip(".") for zone in lab["zones"] if zone["origin"] == origin] for origin in ("real", "own")}
    names = sorted(name for name in by_origin["real"] or by_origin["own"] if "." in name)
    header, facts = None, []
    for start in range(0, len(names), AT_ONCE):
        part = Path(out) / "part.jsonl"
        subprocess.run([program, "check", "-q", "--dns-only", "--fail-on", "never", "--resolver", lab["resolver"], "--trust-anchor",
                        lab["trust_anchor"], "--save", part, *names[start:start + AT_ONCE]], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        lines = part.read_text(encoding="utf-8").splitlines()
        header = header or json.loads(lines[0])
        facts += lines[1:]
    header["domains"] = names
    text = "\n".join([json.dumps(header), *facts]) + "\n"
    (Path(out) / "facts-all.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
