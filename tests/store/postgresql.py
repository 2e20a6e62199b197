#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A PostgreSQL server of our own on a Unix socket, for as long as a test runs.

    postgresql.py PROGRAM [ARGUMENT...]     runs PROGRAM with the server's location as its last argument

Ends with 77 (skipped) where PostgreSQL's programs are not installed.
"""
import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77


def programs():
    """The folder with initdb, newest version first; None when there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def as_ordinary_user():
    """PostgreSQL refuses to run as root: then run it as its own user, or as nobody."""
    if os.geteuid() != 0:
        return [], os.geteuid()
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return ["runuser", "-u", name, "--"], pwd.getpwnam(name).pw_uid
    raise RuntimeError("no user to run PostgreSQL as")


@contextlib.contextmanager
def server():
    """Yields the location of an empty database."""
    folder = programs()
    if folder is None:
        yield None
        return
    prefix, uid = as_ordinary_user()
    place = Path(tempfile.mkdtemp(prefix="mailseal-pg-", dir="/tmp"))
    os.chown(place, uid, -1)
    data = place / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/tmp"}
    try:
        subprocess.run([*prefix, folder / "initdb", "-D", data, "-A", "trust", "-U", "mailseal", "-E", "UTF8",
                        "--locale=C.UTF-8", "--no-sync"], check=True, **quiet)
        options = f"-k {place} -c listen_addresses='' -c max_wal_size=2GB -c shared_buffers=256MB"
        subprocess.run([*prefix, folder / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", place / "log", "-o", options,
                        "start"], check=True, **quiet)
        yield f"postgresql:///postgres?host={place}&user=mailseal"
    finally:
        if (data / "postmaster.pid").exists():
            subprocess.run([*prefix, folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=False, **quiet)
        shutil.rmtree(place, ignore_errors=True)


def main():
    with server() as location:
        if location is None:
            print("PostgreSQL is not installed")
            return SKIPPED
        return subprocess.run([*sys.argv[1:], location], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
