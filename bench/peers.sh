#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
# Has another implementation (mailauth, from npm, which follows RFC 9989) judge every message that spoof makes in the lab. Fails on a
# difference that bench/peers/confirm.mjs does not explain.
set -eu
build=${MAILSEAL_BENCH_BUILD:-build-bench}
work=$(mktemp -d)
stop() {
	/usr/bin/python3 lab/lab.py stop --dir "$work/lab" >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap stop EXIT
if ! command -v npm >/dev/null 2>&1 || ! npm --prefix bench/peers ci --silent --no-audit --no-fund >"$work/npm" 2>&1; then
	echo "peers: skipped: npm is not reachable"
	exit 0
fi
/usr/bin/python3 lab/lab.py start --dir "$work/lab" --port 0 >/dev/null
/usr/bin/python3 bench/peers/witnesses.py "$build/mailseal" "$work/lab" >"$work/witnesses"
resolver=$(/usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["resolver"])' "$work/lab/lab.json")
bench/peers/node_modules/.bin/node bench/peers/confirm.mjs "$work/witnesses" "$resolver"
