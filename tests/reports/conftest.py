# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Running the program on stores of our own making."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
FILL = os.environ.get("FILL", str(ROOT / "build" / "tests" / "reports" / "fill"))


def run(*args, stdin=None, timeout=120, env=None):
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(env or {})}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return subprocess.run([PROGRAM, *map(str, args)], input=stdin, capture_output=True, timeout=timeout, env=environment,
                          check=False)


@pytest.fixture
def mailseal():
    return run


@pytest.fixture
def ask():
    """The JSON answer of a command; its exit code must be one of ok."""
    def ask(*args, ok=(0, 1)):
        result = run(*args, "--json")
        assert result.returncode in ok, result.stderr.decode()
        return json.loads(result.stdout)
    return ask


@pytest.fixture
def fill(tmp_path):
    """fill(lines) -> path of a store that holds them."""
    def fill(lines, name="reports.db"):
        path = tmp_path / name
        text = "".join(line + "\n" for line in lines)
        subprocess.run([FILL, str(path)], input=text.encode(), check=True, timeout=120)
        return path
    return fill
