# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Failure reports: stored without people, and shown."""
import json

import pytest

NOW = "2026-11-25T12:00:00Z"
REPORT = """From: reports@receiver.example
To: ruf@example.org
Subject: FW: your invoice
Date: Tue, 24 Nov 2026 08:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

An authentication failure.
--b
Content-Type: message/feedback-report

Feedback-Type: auth-failure
Version: 1
User-Agent: test/1
Auth-Failure: dmarc
Identity-Alignment: none
Original-Mail-From: <alice.private@bounce.example.net>
Source-IP: 192.0.2.66
Reported-Domain: example.org
Delivery-Result: delivered
Arrival-Date: Tue, 24 Nov 2026 07:59:00 +0000
Incidents: 3

--b
Content-Type: text/rfc822-headers

From: Bob Secret <bob.secret@example.org>
To: carol.victim@receiver.example
Subject: your invoice 4711

--b--
"""


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_shown_without_people(mailseal, tmp_path, form):
    (tmp_path / "report.eml").write_text(REPORT.replace("\n", "\r\n"))
    database, page = tmp_path / "r.db", tmp_path / "page.html"
    ingested = mailseal("ingest", tmp_path / "report.eml", "--db", database)
    assert ingested.returncode == 0 and b"1  new failure reports" in ingested.stdout
    options = {"text": [], "json": ["--json"], "html": ["--html", page]}[form]
    result = mailseal("senders", "example.org", "--db", database, "--now", NOW, *options)
    text = page.read_text() if form == "html" else result.stdout.decode()
    assert "192.0.2.66" in text and "bounce.example.net" in text
    for word in ("alice", "bob", "carol", "invoice"):
        assert word not in text and word.encode() not in database.read_bytes()
    if form == "json":
        (failure,) = json.loads(text)["failures"]
        assert (failure["source"], failure["from_domain"], failure["incidents"]) == ("192.0.2.66", "example.org", 3)
