# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Checks every rule of providers/README.md on the provider files themselves."""

import collections
import datetime
import functools
import ipaddress
import pathlib
import re

import pytest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "providers"
FILES = sorted(FOLDER.glob("*.conf"))
PROVIDER_FILES = [
    "bulk.conf", "forwarders.conf", "gateways.conf", "hosting.conf", "mailboxes.conf",
    "reporters.conf", "services.conf",
]
MIN_PROVIDERS = 120
MAX_LINE = 500

KINDS = set("""
    mailbox webmail gateway signature marketing transactional ticketing crm hr finance survey
    events education health library government collaboration hosting forwarder list reporter
    monitoring awareness
""".split())

ONE = "one"
MANY = "many"
PROVIDER_KEYS = {
    "name": ONE, "kind": ONE, "shared": ONE,
    "spf": MANY, "mx": MANY,
    "dkim-selector": MANY, "dkim-cname": MANY, "dkim-domain": MANY,
    "envelope": MANY, "ptr": MANY, "network": MANY, "helo": MANY,
    "report-from": MANY, "report-address": MANY,
    "spf-fix": ONE, "dkim-fix": ONE, "note": ONE, "source": ONE, "reviewed": ONE,
}
EVIDENCE = {
    "spf", "mx", "dkim-selector", "dkim-cname", "dkim-domain", "ptr", "network", "report-address",
    "report-from",
}
DOMAIN_KEYS = [
    "spf", "mx", "dkim-cname", "dkim-domain", "envelope", "ptr", "helo", "report-from",
    "report-address",
]
# A name that two providers may not both claim: the longest suffix must decide.
EXCLUSIVE_KEYS = ["spf", "mx", "dkim-cname", "dkim-domain", "envelope", "ptr", "report-from",
                  "report-address", "network"]
DESTINATION_KEYS = {
    "name": ONE, "match": MANY, "kind": ONE, "retired": ONE, "what": ONE, "instead": ONE,
    "source": ONE, "reviewed": ONE,
}
SELECTORS_KEYS = {"selector": MANY, "source": ONE, "reviewed": ONE}
SCHEMAS = {
    "provider": PROVIDER_KEYS, "destination": DESTINATION_KEYS, "selectors": SELECTORS_KEYS,
}

LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
DOMAIN = re.compile(rf"^(?:{LABEL})(?:\.(?:{LABEL}))+$")
SELECTOR = re.compile(r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$")
SECTION = re.compile(r"^\[([a-z]+) ([a-z0-9]+(?:-[a-z0-9]+)*)\]$")
ENTRY = re.compile(r"^([a-z]+(?:-[a-z]+)*) = (\S(?:.*\S)?)$")

Section = collections.namedtuple("Section", "path line type id entries")


def read(path):
    """Return the sections of one file; a line outside the format fails at once."""
    sections = []
    text = path.read_bytes().decode("utf-8", "strict")
    assert "\r" not in text and "\t" not in text and text.endswith("\n"), path.name
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path.name}:{number}: {line}"
        assert len(line) <= MAX_LINE, where
        assert line == line.rstrip(), where
        if not line or line.startswith("#"):
            continue
        section, entry = SECTION.match(line), ENTRY.match(line)
        if section:
            sections.append(Section(path.name, number, section[1], section[2], []))
            continue
        assert entry and sections, where
        sections[-1].entries.append((number, entry[1], entry[2]))
    return sections


@functools.lru_cache(maxsize=None)
def everything():
    return [section for path in FILES for section in read(path)]


@functools.lru_cache(maxsize=None)
def of_type(wanted):
    return [section for section in everything() if section.type == wanted]


def values(section, key):
    return [value for _, name, value in section.entries if name == key]


def place(section, number=None):
    return f"{section.path}:{number or section.line} [{section.type} {section.id}]"


def test_files_are_all_there():
    assert sorted(path.name for path in FILES) == sorted(
        PROVIDER_FILES + ["retired.conf", "selectors.conf"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_format(path):
    assert read(path), "no section"


def test_section_types_stand_in_their_files():
    for section in everything():
        expected = {"retired.conf": "destination", "selectors.conf": "selectors"}.get(
            section.path, "provider")
        assert section.type == expected, place(section)


def test_keys_are_known_and_single_keys_are_single():
    for section in everything():
        schema = SCHEMAS[section.type]
        seen = collections.Counter(key for _, key, _ in section.entries)
        for key, count in seen.items():
            assert key in schema, f"{place(section)}: unknown key {key}"
            assert schema[key] == MANY or count == 1, f"{place(section)}: {key} repeated"


def test_no_value_stands_twice_in_a_section():
    for section in everything():
        seen = collections.Counter((key, value) for _, key, value in section.entries)
        assert max(seen.values()) == 1, f"{place(section)}: {seen.most_common(1)}"


def test_ids_and_names_are_unique():
    for what in ("id", "name"):
        found = collections.Counter(
            section.id if what == "id" else values(section, "name")[0]
            for section in of_type("provider"))
        assert [key for key, count in found.items() if count > 1] == []


def test_required_keys():
    for section in of_type("provider"):
        have = {key for _, key, _ in section.entries}
        assert {"name", "kind", "shared", "source", "reviewed"} <= have, place(section)
        assert have & EVIDENCE, f"{place(section)}: nothing to recognise it by"


def test_kind_and_shared_are_known_words():
    for section in of_type("provider"):
        assert values(section, "kind")[0] in KINDS, place(section)
        assert values(section, "shared")[0] in ("yes", "no"), place(section)


def test_readme_lists_the_same_kinds_and_keys():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", text, re.M))
    assert listed == KINDS | set(PROVIDER_KEYS) | set(DESTINATION_KEYS) | {"selector"}


def test_domains_are_valid():
    for section in of_type("provider") + of_type("destination"):
        for number, key, value in section.entries:
            if key in DOMAIN_KEYS + ["match"]:
                assert DOMAIN.match(value) and len(value) <= 253, f"{place(section, number)}: {value}"


def test_domains_are_not_public_suffixes():
    too_wide = {"gov.uk", "org.uk", "co.uk", "ac.uk", "nhs.uk", "sch.uk", "police.uk", "net.uk"}
    for section in of_type("provider"):
        for number, key, value in section.entries:
            assert key not in DOMAIN_KEYS or value not in too_wide, place(section, number)


def test_networks_are_valid():
    for section in of_type("provider"):
        for network in values(section, "network"):
            parsed = ipaddress.ip_network(network, strict=True)
            assert str(parsed) == network and parsed.is_global, f"{place(section)}: {network}"
            assert parsed.prefixlen >= (8 if parsed.version == 4 else 29), place(section)


def test_networks_of_two_providers_do_not_overlap():
    owned = [(ipaddress.ip_network(network), section) for section in of_type("provider")
             for network in values(section, "network")]
    for index, (network, section) in enumerate(owned):
        for other, owner in owned[index + 1:]:
            assert (network.version != other.version or owner.id == section.id
                    or not network.overlaps(other)), f"{place(section)} and {place(owner)}: {other}"


def test_selectors_are_ldh():
    for section in everything():
        for key in ("dkim-selector", "selector"):
            for selector in values(section, key):
                assert SELECTOR.match(selector), f"{place(section)}: {selector}"


def test_no_name_is_claimed_twice():
    for key in EXCLUSIVE_KEYS:
        owner = {}
        for section in of_type("provider"):
            for value in values(section, key):
                assert value not in owner, f"{key} {value}: {owner[value]} and {place(section)}"
                owner[value] = place(section)


def test_no_spf_name_repeats_a_wider_one_of_the_same_provider():
    for section in of_type("provider"):
        names = values(section, "spf")
        for name in names:
            assert not any(name.endswith("." + wider) for wider in names), f"{place(section)}: {name}"


def test_dates():
    for section in everything():
        for key in ("reviewed", "retired"):
            for value in values(section, key):
                day = datetime.date.fromisoformat(value)
                assert datetime.date(2010, 1, 1) <= day <= datetime.date(2100, 1, 1), place(section)


def test_texts_are_one_or_a_few_plain_sentences():
    for section in everything():
        for key in ("spf-fix", "dkim-fix", "note", "what", "instead"):
            for value in values(section, key):
                assert value[0].isupper() or value.startswith("e-shot"), f"{place(section)}: {key}"
                assert value.endswith("."), f"{place(section)}: {key}"


def test_enough_providers():
    assert len(of_type("provider")) >= MIN_PROVIDERS


def test_retired_destinations():
    sections = of_type("destination")
    claimed = collections.Counter(value for s in sections for value in values(s, "match"))
    assert max(claimed.values()) == 1
    for section in sections:
        have = {key for _, key, _ in section.entries}
        assert set(DESTINATION_KEYS) <= have, place(section)
        assert values(section, "kind")[0] in ("dmarc", "tls-rpt", "both"), place(section)


def test_common_selectors():
    sections = of_type("selectors")
    assert [section.id for section in sections] == ["common"]
    assert len(values(sections[0], "selector")) >= 40
