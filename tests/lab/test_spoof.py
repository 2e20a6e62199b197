# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""`mailseal spoof` against real name servers: every yes has a message that verify confirms, and check comes to the same answer."""
import json
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
AT_ONCE = 100
# Where the two answer different questions: check is about the domain and what inherits its policy, spoof also about subdomains
# with a record of their own; nobody outside can hold a private address; a DKIM name that can be registered is check's to find.
DIFFERENT = {
    "dmarc-subdomain-own.org": "partly",
    "dmarc-subdomain-two.org": "partly",
    "spf-private.org": "no",
    "dkim-cname-unregistered.org": "no",
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


def test_real_zones_finish_and_every_yes_is_shown(lab):
    names = names_of(lab, "real")
    check_witnesses(run(lab, "spoof", names))
