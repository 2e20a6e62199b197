#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
# What senders and plan ask of a store with ten million rows (or as many as the first argument says), in SQLite and in PostgreSQL.
set -eu
build=${MAILSEAL_BENCH_BUILD:-build-bench}
rows=${1:-10000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/run" <<EOF
"$build/bench/bench_rows" "\$1" "$rows"
case \$1 in postgresql:*) psql -q -X -d "\$1" -c ANALYZE ;; esac
"$build/bench/bench_queries" "\$1"
EOF
echo SQLite
sh "$work/run" "$work/reports.db" | tee "$work/sqlite.txt"
rm -f "$work"/reports.db*
echo PostgreSQL
/usr/bin/python3 tests/store/postgresql.py sh "$work/run" | tee "$work/postgresql.txt" || echo "PostgreSQL is not installed"
for engine in sqlite postgresql; do
	sed -n "s/^worst of 90 days: \\([0-9]*\\) ms, CPU \\([0-9]*\\) ms/queries: \\1 ms (CPU \\2 ms), $engine/p" "$work/$engine.txt"
done
