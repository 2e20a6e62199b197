# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""What `check` foretells of senders, against a Postfix that really sends: at four levels, with and without a thief of
STARTTLS on the way.

A sender that obeys MTA-STS is Postfix at level `secure` with the host names of the policy, which is what policy daemons make of one;
Postfix has no MTA-STS of its own.
"""

from dataclasses import dataclass

import pytest

import postfix

SET_UPS = [
    "modern", "default", "none", "unsigned", "backwards",
    "cert-expired", "cert-selfsigned", "cert-wrongname",
    "dane-ok", "dane-512", "dane-mismatch", "dane-rollover", "dane-authority", "dane-authority-name", "dane-authority-absent",
    "dane-pkix", "dane-short", "dane-expired", "dane-clear", "dane-alias", "dane-unsigned", "dane-bogus", "dane-servfail",
    "dane-denial", "dane-two", "dane-two-ok",
    "sts-ok", "sts-testing", "sts-none", "sts-wildcard", "sts-extra", "sts-uncovered", "sts-name", "sts-untrusted", "sts-expired",
    "sts-clear", "sts-testing-clear", "sts-dane", "sts-dane-mismatch", "sts-dane-only", "sts-404",
    "sts-redirect", "sts-lf", "sts-old", "sts-host-expired", "sts-records", "sts-noid",
    "mixed-second-clear", "mixed-first-gone", "mixed-dane-clear", "mixed-dane-plain", "mixed-dane-mismatch",
    "mixed-dane-only-mismatch", "mixed-dane-servfail", "mixed-sts-uncovered", "mixed-sts-clear", "mixed-sts-first",
    "fault-clear", "fault-helo", "fault-masked", "fault-454", "fault-plain", "fault-fin", "fault-rst", "fault-554",
]
# Which of our senders each level of Postfix is.
KINDS = {"may": "plain", "secure": "mta-sts", "dane": "dane", "dane-only": "dane"}
WAYS = {"free": "today", "strip": "stripped"}
OUTCOMES = {"Verified": "authenticated", "Trusted": "encrypted", "Untrusted": "encrypted", "Anonymous": "encrypted",
            "": "clear"}


@dataclass
class Sent:
    """All tries, by way and recipient."""

    tries: dict

    def outcome(self, way, level, domain):
        last = self.tries[way][f"{level}@{domain}"][-1]
        return OUTCOMES[last.tls] if last.status == "sent" else "deferred"


@pytest.fixture(scope="session")
def sent(lab):
    recipients = ["may@exim-grey.example"]
    recipients += [f"{level}@{lab.setups[name].domain}" for name in SET_UPS for level in postfix.LEVELS]
    for sender in lab.senders.values():
        sender.send(recipients)
    tries = {}
    for way, sender in lab.senders.items():
        # Postfix tries again in clear when a handshake has failed, but not at once.
        first = sender.wait(recipients)
        failed = [one for one in recipients if "Cannot start TLS" in first[one][-1].why]
        sender.flush()
        tries[way] = sender.wait(failed, count=2)
    return Sent(tries)


def foretold(result, level, way):
    outcome = result["senders_eye"][KINDS[level]][WAYS[way]]
    if level == "dane-only" and outcome != "authenticated":
        return "deferred"  # asks more of receivers than RFC 7672 does
    return outcome


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("level", KINDS)
@pytest.mark.parametrize("name", SET_UPS)
def test_foretold(name, level, way, lab, results, sent):
    result = results[name]
    assert foretold(result, level, way) == sent.outcome(way, level, lab.setups[name].domain), \
        sent.tries[way][f"{level}@{lab.setups[name].domain}"]


def test_nobody_listens_here(results):
    """Refused connections say nothing of what others would meet."""
    assert "senders_eye" not in results["gone"] or results["gone"]["senders_eye"]["plain"]["today"] == "unknown"


def test_greylisting_is_no_fault(sent, findings):
    """It turns a first mail away for a while, under TLS; we send none."""
    (first, *_) = sent.tries["free"]["may@exim-grey.example"]
    assert (first.status, first.tls) == ("deferred", "Trusted")
    assert "greylisted" in first.why
    assert findings("exim-grey") == findings("exim")
