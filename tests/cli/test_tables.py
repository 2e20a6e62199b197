# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""guidance, profiles and record."""
import json

import pytest


def test_guidance_has_both_parts_for_every_finding(mailseal):
    guide = json.loads(mailseal("guidance", "--json").stdout)
    assert len(guide["findings"]) > 80
    text = mailseal("guidance", "--markdown").stdout
    first, second = text.split("\n# Part 2", 1)
    for finding in guide["findings"]:
        assert f"`{finding['id']}`" in first and f"`{finding['id']}`" in second


def test_guidance_for_one_finding(mailseal):
    result = mailseal("guidance", "dmarc-policy-none")
    assert result.returncode == 0
    assert "Recommendation" in result.stdout and "Implementation" in result.stdout and "Sources" in result.stdout


def test_profiles_name_their_sources(mailseal):
    profiles = json.loads(mailseal("profiles", "--json").stdout)["profiles"]
    names = {profile["name"] for profile in profiles}
    assert {"rfc-core", "uk-gov-email", "us-bod-18-01", "au-ism-2025-12", "us-scuba", "nz-sge"} <= names
    for profile in profiles:
        assert profile["source"] and profile["retrieved"] and profile["requirements"]
        for requirement in profile["requirements"]:
            assert requirement["source"] and requirement["level"] and requirement["title"]


RECORDS = {
    "spf none": (["spf", "example.org"], "example.org", "v=spf1 -all"),
    "spf some": (["spf", "example.org", "--allow", "include:spf.example.net", "--allow", "ip4:192.0.2.0/24", "--all",
                  "softfail"], "example.org", "v=spf1 include:spf.example.net ip4:192.0.2.0/24 ~all"),
    "dmarc watch": (["dmarc", "example.org", "--rua", "reports@example.org"], "_dmarc.example.org",
                    "v=DMARC1; p=none; rua=mailto:reports@example.org"),
    "tls-rpt": (["tls-rpt", "example.org", "--rua", "tls@example.org"], "_smtp._tls.example.org",
                "v=TLSRPTv1; rua=mailto:tls@example.org"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_record(mailseal, name):
    args, owner, value = RECORDS[name]
    result = mailseal("record", *args, "--json")
    assert result.returncode == 0, result.stderr
    (record,) = json.loads(result.stdout)["records"]
    assert (record["name"], record["value"]) == (owner, value)


def test_record_parked_is_four(mailseal):
    records = json.loads(mailseal("record", "parked", "example.org", "--json").stdout)["records"]
    assert [record["type"] for record in records] == ["TXT", "TXT", "TXT", "MX"]


def test_record_mta_sts_comes_with_its_policy(mailseal):
    made = json.loads(mailseal("record", "mta-sts", "example.org", "--mx", "mx.example.org", "--json").stdout)
    assert "mode: testing" in made["policy_file"] and "mx: mx.example.org" in made["policy_file"]


@pytest.mark.parametrize("args", [["spf", "--allow", "ip4:192.0.2.300"], ["dmarc", "--policy", "refuse"],
                                  ["dmarc", "--rua", "not an address"], ["mta-sts", "--mode", "enforce"]])
def test_record_refuses_what_would_be_wrong(mailseal, args):
    result = mailseal("record", args[0], "example.org", *args[1:])
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1 and result.stdout == ""
