# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The same servers asked by sslscan: where its library can offer a suite, both find the same."""

import shutil
import subprocess
import xml.etree.ElementTree

import pytest

VERSIONS = {"SSLv3": 0x0300, "TLSv1.0": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303, "TLSv1.3": 0x0304}
ONLY_SUITES = ["--no-check-certificate", "--no-compression", "--no-fallback", "--no-groups", "--no-heartbleed",
               "--no-renegotiation"]


def scan(address):
    """{(version, suite)} that sslscan says are accepted."""
    words = ["sslscan", "--xml=-", "--starttls-smtp", *ONLY_SUITES, f"{address}:25"]
    told = subprocess.run(words, capture_output=True, check=True, timeout=120).stdout
    root = xml.etree.ElementTree.fromstring(told)
    return {(VERSIONS[cipher.get("sslversion")], cipher.get("id").lower()[2:]) for cipher in root.iter("cipher")}


@pytest.mark.skipif(shutil.which("sslscan") is None, reason="sslscan is not installed")
@pytest.mark.parametrize("name", ["modern", "default", "two"])
def test_sslscan_agrees(name, checks, lab):
    address = lab.setups[name].address
    rows = checks["full"].endpoints[address]["versions"]
    assert {(row["version"], suite) for row in rows for suite in row.get("suites", "").split()} == scan(address)
