"""Compilation of kernels with numba."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import ParamSpec, TypeVar, cast

from superposition_theory import InputError

P = ParamSpec("P")
R = TypeVar("R")

_CONFIGURING = Lock()


def compiled(function: Callable[P, R], *, inline: bool = True) -> Callable[P, R]:
    """Return a function that numba compiles at its first call; it runs without the global lock.

    Inline, a kernel becomes part of those that call it: right for small ones.

    Sums may be reordered and products fused with sums, but infinities and NaN stay what they are.
    The machine code is kept on disk where there is a directory for it.

    Raises
    ------
    InputError
        numba is not installed.
    """
    try:
        from numba import config, njit
    except ImportError as error:
        raise InputError(
            "backend is 'numba', which is not installed; accepted: 'numpy', or "
            "pip install spectral-superposition[fast]"
        ) from error

    def compiling(*, cache: bool) -> Callable[P, R]:
        compiler = njit(
            cache=cache,
            nogil=True,
            forceinline=inline,
            error_model="numpy",
            fastmath={"reassoc", "contract", "nsz"},
        )
        return cast(Callable[P, R], compiler(function))

    with _CONFIGURING:  # numba is told where to keep machine code by a setting for all
        given: str = vars(config)["CACHE_DIR"]
        directory = _directory(given)
        if directory is None:
            return compiling(cache=False)
        vars(config)["CACHE_DIR"] = str(directory)
        try:
            return compiling(cache=True)
        except RuntimeError:  # numba finds no directory after all
            return compiling(cache=False)
        finally:
            vars(config)["CACHE_DIR"] = given


@cache
def _directory(given: str) -> Path | None:
    """Return where machine code is kept, a folder for each state of the sources, or None.

    numba compares the file of a kernel alone, not those of the kernels that it calls; and where it
    cannot write it takes a folder beside the sources without a word.
    """
    here = Path(__file__).parent
    sources = sorted(here.parent.rglob("*.py"))
    state = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    try:
        directory = _root(here / "__pycache__", given) / f"superposition-{state}"
        directory.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=directory):
            return directory
    except (OSError, RuntimeError):  # it cannot be written, or there is no home
        return None


def _root(inside: Path, given: str) -> Path:
    """Return the folder that is given, else the one beside the sources, else one at home."""
    if given:
        return Path(given)
    return inside if os.access(inside, os.W_OK) else Path.home() / ".cache"
