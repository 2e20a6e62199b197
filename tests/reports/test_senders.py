# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""senders and plan against streams whose truth is known."""
import csv
import io
import json
import os
from collections import defaultdict

import pytest
import streams as mail

NOW = "2026-11-25T12:00:00Z"
SEEDS = range(int(os.environ.get("MAILSEAL_SEEDS", "3")))


def classified(answer):
    """{source: {class: messages}}"""
    totals = defaultdict(lambda: defaultdict(int))
    for sender in answer["senders"]:
        for source in sender["sources"]:
            totals[source["name"]][sender["class"]] += source["messages"]
    return totals


def rightly(made, answer, open_is_legitimate=False):
    """Share of messages put into their class. What is left open ("unknown") is not right, unless nobody could know."""
    got = classified(answer)
    if open_is_legitimate:
        for classes in got.values():
            classes["legitimate"] += classes.pop("unknown", 0)
    right = sum(min(count, got[source][truth]) for source, truths in mail.truth_by_source(made).items()
                for truth, count in truths.items())
    return right / mail.messages(made)


@pytest.mark.parametrize("broken", [None, "service", "server", "subdomain"])
@pytest.mark.parametrize("seed", SEEDS)
def test_messages_are_classified(ask, fill, seed, broken):
    streams, rng = mail.world(seed, broken=broken)
    made = mail.reports(streams, rng)
    answer = ask("senders", "example.org", "--db", fill(mail.lines(made)), "--now", NOW)
    assert answer["messages"] == mail.messages(made)
    # A forgotten server proves nothing at all: that it is asked about is the right answer.
    assert rightly(made, answer, open_is_legitimate=broken == "server") >= 0.98


@pytest.mark.parametrize("broken", ["service", "server", "subdomain"])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_step_is_advised_that_loses_mail(ask, fill, seed, broken):
    streams, rng = mail.world(seed, broken=broken)
    made = mail.reports(streams, rng)
    plan = ask("plan", "example.org", "--db", fill(mail.lines(made)), "--now", NOW, "--offline")
    assert plan["policy"] == "none"
    assert plan["advice"] == "fix" and plan["blockers"]


@pytest.mark.parametrize("seed", SEEDS)
def test_step_is_advised_when_all_is_well(ask, fill, seed):
    streams, rng = mail.world(seed)
    made = mail.reports(streams, rng)
    plan = ask("plan", "example.org", "--db", fill(mail.lines(made)), "--now", NOW, "--offline")
    assert (plan["advice"], plan["next_policy"]) == ("step", "quarantine"), plan["blockers"]
    assert plan["record"]["name"] == "_dmarc.example.org"
    assert plan["record"]["value"].startswith("v=DMARC1; p=quarantine")
    stopped = plan["last_month_under"]["reject"]
    assert stopped["legitimate"]["rejected"] == 0
    assert stopped["spoofed"]["delivered"] == 0
    assert plan["last_month_under"]["none"]["spoofed"]["delivered"] > 0


def simple(fill, days, policy=lambda day: "none", per_day=200):
    streams = [mail.Stream("legitimate", per_day, ["192.0.2.1"], "example.org", "pass", [("pass", "example.org", "s1")])]
    rng = mail.random.Random(1)
    return fill(mail.lines(mail.reports(streams, rng, days=days, policy=policy), days=days, policy=policy))


def plan_of(ask, path, now=NOW, ok=(0, 1)):
    return ask("plan", "example.org", "--db", path, "--now", now, "--offline", ok=ok)


def test_too_few_days(ask, fill):
    assert plan_of(ask, simple(fill, 8))["advice"] == "too-few"


def test_too_few_messages(ask, fill):
    assert plan_of(ask, simple(fill, 40, per_day=1))["advice"] == "too-few"


def test_silence_is_a_finding(ask, fill, mailseal):
    path = simple(fill, 40)
    plan = plan_of(ask, path, now="2026-12-10T12:00:00Z")
    assert plan["advice"] == "silent"
    assert mailseal("plan", "example.org", "--db", path, "--now", "2026-12-10T12:00:00Z", "--offline").returncode == 1


def test_quarantine_waits_three_months(ask, fill):
    plan = plan_of(ask, simple(fill, 60, policy=lambda day: "none" if day < 20 else "quarantine"))
    assert (plan["policy"], plan["advice"], plan["next_policy"]) == ("quarantine", "wait", "reject")
    assert plan["earliest"].startswith("2027-01")


def test_reject_is_kept(ask, fill):
    plan = plan_of(ask, simple(fill, 30, policy=lambda day: "reject"))
    assert (plan["advice"], plan["record"]) == ("keep", None)


def test_step_to_reject(ask, fill):
    path = simple(fill, 120, policy=lambda day: "none" if day < 20 else "quarantine")
    plan = ask("plan", "example.org", "--db", path, "--now", NOW, "--offline", "--days", "200")
    assert (plan["advice"], plan["next_policy"]) == ("step", "reject")


def test_no_reports_at_all(ask, fill):
    plan = ask("plan", "other.example", "--db", simple(fill, 20), "--now", NOW, "--offline", ok=(3,))
    assert plan["advice"] == "no-data"
    assert "p=none" in plan["record"]["value"]


def test_published_record_is_changed_in_one_place(ask, fill, tmp_path):
    facts = tmp_path / "facts.jsonl"
    record = "v=DMARC1; p=none; rua=mailto:dmarc@example.org"
    facts.write_text(
        '{"mailseal_facts": 1, "version": "0", "created": "2026-11-25T12:00:00Z", "domains": ["example.org"]}\n'
        '{"kind": "dns", "name": "_dmarc.example.org", "type": "TXT", "source": "test", "time": "2026-11-25T12:00:00Z",'
        f' "state": "present", "rcode": 0, "ttl": 300, "records": ["\\"{record}\\""], "dnssec": "insecure"}}\n')
    plan = ask("plan", "example.org", "--db", simple(fill, 60), "--now", NOW, "--replay", facts)
    assert plan["record"]["value"] == "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.org"


def test_strict_alignment_would_stop_mail(ask, fill):
    streams = [mail.Stream("legitimate", 50, ["192.0.2.1"], "bounce.example.org", "pass", [("pass", "news.example.org", "n")])]
    path = fill(mail.lines(mail.reports(streams, mail.random.Random(2))))
    assert plan_of(ask, path)["advice"] == "step"
    strict = ask("plan", "example.org", "--db", path, "--now", NOW, "--offline", "--with",
                 "_dmarc.example.org TXT v=DMARC1; p=none; adkim=s; aspf=s; rua=mailto:a@example.org")
    assert strict["advice"] == "fix"
    assert strict["last_month_under"]["reject"]["legitimate"]["rejected"] > 0
    assert "strict-alignment" in strict["blockers"][0]["causes"]


def test_new_sender_is_marked(ask, fill):
    streams, rng = mail.world(3)
    streams.append(mail.Stream("legitimate", 20, ["149.72.9.9"], "u1.wl.sendgrid.net", "pass",
                               [("pass", "sendgrid.net", "smtpapi")], span=(0.9, 1.0)))
    answer = ask("senders", "example.org", "--db", fill(mail.lines(mail.reports(streams, rng))), "--now", NOW)
    (sendgrid,) = [s for s in answer["senders"] if s["provider"] is not None and "sendgrid" in s["provider"]]
    assert sendgrid["new"] and sendgrid["fix"] and sendgrid["first_seen"] >= "2026-11-18"


def test_every_form_of_output(mailseal, fill, tmp_path):
    streams, rng = mail.world(4, broken="service")
    path = fill(mail.lines(mail.reports(streams, rng)))
    page = tmp_path / "page.html"
    base = ("senders", "example.org", "--db", path, "--now", NOW)
    text = mailseal(*base, "--html", page)
    assert text.returncode == 0 and b"Legitimate" in text.stdout and b"\x1b" not in text.stdout
    assert "<svg" in page.read_text() and "</html>" in page.read_text()
    rows = list(csv.DictReader(io.StringIO(mailseal(*base, "--csv").stdout.decode())))
    assert {row["class"] for row in rows} == {"legitimate", "forwarded", "spoofed"}
    plan = mailseal("plan", "example.org", "--db", path, "--now", NOW, "--offline", "--html", page)
    assert plan.returncode == 1 and b"In the way" in plan.stdout and "In the way" in page.read_text()


def test_hostile_names_are_shown_safely(mailseal, fill, tmp_path):
    lines = ["R\tbad<script>\t1\texample.org\t1795000000\t1795000100\tp=none",
             "F\t192.0.2.1\t5\t1\t2\t2\texample.org\t-\tspf pass <img/src=x>\x1b[31m.test mfrom|\t"]
    path = fill(lines)
    page = tmp_path / "page.html"
    result = mailseal("senders", "example.org", "--db", path, "--now", NOW, "--html", page)
    assert result.returncode == 0 and b"\x1b" not in result.stdout
    assert "<img" not in page.read_text() and "<script" not in page.read_text()


def test_missing_store_is_said_in_one_line(mailseal, tmp_path):
    result = mailseal("senders", "example.org", "--db", tmp_path / "none.db")
    assert result.returncode == 2 and len(result.stderr.decode().splitlines()) == 1
    assert not (tmp_path / "none.db").exists()


# ---- what an administrator must not be told ----


def published(tmp_path, record):
    facts = tmp_path / "published.jsonl"
    head = {"mailseal_facts": 1, "version": "0", "created": "2026-11-25T12:00:00Z", "domains": ["example.org"]}
    answer = {"kind": "dns", "name": "_dmarc.example.org", "type": "TXT", "source": "test", "time": "2026-11-25T12:00:00Z",
              "state": "present", "rcode": 0, "ttl": 300, "records": [f'"{record}"'], "dnssec": "insecure"}
    facts.write_text(json.dumps(head) + "\n" + json.dumps(answer) + "\n")
    return facts


@pytest.mark.parametrize("policy", ["none", "quarantine", "reject"])
def test_without_reports_no_stricter_record_is_shown(ask, fill, mailseal, tmp_path, policy):
    facts = published(tmp_path, f"v=DMARC1; p={policy}; rua=mailto:a@example.org")
    db = fill(mail.lines(mail.reports([], mail.random.Random(1)), domain="other.example"))
    answer = ask("plan", "example.org", "--db", db, "--now", NOW, "--replay", facts, ok=(3,))
    assert (answer["advice"], answer["record"]) == ("no-data", None)
    text = mailseal("plan", "example.org", "--db", db, "--now", NOW, "--replay", facts).stdout.decode()
    assert "record to publish" not in text and "leave its policy as it is" in " ".join(text.split())


@pytest.mark.parametrize("record,expected", [
    ("v=DMARC1; p=none; sp=none; aspf=s; fo=1; ruf=mailto:f@example.org; rua=mailto:a@example.org",
     "v=DMARC1; p=quarantine; sp=none; aspf=s; fo=1; ruf=mailto:f@example.org; rua=mailto:a@example.org"),
    ("v=DMARC1; p=none; np=reject; rua=mailto:a@example.org", "v=DMARC1; p=quarantine; np=reject; rua=mailto:a@example.org"),
    ("v=DMARC1; p=none; pct=50; rua=mailto:a@example.org", "v=DMARC1; p=quarantine; rua=mailto:a@example.org"),
])
def test_other_tags_of_the_record_stay(ask, fill, tmp_path, record, expected):
    plan = ask("plan", "example.org", "--db", simple(fill, 60), "--now", NOW, "--replay", published(tmp_path, record))
    assert plan["record"]["value"] == expected


def test_a_record_made_blindly_says_so(fill, mailseal, tmp_path):
    db = simple(fill, 60)
    text = mailseal("plan", "example.org", "--db", db, "--now", NOW, "--offline").stdout.decode()
    assert "change only its p" in " ".join(text.split())
    facts = published(tmp_path, "v=DMARC1; p=none; rua=mailto:a@example.org")
    text = mailseal("plan", "example.org", "--db", db, "--now", NOW, "--replay", facts).stdout.decode()
    assert "p=quarantine" in text and "change only its p" not in " ".join(text.split())


def test_a_step_says_what_forwarded_mail_it_costs(fill, mailseal, tmp_path):
    streams, rng = mail.world(3)
    db = fill(mail.lines(mail.reports(streams, rng)))
    page = tmp_path / "page.html"
    text = mailseal("senders", "example.org", "--db", db, "--now", NOW, "--html", page)
    text = mailseal("plan", "example.org", "--db", db, "--now", NOW, "--offline", "--html", page).stdout.decode()
    assert "forwarded and mailing-list messages" in " ".join(text.split())
    assert "forwarded and mailing-list messages" in page.read_text()


def test_a_stranger_gets_no_key(ask, fill, mailseal):
    streams, rng = mail.world(3, broken="server")
    db = fill(mail.lines(mail.reports(streams, rng)))
    unknown = [s for s in ask("senders", "example.org", "--db", db, "--now", NOW)["senders"] if s["class"] == "unknown" and s["fix"]]
    assert unknown and all(s["fix"].startswith("If it is yours: ") for s in unknown)
    assert "604 fail. If it is yours" in " ".join(mailseal("senders", "example.org", "--db", db, "--now", NOW).stdout.decode().split())
