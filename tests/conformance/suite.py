# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""What the suites of signed messages share: the driver, and records in the form it reads."""

import os
import pathlib
import subprocess

SKIP = 77
TXT_STRING = 255


def folder(default_folder, part):
    """A folder or file of the shared data, or None."""
    path = pathlib.Path(os.environ.get("MAILSEAL_SHARED_DATA", default_folder)) / part
    return path if path.exists() else None


def quoted(octets):
    """A character-string as a zone file has it."""
    safe = "".join(chr(c) if 32 <= c < 127 and c not in b'"\\' else f"\\{c:03d}" for c in octets)
    return f'"{safe}"'


def txt_line(name, text):
    octets = text.encode("utf-8")
    parts = [octets[i:i + TXT_STRING] for i in range(0, len(octets), TXT_STRING)] or [b""]
    return f"dns {name}. TXT " + " ".join(quoted(part) for part in parts)


def run(program, lines):
    """Feeds the driver; its answers, one a message."""
    text = "".join(line + "\n" for line in lines)
    done = subprocess.run([program], input=text.encode(), stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().splitlines()


def crlf(octets):
    return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def report(cases, failures):
    print("\n".join(failures))
    print(f"{cases} cases ran, {len(failures)} failed")
    return 1 if failures else 0
