# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""All the zones of the lab as one tree: gathered, delegated from parent to child, signed, and written to disk."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import outside
import places
import signing
import zonefile

HERE = Path(__file__).resolve().parent
SIGNERS = 2  # ldns-signzone processes at a time


def real_zones_folder():
    """The folder of real zones, or None: $MAILSEAL_SHARED_DATA, else shared/data beside or above the project."""
    given = os.environ.get("MAILSEAL_SHARED_DATA")
    bases = [Path(given)] if given else [parent / "shared" / "data" for parent in HERE.parent.parents]
    for base in bases:
        if (base / "zones" / "moj").is_dir():
            return base / "zones" / "moj"
    return None


def folder(path, origin):
    return [zonefile.read(file, origin) for file in sorted(path.glob("*.zone"))]


def from_files():
    """{name: zone} of all zone files. A real zone replaces a provider's of the same name; else names are unique."""
    data = real_zones_folder()
    zones = {zone.name: zone for zone in folder(HERE / "providers", "provider")}
    zones.update((zone.name, zone) for zone in (folder(data, "real") if data else []))
    for zone in folder(HERE / "suffixes", "suffix") + folder(HERE / "zones", "own"):
        if zone.name in zones:
            raise zonefile.ZoneError(f"{zone.path}: {zones[zone.name].path} is the same zone")
        zones[zone.name] = zone
    return zones


def add_registries(zones, names):
    """The root, the lab's own top-level domain, and each top-level domain that one of NAMES needs."""
    needed = {name.rpartition(".")[2] for name in names} | {"", "lab"}
    for name in sorted(needed - set(zones)):
        about = "generated, for what lies below"
        zones[name] = zonefile.Zone(name=name, origin="suffix", serve="signed", about=about)


def add_hosts(lab, where):
    """The name servers' addresses in the zone LAB; the root repeats them as glue."""
    lab.glue = [f"{places.HOSTS[role]}. A {where[role][0]}" for role in places.ROLES]
    lab.body += lab.glue


def gather(where):
    """(zones, unresolvable): {name: zone} of all that is served or deliberately not, and the list of the latter."""
    zones = from_files()
    real = [zone for zone in zones.values() if zone.origin == "real"]
    unresolvable = outside.read_unresolvable(HERE / "providers" / "unresolvable.txt")
    outer = [name for zone in real for _, _, name in outside.references(zone)]
    add_registries(zones, [*zones, *unresolvable, *outer])
    outside.add_keys(zones, real)
    for zone in outside.failing_zones(zones, real, unresolvable):
        zones[zone.name] = zone
    add_hosts(zones["lab"], where)
    return zones, unresolvable


def role(zone):
    """Which server of places.ROLES a zone is delegated to."""
    if zone.name == "":
        return "root"
    if zone.is_registry():
        return "registry"
    return "silent" if zone.serve == "timeout" else "leaf"


def children_of(zones):
    """{name of parent: [zone]}, each zone below the closest zone above it that is really served."""
    served = {name: zone for name, zone in zones.items() if zone.serve in zonefile.LOADED}
    found = {name: [] for name in served}
    for name, zone in zones.items():
        if name:
            found[outside.closest(name.partition(".")[2], served).name].append(zone)
    return found


def delegation_ds(zone, bases):
    """The DS that the parent of ZONE publishes, or None."""
    if zone.serve not in zonefile.SIGNED:
        return None
    data = signing.ds(bases[zone.name])
    return signing.wrong_ds(data) if zone.serve == "bogus-ds" else data


def write_if_changed(path, text):
    """Whether PATH had to be written."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True


def write_zone(zone, children, bases, target):
    """Write one zone, signed if it is to be, and return the file that a server loads."""
    delegations = []
    for child in children:
        delegations += zonefile.delegation(child, places.HOSTS[role(child)], delegation_ds(child, bases))
    plain = target / (zone.name or "@root")
    changed = write_if_changed(plain, zonefile.text(zone, places.HOSTS[role(zone)], children, delegations))
    if zone.serve in zonefile.SIGNED:
        return signing.sign(zone, plain, changed, bases[zone.name])
    return plain


def write(zones, state):
    """Write all zones below the folder STATE; {name: file} of those to load, and the DS of the root."""
    keys, target = state / "keys", state / "zones"
    keys.mkdir(parents=True, exist_ok=True)
    target.mkdir(exist_ok=True)
    signed = [zone for zone in zones.values() if zone.serve in zonefile.SIGNED]
    with ThreadPoolExecutor(SIGNERS) as pool:
        bases = dict(zip((zone.name for zone in signed), pool.map(lambda zone: signing.key(keys, zone), signed)))
        children = children_of(zones)
        written = pool.map(lambda name: write_zone(zones[name], children[name], bases, target), children)
        return dict(zip(children, written)), signing.ds(bases[""])
