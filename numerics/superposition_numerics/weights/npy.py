"""The .npy format: a header that is checked against the size of the file, then a memory map."""

import io
import math
import os
import re
import sys
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from .checks import StoredMatrix, file_label, opened, refusal, require_matrix, shown

# A header that NumPy accepts has at most 10 000 characters, so a longer prefix is never needed,
# and a header that claims gigabytes of itself is never given a buffer.
PREFIX_BYTES = 1 << 16

_ACCEPTED = "a whole file with one array, as numpy.save writes it"

# Version 3 differs from 2 only in the encoding of field names, and named fields are refused.
_HEADER_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
    (3, 0): np.lib.format.read_array_header_2_0,
}

# Everything that the parsing of a hostile header has been seen to raise: the literal parser
# reports nesting that is too deep as MemoryError or RecursionError.
_HEADER_ERRORS = (
    LookupError,
    MemoryError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    tokenize.TokenError,
)


# NumPy ends the process by a division by zero (SIGFPE) on the dtype "M8[s/0]". No numeric dtype
# needs a slash, or an escape sequence that could hide one.
_UNSAFE = re.compile(rb"[/\\]")


@dataclass(frozen=True)
class NpyHeader:
    """What a .npy header declares, and where the entries start."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]
    offset: int

    @property
    def declared_bytes(self) -> int:
        """Return the size of header and entries together."""
        return self.offset + math.prod(self.shape) * self.dtype.itemsize


def parse_header(label: str, prefix: bytes) -> NpyHeader:
    """Parse the header at the start of `prefix` with NumPy's own functions."""
    stream = io.BytesIO(prefix)
    try:
        version = np.lib.format.read_magic(stream)
    except ValueError as error:
        raise refusal(label, f"is not a .npy array ({shown(error)})", _ACCEPTED) from error
    if version not in _HEADER_READERS:
        raise refusal(
            label, f"has the .npy format version {version}", "versions (1, 0), (2, 0) and (3, 0)"
        )
    text_start = 10 if version == (1, 0) else 12
    length = int.from_bytes(prefix[np.lib.format.MAGIC_LEN : text_start], "little")
    if _UNSAFE.search(prefix, text_start, text_start + length):
        raise refusal(label, "has a slash or a backslash in its header")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shape, fortran_order, dtype = _HEADER_READERS[version](stream)
    except _HEADER_ERRORS as error:
        raise refusal(
            label,
            f"has a damaged header ({type(error).__name__}: {shown(error)})",
            _ACCEPTED,
        ) from error
    if not all(0 <= size <= sys.maxsize for size in shape):
        raise refusal(label, "declares a size that is negative or too large for any array")
    return NpyHeader(tuple(int(size) for size in shape), fortran_order, dtype, stream.tell())


def require_size(label: str, header: NpyHeader, actual_bytes: int) -> None:
    """Refuse an array whose declared size is not the size of what holds it."""
    if header.declared_bytes != actual_bytes:
        raise refusal(
            label,
            f"declares the shape {header.shape} of {header.dtype.name}, which with its header takes"
            f" {header.declared_bytes} bytes, but holds {actual_bytes} bytes",
            _ACCEPTED,
        )


def precision(dtype: np.dtype[Any]) -> float:
    """Return the machine epsilon of a float dtype, and 0 for integers."""
    return float(np.finfo(dtype).eps) if dtype.kind == "f" else 0.0


def mapped(
    handle: BinaryIO,
    dtype: np.dtype[Any],
    offset: int,
    shape: tuple[int, ...],
    order: Literal["C", "F"] = "C",
) -> NDArray[Any]:
    """Map an array that lies in a file; an empty one, which cannot be mapped, is made."""
    if 0 in shape:
        return np.empty(shape, dtype)
    return np.memmap(handle, dtype, "r", offset, shape, order)


def read_npy(path: Path) -> StoredMatrix:
    """Memory-map the matrix of a .npy file."""
    label = file_label(path)
    with opened(path) as handle:
        header = parse_header(label, handle.read(PREFIX_BYTES))
        require_matrix(label, header.shape, header.dtype)
        require_size(label, header, os.fstat(handle.fileno()).st_size)
        order: Literal["C", "F"] = "F" if header.fortran_order else "C"
        entries = mapped(handle, header.dtype, header.offset, header.shape, order)
    return StoredMatrix(entries, header.dtype.name, precision(header.dtype))
