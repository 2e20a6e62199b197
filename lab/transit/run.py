#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A shell inside the transit lab: its DNS, its mail servers, and nothing else. It ends when the shell does.

usage: run.py [COMMAND...]
"""

import os
import subprocess
import sys
import time

import namespace


def inside(command):
    import internet  # only inside: the lab's folders are there

    began = time.monotonic()
    lab = internet.Internet()
    lab.begin()
    os.environ["MAILSEAL_LAB_OPTIONS"] = " ".join(lab.options())
    print(f"{len(lab.setups)} domains after {time.monotonic() - began:.1f} s; check with: {' '.join(lab.options())}")
    for setup in lab.setups.values():
        print(f"  {setup.domain:<32}{setup.address:<16}{setup.server:<10}{setup.about}")
    sys.stdout.flush()
    return subprocess.run(command or [os.environ.get("SHELL", "/bin/sh")], check=False).returncode


def main():
    if os.environ.get("MAILSEAL_LAB_INSIDE"):
        sys.exit(inside(sys.argv[1:]))
    reason = namespace.why_not()
    if reason:
        sys.exit(f"transit lab: {reason}")
    os.environ["MAILSEAL_LAB_INSIDE"] = "1"
    words = namespace.command_line([sys.executable, os.path.abspath(__file__), *sys.argv[1:]])
    os.execvp(words[0], words)


if __name__ == "__main__":
    main()
