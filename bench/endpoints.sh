#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
# Memory and time of a thousand endpoints in flight at once, each at an address of its own on loopback.
set -eu
build=$(realpath "${MAILSEAL_BENCH_BUILD:-build-bench}")
exec /usr/bin/python3 bench/endpoints.py "$build/tests/tools/probe" "$@"
