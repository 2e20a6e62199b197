# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""`mailseal check` of domains whose mail hosts are slow, turn us away, or differ from address to address."""
import json
import os
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "policy"))
from leaves import Authority  # noqa: E402
from mail import MailHost  # noqa: E402

PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
HOSTS = 10


@pytest.fixture(scope="module", name="authority")
def fixture_authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("pki"))


def start(path, addresses, **how):
    """One host at each address, all on the port that the first one is given."""
    servers = []
    for address in addresses:
        port = servers[0].port if servers else 0
        servers.append(MailHost(path, address=address, port=port, **how))
    return servers


def check(lab, authority, port, domain, *args):
    began = time.monotonic()
    done = subprocess.run(
        [PROGRAM, "check", "--json", "--ca-file", authority.trust, "--connect-port", str(port), "--allow-private", "--resolver",
         lab.resolver, "--trust-anchor", str(lab.trust_anchor), *map(str, args), domain],
        capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, 1, 3), done.stderr
    return json.loads(done.stdout)["results"][0], time.monotonic() - began


def close(servers):
    for server in servers:
        server.close()


def test_ten_slow_addresses_take_as_long_as_the_slowest(lab, authority):
    leaf = authority.leaf(",".join(f"mx{i}.mail-hosts.org" for i in range(1, 6)))
    servers = start(leaf, [f"127.0.81.{i}" for i in range(1, HOSTS + 1)], name="mx.mail-hosts.org")
    for i, server in enumerate(servers):
        server.delay = 0.1 + 0.05 * i
    check(lab, authority, servers[0].port, "mail-hosts.org", "--dns-only")  # the resolver knows the names now
    _, took = check(lab, authority, servers[0].port, "mail-hosts.org")
    close(servers)
    each = [server.ended - server.began for server in servers]
    assert all(server.count >= 11 for server in servers)
    assert max(each) > 3 and sum(each) > 3 * max(each)
    assert took < max(each) + 1, (took, each)


def test_ipv6_address(lab, authority):
    (server,) = start(authority.leaf("mx.six.mail-hosts.org"), ["::1"], name="mx.six.mail-hosts.org")
    result, _ = check(lab, authority, server.port, "six.mail-hosts.org", "--tls", "quick")
    server.close()
    assert server.count == 3
    assert not any("::1" in row["subject"] for row in result["unknown"])


def verdicts(result):
    """What is said about TLS, without good news and without what stayed open."""
    return {finding["id"] for finding in result["findings"]
            if finding["control"] in ("tls", "dane") and finding["severity"] not in ("good", "info")}


@pytest.mark.parametrize("answer, after", [(b"421 4.7.0 too many connections\r\n", 0), (b"450 4.7.1 try later\r\n", 1),
                                           (b"421 4.7.0 too many connections\r\n", 5)])
def test_throttling_never_changes_a_verdict(lab, authority, answer, after):
    leaf = authority.leaf("mx.six.mail-hosts.org")
    (server,) = start(leaf, ["::1"], name="mx.six.mail-hosts.org")
    free, _ = check(lab, authority, server.port, "six.mail-hosts.org")
    server.close()
    (server,) = start(leaf, ["::1"], name="mx.six.mail-hosts.org", turn_away=lambda n: answer if n > after else None)
    held, _ = check(lab, authority, server.port, "six.mail-hosts.org")
    server.close()
    assert verdicts(held) - {"tls-throttled"} <= verdicts(free)
    assert held["summary"]["interceptable"] in (free["summary"]["interceptable"], "unknown")
    assert held["unknown"]


def test_addresses_of_one_name_that_differ(lab, authority):
    addresses = ["127.0.81.11", "127.0.81.12"]
    servers = start(authority.leaf("mx.pair.mail-hosts.org"), addresses, name="mx.pair.mail-hosts.org")
    same, _ = check(lab, authority, servers[0].port, "pair.mail-hosts.org")
    servers[1].context.maximum_version = ssl.TLSVersion.TLSv1_2
    differ, _ = check(lab, authority, servers[0].port, "pair.mail-hosts.org")
    servers[1].context.load_cert_chain(authority.leaf("mx.pair.mail-hosts.org", begin=-60, end=-3))
    stale, _ = check(lab, authority, servers[0].port, "pair.mail-hosts.org")
    close(servers)
    assert "tls-addresses-differ" not in verdicts(same)
    found = [finding for finding in differ["findings"] if finding["id"] == "tls-addresses-differ"]
    assert found and "127.0.81.12" in json.dumps(found), verdicts(differ)
    assert {"tls-certificate-stale", "tls-certificate-expired"} <= verdicts(stale)
