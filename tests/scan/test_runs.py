# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Runs that are cut off and gone on with; the forms of input and output."""

import csv
import io
import json
import signal
import subprocess
import time

import pytest

COUNT = 600


def estate(count=COUNT):
    for i in range(count):
        yield f'd{i}.example. 300 TXT "v=spf1 -all"'
        yield f'_dmarc.d{i}.example. 300 TXT "v=DMARC1; p=reject"'


def write_list(folder, count=COUNT):
    names = folder / "list.txt"
    names.write_text("".join(f"d{i}.example\n" for i in range(count)))
    return names


def domains(path):
    return [json.loads(line)["domain"] for line in path.read_text().splitlines()]


def run_until(world, out, lines, kill, *args):
    """Starts a scan and kills it when the file has so many lines."""
    process = subprocess.Popen(world.command(*args), stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        if out.exists() and out.read_bytes().count(b"\n") >= lines:
            break
        time.sleep(0.005)
    process.send_signal(kill)
    _, said = process.communicate(timeout=30)
    return process.returncode, said


def test_kill_and_resume(make_world, tmp_path):
    world = make_world(estate())
    names, out = write_list(tmp_path), tmp_path / "out.jsonl"
    options = ("--dns-only", "--in-flight", 5, "--out", out, names)
    before = set()
    for round_number in range(3):
        run_until(world, out, 50 * (round_number + 1), signal.SIGKILL, *options, *(["--resume"] if round_number else []))
        kept = out.read_bytes().rpartition(b"\n")[0]
        done = {json.loads(line)["domain"] for line in kept.split(b"\n") if line}
        assert before <= done
        before = done
        with open(out, "ab") as file:
            file.write(b'{"domain":"d1.example","kind":"send')
    assert 0 < len(before) < COUNT
    finished = world.scan(*options, "--resume", "--summary")
    assert "torn last line" in finished.stderr
    assert sorted(domains(out)) == sorted(f"d{i}.example" for i in range(COUNT))
    again = world.scan(*options, "--resume")
    assert f"{COUNT} results are there already" in again.stderr
    assert len(domains(out)) == COUNT


def test_interrupt(make_world, tmp_path):
    world = make_world(estate())
    names, out = write_list(tmp_path), tmp_path / "out.jsonl"
    code, said = run_until(world, out, 20, signal.SIGINT, "--dns-only", "--in-flight", 5, "--out", out, names)
    assert code == 3
    assert "--resume" in said
    assert out.read_bytes().endswith(b"}\n")
    assert 20 <= len(domains(out)) < COUNT


def test_out_is_never_overwritten(make_world, tmp_path):
    world = make_world(estate(2))
    names, out = write_list(tmp_path, 2), tmp_path / "out.jsonl"
    out.write_text("something else\n")
    finished = world.scan("--dns-only", "--out", out, names, code=2)
    assert "--resume" in finished.stderr
    finished = world.scan("--dns-only", "--out", out, "--resume", names, code=2)
    assert "line 1 is not a result" in finished.stderr
    assert out.read_text() == "something else\n"


def test_csv_in_and_out(make_world, tmp_path):
    world = make_world(estate(3))
    names = tmp_path / "list.csv"
    names.write_text('group,domain,owner\nnorth,d0.example,"IT, web"\nsouth,d1.example,\n,d1.example,\n,not a name,\n')
    finished = world.scan("--dns-only", "--csv", names)
    rows = {row["domain"]: row for row in csv.DictReader(io.StringIO(finished.stdout))}
    assert set(rows) == {"d0.example", "d1.example"}
    assert (rows["d0.example"]["owner"], rows["d0.example"]["group"]) == ("IT, web", "north")
    assert rows["d0.example"]["dmarc_policy"] == "reject"
    assert 'line 5: "not a name"' in finished.stderr
    assert "1 domains were left out" in finished.stderr


def test_csv_goes_on_without_a_second_header(make_world, tmp_path):
    world = make_world(estate(4))
    out = tmp_path / "out.csv"
    world.scan("--dns-only", "--csv", "--out", out, write_list(tmp_path, 2))
    world.scan("--dns-only", "--csv", "--out", out, "--resume", write_list(tmp_path, 4))
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert sorted(row["domain"] for row in rows) == [f"d{i}.example" for i in range(4)]


def test_standard_input_and_zone_file(make_world, tmp_path):
    world = make_world(estate(3))
    zone = "$ORIGIN example.\n$TTL 300\nd0 TXT \"v=spf1 -all\"\nwww A 192.0.2.1\n_dmarc.d2 TXT (\n \"v=DMARC1; p=reject\" )\n"
    finished = subprocess.run(world.command("--dns-only", "-"), input=zone, capture_output=True, text=True, timeout=60, check=True)
    assert sorted(json.loads(line)["domain"] for line in finished.stdout.splitlines()) == ["d0.example", "d2.example"]


def test_transfer(make_world, tmp_path):
    world = make_world(estate(50))
    finished = world.scan("--dns-only", "--axfr", f".@127.0.0.1@{world.port}")
    assert sorted(json.loads(line)["domain"] for line in finished.stdout.splitlines()) == sorted(f"d{i}.example" for i in range(50))
    refused = world.scan("--axfr", f"example@127.0.0.1@{world.port}", code=2)
    assert "does not hand the zone out" in refused.stderr
    closed = world.scan("--axfr", "example@127.0.0.1@1", code=2)
    assert "transfer example" in closed.stderr


def test_summary_and_threshold(make_world, tmp_path):
    world = make_world([*estate(3), "open.example. 300 A 192.0.2.1"])
    names = write_list(tmp_path, 3)
    with open(names, "a", encoding="ascii") as file:
        file.write("open.example\nmissing.example\n")
    out = tmp_path / "out.jsonl"
    finished = world.scan("--dns-only", "--summary", "--fail-on", "high", "--out", out, names, code=1)
    assert "5 domains; 1 do not exist" in finished.stdout
    assert "reject: enforced" in finished.stdout


@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_summary_of_a_run_that_was_cut_off(make_world, tmp_path, form):
    """The summary after --resume is that of the whole run, and so is the threshold."""
    world = make_world([*estate(40), "open.example. 300 A 192.0.2.1", 'weak.example. 300 TXT "v=spf1 ~all"'])
    names = tmp_path / "list.txt"
    names.write_text("open.example\nweak.example\nmissing.example\n" + "".join(f"d{i}.example\n" for i in range(40)))
    options = ("--dns-only", form, "--summary", "--in-flight", 4, "--fail-on", "high", "--now", "2026-11-23T12:00:00Z")
    whole = world.scan(*options, "--out", tmp_path / "whole", names, code=1)
    half = tmp_path / "half"
    half.write_bytes(b"".join((tmp_path / "whole").read_bytes().splitlines(True)[:20]))
    resumed = world.scan(*options, "--out", half, "--resume", names, code=1)
    assert resumed.stdout == whole.stdout
    assert "43 domains; 1 do not exist" in resumed.stdout


def test_summary_of_a_run_in_a_database(make_world, tmp_path):
    """What one worker finds counts in the summary of the one that comes after it."""
    world = make_world(estate())
    names, database = write_list(tmp_path), tmp_path / "estate.db"
    out = tmp_path / "out.jsonl"
    options = ("--dns-only", "--in-flight", 5, "--db", database, "--lease", 1)
    run_until(world, out, 50, signal.SIGINT, *options, "--out", out, names)
    before = len(domains(out))
    assert 0 < before < COUNT
    finished = world.scan(*options, "--summary", "--resume", names)
    # Leases of a second run out on a slow machine, and come back: no domain is counted twice.
    assert f"{COUNT} domains; 0 do not exist; of 0 not all" in finished.stdout
    assert f"reject: enforced                     {COUNT}  100.0 %" in finished.stdout


def test_threads_say_the_same(make_world, tmp_path):
    world = make_world(estate(100))
    names = write_list(tmp_path, 100)
    options = ("--dns-only", "--now", "2026-11-23T12:00:00Z")

    def results(*more):
        lines = world.scan(*options, *more, names).stdout.splitlines()
        rows = {}
        for line in lines:
            row = json.loads(line)
            rows[row["domain"]] = {key: row[key] for key in row if not key.startswith("observed")}
        return rows

    assert results("--dns-threads", 3) == results()
