#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Rows committed per CPU second by `mailseal ingest`, against bare loads of the same tables and against other programs.

    ingest.py BUILD_FOLDER WORK_FOLDER

CPU seconds are those of the program and, with PostgreSQL, of the server's processes that served it. A bare load reads no
XML, and expat alone takes longer for that than the load: so what reading takes by itself is measured too, and each ratio is
given with it and without.
"""
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "store"))
import postgresql  # noqa: E402

BUILD, WORK = Path(sys.argv[1]), Path(sys.argv[2])
PROGRAM = BUILD / "mailseal"
ROUNDS = 3
# (name, reports, rows each, domains): one large report, and a month's mail of ten domains
SETS = [("large", 1, 100_000, 1), ("small", 2_000, 50, 10)]
PEER_FILES = 20
TICKS = os.sysconf("SC_CLK_TCK")
TABLES = ["word", "domain", "pattern", "report", "fact", "stream_part", "day_total", "detail"]


def run(*command, **more):
    """CPU seconds of the command and of what it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run([str(part) for part in command], capture_output=True, check=False, **more)
    if result.returncode != 0:
        sys.exit(f"{command[0]}: exit {result.returncode}: {result.stderr.decode()[-1000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, result.stdout.decode()


def peak(*command):
    """Most resident memory of a command, in MB."""
    _, out = run("/usr/bin/python3", "-c",
                 "import resource,subprocess,sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
                 "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)", *command)
    return int(out) / 1024


def remove(path):
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def best(measure):
    return min(measure() for _ in range(ROUNDS))


# ---- SQLite ----


def read_only(folder):
    return run(BUILD / "tests" / "tools" / "read_reports", "-q", folder)[0]


def ingest_sqlite(folder, path):
    remove(path)
    seconds, _ = run(PROGRAM, "ingest", folder, "--db", path, "--quiet")
    return seconds


def load_sqlite(full, path):
    remove(path)
    (WORK / "nothing").mkdir(exist_ok=True)
    run(PROGRAM, "ingest", WORK / "nothing", "--db", path, "--quiet")
    return float(run(BUILD / "bench" / "bench_load", full, path)[1])


# ---- PostgreSQL ----


class Server:
    def __init__(self, location):
        self.location = location
        self.pid = int((Path(re.search(r"host=([^&]*)", location)[1]) / "data" / "postmaster.pid").read_text().split()[0])
        self.psql = ["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", location]

    def seconds(self):
        """Of all processes that served somebody and have ended."""
        time.sleep(0.3)
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / TICKS

    def ask(self, sql):
        return run(*self.psql, "-c", sql)

    def measure(self, work):
        before = self.seconds()
        return work() + self.seconds() - before


def ingest_postgresql(server, folder):
    server.ask("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return server.measure(lambda: run(PROGRAM, "ingest", folder, "--db", server.location, "--quiet")[0])


def load_postgresql(server):
    files = {table: WORK / f"{table}.copy" for table in TABLES}
    for table, path in files.items():
        server.ask(f"\\copy {table} TO '{path}' (FORMAT binary)")
    script = ["BEGIN;"] + [f"\\copy {table} FROM '{path}' (FORMAT binary)" for table, path in files.items()] + ["COMMIT;"]
    (WORK / "load.sql").write_text("\n".join(script) + "\n")

    def once():
        server.ask("TRUNCATE " + ", ".join(TABLES))
        return server.measure(lambda: run(*server.psql, "-f", WORK / "load.sql")[0])
    return best(once)


# ---- others ----


def mail_dmarc(folder, rows_each):
    if shutil.which("dmarc_receive") is None:
        return None
    place = WORK / "mail-dmarc"
    place.mkdir()
    source = Path("/usr/share/perl5/auto/share/dist/Mail-DMARC/mail-dmarc.ini").read_text()
    (place / "mail-dmarc.ini").write_text(re.sub(r"(?m)^dsn *=.*$", f"dsn = dbi:SQLite:dbname={place}/dmarc.db", source))
    script = ("use Mail::DMARC::Report; for my $f (@ARGV) { my $r = Mail::DMARC::Report->new;"
              " open my $h, '<', $f or die; local $/; my $x = <$h>;"
              " $r->receive->handle_body($x) or die; }")
    files = sorted(folder.glob("*.xml"))[:PEER_FILES]
    seconds, _ = run("perl", "-e", script, *files, cwd=place)
    return len(files) * rows_each / seconds


def parsedmarc(folder, rows_each):
    if shutil.which("parsedmarc") is None:
        return None
    files = sorted(folder.glob("*.xml"))[:PEER_FILES]
    seconds, _ = run("parsedmarc", "--offline", "-o", WORK / "parsedmarc", *files)
    return len(files) * rows_each / seconds


def tell(what, rows, seconds):
    print(f"  {what:32} {seconds:8.2f} CPU s {rows / seconds:12,.0f} rows/s")


def main():
    ratios = {}
    rates = {}
    with postgresql.server() as location:
        server = Server(location) if location else None
        for name, reports, rows_each, _ in SETS:
            folder = WORK / name
            rows = reports * rows_each
            print(f"{name}: {reports} reports, {rows} rows")
            reading = best(lambda: read_only(folder))
            tell("reading alone", rows, reading)
            ours = best(lambda: ingest_sqlite(folder, WORK / "full.db"))
            bare = best(lambda: load_sqlite(WORK / "full.db", WORK / "bare.db"))
            tell("mailseal ingest, SQLite", rows, ours)
            tell("bare load, SQLite", rows, bare)
            ratios.setdefault("sqlite, reading apart", []).append(bare / (ours - reading))
            ratios.setdefault("sqlite, with reading", []).append(bare / ours)
            rates[name] = rows / ours
            if server:
                ours = best(lambda: ingest_postgresql(server, folder))
                bare = load_postgresql(server)
                tell("mailseal ingest, PostgreSQL", rows, ours)
                tell("bare COPY, PostgreSQL", rows, bare)
                ratios.setdefault("copy, reading apart", []).append(bare / (ours - reading))
                ratios.setdefault("copy, with reading", []).append(bare / ours)
    for peer, measure in (("Mail::DMARC", mail_dmarc), ("parsedmarc", parsedmarc)):
        rate = measure(WORK / "small", SETS[1][2])
        if rate:
            print(f"  {peer:32} {rate:,.0f} rows/s")
            ratios[peer.lower().replace("::", "-")] = [rates["small"] / rate]
        else:
            print(f"  {peer}: not installed")
    memory()
    for peer, values in ratios.items():
        least = min(values)
        print(f"ingest: {least:.2f} x {peer}" if least < 10 else f"ingest: {least:.0f} x {peer}")


def memory():
    """All that is resident, SQLite's cache too, with one report of 100,000 and of a million rows."""
    print("memory")
    folder = WORK / "million"
    run("/usr/bin/python3", ROOT / "bench" / "make_reports.py", folder, 1, 1_000_000)
    with postgresql.server() as location:
        for name, path in (("100,000 rows", WORK / "large"), ("1,000,000 rows", folder)):
            remove(WORK / "full.db")
            print(f"  {name}, SQLite: {peak(PROGRAM, 'ingest', path, '--db', WORK / 'full.db', '--quiet'):.0f} MB")
            if location:
                run("psql", "-q", "-X", "-d", location, "-c", "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
                print(f"  {name}, PostgreSQL: {peak(PROGRAM, 'ingest', path, '--db', location, '--quiet'):.0f} MB")


if __name__ == "__main__":
    main()
