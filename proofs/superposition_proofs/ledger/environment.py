"""Versions of what the results depend on, and the fingerprint of the sources."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import platform
import sys
from collections.abc import Iterable
from pathlib import Path

_PACKAGES = ("superposition_numerics", "superposition_proofs", "superposition_theory")
_LIBRARIES = ("numpy", "scipy", "sympy", "networkx", "python-flint", "numba")


def environment() -> dict[str, str]:
    """Return the versions and the platform that a report names.

    Returns
    -------
    dict[str, str]
        `python`, `platform`, `machine`, and the version of each library and of the project itself;
        "not installed" for a distribution that is not found.

    Examples
    --------
    >>> sorted(environment())[:3]
    ['hypothesis', 'machine', 'networkx']
    """
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        **{name: _version(name) for name in (*_LIBRARIES, "hypothesis", "spectral-superposition")},
    }


def fingerprint(modules: Iterable[str] = ()) -> str:
    """Return a hash of the sources and versions that results depend on.

    It covers every file of the three packages of the project (compiled files apart), the source of
    further modules, and the versions of Python, numpy, scipy, sympy, networkx, python-flint and
    numba, and the machine.

    Parameters
    ----------
    modules : Iterable[str]
        Names of further modules or packages, such as those that define the checks of a registry
        from outside the project. A package counts with all its files; of a module without a file
        (see `has_source`) only the name counts.

    Returns
    -------
    str
        A sha256 in hexadecimal.

    Examples
    --------
    >>> fingerprint() == fingerprint(), len(fingerprint())
    (True, 64)
    """
    digest = hashlib.sha256()
    versions = (platform.python_version(), platform.machine(), *map(_version, _LIBRARIES))
    for text in versions:
        _feed(digest, text.encode())
    extra = {name for name in modules if name.partition(".")[0] not in _PACKAGES}
    for name in (*_PACKAGES, *sorted(extra)):
        _feed(digest, name.encode())
        for relative, path in _files(name):
            _feed(digest, relative.encode())
            _feed(digest, path.read_bytes())
    return digest.hexdigest()


def has_source(module: str) -> bool:
    """Return whether there are files by which a module can be fingerprinted.

    Parameters
    ----------
    module : str
        Name of a module or package.

    Returns
    -------
    bool
        False for what was typed into an interactive session, and for an unknown name.

    Examples
    --------
    >>> has_source("superposition_theory"), has_source("no_such_module")
    (True, False)
    """
    return bool(_files(module))


def _feed(digest: hashlib._Hash, data: bytes) -> None:
    """Feed data with its length in front, so that no two sequences of data look alike."""
    digest.update(len(data).to_bytes(8, "big") + data)


def _version(distribution: str) -> str:
    """Return the version of a distribution."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _files(module: str) -> list[tuple[str, Path]]:
    """Return the files of a module or package, with their paths relative to it, sorted."""
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        # A script that is being run is a module without a spec.
        script = getattr(sys.modules.get(module), "__file__", None)
        return [] if script is None else [(Path(script).name, Path(script))]
    if spec.submodule_search_locations is not None:
        return sorted(
            (path.relative_to(root).as_posix(), path)
            for root in map(Path, spec.submodule_search_locations)
            for path in root.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        )
    if spec.has_location and spec.origin is not None:
        return [(Path(spec.origin).name, Path(spec.origin))]
    return []
