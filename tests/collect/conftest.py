# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The world of world.py, and a function that asks it through the collector."""

import json
import os
import re
import subprocess

import pytest

import world as world_module


class Asked:
    """What one run of `ask` printed: facts by "NAME TYPE", and what it told."""

    def __init__(self, done):
        self.returncode = done.returncode
        self.told = done.stderr
        self.facts = {}
        for line in done.stdout.splitlines():
            fact = json.loads(line)
            self.facts[f"{fact['name']} {fact['type']}"] = fact

    def __getitem__(self, key):
        return self.facts[key]

    @property
    def milliseconds(self):
        return int(re.search(r"^time: (\d+) ms$", self.told, re.M)[1])

    @property
    def notices(self):
        return re.findall(r"^notice: (.*)$", self.told, re.M)


@pytest.fixture(scope="session", name="world")
def fixture_world(tmp_path_factory):
    if "MAILSEAL_ASK" not in os.environ:
        pytest.skip("needs a network namespace: run it through tests/collect/run.py")
    world = world_module.World(tmp_path_factory.mktemp("world"))
    try:
        world.start()
        yield world
    finally:
        world.stop()


@pytest.fixture(name="ask")
def fixture_ask(world):
    """ask(options, "NAME TYPE", ...)"""

    def run(options, *questions):
        lines = "".join(f"{question}\n" for question in questions)
        done = subprocess.run([os.environ["MAILSEAL_ASK"], *map(str, options), "-"], input=lines,
                              capture_output=True, text=True, check=False, cwd=world.folder, timeout=60)
        assert "Sanitizer" not in done.stderr, done.stderr
        return Asked(done)

    return run


@pytest.fixture(name="recursion")
def fixture_recursion(world):
    return ["--root-hints", world.hints, "--trust-anchor", world.anchor]


@pytest.fixture(name="resolver")
def fixture_resolver(world):
    return ["--resolver", world_module.RESOLVER, "--trust-anchor", world.anchor]
