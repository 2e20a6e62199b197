# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""What is in the store after an ingest, against counts made without mailseal, and what happens when the store fails."""
import gzip
import io
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from kill import make_reports
from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "store"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "conformance"))
import postgresql  # noqa: E402
from reports import count_tree, salvageable  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
AUDIT = os.environ.get("STORE_AUDIT", str(ROOT / "build" / "tests" / "store" / "store_audit"))
SHARED = Path(os.environ.get("MAILSEAL_SHARED_DATA", ROOT.parent / "shared" / "data"))
REAL = SHARED / "reports" / "aggregate" / "dmarcrua"


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request, tmp_path):
    if request.param == "sqlite":
        yield tmp_path / "reports.db"
        return
    with postgresql.server() as server:
        if server is None:
            pytest.skip("PostgreSQL is not installed")
        yield server


def audit(location):
    """(reports, rows, messages); the rows, the ledger and all sums must agree."""
    result = subprocess.run([AUDIT, str(location)], capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    return tuple(int(number) for number in re.findall(r"\d+", result.stdout))


def ingest(*arguments, **more):
    return subprocess.run([PROGRAM, "ingest", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=300,
                          **more)


# ---- real reports ----


def count_without_us(path):
    """(rows, messages) by libxml2; of a text that is cut, the whole records in it."""
    data = path.read_bytes()
    try:
        return count_tree(data)
    except etree.XMLSyntaxError:
        return salvageable(data)


def identity_without_us(path):
    """Equal for a report and what its sender sent once more, whatever the file is called."""
    try:
        root = etree.fromstring(path.read_bytes())
    except etree.XMLSyntaxError:
        return str(path)
    texts = tuple(root.findtext(f".//{{*}}{name}") for name in ("org_name", "report_id", "begin", "end", "domain"))
    return texts, tuple(sorted(" ".join("".join(record.itertext()).split()) for record in root.findall(".//{*}record")))


@pytest.mark.skipif(not REAL.is_dir(), reason="the 1,585 real reports are not here")
def test_real_reports_add_up(location):
    files = sorted(path for path in REAL.rglob("*") if path.is_file())
    counts = {path: count_without_us(path) for path in files}
    assert (len(files), sum(r for r, _ in counts.values()), sum(m for _, m in counts.values())) == (1585, 13307, 68342)
    once = {identity_without_us(path): count for path, count in counts.items()}
    result = ingest(REAL, "--db", location, "--quiet")
    assert result.returncode in (0, 1), result.stderr
    assert audit(location) == (len(once), sum(r for r, _ in once.values()), sum(m for _, m in once.values()))


# ---- bombs ----


def test_bombs_beside_a_good_report(tmp_path):
    """Four bombs end in seconds and below 64 MB, store and all; the report beside them is taken."""
    reports, rows, messages = make_reports(tmp_path / "in", files=1, rows=20)
    (tmp_path / "in" / "zeros.gz").write_bytes(gzip.compress(bytes(64 << 20)) * 64)
    (tmp_path / "in" / "text.gz").write_bytes(gzip.compress(b"<feedback><version>") + gzip.compress(b"A" * (100 << 20)))
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    (tmp_path / "in" / "laughs").write_text(f'<!DOCTYPE f [<!ENTITY a0 "ha">{entities}]><feedback>&a9;</feedback>')
    packed = b"<feedback/>"
    for _ in range(12):
        place = io.BytesIO()
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("a.zip", packed)
        packed = place.getvalue()
    (tmp_path / "in" / "nested.zip").write_bytes(packed)
    measure = ("import resource, subprocess, sys; code = subprocess.run(sys.argv[1:], stdout=2).returncode;"
               " print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    result = subprocess.run([sys.executable, "-c", measure, PROGRAM, "ingest", tmp_path / "in", "--db", tmp_path / "r.db"],
                            capture_output=True, text=True, check=True, timeout=60)
    code, peak_kb = map(int, result.stdout.split())
    assert code == 1 and result.stderr.count(": refused: ") == 4
    assert "ASAN_OPTIONS" in os.environ or peak_kb < 64 << 10
    assert audit(tmp_path / "r.db") == (reports, rows, messages)


# ---- a store that fails ----


def test_disk_full_loses_nothing_that_was_said(tmp_path):
    """A batch that finds no room fails as a whole; with room again everything is there once."""
    reports, rows, messages = make_reports(tmp_path / "in", files=300, rows=200)
    place = tmp_path / "small"
    place.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], check=False,
                                           capture_output=True).returncode != 0:
        pytest.skip("cannot mount a small file system")
    try:
        result = ingest(tmp_path / "in", "--db", place / "r.db", "--move-to", tmp_path / "done")
        assert result.returncode == 4 and "full" in result.stderr, result.stderr
        assert len(result.stderr.splitlines()) == 1
        assert len(list((tmp_path / "in").iterdir())) + len(list((tmp_path / "done").glob("*.xml"))) == reports \
            if (tmp_path / "done").exists() else len(list((tmp_path / "in").iterdir())) == reports
        subprocess.run(["mount", "-o", "remount,size=200m", place], check=True)
        audit(place / "r.db")
        assert ingest(tmp_path / "in", "--db", place / "r.db").returncode == 0
        assert audit(place / "r.db") == (reports, rows, messages)
    finally:
        subprocess.run(["umount", place], check=True)


def test_unwritable_place_is_said_in_one_line(tmp_path):
    make_reports(tmp_path / "in", files=1, rows=1)
    result = ingest(tmp_path / "in", "--db", tmp_path / "no" / "such" / "r.db")
    assert result.returncode == 2 and len(result.stderr.splitlines()) == 1 and "r.db" in result.stderr


def test_not_a_database_is_said_in_one_line(tmp_path):
    make_reports(tmp_path / "in", files=1, rows=1)
    (tmp_path / "r.db").write_text("this is no database, though it is long enough to be looked at " * 40)
    result = ingest(tmp_path / "in", "--db", tmp_path / "r.db")
    assert result.returncode == 4 and len(result.stderr.splitlines()) == 1
    assert (tmp_path / "r.db").read_text().startswith("this is no database")


@pytest.mark.skipif(postgresql.programs() is None, reason="PostgreSQL is not installed")
def test_postgresql_goes_away_in_the_middle(tmp_path):
    """The server ends our connection during an ingest: it is said, and the same again gives every row once."""
    reports, rows, messages = make_reports(tmp_path / "in", files=600, rows=300)
    with postgresql.server() as server:
        def end_connections():
            for _ in range(4):
                time.sleep(0.3)
                subprocess.run(["psql", "-q", "-X", "-d", server, "-c",
                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                                " AND backend_type = 'client backend'"], check=False, capture_output=True)
        thread = threading.Thread(target=end_connections)
        thread.start()
        results = [ingest(tmp_path / "in", "--db", server) for _ in range(3)]
        thread.join()
        failed = [result for result in results if result.returncode != 0]
        assert failed, "nothing was interrupted"
        for result in failed:
            assert result.returncode == 4 and len(result.stderr.splitlines()) == 1, result.stderr
        assert ingest(tmp_path / "in", "--db", server).returncode == 0
        assert audit(server) == (reports, rows, messages)


@pytest.mark.skipif(shutil.which("psql") is None, reason="PostgreSQL is not installed")
def test_no_postgresql_is_said_in_one_line(tmp_path):
    make_reports(tmp_path / "in", files=1, rows=1)
    result = ingest(tmp_path / "in", "--db", f"postgresql:///postgres?host={tmp_path}&user=mailseal")
    assert result.returncode == 4 and len(result.stderr.splitlines()) == 1
