# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Names of sources: host names by reverse DNS when asked, networks and countries from the user's own files."""
import csv
import io
import json
import random

import mmdb
import pytest
import streams as mail

NOW = "2026-11-25T12:00:00Z"


@pytest.fixture
def store(fill):
    streams = [
        mail.Stream("legitimate", 50, ["192.0.2.1"], "example.org", "pass", []),
        mail.Stream("legitimate", 50, ["198.51.100.7"], "example.org", "pass", []),
        mail.Stream("legitimate", 50, ["2001:db8:7::25"], "example.org", "pass", []),
    ]
    return fill(mail.lines(mail.reports(streams, random.Random(3), days=30), days=30))


def sources(answer):
    return {source["name"]: source for sender in answer["senders"] for source in sender["sources"]}


def test_networks_and_countries(ask, mailseal, store, tmp_path):
    asn = mmdb.write(tmp_path / "asn.mmdb", {
        "192.0.2.0/24": {"autonomous_system_number": 64500, "autonomous_system_organization": "Example Net"},
        "2001:db8:7::/48": {"asn": "AS64501", "as_name": "Other \x1b[31mNet", "country_code": "NL"}})
    country = mmdb.write(tmp_path / "country.mmdb", {
        "192.0.2.0/25": {"country": {"iso_code": "GB"}}, "2001:db8::/32": {"country_code": "NL"}})
    base = ("senders", "example.org", "--db", store, "--now", NOW, "--asn", asn, "--country", country)
    found = sources(ask(*base))
    assert (found["192.0.2.1"]["network"], found["192.0.2.1"]["country"]) == ("AS64500 Example Net", "GB")
    assert found["2001:db8:7::25"]["network"].startswith("AS64501 Other") and found["2001:db8:7::25"]["country"] == "NL"
    assert "network" not in found["198.51.100.7"]
    rows = {row["main_source"]: row for row in csv.DictReader(io.StringIO(mailseal(*base, "--csv").stdout.decode()))}
    assert rows["192.0.2.1"]["main_network"] == "AS64500 Example Net" and rows["198.51.100.7"]["main_country"] == ""
    page = tmp_path / "page.html"
    text = mailseal(*base, "--html", page).stdout
    assert b"AS64500 Example Net, GB" in text and b"\x1b" not in text and "AS64500" in page.read_text()


def test_files_that_are_none(mailseal, store, tmp_path):
    (tmp_path / "not.mmdb").write_bytes(b"hello" * 100)
    whole = mmdb.write(tmp_path / "whole.mmdb", {"192.0.2.0/24": {"country": {"iso_code": "GB"}}}).read_bytes()
    (tmp_path / "cut.mmdb").write_bytes(whole[:100])
    for name in ("not.mmdb", "cut.mmdb", "missing.mmdb"):
        result = mailseal("senders", "example.org", "--db", store, "--now", NOW, "--country", tmp_path / name)
        assert result.returncode == 2 and len(result.stderr.decode().splitlines()) == 1
    rng = random.Random(1)
    for i in range(40):  # damaged anywhere: an answer or a refusal, never a crash
        data = bytearray(whole)
        for _ in range(4):
            data[rng.randrange(len(data))] = rng.randrange(256)
        (tmp_path / "bad.mmdb").write_bytes(data)
        assert mailseal("senders", "example.org", "--db", store, "--now", NOW, "--country", tmp_path / "bad.mmdb").returncode in (0, 2)


def fact(name, rrtype, *values):
    return {"kind": "dns", "name": name, "type": rrtype, "state": "present", "rcode": 0, "ttl": 300, "records": list(values),
            "dnssec": "insecure", "source": "test", "time": NOW}


def test_host_names_only_when_they_lead_back(ask, store, tmp_path):
    facts = tmp_path / "facts.jsonl"
    lines = [{"mailseal_facts": 1, "version": "0", "created": NOW, "domains": []},
             fact("1.2.0.192.in-addr.arpa", "PTR", "out7.mail.example.net."), fact("out7.mail.example.net", "A", "192.0.2.1"),
             fact("7.100.51.198.in-addr.arpa", "PTR", "mail.google.com."), fact("mail.google.com", "A", "192.0.2.77"),
             fact("5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR", "o1.ptr.sendgrid.net."),
             fact("o1.ptr.sendgrid.net", "AAAA", "2001:db8:7::25")]
    facts.write_text("".join(json.dumps(line) + "\n" for line in lines))
    answer = ask("senders", "example.org", "--db", store, "--now", NOW, "--ptr", "--replay", facts)
    found = sources(answer)
    assert found["192.0.2.1"]["host"] == "out7.mail.example.net"
    assert "host" not in found["198.51.100.7"]  # a name that does not lead back is anybody's
    assert found["2001:db8:7::25"]["host"] == "o1.ptr.sendgrid.net"
    names = {sender["name"] for sender in answer["senders"]}
    assert "example.net (192.0.2.0/24)" in names and "198.51.100.0/24" in names
    (sendgrid,) = [sender for sender in answer["senders"] if sender["provider"] is not None]
    assert "sendgrid" in sendgrid["provider"]


def test_nothing_is_looked_up_unasked(ask, store):
    assert not any("host" in source for source in sources(ask("senders", "example.org", "--db", store, "--now", NOW)).values())


def test_reporters_are_counted_by_organisation(ask, fill):
    """One reporter that names itself after each of its hosts is one reporter (a real one had 315 names)."""
    streams = [mail.Stream("legitimate", 50, ["192.0.2.1"], "example.org", "pass", [])]
    lines = mail.lines(mail.reports(streams, random.Random(3), days=40), days=40)
    names = iter(range(10**6))
    hosts = [line.replace(line.split("\t")[1], f"mx{next(names)}.mail.example.net", 1) if line.startswith("R\t") else line
             for line in lines]
    store = fill(hosts)
    answer = ask("senders", "example.org", "--db", store, "--now", NOW)
    assert len(answer["reporters"]) > 30 and {reporter["organisation"] for reporter in answer["reporters"]} == {"example.net"}
    plan = ask("plan", "example.org", "--db", store, "--now", NOW, "--offline")
    assert (plan["reporters"], plan["advice"]) == (1, "too-few")
