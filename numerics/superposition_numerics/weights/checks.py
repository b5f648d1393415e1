"""What every format has in common: refusals, shapes, dtypes, conversion to finite floats."""

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from superposition_theory.errors import InputError

ACCEPTED_FILES = "a readable .npy, .npz, .safetensors or .csv file"
ACCEPTED_MATRIX = "a two-dimensional array of finite real numbers (16, 32 or 64 bit)"
BLOCK = 1 << 18
LARGEST_EXACT_INTEGER = 1 << 53

_REFUSED_KINDS = {
    "O": "Python objects (a pickle, which is never loaded)",
    "U": "strings",
    "S": "byte strings",
    "b": "booleans (not numeric)",
    "c": "complex numbers",
    "m": "time differences",
    "M": "dates",
    "V": "raw bytes of no numeric type (bfloat16 is read from .safetensors)",
}


@dataclass(frozen=True)
class TensorInfo:
    """Name, shape and stored number type of one tensor in a file of several.

    Attributes
    ----------
    name : str
        The name to pass as ``tensor=``.
    shape : tuple of int
        The shape as the file stores it.
    dtype : str
        The stored number type, such as ``"float32"`` or ``"bfloat16"``.

    Examples
    --------
    >>> TensorInfo("W_dec", (512, 64), "float32").shape
    (512, 64)
    """

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, eq=False)
class StoredMatrix:
    """Entries in the orientation of the file, with their stored type and its relative precision."""

    entries: NDArray[Any]
    dtype: str
    epsilon: float
    counted_from: int = 0


def refusal(label: str, problem: str, accepted: str = ACCEPTED_MATRIX) -> InputError:
    """Return the error for one file or one tensor of it; `label` starts with the file name."""
    return InputError(f"{label}: {problem}; accepted: {accepted}")


def shown(text: object, limit: int = 80) -> str:
    """Return `text` quoted, on one line, cut off after `limit` characters."""
    line = str(text)
    return repr(line) if len(line) <= limit else repr(line[:limit]) + "..."


def file_label(path: Path) -> str:
    """Return the name with which the messages about a file start."""
    return path.name or str(path)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading bytes, or refuse it with the reason of the operating system."""
    try:
        handle = path.open("rb")
    except OSError as error:
        raise refusal(
            file_label(path), f"cannot be opened ({error.strerror})", ACCEPTED_FILES
        ) from error
    with handle:
        yield handle


def require_matrix(label: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """Refuse a declared array that is not a numeric matrix, before anything is allocated for it."""
    if dtype.names is not None:
        raise refusal(label, "holds a structured array with named fields")
    kind = "O" if dtype.hasobject else dtype.kind
    if kind not in "iuf":
        raise refusal(label, f"holds {_REFUSED_KINDS.get(kind, f'entries of dtype {dtype}')}")
    if dtype.itemsize > 8:
        raise refusal(
            label,
            f"holds {dtype.name} numbers, whose layout and precision depend on the machine"
            " (save them as float64)",
        )
    if len(shape) != 2:
        raise refusal(label, f"holds a {len(shape)}-dimensional array of shape {shape}")
    if math.prod(size for size in shape if size) > sys.maxsize // 8:
        raise refusal(label, f"declares the shape {shape}, which no array can have")


def finite_floats(label: str, stored: StoredMatrix) -> NDArray[np.floating[Any]]:
    """Return native finite floats: the same memory where possible, integers as exact float64."""
    entries = stored.entries
    dtype = entries.dtype
    if dtype.kind in "iu":
        if dtype.itemsize == 8:
            _require_everywhere(
                label,
                stored,
                lambda block: (block <= LARGEST_EXACT_INTEGER) & (block >= -LARGEST_EXACT_INTEGER),
                "integers beyond 2^53 in absolute value",
                "integers that float64 holds exactly",
            )
        return np.asarray(entries, dtype=np.float64)
    _require_everywhere(label, stored, np.isfinite, "NaN or infinite entries", "finite numbers")
    if dtype.isnative and entries.flags.aligned:
        return np.asarray(entries)
    return np.array(entries, dtype=dtype.newbyteorder("="), order="K")


def _require_everywhere(
    label: str,
    stored: StoredMatrix,
    holds: Callable[[NDArray[Any]], NDArray[np.bool_]],
    offenders: str,
    accepted: str,
) -> None:
    """Refuse entries at which `holds` is false: count them by blocks, name the first by rows."""
    entries = stored.entries
    rows, columns = entries.shape
    by_rows = entries.flags.c_contiguous
    flat = entries.reshape(-1) if by_rows else entries.T.reshape(-1)
    count, first = 0, entries.size
    for start in range(0, flat.size, BLOCK):
        bad = np.flatnonzero(~holds(flat[start : start + BLOCK])) + start
        if bad.size:
            count += int(bad.size)
            by_row = bad if by_rows else (bad % rows) * columns + bad // rows
            first = min(first, int(by_row.min()))
    if count:
        row, column = (index + stored.counted_from for index in divmod(first, columns))
        raise refusal(
            label,
            f"holds {count} {offenders}, the first at row {row}, column {column} of the file"
            f" (counted from {stored.counted_from})",
            accepted,
        )
