# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The servers of the lab: three NSD (root, registries, leaves), one that stays silent, and a validating Unbound."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import world

HERE = Path(__file__).resolve().parent
ANSWER_SECONDS = 20  # how long a server may take to answer its first question
STOP_SECONDS = 5

NSD = """server:
  ip-address: {address}@{port}
  do-ip6: no
  server-count: 1
  username: ""
  chroot: ""
  database: ""
  zonesdir: "{state}"
  zonelistfile: "{run}/{role}.zonelist"
  xfrdfile: ""
  xfrdir: "{run}"
  pidfile: ""
  logfile: "{run}/{role}.log"
  rrl-ratelimit: 0
  hide-version: yes
remote-control:
  control-enable: no
"""

# do-not-query-localhost: the whole world is on loopback. outgoing-interface: and nothing can leave it.
# infra-*, outbound-msg-retry: give the silent server up after one second (a max-rtt of 1000 and more was seen to wait for
# ever), forget soon that it is dead, and be patient with the servers that do answer on a busy machine.
UNBOUND = """server:
  interface: {address}@{port}
  outgoing-interface: 127.0.0.1
  do-ip6: no
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  username: ""
  chroot: ""
  directory: "{run}"
  pidfile: ""
  use-syslog: no
  logfile: "{run}/unbound.log"
  val-log-level: 2
  num-threads: 1
  so-reuseport: no
  module-config: "validator iterator"
  trust-anchor-file: "{trust_anchor}"
  trust-anchor-signaling: no
  infra-cache-max-rtt: 700
  infra-cache-min-rtt: 500
  infra-host-ttl: 5
  outbound-msg-retry: 3
  ede: yes
{root_hints}{refused}remote-control:
  control-enable: no
"""


def tool(name):
    """The path of a program; sbin may be missing in the PATH of a plain user."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")
    if not found:
        raise OSError(f"{name} is not installed")
    return found


def zone_clause(name, file):
    return f'zone:\n  name: "{name}."\n  zonefile: "{file}"\n'


def nsd_config(role, where, zones, files, state):
    """NSD's configuration; a servfail zone is one that it is told of and finds no file for."""
    address, port = where[role]
    text = NSD.format(address=address, port=port, role=role, state=state, run=state / "run")
    for name, zone in zones.items():
        if world.role(zone) == role and (name in files or zone.serve == "servfail"):
            text += zone_clause(name, files.get(name, state / "zones" / "no-such-file"))
    return text


def unbound_config(mode, where, zones, lab):
    """Unbound's configuration: from the root hints, or with a stub for each zone."""
    address, port = lab["resolver"].split("@")
    refused = "".join(
        f'  local-zone: "{name}." refuse\n' for name, zone in zones.items() if zone.serve == "refused"
    )
    run = Path(lab["state"]) / "run"
    text = UNBOUND.format(
        address=address,
        port=port,
        run=run,
        refused=refused,
        trust_anchor=lab["trust_anchor"],
        root_hints=f'  root-hints: "{lab["root_hints"]}"\n' if lab["root_hints"] else "",
    )
    if mode == "stub":
        for name, zone in zones.items():
            place = "%s@%d" % where[world.role(zone)]
            text += f'stub-zone:\n  name: "{name}."\n  stub-addr: {place}\n'
    return text


def ask(place, name, kind=6):
    """The rcode of one plain UDP question (type SOA unless told), or None when no answer comes in half a second."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label)
    query = struct.pack("!6H", 4242, 0x0100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, kind, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.5)
        try:
            sock.connect(place)
            sock.send(query)
            answer = sock.recv(4096)
        except OSError:
            return None
    return answer[3] & 15 if answer[:2] == query[:2] else None


def wait_for(process, place, name, log):
    """Return when a server answers for the zone NAME."""
    until = time.monotonic() + ANSWER_SECONDS
    while ask(place, name) != 0:
        if process.poll() is not None or time.monotonic() > until:
            tail = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
            raise OSError(f"no answer from {place[0]}@{place[1]}: " + " / ".join(tail))
        time.sleep(0.02)


def launch(run, role, words):
    """Start one server away from this terminal and note its process id."""
    with open(run / f"{role}.out", "wb") as out:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=run, start_new_session=True
        )
    (run / f"{role}.pid").write_text(f"{process.pid}\n")
    return process


def start_authoritative(where, zones, files, state):
    """Start NSD for each of its roles and the silent server; all of them before waiting for any."""
    run = state / "run"
    started = {}
    for role in ("root", "registry", "leaf"):
        conf = run / f"{role}.conf"
        conf.write_text(nsd_config(role, where, zones, files, state))
        started[role] = launch(run, role, [tool("nsd"), "-d", "-c", str(conf)])
    address, port = where["silent"]
    launch(run, "silent", [sys.executable, str(HERE / "silent.py"), address, str(port), str(state)])
    for role, process in started.items():
        first = next(name for name in files if world.role(zones[name]) == role)
        wait_for(process, where[role], first, run / f"{role}.log")


def start_resolver(mode, where, zones, lab):
    run = Path(lab["state"]) / "run"
    conf = run / "unbound.conf"
    conf.write_text(unbound_config(mode, where, zones, lab))
    process = launch(run, "unbound", [tool("unbound"), "-d", "-c", str(conf)])
    address, port = lab["resolver"].split("@")
    wait_for(process, (address, int(port)), "", run / "unbound.log")


def alive(state):
    """{role: process id} of the servers of the lab in STATE that run. An id that another program got is not ours."""
    found = {}
    for file in sorted((state / "run").glob("*.pid")):
        pid = file.read_text().strip()
        try:
            command = Path("/proc", pid, "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(state) in command:
            found[file.stem] = int(pid)
    return found


def stop(state):
    """End the servers and wait until they are gone; their names."""
    ended = alive(state)
    for pid in ended.values():
        os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    while alive(state) and time.monotonic() < until:
        reap()
        time.sleep(0.02)
    for pid in alive(state).values():
        os.kill(pid, signal.SIGKILL)
    for file in (state / "run").glob("*.pid"):
        file.unlink()
    return sorted(ended)


def reap():
    """Collect children that ended: only a lab that failed to start has any."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
