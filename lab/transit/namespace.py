#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Run a command in a world of its own: processes, mounts and network that nobody else sees and that end with it.

    namespace.py COMMAND...

Inside, documentation addresses are this machine's and all ports are free; the mail servers of packages.py lie over /usr;
/etc and /var/lib can be written, /run and /var/spool are empty, all in memory. Whatever the command starts is killed with
it, however it ends. Nothing outside changes. Needs root; why_not() says what else is missing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import packages

STATE = Path("/var/spool/lab")
NETWORKS = ("198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/24")
ADDRESSES6 = [f"2001:db8::{number:x}" for number in range(1, 9)]
NEW_WORLD = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
TOOLS = ("unshare", "nsenter", "mount", "ip", "nsd", "unbound", "ldns-signzone", "openssl")
USERS = {"postfix": 60001, "Debian-exim": 60002, "opensmtpd": 60003, "opensmtpq": 60004}
GROUPS = {"postdrop": 60005}


def find(tool):
    return shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def why_not():
    """Why this machine cannot have such a world; None when it can."""
    if os.geteuid() != 0:
        return "needs root for namespaces with several users"
    missing = [tool for tool in TOOLS if not find(tool)]
    if missing:
        return f"not installed: {', '.join(missing)}"
    missing = [name for name in packages.DEBIAN if not packages.is_there(name)]
    if missing:
        return f"not unpacked: {', '.join(missing)} (lab/transit/packages.py debian)"
    if subprocess.run([*NEW_WORLD, "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        return "this system does not allow namespaces"
    return None


def run(*words):
    subprocess.run([find(words[0]), *words[1:]], check=True)


def add_accounts():
    """The users that the packages' installation would have made."""
    with open("/etc/passwd", "a", encoding="ascii") as passwd, open("/etc/group", "a", encoding="ascii") as group:
        for name, number in USERS.items():
            passwd.write(f"{name}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin\n")
        for name, number in {**USERS, **GROUPS}.items():
            group.write(f"{name}:x:{number}:\n")


def change_mounts():
    """Mail servers over /usr, and system folders to write to."""
    trees = [packages.FOLDER / name / "usr" for name in packages.DEBIAN]
    run("mount", "-t", "tmpfs", "none", "/var/spool")
    lower = ":".join(map(str, [*trees, "/usr"]))
    run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={lower}", "/usr")
    run("mount", "-t", "tmpfs", "none", "/run")
    for place in ("/etc", "/var/lib"):
        make_writable(place)
    STATE.mkdir()


def make_writable(place):
    """What is written there stays in memory."""
    upper, work = Path("/var/spool", f"upper{place}"), Path("/var/spool", f"work{place}")
    for folder in (upper, work):
        folder.mkdir(parents=True)
    run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={place},upperdir={upper},workdir={work}", place)


def raise_network():
    """To be called in each network namespace. A packet from an address of ours to one of ours never leaves."""
    run("ip", "link", "set", "lo", "up")
    for network in NETWORKS:
        run("ip", "route", "add", "local", network, "dev", "lo")
    for address in ADDRESSES6:
        run("ip", "address", "add", f"{address}/128", "dev", "lo", "nodad")


def enter(command):
    """Within the new namespaces: furnish them and become the command."""
    change_mounts()
    add_accounts()
    raise_network()
    os.execvp(command[0], command)


def command_line(command):
    """What runs COMMAND in a new world."""
    return [*NEW_WORLD, sys.executable, os.path.abspath(__file__), "--inside", *command]


def main():
    if sys.argv[1:2] == ["--inside"]:
        enter(sys.argv[2:])
    if sys.argv[1:] == ["--network"]:
        raise_network()
        return
    if len(sys.argv) < 2:
        sys.exit("usage: namespace.py COMMAND...")
    reason = why_not()
    if reason:
        sys.exit(f"namespace: {reason}")
    words = command_line(sys.argv[1:])
    os.execvp(words[0], words)


if __name__ == "__main__":
    main()
