# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Real mail servers, each with one thing to find: no more and no less is found."""

import pytest

import setups

# What every set-up has that publishes no policy and serves mail with this year's Postfix and OpenSSL.
USUAL = {"mta-sts-missing", "dane-missing", "dane-no-rollover", "tls-pq-missing", "tls-signature-sha1"}
POSTFIX_DEFAULT = ("tls-old-version tls-suite-anon tls-suite-order tls-dh-small tls-suite-cbc-sha1 tls-suite-ccm8 "
                   "tls-suite-later")
GNUTLS_DEFAULT = "tls-old-version tls-suite-order tls-suite-cbc-sha1"

EXPECTED = {
    "modern": "",
    "default": POSTFIX_DEFAULT,
    "stock": POSTFIX_DEFAULT,
    "two": "",
    "none": "tls-starttls-missing",
    "backwards": "tls-suite-static tls-suite-order tls-no-tls13",
    "rate": "tls-throttled",
    "unsigned": "",
    "null": "mx-null",
    "cert-rsa2048": "tls-certificate-key-later",
    "cert-rsa1024": "tls-certificate-key",
    "cert-p224": "tls-certificate-curve tls-no-tls13",
    "cert-ed25519": "",
    "cert-expired": "tls-certificate-expired",
    "cert-notyet": "tls-certificate-early",
    "cert-expiring": "tls-certificate-ending",
    "cert-selfsigned": "tls-certificate-self-signed",
    "cert-untrusted": "tls-certificate-incomplete",
    "cert-wrongname": "tls-certificate-name",
    "cert-wildcard": "",
    "cert-deepwildcard": "tls-certificate-name",
    "cert-cnonly": "tls-certificate-name",
    "cert-nochain": "tls-certificate-incomplete",
    "cert-disorder": "tls-certificate-order",
    "cert-sha1": "tls-certificate-signature",
    "cert-client": "tls-certificate-usage tls-certificate-untrusted",
    "exim": GNUTLS_DEFAULT,
    "exim-old": f"{GNUTLS_DEFAULT} tls-suite-rc4 tls-suite-3des tls-suite-static tls-suite-later tls-ems-missing",
    "exim-grey": GNUTLS_DEFAULT,
    "opensmtpd": "tls-suite-cbc-sha1 tls-suite-ccm8 tls-suite-later",
    "opensmtpd-rsa": "tls-suite-static tls-suite-cbc-sha1 tls-suite-ccm8 tls-suite-later",
    "dane-ok": "dane-match",
    "dane-512": "dane-match",
    "dane-full": "dane-match",
    "dane-mismatch": "dane-mismatch",
    "dane-rollover": "dane-match",
    "dane-authority": "dane-match",
    "dane-authority-name": "dane-ta-name tls-certificate-name",
    "dane-authority-absent": "dane-ta-missing tls-certificate-incomplete",
    "dane-pkix": "dane-unusable",
    "dane-short": "dane-unusable",
    "dane-expired": "dane-match tls-certificate-expired",
    "dane-selfsigned": "dane-match tls-certificate-self-signed",
    "dane-clear": "dane-no-tls tls-starttls-missing",
    "dane-alias": "dane-match",
    "dane-unsigned": "dane-insecure",
    "dane-bogus": "dane-lookup-fails",
    "dane-stale": "dane-lookup-fails",
    "dane-servfail": "dane-lookup-fails",
    "dane-denial": "dane-lookup-fails",
    "dane-two": "dane-partial",
    "dane-two-ok": "dane-match",
    "sts-ok": "mta-sts-enforced",
    "sts-testing": "mta-sts-ready",
    "sts-none": "mta-sts-mode-none",
    "sts-wildcard": "mta-sts-enforced",
    "sts-extra": "mta-sts-enforced mta-sts-mx-extra",
    "sts-uncovered": "mta-sts-mx-uncovered mta-sts-mx-extra",
    "sts-name": "mta-sts-enforced mta-sts-mx-certificate tls-certificate-name",
    "sts-untrusted": "mta-sts-enforced mta-sts-mx-certificate tls-certificate-self-signed",
    "sts-expired": "mta-sts-enforced mta-sts-mx-certificate tls-certificate-expired",
    "sts-clear": "mta-sts-enforced mta-sts-mx-certificate tls-starttls-missing",
    "sts-testing-clear": "mta-sts-testing mta-sts-mx-certificate tls-starttls-missing",
    "sts-dane": "mta-sts-enforced dane-match",
    "sts-dane-mismatch": "mta-sts-enforced dane-mismatch dane-mta-sts-differ",
    "sts-dane-only": "mta-sts-enforced dane-match dane-mta-sts-differ mta-sts-mx-certificate tls-certificate-self-signed",
    "sts-lf": "mta-sts-enforced",
    "sts-charset": "mta-sts-enforced",
    "sts-chunked": "mta-sts-enforced",
    "sts-html": "mta-sts-type",
    "sts-redirect": "mta-sts-redirect",
    "sts-404": "mta-sts-status",
    "sts-204": "mta-sts-status",
    "sts-big": "mta-sts-too-large",
    "sts-bom": "mta-sts-policy-lenient",
    "sts-twice": "mta-sts-enforced mta-sts-policy-ambiguous",
    "sts-blank": "mta-sts-enforced mta-sts-policy-ambiguous",
    "sts-nonsense": "mta-sts-policy-invalid",
    "sts-hang": "mta-sts-host-unreachable",
    "sts-drip": "mta-sts-host-unreachable",
    "sts-old": "mta-sts-host-tls",
    "sts-host-selfsigned": "mta-sts-host-certificate",
    "sts-host-expired": "mta-sts-host-certificate",
    "sts-host-name": "mta-sts-host-certificate",
    "sts-records": "mta-sts-several-records",
    "sts-noid": "mta-sts-syntax",
}
# Of documentation addresses, and of a single host without IPv6 and CAA.
SURROUNDINGS = {"mx-host-special-address", "mx-single-host", "mx-no-ipv6", "mx-in-order", "tls-caa-missing"}


@pytest.mark.parametrize("name", EXPECTED)
def test_found(name, findings):
    assert set(findings(name)) - USUAL - SURROUNDINGS == set(EXPECTED[name].split())


def test_usual_findings_are_not_lost(findings):
    assert {"tls-signature-sha1", "tls-pq-missing", "dane-missing", "mta-sts-missing"} <= set(findings("modern"))
    assert "dane-no-rollover" in findings("dane-ok")
    assert "dane-no-rollover" not in findings("dane-rollover")


def test_dane_raises_what_would_be_a_trifle(findings):
    assert findings("cert-expired")["tls-certificate-expired"] == "medium"
    assert findings("dane-expired")["tls-certificate-expired"] == "high"


def test_full_plan_sees_more(full_findings):
    """Suites of 256 bits come with a longer prime of OpenSSL's own; the normal plan asks for one suite of a kind."""
    more = {"tls-dh-custom", "tls-signature-sha224"}
    assert set(full_findings("default")) - USUAL - SURROUNDINGS == set(POSTFIX_DEFAULT.split()) | more


def test_nobody_listens(results, findings):
    assert "tls-starttls-missing" not in findings("gone")
    assert results["gone"]["summary"]["interceptable"] == "unknown"


def test_both_keys_of_one_host_are_seen(seen):
    leaves = {presentation["asked"] for presentation in seen("two")["presentations"]}
    assert {"any", "rsa"} <= leaves


def test_exim_that_turns_away(findings, seen):
    """How much is seen of it depends on the moment; what is seen is right."""
    assert set(findings("exim-narrow")) - USUAL - SURROUNDINGS - {"tls-throttled"} <= set(GNUTLS_DEFAULT.split())
    assert seen("exim-narrow")["starttls"] in ("works", "unknown")


def test_all_set_ups_are_judged(lab):
    others = {"gone", "exim-narrow", "screen", "families", "pool"} | {setup.name for setup in setups.MIXED}
    others |= {setup.name for server in ("responder", "node") for setup in lab.served_by(server)}
    assert set(EXPECTED) == set(lab.setups) - others


def test_silent_hosts_prove_no_protection(results):
    assert results["fault-silent"]["summary"]["interceptable"] == "unknown"


def test_rate_limit_leaves_questions_open(seen):
    endpoint = seen("rate")
    assert endpoint["throttles"] > 0
    assert "throttled" in endpoint["probes"].values()
    assert endpoint["starttls"] == "works"
