#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Every message that `mailseal spoof` makes in the lab, as JSON lines for another implementation to judge.

    witnesses.py PROGRAM LAB_FOLDER
"""
import json
import re
import subprocess
import sys
from pathlib import Path

AT_ONCE = 50
# Names below zones whose attempts differ from those of the zone.
BELOW = ["dept.dmarc-psd-n.org", "tenant2.dmarc-psd-y.org", "team.spoof-policy-cname.org", "dept.spoof-neighbour.org"]
ANSWERING = ("signed", "unsigned")


def names_of(lab):
    names = [zone["name"].rstrip(".") for zone in lab["zones"]
             if zone["origin"] in ("own", "real") and zone["lab"] in ANSWERING]
    return sorted(name for name in names if re.fullmatch(r"[a-z0-9.-]+\.[a-z0-9-]+", name)) + BELOW


def spoof(program, lab, names):
    finished = subprocess.run([program, "spoof", "--json", "--resolver", lab["resolver"], "--trust-anchor",
                               lab["trust_anchor"], *names], capture_output=True, text=True, timeout=300, check=False)
    if finished.returncode not in (0, 1, 3):
        sys.exit(finished.stderr)
    return json.loads(finished.stdout)["results"]


def row(domain, vector):
    witness = vector["witness"]
    verify = witness["verify"]
    return {
        "domain": domain, "vector": vector["id"], "verdict": vector["verdict"], "receivers": vector["receivers"],
        "assumed": witness["assumed"], "ip": witness["ip"], "helo": witness["helo"], "mail_from": witness["mail_from"],
        "message": witness["message"], "spf": next((spf["result"] for spf in verify["spf"] if spf["identity"] == "mailfrom"), None),
        "dmarc": verify["result"], "disposition": verify["disposition"],
    }


def main():
    program, folder = sys.argv[1], Path(sys.argv[2])
    lab = json.loads((folder / "lab.json").read_text(encoding="utf-8"))
    names = names_of(lab)
    for start in range(0, len(names), AT_ONCE):
        for result in spoof(program, lab, names[start:start + AT_ONCE]):
            for vector in result["vectors"]:
                if vector["witness"] and vector["verdict"] != "unknown":
                    print(json.dumps(row(result["domain"], vector)))


if __name__ == "__main__":
    main()
