#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
# A body of 2 MB hashed, by us and by libopendkim: the largest message of the DKIM bench, whose key and signature do not count
# beside it. Before that, the memory of one whole evaluation.
set -eu
build=${MAILSEAL_BENCH_BUILD:-build-bench}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/bench/bench_dkim" "$work" >/dev/null
"$build/bench/bench_memory" "$work"
if [ ! -x "$build/bench/bench_dkim_peer" ]; then
	echo "libopendkim is not there to compare with; install libopendkim-dev"
	exit 0
fi
for _ in 1 2 3; do
	"$build/bench/bench_dkim" "$work"
	"$build/bench/bench_dkim_peer" "$work"
done | awk '$1 > 1000000' | tee "$work/rates"
sort -k 2,2 -k 3,3n "$work/rates" | awk '
	{ count[$2]++; size = $1 }
	count[$2] == 2 { rate[$2] = $3 }
	END {
		printf "%d octets: %.0f MB/s\n", size, rate["first"] * size / 1e6
		printf "body: %.1f x libopendkim\n", rate["first"] / rate["libopendkim"]
	}'
