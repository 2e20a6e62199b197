#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
# Scans of a lab of 10,000 domains near and far, and of 100,000: CPU, wall time, memory, repeated questions; against a bare loop over
# libunbound and against dnsperf. In a network namespace of its own: nothing leaves it, and port 53 is free there.
# usage: scan.sh [DOMAINS [MANY]]
set -eu
build=${MAILSEAL_BENCH_BUILD:-build-bench}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unshare --user --map-root-user --net sh -c 'ip link set lo up && exec /usr/bin/python3 bench/scan.py "$@"' scan "$build" "$work" "$@"
