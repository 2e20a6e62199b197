# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Fixtures that start the lab in a folder of its own, on free ports, and stop it."""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest

LAB = Path(__file__).resolve().parents[2] / "lab" / "lab.py"
MODES = ("stub", "recursion")
ANSWER_SECONDS = 20


@dataclass
class Lab:
    """A lab that runs. The first four are what `mailseal check` takes as options and what lab.json lists."""

    resolver: str
    trust_anchor: str
    root_hints: str
    zones: list
    mode: str
    servers: dict
    unresolvable: dict

    def ask(self, name, kind, place=None, flags=dns.flags.RD, timeout=ANSWER_SECONDS):
        """The answer (a dns.message) of the resolver, or of the server at PLACE, with DNSSEC records."""
        address, port = (place or self.resolver).split("@")
        query = dns.message.make_query(name, kind, want_dnssec=True, flags=flags)
        return dns.query.udp_with_fallback(query, address, timeout=timeout, port=int(port))[0]

    def verdict(self, name, kind="TXT"):
        """(rcode, whether the answer was proven) in words."""
        answer = self.ask(name, kind)
        return dns.rcode.to_text(answer.rcode()), bool(answer.flags & dns.flags.AD)

    def named(self, **want):
        """The rows of lab.json that have all these values."""
        return [row for row in self.zones if all(row[key] == value for key, value in want.items())]


def call(command, state, *more):
    return subprocess.run(
        [sys.executable, str(LAB), command, "--dir", str(state), *more],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False,
    )


@contextlib.contextmanager
def running(state, mode):
    started = call("start", state, "--mode", mode, "--port", "0")
    try:
        assert started.returncode == 0, started.stdout
        values = json.loads((state / "lab.json").read_text(encoding="utf-8"))
        yield Lab(**{key: values[key] for key in Lab.__dataclass_fields__})
    finally:
        call("stop", state)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """The lab in the best mode that this user can have: recursion where port 53 can be bound, else stub."""
    with running(tmp_path_factory.mktemp("lab"), "auto") as one:
        yield one


@pytest.fixture(scope="session", params=MODES)
def each_lab(request, tmp_path_factory):
    """The lab in each mode. Without the right to bind port 53 see test_recursion_in_a_namespace."""
    if request.param == "recursion" and os.geteuid() != 0:
        pytest.skip("needs port 53: is run again in a network namespace")
    with running(tmp_path_factory.mktemp(request.param), request.param) as one:
        yield one
