# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""check --db: what reports taught, as facts that a replay judges the same."""
import json
import random

import streams as mail

NOW = "2026-11-25T12:00:00Z"
KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def facts_file(path, records):
    """A file of facts that holds only these TXT records."""
    lines = [{"mailseal_facts": 1, "version": "0", "created": NOW, "domains": ["example.org"]}]
    for name, value in records.items():
        lines.append({"kind": "dns", "name": name, "type": "TXT", "state": "present" if value else "absent", "rcode": 0,
                      "ttl": 300, "records": [f'"{value}"'] if value else [], "dnssec": "insecure", "source": "test",
                      "time": NOW})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def records(**more):
    return {"example.org": "v=spf1 ip4:192.0.2.0/24 -all", "_domainkey.example.org": "",
            "_dmarc.example.org": "v=DMARC1; p=none; rua=mailto:dmarc@example.org",
            "zz9x._domainkey.example.org": KEY, "gone._domainkey.example.org": "", **more}


def made(fill):
    own = [("pass", "example.org", "zz9x")]
    streams = [
        mail.Stream("legitimate", 100, ["192.0.2.1"], "example.org", "pass", own),
        mail.Stream("legitimate", 20, ["192.0.2.1"], "example.org", "pass", [("pass", "example.org", "gone")]),
        mail.Stream("legitimate", 20, ["198.51.100.9"], "example.org", "softfail", []),
        mail.Stream("legitimate", 20, ["192.0.2.1"], "news.example.org", "pass", [], header_from="news.example.org"),
        mail.Stream("spoofed", 60, ["203.0.113.5"], "example.org", "fail", [], span=(0.8, 0.85)),
    ]
    return fill(mail.lines(mail.reports(streams, random.Random(7), days=60), days=60))


def by_id(answer):
    (result,) = answer["results"]
    return {finding["id"]: finding for finding in result["findings"]}


def test_reports_feed_check(ask, mailseal, fill, tmp_path):
    facts, saved = facts_file(tmp_path / "facts.jsonl", records()), tmp_path / "saved.jsonl"
    base = ("check", "example.org", "--replay", facts, "--now", NOW, "--db", made(fill))
    answer = ask(*base, "--save", saved, ok=(0, 1, 3))
    found = by_id(answer)
    assert "zz9x" in json.dumps(found["dkim-keys-good"])
    assert found["dkim-reported-key-missing"]["subject"] == "gone._domainkey.example.org"
    assert "198.51.100.9" in found["spf-senders-unlisted"]["evidence"][0]
    assert "news.example.org" in found["dmarc-subdomains-seen"]["evidence"][0]
    assert {"dmarc-spoofing-delivered", "dmarc-senders-pass", "dmarc-senders-unknown"} <= set(found)
    assert "dmarc-reports-silent" not in found
    first = mailseal(*base, "--json").stdout
    again = mailseal("replay", saved, "--now", NOW, "--json").stdout
    assert first == again
    assert '"kind":"reports"' in saved.read_text()


def test_without_reports_nothing_is_said_of_them(ask, fill, tmp_path):
    facts = facts_file(tmp_path / "facts.jsonl", records())
    found = by_id(ask("check", "example.org", "--replay", facts, "--now", NOW, ok=(0, 1, 3)))
    assert not {"dmarc-subdomains-seen", "dmarc-spoofing-delivered", "dkim-reported-key-missing"} & set(found)


def test_silence_is_a_finding(ask, fill, tmp_path):
    facts = facts_file(tmp_path / "facts.jsonl", records())
    found = by_id(ask("check", "example.org", "--replay", facts, "--now", "2026-12-05T12:00:00Z", "--db", made(fill),
                      ok=(0, 1, 3)))
    assert "2026-11-2" in found["dmarc-reports-silent"]["title"]


def test_missing_store_is_said_in_one_line(mailseal, tmp_path):
    facts = facts_file(tmp_path / "facts.jsonl", records())
    result = mailseal("check", "example.org", "--replay", facts, "--db", tmp_path / "none.db")
    assert result.returncode == 2 and len(result.stderr.decode().splitlines()) == 1


def test_parts_of_spf_that_nobody_used_are_named(ask, mailseal, fill, tmp_path):
    """An include of a service that sent nothing in two months, beside one that is used; a forger's address is no use."""
    spf = "v=spf1 ip4:192.0.2.0/24 ip4:203.0.113.0/24 include:used.example.net include:old.example.net -all"
    more = {"example.org": spf, "used.example.net": "v=spf1 ip4:192.0.2.1 -all", "old.example.net": "v=spf1 ip4:198.18.0.0/24 -all"}
    facts, saved = facts_file(tmp_path / "facts.jsonl", records(**more)), tmp_path / "saved.jsonl"
    base = ("check", "example.org", "--replay", facts, "--now", NOW, "--db", made(fill))
    found = by_id(ask(*base, "--save", saved, ok=(0, 1, 3)))["spf-terms-unseen"]
    assert found["evidence"] == ["ip4:203.0.113.0/24", "include:old.example.net"]
    assert "60 days" in found["implementation"] and "annual survey" in found["recommendation"]
    assert by_id(ask("replay", saved, "--now", NOW, ok=(0, 1, 3)))["spf-terms-unseen"] == found
    early = by_id(ask(*base[:5], "2026-10-20T12:00:00Z", *base[6:], ok=(0, 1, 3)))
    assert "spf-terms-unseen" not in early and "spf-terms-unseen-too-few" in early
