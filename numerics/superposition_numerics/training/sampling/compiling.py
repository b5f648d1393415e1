"""Compilation of kernels with numba."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
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
        vars(config)["CACHE_DIR"] = str(_directory(given))
        try:
            return compiling(cache=True)
        except RuntimeError:  # no directory that can be written
            return compiling(cache=False)
        finally:
            vars(config)["CACHE_DIR"] = given


@cache
def _directory(given: str) -> Path:
    """Return where machine code is kept, a folder for each state of the sources.

    numba compares the file of a kernel alone, not those of the kernels that it calls.
    """
    here = Path(__file__).parent
    sources = sorted(here.parent.rglob("*.py"))
    state = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    inside = here / "__pycache__"
    beside = inside if os.access(inside, os.W_OK) else Path.home() / ".cache"
    return (Path(given) if given else beside) / f"superposition-{state}"
