# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The transit lab, started once, and what `mailseal check` says of all of it, asked once."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lab" / "transit"))
# pylint: disable=wrong-import-position
import internet  # noqa: E402
import namespace  # noqa: E402

MAILSEAL = os.environ.get("MAILSEAL", "mailseal")
LATE = ["fault-late"]  # greets after eleven seconds, every time: three connections are enough to see that
PATIENT = ["rate", "exim-narrow", "screen", "sts-hang", "sts-drip"]  # each takes its deadline
FAR = ["modern", "default", "exim"]  # are also asked from far away
USUAL_RUNS = ("late", "patient", "fault", "real")
TURN = 26  # domains to a run
FULL = ["default", "modern", "two", "fault-nogood", "fault-pqonly", "fault-sha224"]
ENDPOINT_SECONDS = 90  # what one endpoint may take in all (collect/smtp.h)
OWN_CONTROLS = ("mx", "tls", "dane", "mta-sts")


@dataclass
class Check:
    """What one run said, or several, by name of set-up."""

    results: dict
    endpoints: dict
    seconds: float  # of the longest


class Run:
    """A `mailseal check` of some set-ups that goes on in the background."""

    def __init__(self, lab, names, *options, way=()):
        self.lab = lab
        self.names = names
        stem = lab.state / f"check-{'far-' if way else ''}{names[0]}"
        self.facts = stem.with_suffix(".facts")
        self.output = open(stem.with_suffix(".json"), "w+b")
        self.began = time.monotonic()
        words = [*way, MAILSEAL, "check", *lab.options(), "--json", "--save", str(self.facts), *options]
        domains = [lab.setups[name].domain for name in names]
        self.process = subprocess.Popen([*words, *domains], stdout=self.output, stderr=subprocess.PIPE)

    def finish(self):
        told = self.process.communicate(timeout=2 * ENDPOINT_SECONDS)[1].decode(errors="replace")
        seconds = time.monotonic() - self.began
        assert self.process.returncode in (0, 1), told
        self.output.seek(0)
        domains = {self.lab.setups[name].domain: name for name in self.names}
        results = {domains[row["domain"]]: row for row in json.load(self.output)["results"]}
        self.output.close()
        return Check(results, endpoints(self.facts), seconds)


def endpoints(path):
    """{address: endpoint} of a file of facts."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fact = json.loads(line)
        if fact.get("kind") == "smtp":
            found[fact["address"]] = fact.get("endpoint")
    return found


@pytest.fixture(scope="session")
def lab():
    if not namespace.STATE.is_dir():
        pytest.skip("needs the namespaces of the transit lab: run it through tests/transit/run.py")
    one = internet.Internet()
    try:
        one.begin()
        yield one
    finally:
        one.stop()


@pytest.fixture(scope="session")
def checks(lab):
    """Runs beside each other, by kind of set-up: {kind: Check}."""
    faults = [setup.name for setup in lab.served_by("responder")]
    nodes = [setup.name for setup in lab.served_by("node")]
    runs = {
        "full": Run(lab, FULL, "--tls", "full"),
        "late": Run(lab, LATE, "--tls", "quick"),
        "patient": Run(lab, PATIENT),
    }
    if nodes:
        runs["node"] = Run(lab, nodes, "--tls", "full")
    rows = {
        "fault": [name for name in faults if name not in LATE],
        "real": [name for name in lab.setups if name not in faults + PATIENT + nodes],
    }
    with ThreadPoolExecutor(len(rows)) as pool:
        found = dict(zip(rows, pool.map(lambda names: check_in_turns(lab, names), rows.values())))
    # Last, so that nothing but distance makes a difference.
    runs["far"] = Run(lab, FAR, way=lab.inside["delay"])
    return {**found, **{kind: run.finish() for kind, run in runs.items()}}


def check_in_turns(lab, names):
    """All at once would be more than a small machine does before somebody calls it slow."""
    whole = Check({}, {}, 0)
    for at in range(0, len(names), TURN):
        part = Run(lab, names[at : at + TURN]).finish()
        whole.results.update(part.results)
        whole.endpoints.update(part.endpoints)
        whole.seconds = max(whole.seconds, part.seconds)
    return whole


@pytest.fixture(scope="session")
def results(checks):
    """{name of set-up: result}"""
    return {name: row for kind in USUAL_RUNS for name, row in checks[kind].results.items()}


@pytest.fixture(scope="session")
def seen(lab, checks):
    """seen(name): the endpoint fact of a set-up."""
    found = {address: fact for kind in USUAL_RUNS for address, fact in checks[kind].endpoints.items()}
    return lambda name: found[lab.setups[name].address]


def findings_of(results):
    """A function from the name of a set-up to {id: severity} of what is said about its mail in transit."""
    return lambda name: {row["id"]: row["severity"] for row in results[name]["findings"]
                         if row["control"] in OWN_CONTROLS}


@pytest.fixture(scope="session")
def findings(results):
    return findings_of(results)


@pytest.fixture(scope="session")
def node_findings(checks):
    return findings_of(checks["node"].results)


@pytest.fixture(scope="session")
def full_findings(checks):
    """Of the few that were asked everything."""
    return findings_of(checks["full"].results)
