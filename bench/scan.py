#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Measures scans in a network namespace of its own; bench/scan.sh calls it there.

usage: scan.py BUILD-FOLDER WORK-FOLDER [DOMAINS [MANY]]
"""

import collections
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import time

import scan_lab

LOWER_PORT = 5300
SIGNED_PERMILLE = 250
MANY_SIGNED_PERMILLE = 25
DELAY_MS, LOSS_PERMILLE = 20, 20
# A look-up that failed is asked again for at most so long: its deadline, the queue of the patient, and theirs.
RETRY_MS = 60000


def measure(words, output=subprocess.DEVNULL):
    """Runs a program: (wall seconds, CPU seconds, peak memory in MB, what it said on standard error)."""
    began = time.monotonic()
    process = subprocess.Popen([str(word) for word in words], stdout=output, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise OSError(f"{' '.join(map(str, words))}: {said}")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said


def cpu_of(words, output):
    """Runs a program with its output in a file; its CPU seconds."""
    with open(output, "w", encoding="utf-8") as file:
        return measure(words, file)[1]


class Bench:
    def __init__(self, build, folder, count):
        self.build = build
        self.folder = folder
        self.count = count
        self.hints = folder / "root.hints"
        self.anchor = folder / "trust-anchor.ds"
        self.list = folder / "domains.txt"

    def scan(self, name, *options):
        out = self.folder / f"{name}.jsonl"
        out.unlink(missing_ok=True)
        words = [self.build / "mailseal", "scan", "--dns-only", "--root-hints", self.hints, "--trust-anchor", self.anchor,
                 "--out", out, *options, self.list]
        wall, cpu, memory, _ = measure(words)
        with open(out, encoding="utf-8") as file:
            lines = incomplete = 0
            for line in file:
                lines += 1
                incomplete += '"incomplete":true' in line
        if lines != self.count:
            raise OSError(f"{lines} results for {self.count} domains")
        out.unlink()
        print(f"{name}: {self.count} domains, {wall:.1f} s, {cpu:.1f} CPU s, {self.count / cpu:.0f} domains a CPU second, "
              f"{memory:.0f} MB, {incomplete} incomplete", flush=True)
        return wall, cpu, memory

    def compare(self):
        """Against the bare loop and dnsperf, with the same questions."""
        questions = self.folder / "questions.txt"
        recorded = measure([self.build / "bench/bench_scan_questions", self.list, self.hints, self.anchor, questions],
                           sys.stdout)
        asked = sum(1 for _ in open(questions, encoding="utf-8"))
        bare = cpu_of([self.build / "bench/bench_scan_bare", questions, self.hints, self.anchor], self.folder / "bare.txt")
        print((self.folder / "bare.txt").read_text().strip(), flush=True)
        _, scan, _ = self.scan("scan")
        print(f"judging without output: {asked / recorded[1]:.0f} look-ups a CPU second")
        ratios = {"bare": bare / scan}
        if shutil.which("dnsperf"):
            ratios["dnsperf"] = self.dnsperf(questions) / scan
        else:
            print("dnsperf is not there to compare with")
        print(f"scan: {asked / scan:.0f} look-ups a CPU second, bare {asked / bare:.0f}")
        return ratios

    def dnsperf(self, questions):
        """CPU seconds for sending the same questions to one server: nothing is resolved, nothing checked."""
        names = {"1": "A", "2": "NS", "6": "SOA", "15": "MX", "16": "TXT", "28": "AAAA", "43": "DS", "48": "DNSKEY", "52": "TLSA",
                 "257": "CAA", "5": "CNAME"}
        data = self.folder / "dnsperf.txt"
        with open(questions, encoding="utf-8") as source, open(data, "w", encoding="utf-8") as target:
            for line in source:
                name, kind = line.split()
                target.write(f"{name} {names.get(kind, 'TYPE' + kind)}\n")
        # With more under way the server's socket overflows, and dnsperf spends seconds of CPU on waiting for what was lost.
        words = ["dnsperf", "-s", scan_lab.operator_servers(0)[0][1], "-d", str(data), "-n", "1", "-q", "100"]
        cpu = cpu_of(words, self.folder / "dnsperf.out")
        told = (self.folder / "dnsperf.out").read_text()
        sent, lost = (int(re.search(rf"Queries {word}: +(\d+)", told)[1]) for word in ("sent", "lost"))
        print(f"dnsperf: {sent} questions, {lost} lost, {cpu:.2f} CPU s, {sent / cpu:.0f} a CPU second", flush=True)
        return cpu


def count_repeats(log):
    """Questions that had been answered before, per level of the tree and type: soon after the answer (it came too late, or the look-up
    failed elsewhere: a retry), or later, which only a cache that forgot explains. Silent servers are left out."""
    answered = {}
    retries, repeats = 0, collections.Counter()
    total = 0
    with open(log, encoding="ascii") as lines:
        for line in lines:
            words = line.split()
            if len(words) != 5 or words[1] in scan_lab.SILENT:
                continue
            level = {"0": "root", "1": "registry"}.get(words[1].split(".")[2], "leaf")
            key = hash((level, words[3].lower(), words[4]))
            if words[0] == "!":
                answered.setdefault(key, int(words[2]))
                continue
            total += 1
            if key not in answered:
                continue
            if int(words[2]) - answered[key] < RETRY_MS:
                retries += 1
            else:
                repeats[(level, words[4])] += 1
    return total, retries, repeats


def with_delay(bench, delay_ms, loss, name, log=None):
    words = [str(bench.build / "bench/bench_scan_delay"), str(delay_ms), str(loss)] + ([str(log)] if log else [])
    with subprocess.Popen(words) as delay:
        try:
            time.sleep(0.5)
            return bench.scan(name)
        finally:
            delay.terminate()


def run_small(build, folder, count):
    scan_lab.make(folder, count, SIGNED_PERMILLE)
    bench = Bench(build, folder, count)
    with scan_lab.Servers(folder) as servers:
        servers.keep_silent()
        servers.wait_all()
        return bench.compare()


def run_far(build, folder, count):
    scan_lab.make(folder, count, SIGNED_PERMILLE, LOWER_PORT)
    bench = Bench(build, folder, count)
    with scan_lab.Servers(folder) as servers:
        servers.wait_all(LOWER_PORT)
        with_delay(bench, DELAY_MS, LOSS_PERMILLE, f"{DELAY_MS} ms away, {LOSS_PERMILLE / 10:.0f} % lost")


def run_many(build, folder, count):
    scan_lab.make(folder, count, MANY_SIGNED_PERMILLE, LOWER_PORT)
    bench = Bench(build, folder, count)
    log = folder / "questions.log"
    with scan_lab.Servers(folder) as servers:
        servers.wait_all(LOWER_PORT)
        _, _, memory = with_delay(bench, 0, 0, "many", log)
    total, retries, repeats = count_repeats(log)
    print(f"many: {total} questions reached servers that answer, {retries} of them retries, {sum(repeats.values())} repeated later")
    for (level, kind), number in repeats.most_common(6):
        print(f"  {number} at the {level}, type {kind}")
    log.unlink()
    return memory, sum(repeats.values()), total


def main():
    build, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10000
    many = int(sys.argv[4]) if len(sys.argv) > 4 else 100000
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    ratios = run_small(build, folder / "small", count)
    run_far(build, folder / "far", count)
    if many > 0:
        memory, repeats, total = run_many(build, folder / "many", many)
        print(f"scan: {memory:.0f} MB for {many} domains, {repeats} of {total} questions repeated")
    try:
        import checkdmarc  # pylint: disable=unused-import,import-outside-toplevel # noqa: F401
        print("checkdmarc is there; it is measured by hand")
    except ImportError:
        print("checkdmarc is not there to compare with")
    for peer, ratio in ratios.items():
        print(f"scan: {ratio:.2f} x {peer}")


if __name__ == "__main__":
    main()
