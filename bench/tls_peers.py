# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Other tools that look at the TLS of a mail server, and what they say."""

import json
import re
import shutil
import subprocess
import time
import xml.etree.ElementTree as ET

PACKAGES = {"testssl": "testssl.sh", "sslscan": "sslscan", "nmap": "nmap"}
SECONDS = 600
SSL_NAMES = {"SSLv2": 0x0002, "SSLv3": 0x0300, "TLSv1.0": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303, "TLSv1.3": 0x0304}
TESTSSL_CIPHER = re.compile(r"cipher-(ssl2|ssl3|tls1|tls1_1|tls1_2|tls1_3)_x([0-9a-f]+)$")
TESTSSL_VERSIONS = {"ssl2": 0x0002, "ssl3": 0x0300, "tls1": 0x0301, "tls1_1": 0x0302, "tls1_2": 0x0303, "tls1_3": 0x0304}


def missing():
    """The Debian packages of the tools that are not here."""
    return [package for tool, package in PACKAGES.items() if not shutil.which(tool)]


def run(words):
    """Output and seconds."""
    began = time.monotonic()
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True,
                          errors="replace", timeout=SECONDS, check=False)
    return done.stdout, time.monotonic() - began


def probe(program, address, plan, *options):
    """Our own, as the fact of the endpoint."""
    text, took = run([program, "--plan", plan, *options, f"{address} 25 mx.example"])
    return json.loads(text), took


def testssl(address, *checks):
    """Without its look-ups in the DNS; checks as for its command line."""
    return run(["testssl", "--quiet", "--color", "0", "--warnings", "batch", "--nodns", "none", "--openssl",
                "/usr/bin/openssl", "-t", "smtp", *checks, f"{address}:25"])


def sslscan(address, *options):
    return run(["sslscan", "--no-colour", "--starttls-smtp", *options, f"{address}:25"])


def nmap(address):
    return run(["nmap", "-Pn", "-n", "-p", "25", "-sV", "--script", "ssl-enum-ciphers", address])


def suites_of_probe(endpoint):
    """{version: set of suites}, of versions that are accepted."""
    return {version["version"]: {int(suite, 16) for suite in version.get("suites", "").split()}
            for version in endpoint["versions"] if version.get("accepted") == "yes"}


def suites_of_testssl(address, folder):
    path = folder / "testssl.json"
    path.unlink(missing_ok=True)
    testssl(address, "-E", "--jsonfile", str(path))
    found = {}
    for row in json.loads(path.read_text(encoding="utf-8")):
        named = TESTSSL_CIPHER.match(row["id"])
        if named:
            found.setdefault(TESTSSL_VERSIONS[named[1]], set()).add(int(named[2], 16))
    return found


def suites_of_sslscan(address, folder):
    path = folder / "sslscan.xml"
    path.unlink(missing_ok=True)
    sslscan(address, f"--xml={path}")
    found = {}
    for cipher in ET.parse(path).iter("cipher"):
        found.setdefault(SSL_NAMES[cipher.get("sslversion")], set()).add(int(cipher.get("id"), 16))
    return found
