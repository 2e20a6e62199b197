#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
# SPF evaluations per CPU second, ours and libspf2's, on the same questions with all answers in memory; three times in turns, of
# which the middle one counts. With valgrind also instructions, which other work on the machine does not change.
set -eu
build=${MAILSEAL_BENCH_BUILD:-build-bench}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
/usr/bin/python3 bench/make_spf.py >"$work/questions"
questions=$(grep -c '^test ' "$work/questions")
if [ ! -x "$build/bench/bench_spf_peer" ]; then
	"$build/bench/bench_spf" "$work/questions" "$work/ours" 40
	echo "libspf2 is not there to compare with; install libspf2-dev"
	exit 0
fi
for _ in 1 2 3; do
	"$build/bench/bench_spf" "$work/questions" "$work/ours" 40
	"$build/bench/bench_spf_peer" "$work/questions" "$work/peer" 40
done | tee "$work/rates"
echo "$questions questions; answered differently: $(diff "$work/ours" "$work/peer" | grep -c '^<' || true)"

# instructions PROGRAM TIMES
instructions() {
	valgrind --tool=callgrind --callgrind-out-file="$work/callgrind" "$build/bench/$1" "$work/questions" "$work/again" "$2" 2>&1 |
		sed -n 's/.*Collected : //p'
}
if command -v valgrind >/dev/null 2>&1; then
	for name in bench_spf bench_spf_peer; do
		none=$(instructions $name 0)
		some=$(instructions $name 4)
		echo "$name: $(((some - none) / (4 * questions))) instructions an evaluation"
	done
fi
# middle NAME
middle() { awk -v name="$1" '$1 == name { print $2 }' "$work/rates" | sort -n | sed -n 2p; }
awk -v ours="$(middle ours)" -v peer="$(middle libspf2)" 'BEGIN { printf "spf: %.1f x libspf2\n", ours / peer }'
