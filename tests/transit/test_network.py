# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""What lies between: distance, several addresses, a guard before the server."""

import pytest

from conftest import FAR, findings_of


@pytest.mark.parametrize("name", FAR)
def test_distance_changes_nothing(name, checks, findings):
    """25 ms each way."""
    assert findings_of(checks["far"].results)(name) == findings(name)


def test_distance_was_there(checks, lab, seen):
    address = lab.setups[FAR[0]].address
    assert checks["far"].endpoints[address]["greeting_ms"] >= 50
    assert seen(FAR[0])["versions"] == checks["far"].endpoints[address]["versions"]


def test_addresses_that_differ(findings, results):
    found = findings("families")
    assert {"tls-addresses-differ", "tls-starttls-missing"} <= set(found)
    told = [row for row in results["families"]["findings"] if row["id"] == "tls-starttls-missing"]
    assert all("2001:db8::2" in str(row) and "198.51.100" not in row["subject"] for row in told)


def test_one_expired_certificate_of_two(findings):
    assert "tls-certificate-expired" in findings("pool")
    assert "tls-certificate-expired" not in findings("modern")


def test_postscreen_is_waited_for(findings, seen):
    assert seen("screen")["greeting_ms"] >= 2900
    assert seen("screen")["starttls"] == "works"
    assert set(findings("screen")) == set(findings("modern"))
