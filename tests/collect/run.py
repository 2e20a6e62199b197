# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Run the tests of this folder in a network namespace of their own: nothing leaves it, and port 53 is free there.

usage: run.py ASK-PROGRAM [PYTEST ARGUMENT]...
"""

import os
import pathlib
import subprocess
import sys

SKIPPED = 77  # to Meson
NAMESPACE = ["unshare", "--user", "--map-root-user", "--net"]


def main():
    program, *arguments = sys.argv[1:]
    if subprocess.run([*NAMESPACE, "true"], check=False).returncode != 0:
        print("skipped: this system does not allow network namespaces")
        sys.exit(SKIPPED)
    folder = str(pathlib.Path(__file__).resolve().parent)
    os.environ["MAILSEAL_ASK"] = os.path.abspath(program)
    command = [*NAMESPACE, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder, *arguments]
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
