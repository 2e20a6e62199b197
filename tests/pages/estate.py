#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Scans domains of the lab on two days into a database, for the page of `mailseal report`.

    estate.py MAILSEAL-PROGRAM FOLDER

Writes FOLDER/estate.db and FOLDER/exceptions.csv.
"""
import json
import subprocess
import sys
from pathlib import Path

LAB = Path(__file__).resolve().parents[2] / "lab" / "lab.py"
DAYS = ["2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z"]
GROUPS = ["Councils", "Health", 'Schools <script>document.title="owned"</script> ' + "x" * 120]
# Each so many domains of the lab's own.
STEP = 5
EXCEPTIONS = """domain,finding,owner,expires,reason
*,dnssec-insecure,Head of IT,2026-12-31,"a ""migration"", under way <img src=x onerror=alert(1)>"
*,spf-missing,Head of IT,2026-10-01,too late
"""


def lab(command, folder, *more):
    subprocess.run([sys.executable, LAB, command, "--dir", folder, *more], check=True, stdout=subprocess.DEVNULL)


def main():
    program, folder = Path(sys.argv[1]), Path(sys.argv[2])
    state = folder / "lab"
    lab("start", state, "--port", "0", "--mode", "stub")
    try:
        world = json.loads((state / "lab.json").read_text(encoding="utf-8"))
        names = [zone["name"] for zone in world["zones"] if zone["origin"] == "own" and zone["name"].count(".") == 1][::STEP]
        rows = [f'"{name}","Owner {i % 4}","{GROUPS[i % len(GROUPS)].replace(chr(34), chr(34) * 2)}"' for i, name in enumerate(names)]
        (folder / "domains.csv").write_text("\n".join(["domain,owner,group", *rows]) + "\n", encoding="utf-8")
        (folder / "exceptions.csv").write_text(EXCEPTIONS, encoding="utf-8")
        for day in DAYS:
            subprocess.run([program, "scan", "--dns-only", "-q", "--fail-on", "never", "--resolver", world["resolver"], "--trust-anchor",
                            world["trust_anchor"], "--dns-timeout", "3", "--now", day, "--run", day, "--db", folder / "estate.db",
                            folder / "domains.csv"], check=False, stdout=subprocess.DEVNULL)
        if len(names) < 20:
            sys.exit(f"{len(names)} domains only")
    finally:
        lab("stop", state)


if __name__ == "__main__":
    main()
