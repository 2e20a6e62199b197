#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
# Rows of aggregate reports read and committed per CPU second: reading alone against a bare walk of the same bytes with expat; all of
# `mailseal ingest` against a bare load of the same tables into SQLite, bare COPY into PostgreSQL, Mail::DMARC and parsedmarc.
set -eu
build=${MAILSEAL_BENCH_BUILD:-build-bench}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
/usr/bin/python3 bench/make_reports.py "$work/large" 1 100000
/usr/bin/python3 bench/make_reports.py "$work/small" 2000 50 10
for set in large small; do
	echo "$set: reading alone"
	find "$work/$set" -name '*.xml' -print0 | sort -z | xargs -0 "$build/bench/bench_ingest" 3 >"$work/$set.txt"
	cat "$work/$set.txt"
done
/usr/bin/python3 bench/ingest.py "$build" "$work"
cat "$work/large.txt" "$work/small.txt" | awk '
	$1 == "expat" { expat = $8 }
	$1 == "reports" { ratio = $8 / expat; if (least == "" || ratio < least) least = ratio }
	END { printf "ingest: %.2f x expat\n", least }'
