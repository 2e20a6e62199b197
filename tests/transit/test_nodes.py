# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""TLS libraries of 2015 and 2018 and one with ML-KEM, by builds of Node.js. Skipped where npm could not be reached."""

import pytest

import packages

pytestmark = pytest.mark.skipif(not all(map(packages.is_there, packages.NODE)),
                                reason="no Node.js builds: run lab/transit/packages.py node")
HYBRIDS = {"11ec", "11eb", "11ed"}


@pytest.fixture(scope="module")
def accepted(checks, lab):
    """accepted(name): {version: suites}"""
    def suites(name):
        endpoint = checks["node"].endpoints[lab.setups[name].address]
        return {row["version"]: row.get("suites", "").split() for row in endpoint["versions"]
                if row.get("accepted") == "yes"}
    return suites


@pytest.fixture(scope="module")
def groups(checks, lab):
    return lambda name: set(checks["node"].endpoints[lab.setups[name].address]["groups13"]["groups"].split())


def test_museum_is_seen_whole(accepted):
    counts = {version: len(suites) for version, suites in accepted("museum").items()}
    assert counts == {0x0002: 7, 0x0300: 40, 0x0301: 40, 0x0302: 40, 0x0303: 57}


def test_museum_is_judged(node_findings):
    assert {"tls-ssl2", "tls-ssl3", "tls-old-version", "tls-suite-null", "tls-suite-export", "tls-suite-rc4", "tls-suite-des",
            "tls-suite-3des", "tls-suite-md5", "tls-suite-anon", "tls-dh-tiny", "tls-group-small", "tls-ems-missing",
            "tls-no-tls13"} <= set(node_findings("museum"))


def test_attic_is_judged(accepted, node_findings):
    assert max(accepted("attic")) == 0x0303
    assert {"tls-old-version", "tls-no-tls13", "tls-dh-small"} <= set(node_findings("attic"))
    assert "tls-ssl3" not in node_findings("attic")


def test_hybrid_groups_are_seen(groups, node_findings):
    assert groups("kem") == HYBRIDS | {"001d", "0017"}
    assert "tls-pq" in node_findings("kem")
    assert "tls-pq-only" not in node_findings("kem")


def test_hybrid_group_alone_is_tls(accepted, groups, node_findings):
    """Tools whose library cannot offer the group say that there is no TLS."""
    assert list(accepted("pqonly")) == [0x0304]
    assert groups("pqonly") == {"11ec"}
    assert {"tls-pq", "tls-pq-only"} <= set(node_findings("pqonly"))
