# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Names that the real zones point at and that lie outside of them.

A name that the lab does not know must not look as if it did not exist: its registered domain is delegated to a server
that fails it, so that a resolver says SERVFAIL and a checker has to say "unknown". `providers/unresolvable.txt`
gives the reasons where there is one to give. DKIM CNAMEs that lead into a provider's zone find a public key there,
one for each name, made from nothing but that name.
"""

import base64
import hashlib
import math
import re

import zonefile

SPF_TERM = re.compile(r"(?:include|redirect|exists|a|mx|ptr)[:=]([a-z0-9._-]+\.[a-z0-9-]+)", re.I)
MAILTO = re.compile(r"mailto:[^@,;\"\s]+@([a-z0-9.-]+)", re.I)
TARGET = re.compile(r"\s(CNAME|MX)\s+(?:\d+\s+)?(\S+)$", re.I)

MODULUS_BITS = 2048
SMALL_PRIMES = math.prod(n for n in range(3, 1000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2)))
# What stands before modulus and exponent in the DER of a 2048-bit RSA key, and the exponent 65537 behind.
DER_HEAD = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100")
DER_TAIL = bytes.fromhex("0203010001")


def references(zone):
    """Yield (owner, type, name) for each name that a record of ZONE points at."""
    for owner, line in zonefile.owners(zone):
        target = TARGET.search(line)
        if target:
            yield owner, target[1].upper(), zonefile.absolute(target[2], zone.name)
            continue
        joined = re.sub(r'"\s+"', "", line)
        for kind, pattern in (("SPF", SPF_TERM), ("RUA", MAILTO)):
            if kind != "SPF" or "v=spf1" in joined:
                for name in pattern.findall(joined):
                    yield owner, kind, name.lower().rstrip(".")


def closest(name, zones):
    """The zone that NAME belongs to."""
    while name not in zones:
        name = name.partition(".")[2]
    return zones[name]


def registered_domain(name, registry):
    """The name one label below a registry's zone."""
    above = len(registry.name.split(".")) if registry.name else 0
    return ".".join(name.split(".")[-above - 1 :])


def read_unresolvable(path):
    """{name: (mode, reason)} of a file with lines "NAME servfail|nxdomain REASON"."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, mode, reason = line.split(None, 2)
            if mode not in ("servfail", "nxdomain"):
                raise zonefile.ZoneError(f"{path}: {name}: neither servfail nor nxdomain")
            found[name] = (mode, reason)
    return found


def failing_zones(zones, real, unresolvable):
    """Zones, delegated and never loaded, for all that UNRESOLVABLE lists and that REAL zones name unknown to us."""
    names = {name for name, (mode, _) in unresolvable.items() if mode == "servfail"}
    for zone in real:
        for _, _, name in references(zone):
            registry = closest(name, zones)
            if registry.is_registry() and name != registry.name:
                names.add(registered_domain(name, registry))
    absent = {name for name, (mode, _) in unresolvable.items() if mode == "nxdomain"}
    return [zonefile.Zone(name=name, origin="generated", serve="servfail") for name in sorted(names - absent)]


def public_key(name):
    """The base64 form of an RSA public key that belongs to NAME alone and that nobody can sign with."""
    for counter in range(1000):
        digest = hashlib.shake_256(f"{name} {counter}".encode()).digest(MODULUS_BITS // 8)
        modulus = int.from_bytes(digest, "big") | 1 << MODULUS_BITS - 1 | 1
        if math.gcd(modulus, SMALL_PRIMES) == 1:
            der = DER_HEAD + modulus.to_bytes(MODULUS_BITS // 8, "big") + DER_TAIL
            return base64.b64encode(der).decode()
    raise ValueError(f"no key for {name}")


def add_keys(zones, real):
    """Publish a key at each DKIM CNAME target of REAL that lies where its zone wants keys (`; keys-below:`)."""
    targets = {}
    for zone in real:
        for owner, kind, name in references(zone):
            if kind == "CNAME" and "._domainkey." in f".{owner}.":
                targets.setdefault(name, closest(name, zones))
    for name, zone in sorted(targets.items()):
        if any(zonefile.is_within(name, place) for place in zone.keys_below):
            key = public_key(name)
            zone.body.append(f'{name}. TXT "v=DKIM1; k=rsa; p={key[:200]}" "{key[200:]}"')
