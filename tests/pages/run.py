# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Run pages.mjs with node; without node say so and skip.

usage: run.py MAILSEAL-PROGRAM
"""
import os
import pathlib
import shutil
import sys

SKIPPED = 77  # to Meson


def main():
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        print("79 cases skipped: node is not installed")
        sys.exit(SKIPPED)
    os.environ["MAILSEAL"] = os.path.abspath(sys.argv[1])
    script = pathlib.Path(__file__).resolve().with_name("pages.mjs")
    os.execv(node, [node, str(script)])


if __name__ == "__main__":
    main()
