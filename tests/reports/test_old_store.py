# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A database of an early build is brought forward when it is opened: with a word about it, and whenever it is killed, run again."""
import json
import os
import pty
import random
import re
import shutil
import signal
import subprocess
import time

import pytest
from conftest import PROGRAM
from old_store import make_old, steps_taken
from test_store import audit

DAY = 86400
BEGIN = 1793577600
KILLS = int(os.environ.get("MAILSEAL_KILLS", "12"))
ASK = ["senders", "example.org", "--now", "2026-11-25T12:00:00Z", "--json", "--db"]


def lines(reports=240, rows=150):
    rng = random.Random(7)
    for number in range(reports):
        begin = BEGIN + number % 20 * DAY
        yield f"R\tr{number % 12}.example\t{number}\texample.org\t{begin}\t{begin + DAY - 1}\tp=none"
        for _ in range(rows):
            yield (f"F\t10.0.{rng.randrange(3)}.{rng.randrange(250)}\t{rng.randrange(1, 9)}\t1\t{rng.randrange(3)}\t1\texample.org"
                   f"\tm{rng.randrange(20)}.example\tspf m{rng.randrange(9)}.example mfrom pass\t")


@pytest.fixture
def old(fill):
    path = fill(lines())
    held = audit(path)
    before = subprocess.run([PROGRAM, *ASK, str(path)], capture_output=True, check=False, timeout=60)
    make_old(path)
    assert steps_taken(path) == 1
    return path, held, json.loads(before.stdout)


def test_an_old_database_is_brought_forward_with_a_word(old):
    path, held, before = old
    first = subprocess.run([PROGRAM, *ASK, str(path)], capture_output=True, text=True, check=False, timeout=60)
    assert first.stderr.count("brought forward") == 1 and "free space" in first.stderr and "run again" in first.stderr
    assert json.loads(first.stdout) == before
    second = subprocess.run([PROGRAM, *ASK, str(path)], capture_output=True, text=True, check=False, timeout=60)
    assert second.stderr == "" and json.loads(second.stdout) == before
    assert audit(path) == held


def test_a_new_database_is_made_without_a_word(mailseal, tmp_path):
    result = mailseal("ingest", "-", "--db", tmp_path / "new.db", "--quiet", stdin=b"x")
    assert b"brought forward" not in result.stderr


def test_the_way_is_shown_on_a_terminal(old):
    path, _, _ = old
    ours, theirs = pty.openpty()
    process = subprocess.Popen([PROGRAM, *ASK, str(path)], stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            some = os.read(ours, 4096)
        except OSError:
            break
        if not some:
            break
        shown += some
    process.wait(timeout=60)
    os.close(ours)
    assert b"step 2 of " in shown and re.search(rb"step 4 of \d+, 0 of ", shown)


def test_it_may_be_killed_at_any_time(old, tmp_path):
    path, held, before = old
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    began = time.monotonic()
    subprocess.run([PROGRAM, *ASK, str(copy)], capture_output=True, check=False, timeout=60)
    takes = time.monotonic() - began
    latest = steps_taken(copy)
    rng = random.Random(11)
    cut_off = 0
    for _ in range(KILLS):
        process = subprocess.Popen([PROGRAM, *ASK, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0, takes * 0.8))
        process.send_signal(signal.SIGKILL)
        process.wait()
        steps = steps_taken(path)
        assert steps in (1, latest)
        cut_off += steps == 1
        if steps == latest:
            make_old(path)
    assert cut_off > 0
    answer = subprocess.run([PROGRAM, *ASK, str(path)], capture_output=True, check=False, timeout=60)
    assert json.loads(answer.stdout) == before
    assert audit(path) == held and steps_taken(path) == latest
