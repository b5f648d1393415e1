"""The theory holds exact objects only: no float literal, and no call that makes one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import superposition_theory

ROOT = Path(superposition_theory.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
FORBIDDEN_NAMES = {"float", "complex", "open", "evalf", "n", "N", "nsimplify", "Float"}


def floats_in(source: str) -> list[str]:
    """Return what in a module's source is a float, or makes one."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(f"line {node.lineno}: literal {node.value}")
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in FORBIDDEN_NAMES:
                found.append(f"line {node.lineno}: call of {name}")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_float(path: Path) -> None:
    assert floats_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source", ["x = 0.5", "x = 1e3", "x = 2j", "float(3)", "y.evalf()", "y.n(20)", "open('a')"]
)
def test_the_check_can_fail(source: str) -> None:
    assert floats_in(source)


def test_all_modules_are_seen() -> None:
    assert len(MODULES) > 20
