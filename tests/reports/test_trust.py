# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Hazard 53: forged reports are told and move no plan, whatever they say and however well they are written."""
import base64
import gzip
import json
import subprocess

import pytest
from conftest import PROGRAM
from kill import ROW, XML

NOW = "2026-11-25T12:00:00Z"
HOST = "mx.council.example"
DAY = 86400
BEGIN = 1793577600
TLS = {"organization-name": "{reporter}", "contact-info": "tls@{reporter}", "report-id": "{number}",
       "date-range": {"start-datetime": "2026-11-02T00:00:00Z", "end-datetime": "2026-11-02T23:59:59Z"},
       "policies": [{"policy": {"policy-type": "sts", "policy-domain": "example.org"},
                     "summary": {"total-successful-session-count": 5, "total-failure-session-count": 0}}]}


def aggregate(reporter="google.com", contact=None, number=1, day=0, count=3, domain="example.org", row=ROW):
    begin = BEGIN + day * DAY
    text = XML.format(reporter=reporter, number=number, begin=begin, end=begin + DAY - 1, rows=row.format(octet=1, count=count))
    return text.replace(f"a@{reporter}", contact or f"noreply@{reporter}").replace("example.org", domain)


def tls(reporter="google.com", number=1):
    return json.dumps(TLS).replace("{reporter}", reporter).replace("{number}", str(number))


def mail(results=None, sender="noreply@google.com", report=None, more="", name="report.xml.gz"):
    """A mail as it lies in the mailbox: above, what the receiving host wrote."""
    packed = base64.encodebytes(gzip.compress((report or aggregate()).encode())).decode().replace("\n", "\r\n")
    above = "".join(f"Authentication-Results: {result}\r\n" for result in ([results] if isinstance(results, str) else results or []))
    return (f"{above}Received: from out.example by {HOST}; Tue, 3 Nov 2026 01:00:00 +0000\r\n{more}"
            f"From: {sender}\r\nTo: dmarc@example.org\r\nSubject: Report Domain: example.org\r\n"
            "Date: Tue, 3 Nov 2026 01:00:00 +0000\r\nMessage-ID: <1@r.example>\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: application/gzip; name={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n{packed}").encode()


def ingest(mailseal, db, *texts, options=("--authserv-id", HOST), ok=(0, 1)):
    found = None
    for text in texts:
        result = mailseal("ingest", "-", "--db", db, "--json", *options, stdin=text)
        assert result.returncode in ok, result.stderr.decode()
        found = json.loads(result.stdout)
    return found


def judged(mailseal, tmp_path, text, **more):
    """The one word that is said of the one report in the text."""
    (word, count), = ingest(mailseal, tmp_path / "r.db", text, **more)["authenticity"].items()
    assert count == 1
    return word


PASSES = {
    "dmarc": f"{HOST}; dmarc=pass (p=reject) header.from=google.com",
    "dkim": f"{HOST}; dkim=pass header.d=google.com header.s=s; spf=fail smtp.mailfrom=x.example",
    "dkim by identity": f"{HOST}; dkim=pass header.i=@reports.google.com",
    "spf": f"{HOST}; spf=pass smtp.mailfrom=bounce@mail.google.com; dkim=none",
    "case and version": f'"{HOST.upper()}" 1; DKIM=pass header.d=Google.COM',
    "two programs": [f"{HOST}; dkim=pass header.d=google.com", f"{HOST}; spf=none smtp.mailfrom=x.example"],
}
FAILS = {
    "dmarc": f"{HOST}; dmarc=fail header.from=google.com",
    "nothing aligned": f"{HOST}; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example",
    "nothing at all": f"{HOST}; dkim=none; spf=softfail smtp.mailfrom=google.com",
    "look-alike": f"{HOST}; dkim=pass header.d=evilgoogle.com; spf=none",
    "a stranger's field below": [f"{HOST}; dmarc=fail header.from=google.com", f"{HOST}; dmarc=pass header.from=google.com"],
    "a stranger's name": [f"{HOST}; dmarc=fail header.from=google.com", "mx.evil.example; dmarc=pass header.from=google.com"],
}
OPEN = {
    "no field": None,
    "another host's": "mx.other.example; dmarc=fail header.from=google.com",
    "a fault that passes": f"{HOST}; dkim=temperror header.d=google.com; spf=fail smtp.mailfrom=x.example",
    "half a check": f"{HOST}; spf=fail smtp.mailfrom=x.example",
    "about another author": f"{HOST}; dmarc=fail header.from=example.net",
    "nothing was checked": f"{HOST}; none",
    "no DMARC record": f"{HOST}; dmarc=none header.from=google.com",
    "broken": f"{HOST}; dmarc=",
}


@pytest.mark.parametrize("row", PASSES)
def test_hazard_53_proved(mailseal, tmp_path, row):
    assert judged(mailseal, tmp_path, mail(PASSES[row]), ok=(0,)) == "proved"


@pytest.mark.parametrize("row", FAILS)
def test_hazard_53_unaligned(mailseal, tmp_path, row):
    assert judged(mailseal, tmp_path, mail(FAILS[row]), ok=(1,)) == "unaligned"


@pytest.mark.parametrize("row", OPEN)
def test_hazard_53_open_is_counted(mailseal, ask, tmp_path, row):
    assert judged(mailseal, tmp_path, mail(OPEN[row]), ok=(0,)) in ("undecided", "no-results")
    assert ask("senders", "example.org", "--db", tmp_path / "r.db", "--now", NOW)["messages"] == 3


@pytest.mark.parametrize("sender,reporter,contact,word", [
    ("a@evil.example", "google.com", None, "impostor"),
    ("a@evil.example", "google.com", "a@evil.example", "impostor"),
    ("a@evil.example", "Google", "noreply-dmarc-support@google.com", "impostor"),
    ("a@evil.example", "Yahoo", "dmarchelp@yahooinc.com", "impostor"),
    ("a@evil.example", "smallhost.example", None, "other-name"),
    ("a@mail.smallhost.example", "smallhost.example", None, "proved"),
    ("dmarcreport@microsoft.com", "Outlook.com", "dmarcreport@microsoft.com", "proved"),
    ("dmarcreport@microsoft.com", "Enterprise Outlook", "dmarcreport@microsoft.com", "proved"),
    ("noreply@smallhost.example", "The Small Host", None, "proved"),
])
def test_hazard_53_the_author_is_the_reporter(mailseal, tmp_path, sender, reporter, contact, word):
    report = aggregate(reporter, contact or (f"noreply@{reporter}" if "." in reporter else "x"))
    results = f"{HOST}; dkim=pass header.d={sender.split('@')[1]}"
    assert judged(mailseal, tmp_path, mail(results, sender, report)) == word


@pytest.mark.parametrize("results,word", [
    ("spf=fail (sender IP is 192.0.2.1)\r\n smtp.mailfrom=google.com; dkim=pass (signature was verified)\r\n"
     " header.d=google.com;dmarc=pass action=none\r\n header.from=google.com;compauth=pass reason=100", "proved"),
    ("spf=fail (sender IP is 192.0.2.1)\r\n smtp.mailfrom=google.com; dkim=none (message not signed)\r\n"
     " header.d=none;dmarc=fail action=oreject\r\n header.from=google.com;compauth=fail reason=000", "unaligned"),
    (f"{HOST}; dmarc=pass header.from=google.com", "no-results"),
])
def test_hazard_53_microsoft_365_gives_no_name(mailseal, tmp_path, results, word):
    assert judged(mailseal, tmp_path, mail(results), options=("--authserv-id", "-")) == word


def test_hazard_53_a_mail_inside_proves_nothing(mailseal, tmp_path):
    inner = mail(PASSES["dmarc"]).decode()
    outer = mail(FAILS["dmarc"], report="x").decode().split("Content-Type")[0] + "Content-Type: message/rfc822\r\n\r\n" + inner
    assert judged(mailseal, tmp_path, outer.encode()) == "passed-on"


def test_hazard_53_tls_reports_must_be_signed(mailseal, tmp_path):
    for number, (row, word) in enumerate([("spf", "unsigned"), ("dkim", "proved"), ("dmarc", "unsigned")]):
        text = mail(PASSES[row], report=tls(number=number), name="r.json.gz")
        assert judged(mailseal, tmp_path, text) == word, row
    assert judged(mailseal, tmp_path, mail(FAILS["nothing at all"], report=tls(number=9), name="r.json.gz")) == "unaligned"


def test_hazard_53_nobody_asked(mailseal, tmp_path):
    assert judged(mailseal, tmp_path, mail(FAILS["dmarc"]), options=(), ok=(0,)) == "not-judged"
    assert judged(mailseal, tmp_path, aggregate(number=2).encode(), options=()) == "no-mail"


def test_hazard_53_forged_reports_are_told(mailseal, ask, tmp_path):
    db = tmp_path / "r.db"
    found = ingest(mailseal, db, mail(PASSES["dkim"], report=aggregate(number=1)))
    assert found["left_out"] == 0 and found["messages"] == 3
    result = mailseal("ingest", "-", "--db", db, "--authserv-id", HOST,
                      stdin=mail(f"{HOST}; dmarc=pass header.from=evil.example", "a@evil.example", aggregate(number=2, count=1000)))
    assert result.returncode == 1
    assert b"left out: a report of google.com, in a mail from evil.example" in result.stderr
    assert b"NOT to come from whom they name" in result.stdout
    for command in ("senders", "plan"):
        answer = ask(command, "example.org", "--db", db, "--now", NOW, *(["--offline"] if command == "plan" else []))
        assert answer["messages"] == 3
        told = answer["authenticity"]
        assert (told["proved_reports"], told["left_out_reports"], told["left_out_messages"]) == (1, 1, 1000)
        forged, = told["left_out"]
        assert forged["authenticity"] == "impostor"
        assert (forged["reporter"], forged["mail_from"]) == ("google.com", "evil.example")
        text = mailseal(command, "example.org", "--db", db, "--now", NOW, *(["--offline"] if command == "plan" else []),
                        "--html", tmp_path / "page.html").stdout.decode()
        assert "evil.example" in text and "1 reports with 1000 messages" in " ".join(text.split())
        page = (tmp_path / "page.html").read_text()
        assert "evil.example" in page and "move no plan" in page


# ---- a reporter whose mail a service sends under its own name ----

BY_SERVICE = f"{HOST}; dkim=pass header.d=mail.service.example; spf=pass smtp.mailfrom=b@bounce.service.example; dmarc=fail header.from=google.com"
ACCEPT = ("--authserv-id", HOST, "--accept-reporter", "Google.com=service.example")


@pytest.mark.parametrize("results,sender,accept,word", [
    (BY_SERVICE, "noreply@google.com", "Google.com=service.example", "accepted"),
    (BY_SERVICE, "noreply@google.com", "google.com=mail.service.example", "accepted"),
    (BY_SERVICE, "noreply@google.com", "google.com=other.example", "unaligned"),
    (BY_SERVICE, "noreply@google.com", "google.com=x.mail.service.example", "unaligned"),
    (BY_SERVICE, "noreply@google.com", "google.com=ice.example", "unaligned"),
    (BY_SERVICE, "noreply@google.com", "other.example=service.example", "unaligned"),
    (f"{HOST}; dkim=fail header.d=service.example; spf=softfail smtp.mailfrom=service.example", "noreply@google.com",
     "google.com=service.example", "unaligned"),
    (f"{HOST}; dkim=pass header.d=google.com", "noreply@google.com", "google.com=google.com", "proved"),
    (f"{HOST}; dmarc=pass header.from=reports.service.example", "a@reports.service.example", "google.com=service.example", "accepted"),
    (f"{HOST}; dmarc=pass header.from=reports.service.example", "a@reports.service.example", "x=service.example", "impostor"),
    ([f"{HOST}; dkim=none; spf=none", BY_SERVICE], "noreply@google.com", "google.com=service.example", "unaligned"),
    ("mx.evil.example; dkim=pass header.d=service.example", "noreply@google.com", "google.com=service.example", "no-results"),
])
def test_hazard_53_a_service_brings_it(mailseal, tmp_path, results, sender, accept, word):
    assert judged(mailseal, tmp_path, mail(results, sender), options=("--authserv-id", HOST, "--accept-reporter", accept)) == word


def test_hazard_53_accepted_reports_are_counted(mailseal, ask, tmp_path):
    """First left out, with what to do about it; then read again and accepted: counted, once."""
    db = tmp_path / "r.db"
    text = mail(BY_SERVICE)
    result = mailseal("ingest", "-", "--db", db, "--authserv-id", HOST, stdin=text)
    assert result.returncode == 1
    assert b"of which nothing proves who sent them" in result.stdout and b"proved NOT" not in result.stdout
    assert b"may be forged or genuine" in result.stderr
    answer = ask("senders", "example.org", "--db", db, "--now", NOW, ok=(3,))
    told = answer["authenticity"]
    assert (answer["messages"], told["left_out_reports"], told["false_reports"]) == (0, 1, 0)
    told = " ".join(mailseal("senders", "example.org", "--db", db, "--now", NOW).stdout.decode().split())
    assert "may be genuine or made up" in told and "--accept-reporter REPORTER=DOMAIN" in told
    assert "proved to come from somebody else" not in told
    for _ in range(2):
        found = ingest(mailseal, db, text, options=ACCEPT, ok=(0,))
        assert found["authenticity"] == {"accepted": 1}
        answer = ask("senders", "example.org", "--db", db, "--now", NOW)
        assert answer["messages"] == 3 and answer["authenticity"]["left_out_reports"] == 0


def test_hazard_53_a_tls_report_is_accepted_by_its_signature_only(mailseal, tmp_path):
    report = tls(number=1)
    by_spf = f"{HOST}; spf=pass smtp.mailfrom=service.example; dkim=none"
    assert judged(mailseal, tmp_path, mail(by_spf, report=report, name="r.json.gz"), options=ACCEPT) == "unaligned"
    assert judged(mailseal, tmp_path, mail(BY_SERVICE, report=report, name="r.json.gz"), options=ACCEPT) == "accepted"


@pytest.mark.parametrize("options", [("--accept-reporter", "google.com=service.example"),
                                     ("--authserv-id", HOST, "--accept-reporter", "google.com"),
                                     ("--authserv-id", HOST, "--accept-reporter", "=service.example"),
                                     ("--authserv-id", HOST, "--accept-reporter", "google.com=")])
def test_accepting_needs_both_names_and_a_proof(mailseal, tmp_path, options):
    result = mailseal("ingest", "-", "--db", tmp_path / "r.db", *options, stdin=mail(BY_SERVICE))
    assert result.returncode == 2 and b"--accept-reporter" in result.stderr


def journey(kinds):
    """Reports of 40 days from two reporters, one mail each: enough to step on, if they count."""
    for day in range(40):
        for reporter in ("google.com", "smallhost.example"):
            yield mail(kinds(reporter), f"noreply@{reporter}",
                       aggregate(reporter, number=day, day=day - 20, count=20))


@pytest.mark.parametrize("is_forged", [False, True])
def test_hazard_53_forged_reports_advance_no_plan(mailseal, ask, tmp_path, is_forged):
    folder = tmp_path / "in"
    folder.mkdir()
    word = "fail" if is_forged else "pass"
    for number, text in enumerate(journey(lambda reporter: f"{HOST}; dmarc={word} header.from={reporter}")):
        (folder / f"{number}.eml").write_bytes(text)
    result = mailseal("ingest", folder, "--db", tmp_path / "r.db", "--authserv-id", HOST)
    assert result.returncode == (1 if is_forged else 0), result.stderr.decode()
    plan = ask("plan", "example.org", "--db", tmp_path / "r.db", "--now", NOW, "--offline", ok=(0, 3))
    assert plan["advice"] == ("no-data" if is_forged else "step")
    assert plan["messages"] == (0 if is_forged else 1600)


def test_hazard_53_better_proof_counts_later(mailseal, ask, tmp_path):
    """First read from bare files, then from the mailbox: the proof is added, and the forged one goes."""
    db = tmp_path / "r.db"
    ingest(mailseal, db, aggregate(number=1).encode(), aggregate(number=2, count=50).encode(), options=())
    assert ask("senders", "example.org", "--db", db, "--now", NOW)["messages"] == 53
    ingest(mailseal, db, mail(PASSES["dkim"], report=aggregate(number=1)),
           mail(FAILS["dmarc"], report=aggregate(number=2, count=50)))
    answer = ask("senders", "example.org", "--db", db, "--now", NOW)
    assert answer["messages"] == 3 and answer["authenticity"]["proved_reports"] == 1
    assert sum(day["messages"] for day in answer["days"]) == 3


def test_hazard_53_overlapping_windows_are_told(mailseal, ask, tmp_path):
    db = tmp_path / "r.db"
    begin, moved = BEGIN, BEGIN + DAY // 2
    ingest(mailseal, db, aggregate(number=1).encode(),
           aggregate(number=2).replace(str(begin), str(moved)).replace(str(begin + DAY - 1), str(moved + DAY - 1)).encode(),
           aggregate(number=1, count=4).encode(), aggregate("other.example", number=3).encode(), options=())
    answer = ask("senders", "example.org", "--db", db, "--now", NOW)
    assert answer["authenticity"]["repeating"] == [{"reporter": "google.com", "reports": 3, "overlapping": 1, "same_id": 1}]
    text = mailseal("senders", "example.org", "--db", db, "--now", NOW).stdout.decode()
    assert "google.com most" in " ".join(text.split()) and "1 reports overlap" in " ".join(text.split())


# ---- our own look at the signature ----

@pytest.fixture(scope="module")
def key(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "key.pem"
    record, = json.loads(subprocess.run([PROGRAM, "record", "dkim", "google.com", "--selector", "s1", "--algorithm", "ed25519",
                                         "--private-key", path, "--json"], capture_output=True, check=True).stdout)["records"]
    return path, record["value"]


def signed(key, text, domain="google.com"):
    return subprocess.run([PROGRAM, "sign", "-", "--domain", domain, "--selector", "s1", "--key", key[0]], input=text,
                          capture_output=True, check=True).stdout


def published(tmp_path, value, name="s1._domainkey.google.com"):
    path = tmp_path / "facts.jsonl"
    answer = {"kind": "dns", "name": name, "type": "TXT", "state": "present", "rcode": 0, "ttl": 300, "records": [f'"{value}"'],
              "dnssec": "insecure", "bytes": 200, "source": "lab", "time": NOW}
    head = {"mailseal_facts": 1, "version": "0.1.0", "created": NOW, "domains": ["google.com"]}
    path.write_text(json.dumps(head) + "\n" + json.dumps(answer) + "\n")
    return path


@pytest.mark.parametrize("row,change,value,word", [
    ("as it was signed", None, None, "proved"),
    ("changed on the way", (b"Subject: Report", b"Subject: report"), None, "undecided"),
    ("the key is gone", None, "v=DKIM1; k=ed25519; p=", "undecided"),
])
def test_hazard_53_our_own_look(mailseal, tmp_path, key, row, change, value, word):
    text = signed(key, mail())
    text = text.replace(*change) if change else text
    facts = published(tmp_path, value or key[1])
    assert judged(mailseal, tmp_path, text, options=("--verify", "--replay", facts), ok=(0,)) == word


def test_hazard_53_our_own_look_finds_the_impostor(mailseal, tmp_path, key):
    text = signed(key, mail(sender="a@evil.example"), "evil.example")
    facts = published(tmp_path, key[1], "s1._domainkey.evil.example")
    assert judged(mailseal, tmp_path, text, options=("--verify", "--replay", facts), ok=(1,)) == "impostor"


def test_hazard_53_our_own_look_finds_the_service(mailseal, tmp_path, key):
    text = signed(key, mail(), "service.example")
    facts = published(tmp_path, key[1], "s1._domainkey.service.example")
    options = ("--verify", "--replay", facts)
    assert judged(mailseal, tmp_path, text, options=options, ok=(0,)) == "undecided"
    assert judged(mailseal, tmp_path, text, options=(*options, "--accept-reporter", "google.com=service.example"), ok=(0,)) == "accepted"


def test_hazard_53_a_key_for_tls_reports_only(mailseal, tmp_path, key):
    value = key[1].replace("v=DKIM1;", "v=DKIM1; s=tlsrpt;")
    facts = published(tmp_path, value)
    report = signed(key, mail(report=tls(), name="r.json.gz"))
    assert judged(mailseal, tmp_path, report, options=("--verify", "--replay", facts)) == "proved"
    assert judged(mailseal, tmp_path, signed(key, mail()), options=("--verify", "--replay", facts)) == "undecided"
