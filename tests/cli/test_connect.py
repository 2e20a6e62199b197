# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Options for connecting that cannot be used: one line, exit 2, and nothing is asked."""
import pytest

ROWS = {
    "no such file": (["--ca-file", "/nonexistent/ca.pem"], "/nonexistent/ca.pem"),
    "not certificates": (["--ca-file", "/etc/hostname"], "/etc/hostname"),
    "policy port": (["--policy-port", "70000"], "--policy-port"),
    "mail port": (["--connect-port", "70000"], "--connect-port"),
    "plan": (["--tls", "some"], "--tls"),
    "source": (["--source", "here"], "--source"),
}


@pytest.mark.parametrize("name", ROWS)
def test_unusable_options(mailseal, name):
    options, word = ROWS[name]
    done = mailseal("check", *options, "--resolver", "127.0.0.1@9", "example.org")
    assert done.returncode == 2, done.stderr
    assert word in done.stderr and done.stderr.count("\n") == 1
    assert done.stdout == ""
