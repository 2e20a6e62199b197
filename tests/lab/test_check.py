# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""`mailseal check` against real name servers: our own zones show what they say, the real ones are judged without surprise."""
import collections
import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
AT_ONCE = 100

# What the 222 real zones (and every name in them with an SPF or DMARC record of its own) come to in this lab. Each number was
# looked at: when one changes, read the zones before you change it here.
REAL_NAMES = 274
REAL_SPOOFABLE = {"no": 240, "yes": 22, "unknown": 9, "partly": 3}
REAL_FINDINGS = {
    "dmarc-retired-destination": 258,
    "tls-rpt-retired-destination": 25,
    "spf-syntax": 1,
    "dmarc-missing": 5,
    "dmarc-policy-none": 17,
    "spf-answer-truncated": 1,
}


def judge(lab, names, *args):
    """Results by domain; many names in one run, as a person with a list would."""
    results = {}
    for start in range(0, len(names), AT_ONCE):
        finished = subprocess.run(
            [PROGRAM, "check", "--json", "--dns-only", "--resolver", lab.resolver, "--trust-anchor", str(lab.trust_anchor),
             *args, *names[start:start + AT_ONCE]], capture_output=True, text=True, timeout=120, check=False)
        assert finished.returncode in (0, 1, 3), finished.stderr
        for result in json.loads(finished.stdout)["results"]:
            results[result["domain"]] = result
    return results


def zones_of(lab, origin):
    return [zone for zone in lab.zones if zone["origin"] == origin]


def test_own_zones_show_what_they_are_for(lab):
    zones = {zone["name"].rstrip("."): zone["expect"] for zone in zones_of(lab, "own")}
    results = judge(lab, sorted(zones))
    wrong = []
    for name, expected in zones.items():
        result = results[name]
        seen = {finding["id"] for finding in result["findings"] if finding["severity"] not in ("good", "info")}
        seen |= {f"kind={result['kind']}", f"spoofable={result['summary']['spoofable']}"}
        if seen != set(expected):
            wrong.append(f"{name}: missing {sorted(set(expected) - seen)}, not expected {sorted(seen - set(expected))}")
    assert not wrong, "\n".join(wrong)
    assert len(zones) > 250


def real_names(lab):
    """Each apex, and every name below with an SPF or DMARC record."""
    names = set()
    for zone in zones_of(lab, "real"):
        apex = zone["name"].rstrip(".")
        names.add(apex)
        for line in Path(zone["file"]).read_text(encoding="utf-8").splitlines():
            match = re.match(r'([^;\s]\S*)\s.*"v=(spf1|DMARC1)', line)
            if match and match.group(1) != "@" and "*" not in match.group(1):
                owner = match.group(1)
                name = owner.rstrip(".") if owner.endswith(".") else f"{owner}.{apex}"
                names.add(name.removeprefix("_dmarc.") if match.group(2) == "DMARC1" else name)
    return sorted(name for name in names if "." in name)


def test_real_zones(lab):
    if not zones_of(lab, "real"):
        pytest.skip("222 zones: the real data is not here")
    names = real_names(lab)
    started = time.monotonic()
    results = judge(lab, names)
    assert time.monotonic() - started < 100
    findings = collections.Counter(
        identifier for result in results.values() for identifier in {finding["id"] for finding in result["findings"]})
    assert len(results) == len(names) == REAL_NAMES
    assert collections.Counter(result["summary"]["spoofable"] for result in results.values()) == REAL_SPOOFABLE
    assert {identifier: findings[identifier] for identifier in REAL_FINDINGS} == REAL_FINDINGS
    for result in results.values():
        for finding in result["findings"]:
            assert "{" not in finding["title"], finding


def test_the_real_typing_error_is_found_at_its_column(lab):
    if not zones_of(lab, "real"):
        pytest.skip("222 zones: the real data is not here")
    broken = [result for result in judge(lab, real_names(lab)).values()
              if any(finding["id"] == "spf-syntax" for finding in result["findings"])]
    assert len(broken) == 1
    (finding,) = [finding for finding in broken[0]["findings"] if finding["id"] == "spf-syntax"]
    assert "nclude" in json.dumps(finding) and "include" in finding["implementation"]
    assert "column 8" in json.dumps(finding)


def test_saved_facts_give_the_same_bytes(lab, tmp_path):
    saved = tmp_path / "facts.jsonl"
    names = ["good-signed.org", "bogus-expired.org", "spf-include-servfail.org", "dmarc-report-several.org", "zone-refused.org"]
    first = subprocess.run([PROGRAM, "check", "--json", "--dns-only", "--resolver", lab.resolver, "--trust-anchor",
                            str(lab.trust_anchor), "--save", saved, *names], capture_output=True, text=True, timeout=120,
                           check=False)
    again = subprocess.run([PROGRAM, "replay", saved, "--json", "--dns-only"], capture_output=True, text=True, timeout=60,
                           check=False)
    assert json.loads(first.stdout)["results"] == json.loads(again.stdout)["results"]
    assert first.stdout == again.stdout


def test_full_recursion_gives_the_same_judgement(lab):
    if lab.root_hints is None:
        pytest.skip("needs port 53 on loopback")
    names = ["good-signed.org", "dmarc-none.org", "parked-good.org", "bogus-ds.org"]
    forwarded = judge(lab, names)
    finished = subprocess.run([PROGRAM, "check", "--json", "--dns-only", "--root-hints", lab.root_hints, "--trust-anchor",
                               lab.trust_anchor, *names], capture_output=True, text=True, timeout=120, check=False)
    for result in json.loads(finished.stdout)["results"]:
        for answer in ("spoofable", "interceptable"):
            assert result["summary"][answer] == forwarded[result["domain"]]["summary"][answer]
        assert [finding["id"] for finding in result["findings"]] == [
            finding["id"] for finding in forwarded[result["domain"]]["findings"]]


def test_silence_ends(lab):
    started = time.monotonic()
    result = judge(lab, ["zone-timeout.org"])["zone-timeout.org"]
    assert time.monotonic() - started < 40
    assert result["summary"]["spoofable"] == "unknown" and result["unknown"]


def test_international_names_are_shown_in_both_forms(lab):
    result = judge(lab, ["prüfstand-lab.org"])["xn--prfstand-lab-elb.org"]
    assert result["domain_unicode"] == "prüfstand-lab.org"


def test_a_signed_alias_of_an_unsigned_host_is_asked_for(lab, tmp_path):
    """RFC 7672 2.1.3: only the CNAME's own answer tells that the alias is signed."""
    saved = tmp_path / "facts.jsonl"
    subprocess.run([PROGRAM, "check", "--json", "--dns-only", "--resolver", lab.resolver, "--trust-anchor", str(lab.trust_anchor),
                    "--save", str(saved), "mx-cname-unsigned.org"], capture_output=True, text=True, timeout=60, check=False)
    lines = [json.loads(line) for line in saved.read_text().splitlines()]
    facts = [line for line in lines if line.get("kind") == "dns"]
    status = {fact["type"]: fact["dnssec"] for fact in facts if fact["name"] == "mail.mx-cname-unsigned.org"}
    assert (status["A"], status["CNAME"]) == ("insecure", "secure")
    assert any(fact["type"] == "TLSA" and fact["dnssec"] == "secure" for fact in facts)
