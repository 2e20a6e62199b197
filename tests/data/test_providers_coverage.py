# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Checks that the names in real zones and reports find their provider; skipped where the samples are absent."""

import functools
import os
import pathlib
import re

import pytest

from test_providers import of_type, values

ROOT = pathlib.Path(__file__).resolve().parents[2]


def samples():
    """The folder with sample data: named by MAILSEAL_DATA, else beside the source tree."""
    named = os.environ.get("MAILSEAL_DATA")
    places = [pathlib.Path(named)] if named else [
        parent / "shared" / "data" for parent in ROOT.parents]
    return next((place for place in places if place.is_dir()), None)


DATA = samples()
ZONES = sorted(DATA.glob("zones/*/*.zone")) if DATA else []
REPORTS = sorted(DATA.glob("reports/aggregate/dmarcrua/*.xml")) if DATA else []

# Names that belong to the domains' owners, or whose operator no public source names.
OWN = ("justice.gov.uk", "cicap.gov.uk", "cjsm.secure-email.ppud.justice.gov.uk", "cica.gov.uk",
       "digitaljustice.gov.uk", "paroleboard.gov.uk", "egress.com")
MISTYPED = ("spf.protection.outloo",)


@functools.lru_cache(maxsize=None)
def owners(key):
    return {name: section.id for section in of_type("provider") for name in values(section, key)}


def owner(name, *keys):
    """The id of the provider with the longest of its names that covers this one."""
    labels = name.lower().rstrip(".").split(".")
    for start in range(len(labels)):
        suffix = ".".join(labels[start:])
        for key in keys:
            if suffix in owners(key):
                return owners(key)[suffix]
    return None


def retired(name):
    return any(name == match or name.endswith("." + match)
               for section in of_type("destination") for match in values(section, "match"))


def found_in_zones(pattern):
    names = set()
    for path in ZONES:
        names |= {name.lower().rstrip(".") for name in re.findall(pattern, path.read_text())}
    return sorted(name for name in names if name and name not in MISTYPED
                  and not any(name == own or name.endswith("." + own) for own in OWN))


@pytest.mark.skipif(not ZONES, reason="no sample zones")
@pytest.mark.parametrize("pattern, keys", [
    (r"(?i)(?:include:|redirect=|\ba:)([a-z0-9_.-]+)", ["spf"]),
    (r"(?i)\sMX\s+\d+\s+([a-z0-9_.-]*)", ["mx"]),
    (r"(?i)_domainkey\S*\s+\d+\s+IN\s+CNAME\s+([a-z0-9_.-]+)", ["dkim-cname"]),
], ids=["spf", "mx", "dkim"])
def test_names_in_zones_have_a_provider(pattern, keys):
    names = found_in_zones(pattern)
    assert names
    assert [name for name in names if owner(name, *keys) is None] == []


@pytest.mark.skipif(not ZONES, reason="no sample zones")
def test_report_destinations_in_zones_are_known():
    names = found_in_zones(r"(?i)mailto:[^@\";,\s]+@([a-z0-9.-]+)")
    assert any(retired(name) for name in names)
    assert [name for name in names if not retired(name)
            and owner(name, "report-address", "mx", "report-from") is None] == []


@pytest.mark.skipif(not REPORTS, reason="no sample reports")
def test_most_reports_name_their_reporter():
    known = total = 0
    for path in REPORTS:
        sender = re.search(rb"<email>[^<]*@([A-Za-z0-9.-]+)", path.read_bytes())
        if sender:
            total += 1
            known += owner(sender[1].decode(), "report-from") is not None
    # The others are single organisations that report for themselves.
    assert known >= total * 0.8, f"{known} of {total}"


@pytest.mark.parametrize("name, keys, expected", [
    ("contoso-org-uk.mail.protection.outlook.com", ["mx"], "microsoft-365"),
    ("contoso.n-v1.mx.microsoft", ["mx"], "microsoft-365"),
    ("example.olc.protection.outlook.com", ["mx"], "outlook-personal"),
    ("gmail-smtp-in.l.google.com", ["mx"], "gmail"),
    ("alt1.aspmx.l.google.com", ["mx"], "google-workspace"),
    ("d1234.a.ess.uk.barracudanetworks.com", ["mx"], "barracuda"),
    ("_dc-test.eu._netblocks.mimecast.com", ["spf"], "mimecast"),
    ("s1.domainkey.u1.wl1.sendgrid.net", ["dkim-cname"], "sendgrid"),
    ("notsendgrid.net", ["dkim-cname", "spf"], None),
    ("a4-15.smtp-out.eu-west-2.amazonses.com", ["ptr"], "amazon-ses"),
    ("dmarc-rua.mailcheck.service.ncsc.gov.uk", ["report-address"], None),
])
def test_longest_name_wins(name, keys, expected):
    assert owner(name, *keys) == expected
