"""The example of docs/sweeps.md is that of examples/sweep.toml, and runs."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "sweeps.md"


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (toml,) = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert toml == (ROOT / "examples" / "sweep.toml").read_text(encoding="utf-8")
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "sweep.toml").write_text(toml, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    results = doctest.testfile(str(DOCUMENT), module_relative=False)
    assert results.attempted >= 8
    assert results.failed == 0
    assert len((tmp_path / "out" / "results.jsonl").read_bytes().splitlines()) == 12
