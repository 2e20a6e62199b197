#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
# Wall time and connections of looking at a Postfix and an Exim on loopback: by us, testssl.sh, sslscan and nmap, in one run.
set -eu
build=$(realpath "${MAILSEAL_BENCH_BUILD:-build-bench}")
/usr/bin/python3 lab/transit/packages.py debian >&2
exec /usr/bin/python3 lab/transit/namespace.py /usr/bin/python3 bench/tls.py "$build/tests/tools/probe" "$@"
