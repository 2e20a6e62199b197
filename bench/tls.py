#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Time and connections of looking at three mail servers, by us and by others: tls.py PROBE [testssl|sslscan|nmap...]

To be run inside lab/transit/namespace.py; bench/tls.sh does it.

Each tool runs alone. Connections are counted in the servers' logs. Our times are the middle of several runs, since they are short;
the others run once. The comparable subset of testssl.sh is what the verdict plan answers: versions, suites of each version, forward
secrecy and groups, order, certificate.
"""

import json
import resource
import statistics
import subprocess
import sys
from pathlib import Path

import tls_peers
import tls_servers

RUNS = 9
ENDPOINTS = 1000
SUBSET = ("-p", "-E", "-f", "-P", "-S")
JOBS = ("--jobs", "4")


def ours(program, server, plan, *options, runs=RUNS):
    """Seconds and connections of one look; the middle of several."""
    before = server.connections()
    took = [tls_peers.probe(program, server.address, plan, *options)[1] for _ in range(runs)]
    return statistics.median(took), (server.connections() - before) / runs


def theirs(tool, server, *options):
    before = server.connections()
    _, took = tool(server.address, *options)
    return took, server.connections() - before


PEERS = {
    "testssl": ("testssl.sh, subset", tls_peers.testssl, SUBSET),
    "sslscan": ("sslscan", tls_peers.sslscan, ()),
    "nmap": ("nmap", tls_peers.nmap, ()),
}


def measure(program, server, peers):
    """{row: (seconds, connections)}"""
    rows = {
        "mailseal, quick": ours(program, server, "quick", *JOBS),
        "mailseal, verdict plan": ours(program, server, "normal", *JOBS),
        "mailseal, full": ours(program, server, "full", *JOBS),
        "mailseal, verdict plan, paced": ours(program, server, "normal", runs=1),
    }
    for name in peers:
        row, tool, options = PEERS[name]
        rows[row] = theirs(tool, server, *options)
    return rows


def memory(program, server):
    """Megabytes of looking at a thousand endpoints at once, and how many of them came as far as TLS."""
    subjects = [f"{server.address} 25 mx{number}.example" for number in range(ENDPOINTS)]
    done = subprocess.run([program, "--plan", "normal", *subjects], stdout=subprocess.PIPE, text=True, check=True)
    met = sum(json.loads(line)["endpoint"]["starttls"] == "works" for line in done.stdout.splitlines())
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # kB; what ran before was smaller
    print(f"memory: {peak / 1024:.0f} MB for {ENDPOINTS} endpoints of {server.name}, {met} of them with TLS")


def ratio(rows, peer, ours_row="mailseal, verdict plan"):
    return rows[peer][0] / rows[ours_row][0]


def share(rows, peer, ours_row="mailseal, verdict plan"):
    return rows[ours_row][1] / rows[peer][1]


def main():
    absent = tls_peers.missing()
    if absent:
        sys.exit(f"tls: not installed: {' '.join(absent)}")
    program = sys.argv[1]
    peers = sys.argv[2:] or list(PEERS)
    tables = {}
    servers = tls_servers.start(Path("/var/spool/lab/bench"))
    memory(program, servers[1])
    for server in servers:
        tables[server.name] = measure(program, server, peers)
        print(f"{server.name:<32}{'seconds':>10}{'connections':>14}")
        for name, (seconds, connections) in tables[server.name].items():
            print(f"  {name:<30}{seconds:>10.3f}{connections:>14.0f}", flush=True)
    for name in peers:
        peer = PEERS[name][0]
        worst = min(ratio(rows, peer) for rows in tables.values())
        most = max(share(rows, peer) for rows in tables.values())
        print(f"tls: {worst:.0f} x {name} (least of {len(tables)} servers; at most {most:.2f} of its connections)")


if __name__ == "__main__":
    main()
