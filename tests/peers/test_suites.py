# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Versions and suites that the full plan finds are those that testssl.sh and sslscan find."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
# pylint: disable=wrong-import-position
import tls_peers  # noqa: E402
import tls_servers  # noqa: E402

PROBE = os.environ["MAILSEAL_PROBE"]
HEX = "{:04x}".format


@pytest.fixture(scope="session")
def servers():
    return {server.name: server for server in tls_servers.start(Path("/var/spool/lab/peers"))}


@pytest.fixture(scope="session")
def ours(servers):
    """{server: {version: suites}}"""
    return {name: tls_peers.suites_of_probe(tls_peers.probe(PROBE, server.address, "full", "--jobs", "2")[0]["endpoint"])
            for name, server in servers.items()}


def readable(found):
    return {HEX(version): sorted(map(HEX, suites)) for version, suites in sorted(found.items()) if suites}


def test_counts(ours):
    """What is compared is not empty."""
    assert sorted(ours["Postfix, stock"]) == [0x0301, 0x0302, 0x0303, 0x0304]
    assert sorted(ours["Postfix, modern"]) == [0x0303, 0x0304]
    assert len(ours["Postfix, stock"][0x0303]) > 20


@pytest.mark.parametrize("name", ["Postfix, stock", "Postfix, modern"])
@pytest.mark.skipif(not shutil.which("sslscan"), reason="sslscan is not installed")
def test_sslscan(name, servers, ours, tmp_path):
    assert readable(ours[name]) == readable(tls_peers.suites_of_sslscan(servers[name].address, tmp_path))


@pytest.mark.skipif(not shutil.which("testssl"), reason="testssl.sh is not installed")
def test_testssl(servers, ours, tmp_path):
    name = "Postfix, stock"
    assert readable(ours[name]) == readable(tls_peers.suites_of_testssl(servers[name].address, tmp_path))
