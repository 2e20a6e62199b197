# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""What is proposed must not break what works."""
import json
from pathlib import Path


def test_documentation_addresses_are_no_reason_to_change_spf(mailseal, facts_file):
    records = [
        ("example.org", "SOA", ["ns.example.net. host.example.net. 1 2 3 4 5"]),
        ("example.org", "MX", ["10 mx.example.org."]),
        ("mx.example.org", "A", ["192.0.2.1"]),
        ("mx.example.org", "AAAA", []),
        ("example.org", "TXT", ['"v=spf1 mx ip4:192.0.2.7 -all"']),
        ("_dmarc.example.org", "TXT", ['"v=DMARC1; p=reject; rua=mailto:r@example.org"']),
    ]
    result = json.loads(mailseal("replay", facts_file(records, ["example.org"]), "--json").stdout)["results"][0]
    assert "spf-unroutable-address" in {finding["id"] for finding in result["findings"]}
    assert not [fix for fix in result["fixes"] if fix["control"] in ("spf", "mx")]


def test_a_private_network_goes_and_the_mail_hosts_stay(mailseal, facts_file):
    records = [
        ("example.org", "SOA", ["ns.example.net. host.example.net. 1 2 3 4 5"]),
        ("example.org", "MX", ["10 mx.example.org."]),
        ("mx.example.org", "A", ["10.0.0.1"]),
        ("mx.example.org", "AAAA", []),
        ("example.org", "TXT", ['"v=spf1 mx ip4:10.0.0.0/24 ip4:198.41.0.4 -all"']),
    ]
    result = json.loads(mailseal("replay", facts_file(records, ["example.org"]), "--json").stdout)["results"][0]
    values = [record["value"] for fix in result["fixes"] if fix["control"] == "spf" for record in fix["records"]]
    assert values == ["v=spf1 mx ip4:198.41.0.4 -all"]


def test_a_what_if_says_what_it_cannot_show(mailseal):
    facts = Path(__file__).resolve().parents[2] / "examples" / "council.jsonl"
    shown = mailseal("replay", facts, "--with", "_dmarc.northmere.example TXT v=DMARC1; p=reject").stdout
    assert "\n  Strangers can send as this domain: before yes, after yes\n" in shown
    assert "\n  Records cannot show which wanted mail this would stop;" in shown
