# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Running the real program. MAILSEAL names it; meson sets that."""
import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))


def run(*args, env=None, timeout=60):
    """The finished process, with text output and no colour from the environment."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(env or {})}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True, timeout=timeout, env=environment,
                          check=False)


@pytest.fixture
def mailseal():
    return run


@pytest.fixture
def facts_file(tmp_path):
    """Writes a replay file: facts_file([("example.org", "TXT", ["..."]), ...], domains=[...]).

    What is not listed is absent when its name is, or is below, one of the domains; absent=False leaves it unrecorded.
    """
    def write(records, domains, name="facts.jsonl", dnssec="insecure"):
        lines = [json.dumps({"mailseal_facts": 1, "version": "0", "created": "2026-11-23T12:00:00Z", "domains": domains})]
        for owner, rrtype, data in records:
            fact = {"kind": "dns", "name": owner, "type": rrtype, "source": "test", "time": "2026-11-23T12:00:00Z"}
            if isinstance(data, str):
                fact |= {"state": "failed", "failure": data}
            elif data:
                fact |= {"state": "present", "rcode": 0, "ttl": 300, "records": data, "dnssec": dnssec}
            else:
                fact |= {"state": "absent", "rcode": 0, "nxdomain": data is None, "ttl": 300, "dnssec": dnssec}
            lines.append(json.dumps(fact))
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n")
        return path
    return write
