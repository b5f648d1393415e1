"""The fingerprint follows the sources."""

import functools
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from superposition_proofs import ledger
from superposition_proofs.ledger import environment as versions
from superposition_proofs.ledger import fingerprint, has_source

# The attribute `environment` of the package is the function, so the module is taken by its name.
MODULE = sys.modules["superposition_proofs.ledger.environment"]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "invented_package"
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "inner" / "data.json").write_text("{}")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_text("compiled")
    (tmp_path / "invented_module.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_versions() -> None:
    found = versions()
    assert found["numpy"] == np.__version__
    assert found["python"] == ".".join(str(part) for part in sys.version_info[:3])
    assert {
        "platform",
        "machine",
        "scipy",
        "sympy",
        "networkx",
        "hypothesis",
        "python-flint",
        "spectral-superposition",
    } < set(found)


def test_missing_distribution_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "_LIBRARIES", ("no-such-distribution",))
    assert versions()["no-such-distribution"] == "not installed"


def test_fingerprint_is_a_hash_that_stays() -> None:
    assert fingerprint() == fingerprint()
    assert set(fingerprint()) <= set("0123456789abcdef")
    assert len(fingerprint()) == 64


def test_fingerprint_covers_the_three_packages() -> None:
    assert MODULE._PACKAGES == (
        "superposition_numerics",
        "superposition_proofs",
        "superposition_theory",
    )
    names = [relative for relative, _ in MODULE._files("superposition_proofs")]
    assert "ledger/environment.py" in names
    assert names == sorted(names)
    assert not [name for name in names if "__pycache__" in name]


def test_modules_of_the_project_are_in_it_already() -> None:
    assert fingerprint([ledger.__name__, "superposition_theory.errors"]) == fingerprint()


@pytest.mark.parametrize(
    ("change", "changes"),
    [
        ("edit", True),
        ("add", True),
        ("remove", True),
        ("rename", True),
        ("recompile", False),
        ("nothing", False),
    ],
)
def test_fingerprint_follows_every_file_of_a_package(
    package: Path, change: str, changes: bool
) -> None:
    before = fingerprint(["invented_package"])
    data = package / "inner" / "data.json"
    match change:
        case "edit":
            data.write_text("[]")
        case "add":
            (package / "more.py").write_text("")
        case "remove":
            data.unlink()
        case "rename":
            data.rename(package / "inner" / "date.json")
        case "recompile":
            (package / "__pycache__" / "x.pyc").write_text("again")
    assert (fingerprint(["invented_package"]) != before) is changes


def test_fingerprint_follows_a_module(package: Path) -> None:
    module = package.parent / "invented_module.py"
    before = fingerprint(["invented_module"])
    assert before != fingerprint()
    assert before == fingerprint(["invented_module", "invented_module"])
    module.write_text("x = 2\n")
    assert fingerprint(["invented_module"]) != before


def test_fingerprint_does_not_depend_on_the_order_of_modules(package: Path) -> None:
    assert package.exists()
    assert fingerprint(["invented_package", "invented_module"]) == fingerprint(
        ["invented_module", "invented_package"]
    )


@pytest.mark.parametrize("name", ["python_version", "machine"])
def test_fingerprint_follows_the_platform(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint()
    monkeypatch.setattr(MODULE.platform, name, lambda: "another")
    assert fingerprint() != before


@pytest.mark.parametrize("name", ["numpy", "scipy", "sympy", "networkx", "python-flint", "numba"])
def test_fingerprint_follows_the_versions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint()
    version = MODULE._version
    monkeypatch.setattr(MODULE, "_version", lambda d: "9" if d == name else version(d))
    assert fingerprint() != before


def test_has_source(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert package.exists()
    script = types.ModuleType("invented_script")
    monkeypatch.setitem(sys.modules, "invented_script", script)
    assert not has_source("invented_script")
    script.__file__ = str(package / "__init__.py")
    assert has_source("invented_script")
    assert has_source("invented_module")
    assert has_source(functools.__name__)
    assert not has_source("builtins")
    assert not has_source("no_such_package.module")
