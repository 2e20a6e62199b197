# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The systemd unit: its command is one that the program takes, systemd takes it, and it stays locked in."""
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSEAL", str(ROOT / "build" / "mailseal"))
UNIT = ROOT / "packaging" / "systemd" / "mailseal-watch.service"
# In tenths; what is left is the network, and sockets of this machine.
MAX_EXPOSURE = 12


def command():
    (line,) = [line for line in UNIT.read_text(encoding="utf-8").splitlines() if line.startswith("ExecStart=/")]
    return shlex.split(line.removeprefix("ExecStart="))


def test_program_takes_the_command(tmp_path):
    (tmp_path / "domains.csv").write_text("nowhere.invalid\n", encoding="utf-8")
    words = [str(tmp_path / Path(word).name) if word.startswith(("/etc/", "/var/")) else word for word in command()[1:]]
    assert words.pop() == "$OPTIONS"
    done = subprocess.run([PROGRAM, *words, "--once", "--dns-only", "--resolver", "127.0.0.1@9", "--trust-anchor", "none"],
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mailseal.db").exists()


@pytest.fixture
def analyze(tmp_path):
    """Runs systemd-analyze on the unit with our program in it."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text(encoding="utf-8").replace(f"={command()[0]} ", f"={Path(PROGRAM).resolve()} "), encoding="utf-8")
    return lambda *args: subprocess.run(["systemd-analyze", "--no-pager", *args, str(unit)], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, timeout=60, check=False)


def test_systemd_takes_it(analyze):
    done = analyze("verify", "--man=no")
    assert (done.returncode, done.stdout) == (0, "")


def test_it_is_locked_in(analyze):
    done = analyze("security", "--offline=true", f"--threshold={MAX_EXPOSURE}")
    assert done.returncode == 0, "\n".join(line for line in done.stdout.splitlines() if "✗" in line)
