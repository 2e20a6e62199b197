# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""`mailseal scan`: what is refused, and what becomes of lists of every kind. A server of our own says that no name exists."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

import pytest
from conftest import PROGRAM

MILLION = 1_000_000
# Of a scan, however long its list; a program that watches its own memory takes several times as much.
MEMORY_MB = 160 if "ASAN_OPTIONS" not in os.environ else 2000


class Nowhere:
    """A resolver for which no name exists."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.place = f"127.0.0.1@{self.socket.getsockname()[1]}"
        self.is_over = False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while not self.is_over:
            question, client = self.socket.recvfrom(4096)
            end = question.index(b"\0", 12) + 5 if len(question) > 16 else len(question)
            head = question[:2] + b"\x81\x83\0\x01\0\0\0\0\0\0"
            self.socket.sendto(head + question[12:end], client)

    def stop(self):
        self.is_over = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"the end", ("127.0.0.1", int(self.place.partition("@")[2])))
        self.thread.join(5)
        self.socket.close()


@pytest.fixture(scope="module")
def nowhere():
    server = Nowhere()
    yield server
    server.stop()


@pytest.fixture
def scan(mailseal, nowhere, tmp_path):
    """scan(list as text or octets, options...): the finished process, with its results as .rows."""
    def start(text, *args, code=0):
        path = tmp_path / "list"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        finished = mailseal("scan", path, "--dns-only", "--quiet", "--resolver", nowhere.place, "--trust-anchor", "none", *args)
        assert finished.returncode == code, finished.stderr
        finished.rows = [json.loads(line) for line in finished.stdout.splitlines() if line.startswith("{")]
        finished.domains = sorted(row["domain"] for row in finished.rows)
        return finished
    return start


@pytest.mark.parametrize("args,words", [
    ([], "needs a file, or - for standard input"),
    (["LIST", "LIST"], "takes no more than 1"),
    (["nothing.txt"], "nothing.txt: No such file"),
    ([pathlib.Path("/tmp")], "/tmp: Is a directory"),
    (["LIST", "--format", "xml"], 'not a form: list, csv, zone'),
    (["LIST", "--format", "zone", "--origin", "a..b"], '"a..b" is not a name'),
    (["LIST", "--axfr", "example.org@192.0.2.1"], "not together with a file"),
    (["--axfr", "example.org"], "is not ZONE@SERVER"),
    (["LIST", "--in-flight", "4001"], "at most 4000"),
    (["LIST", "--in-flight", "many"], "is not a number"),
    (["LIST", "--dns-threads", "17"], "at most 16"),
    (["LIST", "--rate", "fast"], "is not a number from 0"),
    (["LIST", "--rate", "-1"], "is not a number from 0"),
    (["LIST", "--rate", "1000001"], "is not a number from 0"),
    (["LIST", "--deep-minutes", "-1"], "is not a number"),
    (["LIST", "--json", "--csv"], "not together with --json"),
    (["LIST", "--resume"], "--resume: needs --out FILE or --db"),
    (["LIST", "--run", "x"], "--run: needs --db"),
    (["LIST", "--lease", "9"], "--lease: needs --db"),
    (["LIST", "--rejudge", "now"], "--rejudge: needs --db"),
    (["LIST", "--fail-on", "some"], "is not a severity"),
    (["LIST", "--profile", "nobody"], "mailseal profiles lists them"),
    (["LIST", "--now", "soon"], "is not a time"),
    (["LIST", "--resolver", "nonsense"], "is not an address"),
    (["LIST", "--root-hints", "nothing.hints"], "nothing.hints: No such file"),
    (["LIST", "--out", "nowhere/out.jsonl"], "nowhere/out.jsonl: No such file"),
    (["LIST", "--out", "/tmp"], "/tmp: Is a directory"),
    (["LIST", "--db", "nowhere/estate.db"], "nowhere/estate.db: No such file"),
    (["LIST", "--html", "page.html"], "--html"),
])
def test_wrong_usage_is_explained_in_one_line(mailseal, tmp_path, args, words):
    (tmp_path / "list").write_text("example.org\n")
    finished = mailseal("scan", *[tmp_path / "list" if arg == "LIST" else arg for arg in args])
    assert finished.returncode == 2, finished.stderr
    assert words in finished.stderr
    assert len(finished.stderr.splitlines()) == 1, finished.stderr
    assert finished.stdout == ""


@pytest.mark.parametrize("text,domains", [
    ("one.example\ntwo.example\n", ["one.example", "two.example"]),
    ("one.example", ["one.example"]),
    ("\ufeffone.example\r\n\r\n  TWO.Example.  # ours\r\n# three.example\r\n", ["one.example", "two.example"]),
    ("one.example\nONE.example\none.example.\n", ["one.example"]),
    ("bücher.example\nBÜCHER.example\nxn--bcher-kva.example\n", ["xn--bcher-kva.example"]),
    ("例え.例え\n", ["xn--r8jz45g.xn--r8jz45g"]),
    ("domain\none.example\n", ["one.example"]),
    ("one.example,IT,north\n", ["one.example"]),
    ('owner,"domain"\n"a ""b"", c",one.example\n,two.example\n', ["one.example", "two.example"]),
    ("$ORIGIN one.example.\n@ 300 IN MX 10 m\nwww 300 IN A 192.0.2.1\n_dmarc.sub 300 IN TXT \"v=DMARC1\"\n",
     ["one.example", "sub.one.example"]),
], ids=["lines", "no end of line", "mark, CRLF, comments", "twice", "IDN", "IDN of another script", "one column", "CSV without header",
        "CSV with quotes", "zone"])
def test_lists(scan, text, domains):
    assert scan(text).domains == domains


def test_owner_and_group_come_along(scan):
    finished = scan("group,domain,owner\nnorth,one.example,=1+1\n")
    assert [(row["domain"], row["owner"], row["group"]) for row in finished.rows] == [("one.example", "=1+1", "north")]
    assert '"\'=1+1"' in scan("group,domain,owner\nnorth,one.example,=1+1\n", "--csv").stdout


@pytest.mark.parametrize("text,complaints", [
    ("one.example\nhttps://two.example/\n", ['line 2: "https://two.example/"']),
    ("one.example\nuser@two.example\n192.0.2.1\nword\n", ["line 2:", "line 3:", "line 4:"]),
    ("one.example\n" + "a" * 64 + ".example\n", ["line 2:"]),
    ("one.example\n" + "a." * 127 + "example\n", ["line 2:"]),
    ("one.example\n\x1b[31mred.example\n", ["line 2:"]),
    (b"one.example\n\xff\xfe.example\n\0\0\0\n", ["line 2:", "line 3:"]),
    ("one.example\n" + "x" * 2_000_000 + "\n", ["line 2:", "too long"]),
    ("domain,owner\n,nobody\none.example,somebody\n", ["line 2:", "has no domain"]),
], ids=["address of a page", "not domains", "long label", "long name", "control characters", "octets", "long line", "row without domain"])
def test_bad_lines_are_told_and_left_out(scan, text, complaints):
    finished = scan(text)
    assert finished.domains == ["one.example"]
    assert all(words in finished.stderr for words in complaints), finished.stderr
    assert "\x1b" not in finished.stderr and "\0" not in finished.stderr


def test_complaints_are_bounded(scan):
    finished = scan("one.example\n" + "not a domain\n" * 1000)
    assert "1000 lines could not be used; the first 20 were shown" in finished.stderr
    assert len(finished.stderr.splitlines()) < 30


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n", "nonsense\nmore nonsense\n", "domain,owner\n"])
def test_a_list_without_a_domain_is_no_clean_bill(scan, text):
    finished = scan(text, code=3)
    assert finished.stdout == ""
    assert finished.stderr != ""


def test_table_without_a_column_of_domains_is_refused(scan):
    """Rather than complained of line by line, or taken for domains."""
    finished = scan("Organisation,Website,Head\nMinistry of X,www.one.example,A. Smith\n", code=2)
    assert 'line 1 names columns, and none of them "domain"' in finished.stderr
    assert finished.stdout == ""


def test_summary_is_apart_from_results(scan, tmp_path):
    finished = scan("one.example\ntwo.example\n", "--summary")
    assert finished.domains == ["one.example", "two.example"]
    assert "2 domains; 2 do not exist" in finished.stderr
    assert scan("one.example\n", "--summary", "--out", tmp_path / "out.jsonl").stdout.startswith("1 domains; 1 do not exist")


def test_resume_wants_results(scan, tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text("my diary\n")
    assert "line 1 is not a result of this form" in scan("one.example\n", "--out", out, "--resume", code=2).stderr
    assert "has something in it" in scan("one.example\n", "--out", out, code=2).stderr
    assert out.read_text() == "my diary\n"


def start(nowhere, path, *args):
    words = [PROGRAM, "scan", str(path), "--dns-only", "--quiet", "--resolver", nowhere.place, "--trust-anchor", "none", *map(str, args)]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(process):
    """(exit code, what it said, peak memory in MB)"""
    said = process.stderr.read().decode()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, said, usage.ru_maxrss / 1024


def test_a_million_lines_are_read_as_the_scan_goes(nowhere, tmp_path):
    """Most of them there before."""
    path = tmp_path / "list"
    with open(path, "w", encoding="ascii") as file:
        for i in range(MILLION):
            file.write(f"d{i % 500}.example\n")
    code, said, memory_mb = finish(start(nowhere, path, "--out", tmp_path / "out.jsonl"))
    assert code == 0, said
    assert f"{MILLION - 500} domains were left out" in said
    assert memory_mb < MEMORY_MB


def test_a_million_domains_are_begun_at_once(nowhere, tmp_path):
    """The first results come before the list is read, and memory is that of what is in flight."""
    path, out = tmp_path / "list", tmp_path / "out.jsonl"
    with open(path, "w", encoding="ascii") as file:
        for i in range(MILLION):
            file.write(f"d{i}.example\n")
    process = start(nowhere, path, "--out", out)
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None and not (out.exists() and out.stat().st_size > 0):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    code, said, memory_mb = finish(process)
    assert code == 3 and "--resume" in said
    assert out.stat().st_size > 0
    assert memory_mb < MEMORY_MB
