#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
# Messages verified per CPU second: by us with a key seen first and with a known key, and by libopendkim; three times in turns, of
# which the middle one counts. With valgrind also instructions a small message, which other work on the machine does not change
# (its processor knows fewer of OpenSSL's short cuts, so the arithmetic weighs more there).
set -eu
build=${MAILSEAL_BENCH_BUILD:-build-bench}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ ! -x "$build/bench/bench_dkim_peer" ]; then
	"$build/bench/bench_dkim" "$work"
	echo "libopendkim is not there to compare with; install libopendkim-dev"
	exit 0
fi
for _ in 1 2 3; do
	"$build/bench/bench_dkim" "$work"
	"$build/bench/bench_dkim_peer" "$work"
done | tee "$work/rates"

# instructions PROGRAM [KIND]: of one small message
instructions() {
	for times in 0 40; do
		valgrind --tool=callgrind --callgrind-out-file="$work/callgrind" "$build/bench/$1" "$work" 0 ${2:+"$2"} $times 2>&1 |
			sed -n 's/.*Collected : //p'
	done | { read -r none; read -r some; echo $(((some - none) / 40)); }
}
if command -v valgrind >/dev/null 2>&1; then
	echo "instructions a message: first $(instructions bench_dkim first), known $(instructions bench_dkim known)," \
		"libopendkim $(instructions bench_dkim_peer)"
fi
sort -k 1,1n -k 2,2 -k 3,3n "$work/rates" | awk '
	{ count[$1 " " $2]++ }
	count[$1 " " $2] == 2 { rate[$1 " " $2] = $3; if (!($1 in seen)) { seen[$1]; sizes[++n] = $1 } }
	END {
		for (i = 1; i <= n; i++) {
			peer = rate[sizes[i] " libopendkim"]
			printf "dkim: %.1f x libopendkim (%d octets, key seen first)\n", rate[sizes[i] " first"] / peer, sizes[i]
			printf "dkim: %.1f x libopendkim (%d octets, known key)\n", rate[sizes[i] " known"] / peer, sizes[i]
		}
	}'
