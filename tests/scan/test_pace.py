# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Name servers that drop what is above their limit: a scan at a third of it stays below it at each server, and makes no failure of its own.

The servers are the lab of bench/scan_lab.py in a network namespace of its own, behind bench/scan_delay.c; called as a program this file is what
runs there: test_pace.py FOLDER DOMAINS LIMIT OPTION...
"""

import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
DOMAINS = 120
LIMIT = 45  # questions a second, at each server
RATE = LIMIT // 3  # what the DNS library asks on its own comes on top
DELAY_MS = 20
LOWER_PORT = 5300
SIGNED_PERMILLE = 100
AGAIN_MS = 3000
# Domains that name servers in their own names share these addresses: nothing in the DNS tells that they are one server.
VANITY = tuple(f"127.53.{100 + k}." for k in (1, 2))

sys.path.insert(0, str(ROOT / "bench"))
import scan_lab  # noqa: E402 # pylint: disable=wrong-import-position


def first_times(log):
    """When each server was asked each question first, of those it was asked within AGAIN_MS of one another: when the machine is busy the
    DNS library asks once more by itself, and that is not what is paced."""
    times, last = collections.defaultdict(list), {}
    for line in log.read_text().splitlines():
        what, server, at_ms, *question = line.split()
        if what == "?" and server not in scan_lab.SILENT and not server.startswith(VANITY):
            key, at_ms = (server, *question), int(at_ms)
            if at_ms - last.get(key, -AGAIN_MS) >= AGAIN_MS:
                times[server].append(at_ms)
            last[key] = at_ms
    return times


def peaks(log):
    """The most questions that each server was asked within any one second."""
    times = first_times(log)
    most = {}
    for server, all_ms in times.items():
        first = best = 0
        for i, at_ms in enumerate(all_ms):
            while all_ms[first] <= at_ms - 1000:
                first += 1
            best = max(best, i - first + 1)
        most[server] = best
    return most


def scan(folder, count, limit, options):
    """Makes the lab and scans it; prints how it went."""
    scan_lab.make(folder / "lab", count, SIGNED_PERMILLE, LOWER_PORT)
    out, log = folder / "out.jsonl", folder / "log"
    with scan_lab.Servers(folder / "lab") as servers:
        servers.wait_all(LOWER_PORT)
        with subprocess.Popen([folder / "delay", str(DELAY_MS), "0", log, str(limit)]) as delay:
            time.sleep(0.5)
            subprocess.run([PROGRAM, "scan", "--dns-only", "--root-hints", folder / "lab/root.hints", "--trust-anchor",
                            folder / "lab/trust-anchor.ds", "--out", out, *options, folder / "lab/domains.txt"], check=True)
            delay.terminate()
    results = [json.loads(line) for line in out.read_text().splitlines()]
    incomplete = sorted(result["domain"] for result in results if result["incomplete"])
    print(json.dumps({"results": len(results), "incomplete": incomplete, "peaks": peaks(log)}))


def run(folder, *options):
    subprocess.run(["cc", "-O1", "-o", folder / "delay", ROOT / "bench/scan_delay.c"], check=True)
    words = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, __file__,
             folder, DOMAINS, LIMIT, *options]
    finished = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=400, check=False)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout.splitlines()[-1])


def truly_dead():
    return sorted(zone.name for zone, health in scan_lab.make_domains(DOMAINS, SIGNED_PERMILLE) if health in ("refused", "silent"))


def can_run():
    namespace = ["unshare", "--user", "--map-root-user", "--net", "true"]
    return all(map(shutil.which, ("nsd", "ldns-signzone", "cc", "unshare"))) and subprocess.run(namespace, check=False).returncode == 0


def test_each_server_is_asked_below_its_limit(tmp_path):
    if not can_run():
        import pytest  # pylint: disable=import-outside-toplevel
        pytest.skip("nsd, ldns-signzone, cc or network namespaces are not there")
    went = run(tmp_path, "--rate", str(RATE))
    assert went["results"] == DOMAINS
    assert len(went["peaks"]) > 2 * 10, "few servers were asked"
    assert {server: peak for server, peak in went["peaks"].items() if peak > LIMIT} == {}
    assert went["incomplete"] == truly_dead()


if __name__ == "__main__":
    scan(pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
