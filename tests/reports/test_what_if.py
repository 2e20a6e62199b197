# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""plan --with: what other SPF and DKIM records would have done to the mail that was reported."""
import random

import pytest
import streams as mail
from test_learn import KEY, NOW, facts_file

SPF = "v=spf1 ip4:192.0.2.0/24 -all"
OTHER_KEY = "v=DKIM1; k=ed25519; p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.fixture
def plan(ask, fill, tmp_path):
    """plan(*options) -> {class: (fail now, would fail, undecided)}, {sender: the same} on mail of five senders."""
    signed = [("pass", "example.org", "s1")]
    streams = [
        mail.Stream("legitimate", 40, ["192.0.2.1"], "example.org", "pass", []),  # SPF only
        mail.Stream("legitimate", 40, ["192.0.2.9"], "example.org", "pass", signed),
        mail.Stream("legitimate", 40, ["198.51.100.7"], "bounce.mailer.test", "pass", [("pass", "example.org", "s2")]),  # DKIM only
        mail.Stream("legitimate", 40, ["203.0.113.8"], "example.org", "softfail", []),  # forgotten
        mail.Stream("spoofed", 50, ["203.0.114.200"], "spam.test", "pass", [], span=(0.9, 0.93)),
    ]
    store = fill(mail.lines(mail.reports(streams, random.Random(3), days=40), days=40))
    facts = facts_file(tmp_path / "facts.jsonl", {"example.org": SPF, "s1._domainkey.example.org": KEY, "s2._domainkey.example.org": KEY,
                                                  "_dmarc.example.org": "v=DMARC1; p=none; rua=mailto:d@example.org",
                                                  "bounce.mailer.test": "v=spf1 -all"})

    def plan(*options, ok=(0, 1), replay=True):
        source = ("--replay", facts) if replay else ("--offline",)
        answer = ask("plan", "example.org", "--db", store, "--now", NOW, *source, *options, ok=ok)["what_if"]
        row = lambda total: tuple(total[name] > 0 for name in ("failing_before", "failing_after", "undecided"))
        senders = {sender["name"]: row(sender) for sender in answer["senders"]}
        return {name: row(answer[name]) for name in ("legitimate", "unknown", "spoofed")}, senders
    return plan


YES, NO = True, False


def test_a_forgotten_server_is_let_in(plan):
    classes, senders = plan("--with", f"example.org TXT {SPF.replace('-all', 'ip4:203.0.113.8 -all')}")
    assert classes == {"legitimate": (NO, NO, NO), "unknown": (YES, NO, NO), "spoofed": (YES, YES, NO)}
    assert senders == {"203.0.113.0/24": (YES, NO, NO)}


def test_mail_that_rests_on_spf_alone_is_lost_with_it(plan):
    classes, senders = plan("--with", "example.org TXT v=spf1 -all", ok=(1,))
    assert classes["legitimate"] == (NO, YES, NO) and senders == {"192.0.2.0/24": (NO, YES, NO)}


def test_without_the_record_at_all(plan):
    assert plan("--without", "example.org TXT", ok=(1,))[0]["legitimate"] == (NO, YES, NO)


def test_a_key_that_is_revoked_takes_dkim_only_mail_with_it(plan):
    for option in (("--with", "s2._domainkey.example.org TXT v=DKIM1; p="), ("--without", "s2._domainkey.example.org TXT")):
        classes, senders = plan(*option, ok=(1,))
        assert classes["legitimate"] == (NO, YES, NO) and senders == {"mailer.test": (NO, YES, NO)}


def test_another_key_is_undecided(plan):
    classes, senders = plan("--with", f"s2._domainkey.example.org TXT {OTHER_KEY}")
    assert classes["legitimate"] == (NO, NO, YES) and senders == {"mailer.test": (NO, NO, YES)}


def test_a_key_that_nobody_uses_changes_nothing(plan):
    assert plan("--with", f"s9._domainkey.example.org TXT {KEY}")[1] == {}


def test_what_cannot_be_looked_up_is_undecided(plan):
    classes, _ = plan("--with", "example.org TXT v=spf1 include:unheard.test -all")
    assert classes["legitimate"] == (NO, NO, YES)


def test_offline_the_assumed_record_is_judged_alone(plan):
    classes, senders = plan("--with", "example.org TXT v=spf1 ip4:192.0.2.9 -all", replay=False)
    assert senders["192.0.2.0/24"] == (NO, YES, NO) and classes["unknown"] == (YES, YES, NO)


def test_shown_to_people(mailseal, fill, tmp_path):
    streams = [mail.Stream("legitimate", 40, ["192.0.2.1"], "example.org", "pass", [])]
    store = fill(mail.lines(mail.reports(streams, random.Random(3), days=40), days=40))
    facts, page = facts_file(tmp_path / "facts.jsonl", {"example.org": SPF}), tmp_path / "page.html"
    result = mailseal("plan", "example.org", "--db", store, "--now", NOW, "--replay", facts, "--html", page, "--with",
                      "example.org TXT v=spf1 -all")
    assert result.returncode == 1 and b"would fail" in result.stdout and "Would fail" in page.read_text()
