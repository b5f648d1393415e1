"""Every public name is exported explicitly and has a docstring with a running example."""

from __future__ import annotations

import doctest
import importlib
import inspect
from types import ModuleType
from typing import Any

import pytest

PACKAGES = [
    "superposition_theory",
    "superposition_theory.flows",
    "superposition_theory.frames",
    "superposition_theory.derivations",
    "superposition_theory.geometries",
    "superposition_theory.pentagon",
    "superposition_theory.phases",
    "superposition_theory.schemes",
    "superposition_theory.toy_model",
    "superposition_numerics",
    "superposition_numerics.certify",
    "superposition_numerics.flows",
    "superposition_numerics.samples",
    "superposition_numerics.recognition",
    "superposition_numerics.spectral",
    "superposition_numerics.strategies",
    "superposition_numerics.json_lines",
    "superposition_numerics.landscape",
    "superposition_numerics.part_store",
    "superposition_numerics.sweeps",
    "superposition_numerics.toy_model",
    "superposition_numerics.training",
    "superposition_numerics.weights",
    "superposition_proofs.boundaries",
    "superposition_proofs.certificates",
    "superposition_proofs.claims.algebra",
    "superposition_proofs.claims.checks",
    "superposition_proofs.claims.samples",
    "superposition_proofs.classification",
    "superposition_proofs.ledger",
    "superposition_proofs.reference",
    "superposition_proofs.training",
]


def public(module: ModuleType) -> list[str]:
    names = getattr(module, "__all__", None)
    if names is not None:
        return list(names)
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    ]


def subject(package: str, name: str) -> Any:
    return getattr(importlib.import_module(package), name)


def is_code(value: Any) -> bool:
    ours = str(getattr(value, "__module__", "")).startswith("superposition_")
    return ours and (inspect.isclass(value) or inspect.isfunction(value))


CASES = [
    (package, name)
    for package in PACKAGES
    for name in public(importlib.import_module(package))
    if is_code(subject(package, name))
]


@pytest.mark.parametrize(("package", "name"), CASES)
def test_has_a_documented_example(package: str, name: str) -> None:
    value = subject(package, name)
    documentation = inspect.getdoc(value) or ""
    assert documentation.splitlines(), f"{name} has no docstring"
    examples = doctest.DocTestFinder(recurse=True).find(value, name)
    assert any(example.examples for example in examples), f"{name} has no example"


@pytest.mark.parametrize(
    "package", [p for p in PACKAGES if hasattr(importlib.import_module(p), "__all__")]
)
def test_all_is_complete(package: str) -> None:
    module = importlib.import_module(package)
    exported = {
        name for name, value in vars(module).items() if not name.startswith("_") and is_code(value)
    }
    assert exported <= set(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)
    assert len(set(module.__all__)) == len(module.__all__)
