# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The lab serves what its zone files promise: secure, insecure, bogus, failing, refusing, silent, absent."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import dns.dnssec
import dns.exception
import dns.flags
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from conftest import LAB, call, running

sys.path.insert(0, str(LAB.parent))
import outside  # noqa: E402
import world  # noqa: E402

VERDICTS = {
    "signed": ("NOERROR", True),
    "unsigned": ("NOERROR", False),
    "bogus-ds": ("SERVFAIL", False),
    "bogus-expired": ("SERVFAIL", False),
    "servfail": ("SERVFAIL", False),
    "refused": ("REFUSED", False),
}
LOADED = ("signed", "unsigned", "bogus-ds", "bogus-expired")
SECURE_BRANCH = "bogus-branch.org"


@pytest.mark.parametrize("serve", VERDICTS)
def test_zones_answer_as_their_header_says(each_lab, serve):
    rows = each_lab.named(lab=serve)
    assert rows
    wrong = {row["name"]: each_lab.verdict(row["name"], "SOA") for row in rows}
    assert {name: got for name, got in wrong.items() if got != VERDICTS[serve]} == {}


def test_every_zone_is_loaded_by_its_server(each_lab):
    role = {"root.lab": "root", "registry.lab": "registry", "ns.lab": "leaf"}
    for row in each_lab.zones:
        if row["lab"] in LOADED:
            answer = each_lab.ask(row["name"], "SOA", place=each_lab.servers[role[row["server"]]], flags=0)
            assert answer.flags & dns.flags.AA and answer.answer, row["name"]


@pytest.mark.parametrize(
    "name, verdict",
    [
        ("never-registered-by-anyone.com", ("NXDOMAIN", True)),
        ("nothing-here.good-signed.org", ("NXDOMAIN", True)),
        ("nothing-here.good-unsigned.org", ("NXDOMAIN", False)),
        ("_dmarc.nothing-at-all.org", ("NXDOMAIN", False)),
        ("mx1.dnssec-good.org", ("NXDOMAIN", True)),
        ("www.never-a-top-level-domain", ("NXDOMAIN", True)),
        ("_tcp.mx1.good-signed.org", ("NOERROR", True)),
        ("any-selector._domainkey.parked-good.org", ("NOERROR", True)),
        ("_dmarc.fail-dmarc.org", ("SERVFAIL", False)),
        ("fail-dmarc.org", ("NOERROR", False)),
        ("_dmarc.bogus-dmarc.org", ("SERVFAIL", False)),
        ("bogus-dmarc.org", ("NOERROR", True)),
    ],
)
def test_single_names(each_lab, name, verdict):
    assert each_lab.verdict(name) == verdict


def test_bogus_data_is_there_for_who_does_not_validate(each_lab):
    for row in each_lab.named(lab="bogus-ds") + each_lab.named(lab="bogus-expired"):
        answer = each_lab.ask(row["name"], "TXT", flags=dns.flags.RD | dns.flags.CD)
        assert answer.rcode() == dns.rcode.NOERROR and answer.answer


def test_bogus_child_does_not_spoil_its_parent(each_lab):
    assert each_lab.verdict(SECURE_BRANCH, "MX") == ("NOERROR", True)
    assert each_lab.verdict("mail.branch." + SECURE_BRANCH, "A")[0] == "SERVFAIL"


def test_expired_differs_from_wrong_ds(each_lab):
    """Both are bogus, but for the reason that the header names."""
    place = each_lab.servers["registry"]
    ds = {name: each_lab.ask(name, "DS", place=place, flags=0) for name in ("bogus-ds.org", "bogus-expired.org")}
    keys = {name: each_lab.ask(name, "DNSKEY", place=each_lab.servers["leaf"], flags=0) for name in ds}
    for name, answer in keys.items():
        rrset = next(rrset for rrset in answer.answer if rrset.rdtype == dns.rdatatype.DNSKEY)
        digest = dns.dnssec.make_ds(dns.name.from_text(name), rrset[0], "SHA256").digest
        published = next(rrset for rrset in ds[name].answer if rrset.rdtype == dns.rdatatype.DS)[0].digest
        assert (digest == published) == (name == "bogus-expired.org")


@pytest.mark.parametrize("transport", [dns.query.udp, dns.query.tcp], ids=["udp", "tcp"])
def test_silence_is_real(each_lab, transport):
    """The server takes the question and never answers: no refusal, no ICMP error, no closed connection."""
    address, port = each_lab.servers["silent"].split("@")
    query = dns.message.make_query("zone-timeout.org", "SOA")
    with pytest.raises(dns.exception.Timeout):
        transport(query, address, timeout=1, port=int(port))


def test_silent_zone_costs_the_resolver_time(each_lab):
    """Not a quick refusal: the resolver asks, waits, and gives up. Others are not held up by it."""
    time.sleep(5.5)  # until the resolver has forgotten that the server is dead
    began = time.monotonic()
    assert each_lab.verdict("zone-timeout.org", "A")[0] == "SERVFAIL"
    assert time.monotonic() - began > 0.5
    assert each_lab.verdict("good-signed.org", "A") == ("NOERROR", True)


def test_refusal_comes_from_the_server_itself(each_lab):
    answer = each_lab.ask("zone-refused.org", "SOA", place=each_lab.servers["leaf"], flags=0)
    assert answer.rcode() == dns.rcode.REFUSED


def test_failure_comes_from_the_server_itself(each_lab):
    answer = each_lab.ask("zone-servfail.org", "SOA", place=each_lab.servers["leaf"], flags=0)
    assert answer.rcode() == dns.rcode.SERVFAIL


def texts(answer):
    """The joined strings of each TXT record."""
    rrsets = [rrset for rrset in answer.answer if rrset.rdtype == dns.rdatatype.TXT]
    return [b"".join(record.strings) for rrset in rrsets for record in rrset]


def test_large_answer_needs_tcp(each_lab):
    query = dns.message.make_query("spf-udp-size.org", "TXT", use_edns=0, payload=1232)
    address, port = each_lab.resolver.split("@")
    assert dns.query.udp(query, address, port=int(port), timeout=5).flags & dns.flags.TC
    assert len(texts(each_lab.ask("spf-udp-size.org", "TXT"))) == 25


def test_retired_record_type_is_served(each_lab):
    assert any(rrset.rdtype == dns.rdatatype.SPF for rrset in each_lab.ask("spf-type-99.org", "SPF").answer)


def test_header_lines_reach_lab_json(lab):
    row = next(row for row in lab.zones if row["name"] == "good-signed.org")
    assert row["lab"] == "signed" and row["origin"] == "own" and row["about"]
    assert all(isinstance(row["expect"], list) for row in lab.zones)
    assert all(row["about"] for row in lab.named(origin="own"))


def test_expect_lines_are_parsed(tmp_path):
    import zonefile

    path = tmp_path / "x.org.zone"
    path.write_text("; Why.\n; lab: signed\n; expect: a-b c-d\n; expect: e\n@ TXT \"x\"\n")
    zone = zonefile.read(path, "own")
    assert (zone.about, zone.serve, zone.expect) == ("Why.", "signed", ["a-b", "c-d", "e"])
    path.write_text("; lab: sgined\n")
    with pytest.raises(zonefile.ZoneError, match="x.org.zone"):
        zonefile.read(path, "own")


def real_zones(lab):
    rows = lab.named(origin="real")
    if not rows:
        pytest.skip("222 real zones not tested: no MAILSEAL_SHARED_DATA")
    return rows


def test_every_real_apex_answers(each_lab):
    for row in real_zones(each_lab):
        assert each_lab.verdict(row["name"], "TXT") == ("NOERROR", False), row["name"]


def test_child_of_a_real_zone_is_delegated(each_lab):
    names = {row["name"] for row in real_zones(each_lab)}
    children = [name for name in names if name.partition(".")[2] in names]
    assert children
    for name in children:
        assert each_lab.ask(name, "SOA").answer[0].name.to_text() == name + "."


def test_what_real_zones_point_at_is_answered_or_unknown(each_lab):
    """SPF targets, mail hosts, report domains and CNAME targets outside the zones are never merely absent."""
    names = {row["name"] for row in real_zones(each_lab)}
    kinds = {"SPF": "TXT", "MX": "A", "RUA": "MX", "CNAME": "TXT"}
    absent = set()
    for zone in world.folder(world.real_zones_folder(), "real"):
        for _, kind, name in outside.references(zone):
            is_ours = any(name == own or name.endswith("." + own) for own in names)
            if name and not is_ours and each_lab.verdict(name, kinds[kind])[0] == "NXDOMAIN":
                absent.add(name)
    assert absent == set()


@pytest.mark.parametrize(
    "name, beginning",
    [
        ("spf.protection.outlook.com", b"v=spf1 ip4:"),
        ("_spf.google.com", b"v=spf1 include:_netblocks"),
        ("amazonses.com", b"v=spf1 ip4:"),
        ("sendgrid.net", b"v=spf1 ip4:"),
        ("a.org._report._dmarc.dmarc.service.gov.uk", b"v=DMARC1"),
        ("_dmarc.gov.uk", b"v=DMARC1"),
    ],
)
def test_providers_publish(lab, name, beginning):
    assert any(text.startswith(beginning) for text in texts(lab.ask(name, "TXT")))


def is_running(pid):
    """Whether a process does anything; one that ended and that nobody waited for has no command line."""
    try:
        return Path("/proc", str(pid), "cmdline").read_bytes() != b""
    except OSError:
        return False


def test_second_start_changes_nothing_and_stop_ends_all(tmp_path):
    with running(tmp_path, "stub") as one:
        again = call("start", tmp_path, "--mode", "stub")
        assert again.returncode == 0 and "runs already" in again.stdout and one.resolver in again.stdout
        pids = [int(file.read_text()) for file in (tmp_path / "run").glob("*.pid")]
        assert len(pids) == 5
    assert call("status", tmp_path).returncode == 1
    assert not any(is_running(pid) for pid in pids)
    assert call("stop", tmp_path).returncode == 0


def test_no_socket_outside_loopback(each_lab):
    """All UDP and TCP sockets of the lab's processes are bound to 127/8."""
    state = Path(each_lab.trust_anchor).parent
    inodes = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(state) in (process / "cmdline").read_bytes().decode(errors="replace"):
                inodes |= {os.readlink(file) for file in (process / "fd").iterdir()}
        except OSError:
            continue
    outer = []
    for table in ("udp", "tcp", "udp6", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if f"socket:[{fields[9]}]" in inodes and not fields[1].split(":")[0].endswith("7F"):
                outer.append(line)
    assert inodes and outer == []


def test_shell_knows_the_lab(lab):
    state = Path(lab.trust_anchor).parent
    script = 'echo "$MAILSEAL_LAB_RESOLVER $MAILSEAL_LAB_TRUST_ANCHOR"; exit'
    environment = {**os.environ, "SHELL": "/bin/sh"}
    done = subprocess.run([sys.executable, str(LAB), "shell", "--dir", str(state)], input=script, text=True,
                          stdout=subprocess.PIPE, env=environment, timeout=30, check=True)
    assert f"{lab.resolver} {lab.trust_anchor}" in done.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root runs recursion mode directly")
@pytest.mark.skipif(not shutil.which("unshare"), reason="unshare is not installed")
def test_recursion_in_a_namespace(tmp_path):
    """Without root, the recursion half of these tests runs as root of a network namespace of its own."""
    pytest_words = ["-m", "pytest", "-q", "-k", "recursion", f"--basetemp={tmp_path / 'inside'}", str(Path(__file__))]
    words = ["unshare", "-rn", sys.executable, *pytest_words]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if "unshare" in done.stdout and "not permitted" in done.stdout:
        pytest.skip("no user namespaces here: recursion mode not tested")
    assert done.returncode == 0, done.stdout
