# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""`mailseal spoof` against real name servers: every yes has a message that verify confirms, and check comes to the same answer."""
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
AT_ONCE = 100
# Where the two answer different questions: check is about the domain and what inherits its policy, spoof also about subdomains
# with records of their own; nobody outside can hold a private address.
DIFFERENT = {
    "dmarc-subdomain-own.org": "partly",
    "dmarc-subdomain-two.org": "partly",
    "spf-private.org": "no",
    "spoof-cname-open.org": "yes",
    "spoof-sub-open.org": "yes",
}
# For each thing a stranger may try, (domain, verdict, cause): where it works, and where it is stopped or there is nothing to try.
VECTORS = {
    "exact": [
        ("spf-plus-all.org", "passes", "spf"),
        ("spoof-spf-none.org", "delivered", "report-only"),
        ("spoof-spf-neutral.org", "delivered", "report-only"),
        ("spoof-none.org", "delivered", "report-only"),
        ("spoof-spf-permerror.org", "delivered", "report-only"),
        ("spoof-open.org", "delivered", "no-dmarc"),
        ("spf-missing.org", "stopped", "reject"),
        ("spf-neutral-all.org", "stopped", "reject"),
        ("spf-soft-all.org", "stopped", "reject"),
        ("spf-unknown-mechanism.org", "stopped", "reject"),
        ("dmarc-reject.org", "stopped", "reject"),
    ],
    "stranger-envelope": [
        ("dmarc-missing.org", "delivered", "no-dmarc"),
        ("dmarc-comma.org", "delivered", "unusable-dmarc"),
        ("parked-none.org", "delivered", "policy-none"),
        ("dmarc-none.org", "delivered", "report-only"),
        ("spoof-testing.org", "delivered", "testing"),
        ("dmarc-testing.org", "suspect", "testing"),
        ("dmarc-quarantine.org", "suspect", "quarantine"),
        ("dmarc-reject.org", "stopped", "reject"),
    ],
    "null-sender": [("spf-plus-all.org", "passes", "spf"), ("dmarc-reject.org", "stopped", "reject")],
    "wide-range": [("spf-range-8.org", "passes", "spf"), ("spoof-wide-neutral.org", "stopped", "reject")],
    "shared-provider": [("spf-shared-tenant.org", "passes", "spf"), ("spoof-shared-neutral.org", "stopped", "reject")],
    "subdomain-envelope": [("spoof-sub-open.org", "passes", "spf"), ("spoof-sub-strict.org", "stopped", "reject")],
    "subdomain": [("dmarc-sp-none.org", "delivered", "report-only"), ("spoof-sub-strict.org", "stopped", "reject")],
    "nonexistent": [("dmarc-np-none.org", "delivered", "report-only"), ("dmarc-np-reject.org", "stopped", "reject")],
    "organisation": [
        ("dept.dmarc-psd-n.org", "passes", "spf"),
        ("tenant2.dmarc-psd-y.org", "passes", "spf"),
        ("dept.spoof-neighbour.org", "stopped", "reject"),
    ],
    "takeover": [
        ("spf-include-unregistered.org", "passes", "spf"),
        ("spoof-mx-unregistered.org", "passes", "spf"),
        ("spoof-cname-open.org", "passes", "spf"),
        ("team.spoof-policy-cname.org", "delivered", "policy-none"),
        ("spoof-include-neutral.org", "stopped", "reject"),
        ("spoof-cname-strict.org", "stopped", "reject"),
        ("dmarc-cname-gone.org", "not-there", "nothing"),
    ],
    "key-takeover": [("dkim-cname-unregistered.org", "passes", "dkim"), ("dkim-cname-gone.org", "not-there", "nothing")],
    "older-receivers": [("dmarc-np-reject.org", "delivered", "report-only"), ("dmarc-reject.org", "not-there", "nothing")],
    "sampled": [
        ("dmarc-pct-50.org", "suspect", "sampled"),
        ("spoof-pct.org", "delivered", "sampled"),
        ("dmarc-reject.org", "not-there", "nothing"),
    ],
    "weak-key": [("dkim-512.org", "passes", "dkim"), ("dkim-1024.org", "not-there", "nothing")],
    "test-key": [("spoof-key-testing.org", "delivered", "report-only"), ("dkim-testing.org", "stopped", "reject")],
    "shared-key": [("spoof-key-shared.org", "passes", "dkim"), ("dkim-2048.org", "not-there", "nothing")],
    "display-name": [("dmarc-reject.org", "out-of-reach", "out-of-reach")],
    "look-alike": [("dmarc-reject.org", "out-of-reach", "out-of-reach")],
}


def run(lab, command, names, *args):
    results = {}
    for start in range(0, len(names), AT_ONCE):
        finished = subprocess.run(
            [PROGRAM, command, "--json", "--resolver", lab.resolver, "--trust-anchor", str(lab.trust_anchor), *args,
             *names[start:start + AT_ONCE]], capture_output=True, text=True, timeout=180, check=False)
        assert finished.returncode in (0, 1, 3), finished.stderr
        for result in json.loads(finished.stdout)["results"]:
            results[result["domain"]] = result
    return results


def names_of(lab, origin):
    names = [zone["name"].rstrip(".") for zone in lab.zones if zone["origin"] == origin]
    return sorted(name for name in names if re.fullmatch(r"[a-z0-9.-]+\.[a-z0-9-]+", name))


def check_witnesses(results):
    for name, result in results.items():
        works = [vector for vector in result["vectors"] if vector["verdict"] in ("passes", "delivered")]
        assert all(vector["witness"]["confirmed"] for vector in works), name
        assert works or result["spoofable"] != "yes", name


def test_own_zones_agree_with_check(lab):
    names = names_of(lab, "own")
    spoofed = run(lab, "spoof", names)
    checked = run(lab, "check", names, "--dns-only")
    check_witnesses(spoofed)
    wrong = {name: (checked[name]["summary"]["spoofable"], spoofed[name]["spoofable"]) for name in names
             if spoofed[name]["spoofable"] != DIFFERENT.get(name, checked[name]["summary"]["spoofable"])}
    assert not wrong
    assert len(names) > 250


def vector_of(result, name):
    (vector,) = [vector for vector in result["vectors"] if vector["id"] == name]
    return vector


def test_each_vector_works_somewhere_and_is_stopped_somewhere(lab):
    names = sorted({row[0] for rows in VECTORS.values() for row in rows})
    results = run(lab, "spoof", names)
    assert list(VECTORS) == [vector["id"] for vector in results["dmarc-reject.org"]["vectors"]]
    wrong = []
    for name, rows in VECTORS.items():
        for domain, verdict, cause in rows:
            vector = vector_of(results[domain], name)
            if (vector["verdict"], vector["cause"]) != (verdict, cause):
                wrong.append((name, domain, vector["verdict"], vector["cause"], vector["reason"]))
    assert not wrong
    check_witnesses(results)


def verify(lab, witness, path):
    path.write_bytes(witness["message"].encode())
    finished = subprocess.run(
        [PROGRAM, "verify", path, "--json", "--resolver", lab.resolver, "--trust-anchor", str(lab.trust_anchor), "--ip",
         witness["ip"], "--helo", witness["helo"], "--mail-from", witness["mail_from"]], capture_output=True, text=True,
        timeout=60, check=False)
    (judged,) = json.loads(finished.stdout)["results"]
    return judged


def test_witnesses_stand_on_their_own(lab, tmp_path):
    """The file and the envelope are all that verify needs, where the stranger publishes nothing."""
    results = run(lab, "spoof", ["spf-plus-all.org", "spoof-open.org", "spoof-sub-open.org", "spoof-key-testing.org"])
    count = 0
    for result in results.values():
        for vector in result["vectors"]:
            witness = vector["witness"]
            if vector["verdict"] in ("passes", "delivered") and not witness["assumed"]:
                judged = verify(lab, witness, tmp_path / "witness.eml")
                assert (judged["result"], judged["disposition"]) == (
                    witness["verify"]["result"], witness["verify"]["disposition"]), vector["id"]
                count += 1
    assert count > 8


def test_what_a_stranger_publishes_is_not_what_is_there(lab, tmp_path):
    """Without the record that the stranger would publish, the very same message is refused."""
    results = run(lab, "spoof", ["dkim-cname-unregistered.org", "spf-include-unregistered.org", "dkim-512.org"])
    for result in results.values():
        vector = vector_of(result, result["closest"])
        assert vector["verdict"] == "passes" and vector["witness"]["assumed"]
        judged = verify(lab, vector["witness"], tmp_path / "witness.eml")
        assert judged["result"] == "fail" and judged["disposition"] == "reject"


def test_explain_shows_the_attempt_that_came_closest(lab):
    finished = subprocess.run(
        [PROGRAM, "spoof", "dmarc-reject.org", "--explain", "--resolver", lab.resolver, "--trust-anchor",
         str(lab.trust_anchor)], capture_output=True, text=True, timeout=60, check=False)
    text = " ".join(finished.stdout.split())
    assert finished.returncode == 0
    assert "The message that came closest" in text and "DMARC fails, and the policy is reject" in text
    assert "[RFC 9989 4.7]" in text and "[RFC 7208 5.1]" in text and text.endswith("Nothing was sent.")


def test_saved_facts_give_the_same_verdicts(lab, tmp_path):
    saved = tmp_path / "facts.jsonl"
    names = ["dkim-cname-unregistered.org", "dept.dmarc-psd-n.org", "spoof-cname-open.org", "dkim-512.org"]
    first = run(lab, "spoof", names, "--save", saved)
    again = subprocess.run([PROGRAM, "spoof", "--json", "--replay", saved, *names], capture_output=True, text=True, timeout=60,
                           check=False)
    for result in json.loads(again.stdout)["results"]:
        kept = first[result["domain"]]
        assert [(vector["id"], vector["verdict"], vector["reason"]) for vector in result["vectors"]] == [
            (vector["id"], vector["verdict"], vector["reason"]) for vector in kept["vectors"]]


def test_real_zones_agree_with_check_and_every_yes_is_shown(lab):
    names = names_of(lab, "real")
    if not names:
        pytest.skip("222 zones: the real data is not here")
    spoofed = run(lab, "spoof", names)
    checked = run(lab, "check", names, "--dns-only")
    check_witnesses(spoofed)
    wrong = {name: (checked[name]["summary"]["spoofable"], spoofed[name]["spoofable"]) for name in names
             if spoofed[name]["spoofable"] != checked[name]["summary"]["spoofable"]}
    assert not wrong
    assert len(spoofed) == len(names) > 200
