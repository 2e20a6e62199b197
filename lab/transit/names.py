# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The DNS of the transit lab: a signed root, "example.", and a zone a set-up, served by the lab's own machinery."""

import sys
from pathlib import Path

import pki

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
# pylint: disable=wrong-import-position
import servers  # noqa: E402
import world  # noqa: E402
import zonefile  # noqa: E402

WHERE = {role: (f"127.77.0.{number}", 53) for number, role in enumerate(("root", "registry", "leaf", "silent"), 1)}
RESOLVER = ("127.0.0.1", 53)
POLICY_HOST, OLD_POLICY_HOST = "192.0.2.80", "192.0.2.81"
OTHER = "ab" * 32
SHORT = "ab" * 16


def tlsa_data(authority, setup, spec):
    """The data of one TLSA record."""
    numbers, _, what = spec.rpartition(" ")
    if what in ("other", "short"):
        return f"{numbers} {OTHER if what == 'other' else SHORT}"
    pem = authority.middle if what == "ca" else authority.certificate(setup.host, what)
    return f"{numbers} {pki.association(pem, numbers)}"


def zones_of(authority, setup):
    """The zone of the domain, and the one that holds its TLSA records when that is apart."""
    body = list(setup.records)
    if setup.address:
        body.append(f"mx A {setup.address}")
    if setup.second:
        body.append(f"mx {'AAAA' if ':' in setup.second else 'A'} {setup.second}")
    if setup.sts:
        body.append(f"mta-sts A {OLD_POLICY_HOST if setup.sts_is_old else POLICY_HOST}")
        body += [f"_mta-sts TXT {record}" for record in setup.sts_record]
    records = [f"{setup.tlsa_owner}.{setup.domain}. TLSA {tlsa_data(authority, setup, spec)}" for spec in setup.tlsa]
    zones = [zonefile.Zone(setup.domain, "own", setup.zone, setup.about, body=body)]
    if setup.tlsa_zone:
        zones.append(zonefile.Zone(f"_tcp.{setup.host}", "own", setup.tlsa_zone, body=records))
    else:
        body += records
    return zones


def start(state, authority, setups):
    """Serve it all; the path of the trust anchor. The processes end with the namespace."""
    (state / "run").mkdir(parents=True)
    zones = {zone.name: zone for setup in setups for zone in zones_of(authority, setup)}
    world.add_registries(zones, list(zones))
    world.add_hosts(zones["lab"], WHERE)
    files, root_ds = world.write(zones, state)
    anchor = state / "trust-anchor.ds"
    anchor.write_text(f". IN DS {root_ds}\n", encoding="ascii")
    hints = state / "root.hints"
    hints.write_text(f". 3600 NS root.lab.\nroot.lab. 3600 A {WHERE['root'][0]}\n", encoding="ascii")
    servers.start_authoritative(WHERE, zones, files, state)
    lab = {"state": str(state), "resolver": "%s@%d" % RESOLVER, "trust_anchor": str(anchor), "root_hints": str(hints)}
    servers.start_resolver("recursion", WHERE, zones, lab)
    return anchor


def stop(state):
    servers.stop(state)
