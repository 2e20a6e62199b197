# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""One zone of the lab: its file, the header the tools read, and the text a server loads.

lab/zones/README.md explains the format. A zone file is one record a line, with relative names; what every
zone needs (origin, TTL, SOA, NS) is added here unless the file brings its own SOA.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

# How a zone can be served.
SERVE = ("signed", "unsigned", "bogus-ds", "bogus-expired", "servfail", "refused", "timeout")
SIGNED = ("signed", "bogus-ds", "bogus-expired")
LOADED = SIGNED + ("unsigned",)

TTL_SECONDS = 300
SOA = "hostmaster.lab. 1 7200 900 1209600 300"


class ZoneError(Exception):
    """A zone file that the lab cannot use; the message names the file."""


@dataclass
class Zone:
    name: str  # lower case, no final dot; "" is the root
    origin: str  # own, provider, suffix, real, generated
    serve: str = "unsigned"
    about: str = ""
    expect: list = field(default_factory=list)
    keys_below: list = field(default_factory=list)  # see outside.py
    body: list = field(default_factory=list)  # record lines
    glue: list = field(default_factory=list)  # record lines that the parent repeats
    path: Path = None

    def is_registry(self):
        """True for zones whose business is to delegate: they are served apart from the leaves."""
        return self.name == "" or self.origin == "suffix"

    def fqdn(self):
        return self.name + "."


def absolute(name, zone_name):
    """The full name, without final dot and in lower case, of NAME as written in a zone."""
    name = name.lower()
    if name == "@":
        return zone_name
    if name.endswith("."):
        return name[:-1]
    return f"{name}.{zone_name}" if zone_name else name


def is_within(name, zone_name):
    return name == zone_name or zone_name == "" or name.endswith("." + zone_name)


def owners(zone):
    """Yield (owner, line) for each record line; a line that starts with a space keeps the last owner."""
    owner = zone.name
    for line in zone.body:
        if not line[0].isspace():
            owner = absolute(line.split()[0], zone.name)
        yield owner, line


def has_soa(zone):
    return any(re.match(r"\S+(\s+\d+)?(\s+IN)?\s+SOA\s", line) for line in zone.body)


def header(zone, comment):
    """Take in one comment line of a zone file."""
    key, colon, value = comment.partition(":")
    words = value.split()
    if colon and key == "lab":
        if len(words) != 1 or words[0] not in SERVE:
            raise ZoneError(f"{zone.path}: 'lab:' wants one of {', '.join(SERVE)}")
        zone.serve = words[0]
    elif colon and key == "expect":
        zone.expect += words
    elif colon and key == "keys-below":
        zone.keys_below += [absolute(word, zone.name) for word in words]
    elif not zone.about:
        zone.about = comment


def read(path, origin):
    """The zone in the file PATH, which is called NAME.zone."""
    zone = Zone(name=path.name[: -len(".zone")].lower(), origin=origin, path=path)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(";"):
            header(zone, line.lstrip("; ").strip())
        elif line.strip() and not line.startswith(("$ORIGIN", "$TTL")):
            zone.body.append(line)
    return zone


def delegation(child, host, ds=None):
    """The record lines with which a parent hands CHILD over."""
    lines = [f"{child.fqdn()} {TTL_SECONDS} NS {host}."]
    if ds:
        lines.append(f"{child.fqdn()} {TTL_SECONDS} DS {ds}")
    return lines + child.glue


def text(zone, host, children, delegations):
    """What the server loads: records at or below a child give way to the delegation of that child."""
    lines = [f"$ORIGIN {zone.fqdn()}", f"$TTL {TTL_SECONDS}"]
    if not has_soa(zone):
        lines += [f"@ SOA {host}. {SOA}", f"@ NS {host}."]
    names = [child.name for child in children]
    for owner, line in owners(zone):
        if not any(is_within(owner, name) for name in names):
            lines.append(line)
    return "\n".join(lines + delegations) + "\n"
