# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""ingest: every report once, whatever happens, and a word about each that was refused."""
import gzip
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kill import ROW, XML, ingest_with_kills, make_reports

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "store"))
import postgresql  # noqa: E402

PROGRAM = os.environ.get("MAILSEAL", str(Path(__file__).resolve().parents[2] / "build" / "mailseal"))
# 200 for a thorough run; each costs about an eighth of a second.
KILLS = int(os.environ.get("MAILSEAL_KILLS", "12"))
AUDIT = os.environ.get("STORE_AUDIT", str(Path(__file__).resolve().parents[2] / "build" / "tests" / "store" / "store_audit"))
NOW = "2026-11-25T12:00:00Z"


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request, tmp_path):
    if request.param == "sqlite":
        yield tmp_path / "reports.db"
        return
    with postgresql.server() as server:
        if server is None:
            pytest.skip("PostgreSQL is not installed")
        yield server


def summary(mailseal, *args, ok=(0,), **more):
    result = mailseal("ingest", *args, "--json", **more)
    assert result.returncode in ok, result.stderr.decode()
    return json.loads(result.stdout)


def held(ask, location):
    """(days, messages, reports) as senders sees them: from the rows and from the day totals."""
    answer = ask("senders", "example.org", "--db", location, "--now", NOW, ok=(0, 3))
    assert sum(day["messages"] for day in answer["days"]) == answer["messages"]
    return sum(day["reports"] for day in answer["days"]), answer["messages"]


def audit(location):
    """(reports, rows, messages), counted from the rows; the ledger and all sums agree with them."""
    result = subprocess.run([AUDIT, str(location)], capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    return tuple(int(word) for word in result.stdout.split()[::2])


def one_report(number=1, count=3, rows=1):
    return XML.format(reporter="r.example", number=number, begin=1793577600, end=1793663999,
                      rows="".join(ROW.format(octet=i + 1, count=count) for i in range(rows)))


def test_killed_at_any_moment(mailseal, ask, location, tmp_path):
    reports, rows, messages = make_reports(tmp_path / "in", files=400, rows=60)
    result = ingest_with_kills(PROGRAM, location, tmp_path / "in", KILLS, seed=1)
    assert result.returncode == 0, result.stderr.decode()
    assert held(ask, location) == (reports, messages)
    assert audit(location) == (reports, rows, messages)
    again = summary(mailseal, tmp_path / "in", "--db", location)
    assert (again["rows"], again["same_reports"]) == (0, reports)
    assert held(ask, location) == (reports, messages)


def test_killed_while_moving(ask, location, tmp_path):
    reports, rows, messages = make_reports(tmp_path / "in", files=400, rows=60)
    result = ingest_with_kills(PROGRAM, location, tmp_path / "in", KILLS, seed=2, extra=["--move-to", tmp_path / "done"])
    assert result.returncode == 0, result.stderr.decode()
    assert held(ask, location) == (reports, messages)
    assert audit(location) == (reports, rows, messages)
    assert not list((tmp_path / "in").iterdir())
    # A kill between link and unlink may leave a file under two names, never under none.
    assert {path.read_text() for path in (tmp_path / "done").glob("*.xml*")} and \
        len(list((tmp_path / "done").glob("*.xml"))) == reports


def test_the_same_rows_in_both_stores(ask, tmp_path, mailseal):
    make_reports(tmp_path / "in", files=50, rows=20)
    with postgresql.server() as server:
        if server is None:
            pytest.skip("PostgreSQL is not installed")
        answers = []
        for location in (tmp_path / "a.db", server):
            summary(mailseal, tmp_path / "in", "--db", location)
            answers.append(ask("senders", "example.org", "--db", location, "--now", NOW))
    assert answers[0] == answers[1]


def test_summary_says_what_was_refused(mailseal, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.xml.gz").write_bytes(gzip.compress(one_report().encode()))
    (folder / "again.xml").write_text(one_report())
    (folder / "page.html").write_text("<html><body>sorry</body></html>")
    (folder / "empty").write_text("")
    result = mailseal("ingest", folder, "--db", tmp_path / "r.db", "--json")
    found = json.loads(result.stdout)
    assert result.returncode == 1
    assert found["files"] == 4 and found["new_reports"]["aggregate"] == 1 and found["same_reports"] == 1
    assert found["documents"]["refused"] == 2 and found["messages"] == 3
    assert b"empty" in result.stderr and b"page.html" in result.stderr


def test_files_are_moved_when_safe(mailseal, ask, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "a.xml").write_text("here already")
    (folder / "a.xml").write_text(one_report())
    (folder / "bad.xml").write_text("nothing")
    summary(mailseal, folder, "--db", tmp_path / "r.db", "--move-to", tmp_path / "done", ok=(1,))
    assert not list(folder.iterdir())
    assert (tmp_path / "done" / "a.xml").read_text() == "here already"
    assert (tmp_path / "done" / "a.xml.1").exists() and (tmp_path / "done" / "refused" / "bad.xml").exists()
    assert held(ask, tmp_path / "r.db") == (1, 3)


def test_standard_input(mailseal, ask, tmp_path):
    found = summary(mailseal, "-", "--db", tmp_path / "r.db", stdin=gzip.compress(one_report().encode()))
    assert found["rows"] == 1 and held(ask, tmp_path / "r.db") == (1, 3)


def test_more_rows_under_one_identity_are_added(mailseal, ask, tmp_path):
    summary(mailseal, "-", "--db", tmp_path / "r.db", stdin=one_report(rows=2).encode())
    found = summary(mailseal, "-", "--db", tmp_path / "r.db", stdin=one_report(rows=5).encode())
    assert found["merged_reports"] == 1
    assert held(ask, tmp_path / "r.db")[1] == 15


def test_watch_reads_what_arrives(ask, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    process = subprocess.Popen([PROGRAM, "ingest", "--watch", folder, "--db", tmp_path / "r.db", "--json"],
                               stdout=subprocess.PIPE)
    try:
        for number in (1, 2):
            # Written elsewhere long ago and moved in: its own time says nothing about when it came.
            elsewhere = tmp_path / f"{number}.xml"
            elsewhere.write_text(one_report(number=number))
            os.utime(elsewhere, (1600000000, 1600000000))
            elsewhere.rename(folder / elsewhere.name)
            for _ in range(60):
                time.sleep(0.25)
                if (tmp_path / "r.db").exists() and held(ask, tmp_path / "r.db")[0] == number:
                    break
        assert held(ask, tmp_path / "r.db") == (2, 6)
    finally:
        process.terminate()
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 0 and json.loads(out)["new_reports"]["aggregate"] == 2


def test_nothing_to_read_is_said_in_one_line(mailseal, tmp_path):
    result = mailseal("ingest", "--db", tmp_path / "r.db")
    assert result.returncode == 2 and len(result.stderr.decode().splitlines()) == 1


def test_what_was_read_in_part_is_named(mailseal, tmp_path):
    good = XML.format(reporter="r.example", number=1, begin=1793577600, end=1793663999, rows=ROW.format(octet=1, count=3) * 2)
    (tmp_path / "cut.xml").write_text(good[:good.rindex("<record>") + 60])
    result = mailseal("ingest", tmp_path / "cut.xml", "--db", tmp_path / "r.db")
    assert result.returncode == 1 and b"of which something was lost" in result.stdout
    assert b"cut.xml: read in part: The document ends early" in result.stderr
