#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Run the tests of this folder inside the namespaces of the transit lab; say how many are skipped where that cannot be.

usage: run.py [PYTEST ARGUMENT]...
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "lab" / "transit"))
# pylint: disable=wrong-import-position
import namespace  # noqa: E402

SKIPPED = 77  # to Meson
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


def count():
    """How many tests there are."""
    told = subprocess.run([*PYTEST, "--collect-only", str(HERE)], capture_output=True, text=True, check=False).stdout
    return sum("::" in line for line in told.splitlines())


def main():
    reason = namespace.why_not()
    if reason:
        print(f"transit lab: {reason}; {count()} skipped")
        sys.exit(SKIPPED)
    folder = [] if any("/" in word for word in sys.argv[1:]) else [str(HERE)]
    words = namespace.command_line([*PYTEST, *folder, *sys.argv[1:]])
    os.execvp(words[0], words)


if __name__ == "__main__":
    main()
