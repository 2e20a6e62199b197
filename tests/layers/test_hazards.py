# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""The checklist of hazards: each that concerns messages, DNS or DKIM has a test named after its number."""
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
# 1 to 49 and 53 to 62 without 57: a mark's SVG is never fetched
NUMBERS = [*range(1, 50), 53, 54, 55, 56, *range(58, 63)]


def named():
    numbers = set()
    for path in [*TESTS.rglob("*.c"), *TESTS.rglob("*.py")]:
        for first, second in re.findall(r"hazard[ _](\d+)(?:_(\d+))?", path.read_text()):
            numbers |= {int(number) for number in (first, second) if number}
    return numbers


NAMED = named()


@pytest.mark.parametrize("number", NUMBERS)
def test_a_test_is_named_after_it(number):
    assert number in NAMED
