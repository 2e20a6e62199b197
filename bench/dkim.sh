#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
# Messages verified per CPU second: by us with a key seen first and with a known key, and by libopendkim, in one run.
set -eu
build=${MAILSEAL_BENCH_BUILD:-build-bench}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/bench/bench_dkim" "$work" | tee "$work/rates"
if [ -x "$build/bench/bench_dkim_peer" ]; then
	"$build/bench/bench_dkim_peer" "$work" | tee -a "$work/rates"
else
	echo "libopendkim is not there to compare with; install libopendkim-dev"
fi
awk '{ rate[$1 " " $2] = $3; if (!($1 in seen)) { seen[$1]; sizes[++n] = $1 } }
	END {
		for (i = 1; i <= n; i++) {
			peer = rate[sizes[i] " libopendkim"]
			if (peer == 0) continue
			printf "dkim: %.1f x libopendkim (%d octets, key seen first)\n", rate[sizes[i] " first"] / peer, sizes[i]
			printf "dkim: %.1f x libopendkim (%d octets, known key)\n", rate[sizes[i] " known"] / peer, sizes[i]
		}
	}' "$work/rates"
