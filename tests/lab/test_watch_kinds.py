# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""`mailseal watch`: each kind of notice, from the zone, the server or the report that changed to the webhook that is told."""
import contextlib
import json
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from watching import PROGRAM, Receiver, labs_of, look, told, watch, write_list

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "policy"))
from host import PolicyHost, answer  # noqa: E402
from leaves import Authority  # noqa: E402
from mail import MailHost  # noqa: E402

MAIL_ADDRESS, POLICY_ADDRESS = "127.0.83.1", "127.0.83.2"
ZONE = """$ORIGIN {name}.
$TTL 60
@ SOA ns.lab. hostmaster.lab. 1 7200 900 1209600 300
@ NS ns.lab.
@ MX 10 mx
mx A 127.0.83.1
@ TXT "v=spf1 ip4:192.0.2.0/28 {all}"
_dmarc TXT "v=DMARC1; p={policy}; rua=mailto:dmarc@{name}"
_mta-sts TXT "v=STSv1; id={id}"
mta-sts A 127.0.83.2
"""
# As they are at first, and as they become.
GOOD = {"all": "-all", "policy": "reject", "id": "20261101"}
FLAPS, SILENT_ID, TOLD_ID, REPORTED = "flaps.example", "policy.example", "announced.example", "reported.example"
WORLDS = [
    {FLAPS: GOOD, SILENT_ID: GOOD, TOLD_ID: GOOD, REPORTED: GOOD},
    {FLAPS: {**GOOD, "policy": "none"}, SILENT_ID: GOOD, TOLD_ID: {**GOOD, "id": "20261102"}, REPORTED: GOOD},
    {FLAPS: {**GOOD, "policy": "none", "all": "+all"}, SILENT_ID: GOOD, TOLD_ID: GOOD, REPORTED: GOOD},
]


@pytest.fixture(scope="module")
def labs(tmp_path_factory):
    worlds = [{name: ZONE.format(name=name, **values) for name, values in world.items()} for world in WORLDS]
    with labs_of(tmp_path_factory.mktemp("kinds"), worlds) as running:
        yield running


@pytest.fixture
def estate(tmp_path):
    """estate(names) -> the path of a database, with the list beside it."""
    def make(*names):
        write_list(tmp_path, names)
        return tmp_path / "estate.db"
    return make


def findings(notice, change):
    return {finding["id"] for finding in notice["findings"] if finding["change"] == change}


# ---- worse, better ----

def test_finding_is_not_repeated_beside_another(labs, estate):
    """A policy that flaps is told each time, since what was told before is overtaken; what stays is told once."""
    database = estate(FLAPS)
    with Receiver() as receiver:
        def see(lab):
            look(lab, database, "--notify", receiver.url)
            return receiver.take()

        assert see(labs[0]) == []
        (worse,) = see(labs[1])
        assert worse["kind"] == "worse" and "dmarc-policy-none" in findings(worse, "new")
        (better,) = see(labs[0])
        assert better["kind"] == "better" and "dmarc-policy-none" in findings(better, "gone")
        (again,) = see(labs[1])
        assert again["kind"] == "worse" and "dmarc-policy-none" in findings(again, "new"), "it was told to be gone"
        assert see(labs[1]) == [], "nothing changed"
        (worse,) = see(labs[2])
        assert worse["kind"] == "worse" and "spf-pass-all" in findings(worse, "new")
        assert "dmarc-policy-none" not in findings(worse, "new"), "it was there before"
        (better,) = see(labs[0])
        assert findings(better, "gone") >= {"dmarc-policy-none", "spf-pass-all"}
        (worse,) = see(labs[2])
        assert findings(worse, "new") >= {"dmarc-policy-none", "spf-pass-all"}, "both were told to be gone"


def test_second_fault_comes_alone(labs, estate):
    database = estate(FLAPS)
    with Receiver() as receiver:
        for lab in (labs[0], labs[1]):
            look(lab, database, "--notify", receiver.url)
        receiver.take()
        look(labs[2], database, "--notify", receiver.url)
        (worse,) = receiver.take()
        new = findings(worse, "new")
        assert "spf-pass-all" in new and "dmarc-policy-none" not in new
        assert all(finding["recommendation"] and finding["implementation"] for finding in worse["findings"] if
                   finding["change"] == "new")


def test_change_behind_a_fault_of_the_resolver_is_told(labs, estate):
    """What changed while nobody answered is held against the last look that knew."""
    database = estate(FLAPS)
    with Receiver() as receiver:
        look(labs[0], database, "--notify", receiver.url)
        gone = ["--run", "domains.csv", "--once", "--db", database, "--dns-only", "--every", "1s", "--retry", "1s", "--resolver",
                "127.0.0.1@9", "--trust-anchor", "none", "--notify", receiver.url]
        subprocess.run([PROGRAM, "watch", *map(str, gone)], check=True, timeout=240, stderr=subprocess.DEVNULL)
        time.sleep(1.1)
        assert receiver.take() == []
        look(labs[1], database, "--notify", receiver.url)
        assert told(receiver.take()) == [("worse", FLAPS)]
        look(labs[1], database, "--notify", receiver.url)
        assert receiver.take() == []


# ---- exceptions ----

def test_exception_that_ends(labs, estate, tmp_path):
    """Told with its owner while the finding stands; once for each distance; not where there is nothing to except."""
    database = estate(FLAPS, SILENT_ID)
    end = (datetime.now(timezone.utc) + timedelta(days=5)).strftime("%Y-%m-%d")
    file = tmp_path / "exceptions.csv"
    file.write_text(f"domain,finding,owner,expires,reason\n*,dmarc-policy-none,Head of IT,{end},a migration\n", encoding="utf-8")
    with Receiver() as receiver:
        def see():
            look(labs[1], database, "--notify", receiver.url, "--exceptions", file)
            return receiver.take()

        (notice,) = see()
        assert (notice["kind"], notice["domain"]) == ("expiring", FLAPS)
        assert all(word in notice["title"] for word in ("Head of IT", "dmarc-policy-none", end))
        assert "mailseal guidance dmarc-policy-none" in notice["implementation"]
        assert see() == [], "once"
    file.write_text("example.org,spf-missing,Ada,soon,\n", encoding="utf-8")
    wrong = watch(labs[1], database, "--exceptions", file)
    assert wrong.returncode == 2 and "line 1" in wrong.stderr


# ---- mail servers and policies ----

class Servers:
    """A mail host for all domains, and their policy hosts, whose text can be edited while they run."""

    def __init__(self, folder, days):
        self.authority = Authority(folder)
        names = ",".join(f"mx.{name}" for name in WORLDS[0])
        self.mail = MailHost(self.authority.leaf(names, end=days), "mx.example", address=MAIL_ADDRESS)
        self.texts = {}
        for name in WORLDS[0]:
            self.edit(name)
        rows = {f"mta-sts.{name}": (self.authority.leaf(f"mta-sts.{name}"), self.speaker(name)) for name in WORLDS[0]}
        self.policy = PolicyHost(rows, POLICY_ADDRESS)

    def edit(self, name, mode="enforce", age=1209600):
        self.texts[name] = f"version: STSv1\r\nmode: {mode}\r\nmx: mx.{name}\r\nmax_age: {age}\r\n".encode()

    def speaker(self, name):
        return lambda peer: peer.sendall(answer(self.texts[name]))

    def options(self):
        return ["--ca-file", self.authority.trust, "--connect-port", self.mail.port, "--policy-port", self.policy.port, "--tls",
                "quick", "--allow-private"]

    def renew(self, names, days):
        """The same host with another certificate."""
        self.mail.context.load_cert_chain(self.authority.leaf(",".join(f"mx.{name}" for name in names), end=days))

    def close(self):
        self.mail.close()
        self.policy.close()


@pytest.fixture
def serving(tmp_path):
    """serving(days that the certificate has left) -> Servers."""
    with contextlib.ExitStack() as stack:
        def make(days=80):
            (tmp_path / "pki").mkdir()
            servers = Servers(tmp_path / "pki", days)
            stack.callback(servers.close)
            return servers
        yield make


def test_policy_that_changed_without_its_id(labs, estate, serving):
    database, servers = estate(SILENT_ID, TOLD_ID), serving()
    with Receiver() as receiver:
        def see(lab):
            look(lab, database, "--notify", receiver.url, *servers.options(), dns_only=False)
            return receiver.take()

        assert see(labs[0]) == []
        servers.edit(SILENT_ID, age=1814400)
        servers.edit(TOLD_ID, age=1814400)
        (notice,) = see(labs[1])
        assert (notice["kind"], notice["domain"]) == ("policy", SILENT_ID)
        assert "1209600" in notice["changes"][0] and "1814400" in notice["changes"][0]
        assert "new id" in notice["implementation"]
        assert see(labs[1]) == []
        servers.edit(SILENT_ID, mode="testing", age=1814400)
        notices = see(labs[1])
        assert told(notices) == [("policy", SILENT_ID), ("worse", SILENT_ID)], "another edit is told again"


def test_certificate_that_ends(labs, estate, serving):
    database, servers = estate(SILENT_ID), serving(days=40)
    with Receiver() as receiver:
        def see():
            look(labs[0], database, "--notify", receiver.url, *servers.options(), dns_only=False)
            return receiver.take()

        assert see() == []
        servers.renew([SILENT_ID], days=10)
        (notice,) = see()
        assert (notice["kind"], notice["domain"]) == ("expiring", SILENT_ID)
        end = (datetime.now(timezone.utc) + timedelta(days=10)).strftime("%Y-%m-%d")
        assert f"mx.{SILENT_ID}" in notice["title"] and end in notice["title"]
        assert "certbot" in notice["implementation"]
        assert see() == [], "once"
        servers.renew([SILENT_ID], days=2)
        (notice,) = see()
        assert notice["kind"] == "expiring", "the end came nearer"
        servers.renew([SILENT_ID], days=80)
        assert see() == []


# ---- reports ----

REPORT = """<?xml version="1.0"?>
<feedback>
<report_metadata><org_name>{org}</org_name><email>a@{org}</email><report_id>{id}</report_id>
<date_range><begin>{begin}</begin><end>{end}</end></date_range></report_metadata>
<policy_published><domain>{domain}</domain><p>reject</p></policy_published>
{rows}
</feedback>
"""
ROW = """<record><row><source_ip>{source}</source_ip><count>{count}</count><policy_evaluated><disposition>none</disposition>
<dkim>{dkim}</dkim><spf>fail</spf></policy_evaluated></row><identifiers><header_from>{domain}</header_from></identifiers>
<auth_results><dkim><domain>{domain}</domain><selector>s1</selector><result>{dkim}</result></dkim>
<spf><domain>{domain}</domain><result>fail</result></spf></auth_results></record>"""


def ingest(database, name, end, *sources):
    """A receiver's report about the day that ended then, of mail of these addresses, signed by the domain."""
    rows = "".join(ROW.format(source=source, count=40, dkim="pass", domain=REPORTED) for source in sources)
    path = database.parent / f"{name}.xml"
    path.write_text(REPORT.format(org="receiver.example", id=name, begin=int(end) - 86400, end=int(end), domain=REPORTED, rows=rows),
                    encoding="utf-8")
    subprocess.run([PROGRAM, "ingest", str(path), "--db", str(database)], check=True, timeout=60, capture_output=True)


def test_new_sender(labs, estate):
    database = estate(REPORTED)
    now = time.time()
    ingest(database, "first", now - 2 * 86400, "192.0.2.1")
    with Receiver() as receiver:
        def see():
            look(labs[0], database, "--notify", receiver.url)
            return receiver.take()

        assert see() == []
        ingest(database, "second", now - 86400, "192.0.2.1", "198.51.100.7")
        notices = see()
        senders = [notice for notice in notices if notice["kind"] == "sender"]
        assert len(senders) == 1 and senders[0]["domain"] == REPORTED
        assert "198.51.100" in senders[0]["title"]
        assert f"mailseal senders {REPORTED}" in senders[0]["implementation"]
        ingest(database, "third", now, "192.0.2.1", "198.51.100.7")
        assert [notice for notice in see() if notice["kind"] == "sender"] == []


def test_silence(labs, estate):
    """Reports count as stopped four days after the last; the last one is that old in a few seconds."""
    database = estate(REPORTED)
    silent_at = time.time() + 8
    ingest(database, "last", silent_at - 4 * 86400, "192.0.2.1")
    with Receiver() as receiver:
        look(labs[0], database, "--notify", receiver.url)
        assert receiver.take() == []
        time.sleep(max(0, silent_at + 1.5 - time.time()))
        look(labs[0], database, "--notify", receiver.url)
        (notice,) = receiver.take()
        assert (notice["kind"], notice["domain"]) == ("silence", REPORTED)
        (finding,) = notice["findings"]
        assert finding["id"] == "dmarc-reports-silent" and "mailseal ingest" in finding["implementation"]
        look(labs[0], database, "--notify", receiver.url)
        assert receiver.take() == []
        ingest(database, "again", time.time(), "192.0.2.1")
        look(labs[0], database, "--notify", receiver.url)
        assert [notice["kind"] for notice in receiver.take()] in ([], ["better"])
        assert watch(labs[0], database, "--notify", receiver.url).returncode == 0


def test_scan_learns_from_the_same_reports(labs, tmp_path):
    """scan --db judges by what was ingested there, as watch does; what has no reports is as it was."""
    database = tmp_path / "estate.db"
    (tmp_path / "domains.txt").write_text(f"{REPORTED}\n{FLAPS}\n", encoding="utf-8")
    ingest(database, "old", time.time() - 10 * 86400, "192.0.2.1")

    def scan(*more):
        options = ["--dns-only", "--json", "--resolver", labs[0].resolver, "--trust-anchor", str(labs[0].trust_anchor), *more]
        done = subprocess.run([PROGRAM, "scan", str(tmp_path / "domains.txt"), *options], capture_output=True, text=True, timeout=120,
                              check=True)
        return {result["domain"]: {finding["id"] for finding in result["findings"]} for result in map(json.loads, done.stdout.splitlines())}

    plain, learnt = scan(), scan("--db", str(database))
    assert learnt[REPORTED] - plain[REPORTED] >= {"dmarc-reports-silent"}
    assert learnt[FLAPS] == plain[FLAPS]
