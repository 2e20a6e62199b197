# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The personalities of the fault responder: each ends in time, is told apart, and is judged for what it is."""

import pytest

from conftest import ENDPOINT_SECONDS

import responder

# What every personality has, or has because of how it is lodged.
USUAL = {"mta-sts-missing", "dane-missing", "tls-pq-missing", "tls-certificate-name", "tls-certificate-key-later",
         "mx-host-special-address", "mx-single-host", "mx-no-ipv6", "mx-in-order", "tls-caa-missing"}
# What Python's TLS library allows by itself.
PYTHON = "tls-suite-static tls-suite-cbc-sha1 tls-suite-later"

EXPECTED = {
    "sound": "",
    "silent": "tls-host-unreachable",
    "closes": "tls-host-unreachable",
    "resets": "tls-host-unreachable",
    "endless": "tls-host-not-smtp",
    "binary": "tls-host-not-smtp",
    "http": "tls-host-not-smtp",
    "blank": "",
    "slow": "",
    "tarpit": "",
    "wordy": "",
    "pieces": "",
    "bare": "",
    "554": "tls-host-refuses-mail",
    "421": "tls-throttled",
    "450": "tls-throttled",
    "limit": "tls-throttled",
    "helo": "tls-ehlo-refused",
    "lower": "",
    "masked": "tls-starttls-masked",
    "keywords": "",
    "clear": "tls-starttls-missing",
    "auth": "tls-clear-auth",
    "flaky": "tls-starttls-flaky",
    "454": "tls-starttls-refused",
    "501": "tls-starttls-refused",
    "plain": "tls-starttls-broken",
    "fin": "tls-starttls-broken",
    "rst": "tls-starttls-broken",
    "hangs": "tls-starttls-broken",
    "injects": f"tls-injection {PYTHON}",
    "again": f"tls-starttls-again {PYTHON}",
    "requiretls": f"tls-requiretls {PYTHON}",
    "ssl2": "tls-ssl2 tls-suite-export tls-suite-rc4 tls-suite-md5 tls-suite-3des tls-suite-static tls-no-tls13",
    "ssl3": "tls-ssl3 tls-no-tls12 tls-suite-no-good tls-old-version tls-suite-static tls-suite-cbc-sha1",
    "tls10": "tls-no-tls12 tls-suite-no-good tls-old-version tls-suite-static tls-suite-cbc-sha1",
    "tls11": "tls-old-version tls-suite-static tls-no-tls13 tls-suite-cbc-sha1",
    "tls12": "tls-no-tls13",
    "tls13": "",
    "null": "tls-suite-null tls-suite-static tls-suite-order",
    "export": "tls-suite-export tls-suite-rc4 tls-suite-des tls-suite-md5 tls-old-version tls-suite-static tls-no-tls13",
    "anon": "tls-suite-anon tls-suite-order tls-dh-small",
    "rc4": "tls-suite-rc4 tls-suite-md5 tls-suite-static tls-suite-order",
    "des": "tls-suite-des tls-suite-static tls-suite-order",
    "3des": "tls-suite-3des tls-suite-static tls-suite-order",
    "idea": "tls-suite-obsolete tls-suite-static tls-suite-order",
    "static": "tls-suite-static tls-suite-order",
    "cbc": "tls-suite-cbc-sha1",
    "ccm8": "tls-suite-ccm8 tls-dh-custom",
    "backwards": "tls-suite-static tls-suite-order",
    "dh512": "tls-dh-tiny tls-suite-order tls-suite-later",
    "dh1024": "tls-dh-small tls-suite-order tls-suite-later",
    "dh2048": "tls-dh-custom tls-suite-order tls-suite-later",
    "sha1": "tls-signature-sha1",
    "noems": "tls-ems-missing",
    "insecure": "tls-renegotiation-insecure",
    "deflate": "tls-compression",
    "heartbeat": "tls-heartbeat",
    "asks": "tls-client-certificate tls-no-tls13",
    "unoffered": "tls-suite-static tls-no-tls13",
    "internal": "tls-starttls-broken",
    "chain": "tls-no-tls13",
    "pq": "tls-pq",
    "pqlast": "tls-pq tls-pq-not-preferred",
    "kyber": "tls-pq-draft",
    "p224": "tls-group-small",
    "secp160": "tls-group-small tls-no-tls13",
    "small": "tls-hello-intolerant",
    "medium": "tls-hello-intolerant",
    "whole": "tls-hello-intolerant",
    "intolerant": "tls-version-intolerant tls-no-tls13",
    "crumbs": "tls-no-tls13",
}

# (greeting, starttls) of the endpoint fact, where it is not the usual ("ready", "works").
APART = {
    "silent": ("silent", "unknown"),
    "closes": ("closed", "unknown"),
    "resets": ("reset", "unknown"),
    "endless": ("malformed", "unknown"),
    "binary": ("malformed", "unknown"),
    "http": ("malformed", "unknown"),
    "554": ("refusing", "unknown"),
    "421": ("transient", "unknown"),
    "450": ("transient", "unknown"),
    "helo": ("ready", "absent"),
    "clear": ("ready", "absent"),
    "masked": ("ready", "masked"),
    "454": ("ready", "refused"),
    "501": ("ready", "refused"),
    "plain": ("ready", "plain"),
    "fin": ("ready", "closed"),
    "rst": ("ready", "reset"),
    "hangs": ("ready", "silent"),
    "internal": ("ready", "alert"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_found(name, findings):
    assert set(findings(f"fault-{name}")) - USUAL == set(EXPECTED[name].split())


@pytest.mark.parametrize("name", EXPECTED)
def test_told_apart(name, seen):
    endpoint = seen(f"fault-{name}")
    assert (endpoint["greeting"], endpoint["starttls"]) == APART.get(name, ("ready", "works"))


def test_there_are_enough():
    assert len(responder.PERSONALITIES) >= 38


def test_all_end_in_time(checks):
    """Each endpoint has its deadline, and they run beside each other."""
    assert checks["fault"].seconds < ENDPOINT_SECONDS
    assert checks["late"].seconds < ENDPOINT_SECONDS


def test_slow_greeting(findings, seen):
    assert "tls-greeting-slow" in findings("fault-late")
    assert "tls-greeting-slow" not in findings("fault-slow")
    assert seen("fault-late")["greeting_ms"] > 10500


@pytest.mark.parametrize("name", ["421", "450", "limit", "narrow"])
def test_throttling_never_changes_a_verdict(name, findings, results):
    """What was not seen for lack of connections is unknown: not one finding that a sound server would not have."""
    found = set(findings(f"fault-{name}")) - {"tls-throttled"}
    assert found <= set(findings("fault-sound"))
    assert results[f"fault-{name}"]["controls"]["tls"]["status"] in ("unknown", "improve")


def test_versions_of_a_throttled_server_are_not_denied(seen):
    versions = {row["version"]: row["accepted"] for row in seen("fault-421")["versions"]}
    assert "no" not in versions.values()


def test_hybrid_only_server_is_seen(seen):
    """Tools that cannot offer the group say that there is no TLS at all."""
    endpoint = seen("fault-pqonly")
    assert endpoint["starttls"] == "works"
    assert endpoint["groups13"]["groups"] == "11ec"


def test_small_hellos_get_through(seen):
    for name in ("small", "medium"):
        endpoint = seen(f"fault-{name}")
        versions = {row["version"]: row["accepted"] for row in endpoint["versions"]}
        assert (versions[0x0303], versions[0x0304]) == ("yes", "yes")
        assert endpoint["probes"]["takes_large_hello"] == "no"
        assert endpoint["probes"]["takes_split_hello"] == "yes"
    assert seen("fault-whole")["probes"]["takes_split_hello"] == "no"


@pytest.mark.parametrize("name, expected", {
    "nogood": "tls-suite-no-good tls-suite-cbc-sha1 tls-dh-custom tls-no-tls13",
    "pqonly": "tls-pq tls-pq-only",
    "sha224": "tls-signature-sha224",
}.items())
def test_what_only_the_full_plan_asks(name, expected, full_findings):
    assert set(full_findings(f"fault-{name}")) - USUAL == set(expected.split())
