# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Several workers on one PostgreSQL: killed, frozen, and with the server restarted under them, each domain has one result.

A worker is frozen for three leases of 4 s, so that the suite stays short. The same with a minute and longer leases:
MAILSEAL_FROZEN_SECONDS=60 MAILSEAL_LEASE_SECONDS=20 (or 120, the default of the program: then it wakes up in time).
"""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import running

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
sys.path.insert(0, str(ROOT / "tests" / "store"))
import postgresql  # noqa: E402  (the server the store's tests use)

LEASE_SECONDS = int(os.environ.get("MAILSEAL_LEASE_SECONDS", "4"))
FROZEN_SECONDS = int(os.environ.get("MAILSEAL_FROZEN_SECONDS", "12"))
DEADLINE_SECONDS = 150 + 2 * LEASE_SECONDS + FROZEN_SECONDS


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """On free ports, so that these tests can run beside the others."""
    with running(tmp_path_factory.mktemp("workers"), "stub") as one:
        yield one


@pytest.fixture
def database():
    with postgresql.server() as location:
        if location is None:
            pytest.skip("PostgreSQL is not installed")
        yield location


@pytest.fixture
def listed(lab, tmp_path):
    """A list of all of the lab's own and real zones."""
    names = sorted({zone["name"].rstrip(".") for zone in lab.zones if zone["origin"] in ("own", "real") and "." in zone["name"].rstrip(".")})
    path = tmp_path / "domains.txt"
    path.write_text("\n".join(names) + "\n", encoding="utf-8")
    return path, names


def start(lab, path, database):
    """A worker that goes slowly enough to be caught in the middle."""
    return subprocess.Popen(
        [PROGRAM, "scan", str(path), "--dns-only", "--db", database, "--lease", str(LEASE_SECONDS), "--in-flight", "20", "--quiet",
         "--resolver", lab.resolver, "--trust-anchor", str(lab.trust_anchor)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def ask(database, sql):
    """Rows of an answer, as lists of text."""
    place = database.split("host=")[1].split("&")[0]
    prefix, _ = postgresql.as_ordinary_user()
    out = subprocess.run([*map(str, prefix), str(postgresql.programs() / "psql"), "-h", place, "-U", "mailseal", "-d", "postgres", "-At",
                          "-F", "|", "-c", sql], capture_output=True, text=True, check=False, cwd="/tmp")
    return [line.split("|") for line in out.stdout.splitlines()] if out.returncode == 0 else None


def results(database):
    rows = ask(database, "SELECT count(*) FROM estate_result")
    return int(rows[0][0]) if rows else 0


def holders(database):
    """How many workers hold a lease now."""
    rows = ask(database, "SELECT count(DISTINCT worker) FROM estate_job WHERE due IS NOT NULL AND worker <> ''")
    return int(rows[0][0]) if rows else 0


def wait_for(condition, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def finish(process):
    _, errors = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 0, errors


def assert_each_once(database, names):
    rows = ask(database, "SELECT d.name, count(*) FROM estate_result r JOIN domain d ON d.id = r.domain GROUP BY d.name")
    assert {name: int(count) for name, count in rows} == {name: 1 for name in names}
    assert ask(database, "SELECT count(*), count(DISTINCT run) FROM estate_result")[0] == [str(len(names)), "1"]


def test_killed_and_frozen_workers(lab, listed, database):
    path, names = listed
    workers = [start(lab, path, database) for _ in range(3)]
    try:
        assert wait_for(lambda: results(database) > 20 and holders(database) == 3, 60), "the workers have begun"
        workers[2].send_signal(signal.SIGSTOP)
        for worker in workers[:2]:
            worker.kill()
            worker.wait()
        assert results(database) < len(names), "they were caught in the middle"
        fresh = start(lab, path, database)
        time.sleep(FROZEN_SECONDS)
        workers[2].send_signal(signal.SIGCONT)
        finish(fresh)
        finish(workers[2])
    finally:
        for worker in workers:
            worker.kill()
    assert_each_once(database, names)
    assert ask(database, "SELECT count(*) FROM estate_run WHERE finished_at <> 0")[0] == ["1"]


def restart_server(database):
    place = Path(database.split("host=")[1].split("&")[0])
    prefix, _ = postgresql.as_ordinary_user()
    options = f"-k {place} -c listen_addresses=''"
    subprocess.run([*map(str, prefix), str(postgresql.programs() / "pg_ctl"), "-D", str(place / "data"), "-w", "-m", "immediate",
                    "-o", options, "-l", str(place / "log"), "restart"], check=True, cwd="/tmp", stdout=subprocess.DEVNULL)


def test_server_restarted_in_the_middle(lab, listed, database):
    path, names = listed
    workers = [start(lab, path, database) for _ in range(2)]
    try:
        assert wait_for(lambda: results(database) > 20 and holders(database) == 2, 60), "the workers have begun"
        restart_server(database)
        assert results(database) < len(names), "it was in the middle"
        for worker in workers:
            finish(worker)
    finally:
        for worker in workers:
            worker.kill()
    assert_each_once(database, names)


def test_report_counts_each_domain_once(lab, listed, database):
    path, names = listed
    finish(start(lab, path, database))
    report = subprocess.run([PROGRAM, "report", "--db", database, "--json"], capture_output=True, text=True, timeout=60, check=True)
    counts = json.loads(report.stdout)
    assert counts["domains"] == len(names)
    assert sum(counts["spoofable"].values()) == len(names) - counts["nonexistent"]
    assert counts["findings"], "the lab's zones have faults"


def test_a_worker_without_a_list_joins_and_begins_nothing(lab, tmp_path):
    store = tmp_path / "estate.db"
    command = [PROGRAM, "scan", "--run", "domains.txt", "--dns-only", "--quiet", "--db", store, "--resolver", lab.resolver,
               "--trust-anchor", lab.trust_anchor]
    for _ in range(2):  # the first leaves no run for the second to find
        finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert finished.returncode == 2
        assert finished.stderr == "mailseal: domains.txt: no run of this name is under way; give the list to begin one\n"
