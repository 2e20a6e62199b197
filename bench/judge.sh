#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
# CPU time per domain of judging alone, over the real zones when they are here, else over the lab's own.
set -eu
build=${MAILSEAL_BENCH_BUILD:-build-bench}
state=$(mktemp -d)
trap '/usr/bin/python3 lab/lab.py stop --dir "$state" >/dev/null 2>&1; rm -rf "$state"' EXIT
/usr/bin/python3 lab/lab.py start --dir "$state" --port 0 >/dev/null
/usr/bin/python3 bench/record_facts.py "$state/lab.json" "$build/mailseal" "$state"
for facts in "$state"/facts-*.jsonl; do
	"$build/bench/bench_judge" "$facts" 30
done
