# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Help, the manual page and the completion script say the same."""
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "docs" / "man" / "mailseal.1").read_text()


def commands(mailseal):
    listed = mailseal("--help").stdout
    return re.findall(r"^  ([a-z]+) {2,}", listed, re.M)


def options(mailseal, command):
    return set(re.findall(r"--([a-z0-9-]+)", mailseal(command, "--help").stdout)) - {"help"}


def test_every_command_has_short_help_with_an_example(mailseal):
    assert commands(mailseal)
    for command in commands(mailseal):
        result = mailseal(command, "--help")
        assert result.returncode == 0
        assert f"example: mailseal {command}" in result.stdout
        assert len(result.stdout.splitlines()) < 60
        assert max(map(len, result.stdout.splitlines())) <= 110


def test_manual_has_every_command_and_option(mailseal):
    documented = {name.replace("\\-", "-") for name in re.findall(r"^\.It Fl (?:[a-z] , Fl )?-([a-z0-9-]+)", MANUAL, re.M)}
    shown = set()
    for command in commands(mailseal):
        assert f".Cm {command}\n" in MANUAL, command
        shown |= options(mailseal, command)
    assert documented == shown


@pytest.mark.parametrize("page", ["mailseal.1", "libmailseal.3"])
def test_manuals_are_clean(page):
    result = subprocess.run(["mandoc", "-Tlint", "-Wwarning", ROOT / "docs" / "man" / page], capture_output=True,
                            text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_completion_loads_and_completes(mailseal, tmp_path):
    script = tmp_path / "completion"
    script.write_text(mailseal("completion").stdout)
    probe = f"source {script}; COMP_WORDS=(mailseal check --pro); COMP_CWORD=2; _mailseal; echo ${{COMPREPLY[@]}}"
    result = subprocess.run(["bash", "-c", probe], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["--profile"]


def test_version(mailseal):
    assert re.fullmatch(r"mailseal \d+\.\d+\.\d+\n", mailseal("--version").stdout)
