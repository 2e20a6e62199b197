#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A small internet on loopback: a signed root, registries, our zones, providers, and a validating resolver.

start   build and sign the zones, start the servers, print what to use
stop    end the servers
status  print what runs and what to use
shell   open $SHELL with the lab at hand (starts it when needed)
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import places
import servers
import world
import zonefile

REPOSITORY = Path(__file__).resolve().parent.parent
EXAMPLE = "good-signed.org"

RCFILE = """[ -r ~/.bashrc ] && . ~/.bashrc
alias labdig='dig @{address} -p {port}'
alias labcheck='"${{MAILSEAL:-mailseal}}" check --resolver {resolver} --trust-anchor {trust_anchor}'
PS1='(lab) '"$PS1"
echo 'Inside the lab: labdig NAME TYPE, labcheck DOMAIN; exit leaves.'
"""


def describe_zone(zone):
    """One row of lab.json."""
    return {
        "name": zone.name or ".",
        "origin": zone.origin,
        "lab": zone.serve,
        "about": zone.about,
        "expect": zone.expect,
        "server": places.HOSTS[world.role(zone)],
        "file": str(zone.path) if zone.path else None,
    }


def describe(state, chosen, zones, unresolvable):
    """What lab.json holds."""
    mode, where, resolver = chosen
    return {
        "state": str(state),
        "mode": mode,
        "resolver": "%s@%d" % resolver,
        "root_hints": str(state / "root.hints") if mode == "recursion" else None,
        "trust_anchor": str(state / "trust-anchor.ds"),
        "servers": {role: "%s@%d" % place for role, place in where.items()},
        "zones": [describe_zone(zones[name]) for name in sorted(zones)],
        "unresolvable": {name: reason for name, (_, reason) in sorted(unresolvable.items())},
    }


def write_entry_files(state, where, root_ds):
    """The two files that a resolver starts from."""
    (state / "trust-anchor.ds").write_text(f". IN DS {root_ds}\n")
    host = places.HOSTS["root"]
    (state / "root.hints").write_text(f". 3600 NS {host}.\n{host}. 3600 A {where['root'][0]}\n")


def load(state):
    """The lab.json of a lab that runs, or None."""
    file = state / "lab.json"
    if not file.exists() or "unbound" not in servers.alive(state):
        return None
    return json.loads(file.read_text(encoding="utf-8"))


def build_and_start(state, options):
    mode, where, resolver = chosen = places.choose(options.mode, options.port)
    (state / "run").mkdir(parents=True, exist_ok=True)
    zones, unresolvable = world.gather(where)
    files, root_ds = world.write(zones, state)
    write_entry_files(state, where, root_ds)
    lab = describe(state, chosen, zones, unresolvable)
    try:
        servers.start_authoritative(where, zones, files, state)
        servers.start_resolver(mode, where, zones, lab)
    except OSError:
        servers.stop(state)
        raise
    (state / "lab.json").write_text(json.dumps(lab, indent=1) + "\n", encoding="utf-8")
    return lab


def program():
    """mailseal as a person would call it from here."""
    built = REPOSITORY / "build" / "mailseal"
    return str(built) if built.exists() else "mailseal"


def print_lab(lab):
    count = {}
    for zone in lab["zones"]:
        count[zone["origin"]] = count.get(zone["origin"], 0) + 1
    kinds = ", ".join(f"{number} {origin}" for origin, number in sorted(count.items()))
    print(f"mode          {lab['mode']}")
    print(f"resolver      {lab['resolver']}")
    print(f"root hints    {lab['root_hints'] or 'none (needs port 53: be root, or use unshare -rn)'}")
    print(f"trust anchor  {lab['trust_anchor']}")
    print(f"zones         {len(lab['zones'])} ({kinds})")
    if not count.get("real"):
        print("              no real zones: set MAILSEAL_SHARED_DATA to the folder that holds zones/moj")
    arguments = f"check --resolver {lab['resolver']} --trust-anchor {lab['trust_anchor']}"
    print(f"try           {program()} {arguments} {EXAMPLE}")


def start(state, options):
    lab = load(state)
    if lab:
        print("The lab runs already.")
        print_lab(lab)
        return 0
    servers.stop(state)  # what an earlier, broken lab may have left
    began = time.monotonic()
    lab = build_and_start(state, options)
    print(f"The lab answers after {time.monotonic() - began:.1f} s.")
    print_lab(lab)
    return 0


def stop(state, _options):
    ended = servers.stop(state)
    print(f"stopped: {', '.join(ended)}" if ended else "The lab does not run.")
    return 0


def status(state, _options):
    lab = load(state)
    if not lab:
        print("The lab does not run.")
        return 1
    print(f"running       {', '.join(f'{role} ({pid})' for role, pid in servers.alive(state).items())}")
    print_lab(lab)
    return 0


def shell_command(state, lab):
    """The shell to open, and what it needs in its environment."""
    address, port = lab["resolver"].split("@")
    rcfile = state / "shell.rc"
    anchor = lab["trust_anchor"]
    rcfile.write_text(RCFILE.format(address=address, port=port, resolver=lab["resolver"], trust_anchor=anchor))
    environment = {
        "MAILSEAL": program(),
        "MAILSEAL_LAB_DIR": str(state),
        "MAILSEAL_LAB_RESOLVER": lab["resolver"],
        "MAILSEAL_LAB_TRUST_ANCHOR": lab["trust_anchor"],
        "MAILSEAL_LAB_ROOT_HINTS": lab["root_hints"] or "",
    }
    wanted = os.environ.get("SHELL", "/bin/sh")
    if os.path.basename(wanted) == "bash":
        return [wanted, "--rcfile", str(rcfile), "-i"], environment
    return [wanted], {**environment, "ENV": str(rcfile), "PS1": "(lab) $ "}


def shell(state, options):
    if not load(state):
        start(state, options)
    words, environment = shell_command(state, load(state))
    sys.stdout.flush()
    os.execvpe(words[0], words, {**os.environ, **environment})


COMMANDS = {"start": start, "stop": stop, "status": status, "shell": shell}


def main():
    parser = argparse.ArgumentParser(prog="lab", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--dir", default=REPOSITORY / "build" / "lab", help="state folder (default: build/lab)")
    parser.add_argument("--port", type=int, help="port of the resolver; 0: any (default: 5300 or the next free one)")
    parser.add_argument("--mode", choices=("auto", "recursion", "stub"), default="auto")
    options = parser.parse_args()
    try:
        return COMMANDS[options.command](Path(options.dir).resolve(), options)
    except (OSError, zonefile.ZoneError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 4


if __name__ == "__main__":
    sys.exit(main())
