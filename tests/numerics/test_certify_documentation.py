"""The example of docs/certify.md runs."""

from __future__ import annotations

import doctest
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "certify.md"


def test_the_example_runs() -> None:
    results = doctest.testfile(str(DOCUMENT), module_relative=False)
    assert results.attempted >= 10
    assert results.failed == 0
