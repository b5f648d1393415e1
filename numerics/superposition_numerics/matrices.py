"""Any two-dimensional numeric array as blocks of columns: the one door for a matrix W."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

FloatArray = npt.NDArray[np.float64]


class DLPackTensor(Protocol):
    """A tensor of another library, readable without importing it."""

    def __dlpack__(self, **options: Any) -> Any:
        """Return a DLPack capsule."""

    def __dlpack_device__(self) -> tuple[int, int]:
        """Return the device type and id."""


MatrixLike = npt.ArrayLike | DLPackTensor

_ACCEPTED = (
    "accepted: a two-dimensional real array (numpy, array API, DLPack, dask, nested lists), "
    "shape (m, n), columns are features"
)


@dataclass(frozen=True)
class Columns:
    """A matrix W of shape (m, n) that is read block by block.

    Attributes
    ----------
    values : array, shape (m, n)
        Anything with ``shape``, ``dtype`` and slices; it is never copied as a whole.
    name : str
        The name of the argument, for messages.
    epsilon : float
        Relative uncertainty of a stored entry: ``|W_ij - true| <= epsilon |W_ij|``.

    Examples
    --------
    >>> from superposition_numerics.matrices import columns_of
    >>> source = columns_of([[1, 0, 2], [0, 1, 2]])
    >>> source.dimensions, source.features
    (2, 3)
    """

    values: Any
    name: str
    epsilon: float

    @property
    def dimensions(self) -> int:
        """The number m of rows."""
        return int(self.values.shape[0])

    @property
    def features(self) -> int:
        """The number n of columns."""
        return int(self.values.shape[1])

    def blocks(self, width: int) -> Iterator[tuple[int, npt.NDArray[Any]]]:
        """Yield (first column, block of at most ``width`` columns) in order."""
        for start in range(0, self.features, width):
            yield start, np.asarray(self.values[:, start : start + width])

    def require_finite(self, block: npt.NDArray[Any], largest: float) -> None:
        """Raise InputError, with count and first index, unless a block's ``largest`` is finite."""
        if np.isfinite(largest):
            return
        raise nonfinite_error(self.values, self.name, block.shape[1])


def nonfinite_error(values: Any, name: str, width: int) -> InputError:
    """Describe the non-finite entries of a matrix: how many, and the first in column order."""
    count = 0
    first: tuple[int, int] | None = None
    for start in range(0, int(values.shape[1]), max(width, 1)):
        bad = ~np.isfinite(np.asarray(values[:, start : start + width]))
        found = int(np.count_nonzero(bad))
        if found and first is None:
            column, row = (int(k) for k in np.argwhere(bad.T)[0])
            first = (row, start + column)
        count += found
    where = "" if first is None else f", the first in row {first[0]}, column {first[1]}"
    return InputError(
        f"{name} holds {count} entries that are NaN or infinite{where}; "
        "accepted: finite real numbers"
    )


def is_fraction(value: object) -> bool:
    """Say whether the value is a real number in [0, 1)."""
    return isinstance(value, Real) and bool(0 <= value < 1)  # type: ignore[operator]


def columns_of(W: MatrixLike, *, name: str = "W", epsilon: float | None = None) -> Columns:
    """Accept a matrix whose columns are features, without importing the library that made it.

    Parameters
    ----------
    W : array_like, shape (m, n)
        A numpy array or memory map, anything that speaks DLPack (a torch tensor on the CPU, a JAX
        array), a dask array, or nested lists. float16, float32, float64 and integers.
    name : str
        What messages call the argument.
    epsilon : float, optional
        Relative uncertainty of an entry. By default the machine epsilon of the stored type; 0 for
        integers of at most 32 bits, which are exact.

    Returns
    -------
    Columns

    Raises
    ------
    InputError
        Not two-dimensional, no rows, not real numbers, masked, sparse, or held where numpy cannot
        read it.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.matrices import columns_of
    >>> columns_of(np.eye(3, dtype=np.float32)).epsilon == 2.0**-23
    True
    """
    values = _readable(W, name)
    if values.ndim != 2:
        raise InputError(
            f"{name} has {values.ndim} dimensions, shape {tuple(values.shape)}; {_ACCEPTED}"
        )
    if values.shape[0] == 0:
        raise InputError(
            f"{name} has no rows, shape {tuple(values.shape)}; {_ACCEPTED} with m >= 1"
        )
    dtype = np.dtype(values.dtype)
    if dtype.kind not in "fiu" or (dtype.kind == "f" and dtype.itemsize > 8):
        hint = "; exact entries belong to superposition_theory.frames" if dtype.kind == "O" else ""
        raise InputError(
            f"{name} has entries of type {dtype}{hint}; "
            "accepted: float16, float32, float64, integers"
        )
    if epsilon is None:
        epsilon = _stored_precision(dtype)
    elif not is_fraction(epsilon):
        raise InputError(f"epsilon is {epsilon!r}; accepted: a number with 0 <= epsilon < 1")
    return Columns(values, name, float(epsilon))


def _stored_precision(dtype: np.dtype[Any]) -> float:
    if dtype.kind == "f":
        return float(np.finfo(dtype).eps)
    return 0.0 if dtype.itemsize <= 4 else float(np.finfo(np.float64).eps)


def _readable(W: MatrixLike, name: str) -> Any:
    """Return something with shape, ndim, dtype and slices, copying only nested lists."""
    if isinstance(W, np.ma.MaskedArray):
        raise InputError(f"{name} is a masked array; fill or drop the masked entries first")
    if isinstance(W, np.ndarray):
        return W
    if hasattr(W, "tocsr"):
        raise InputError(f"{name} is a sparse matrix; convert it with .toarray() first")
    if hasattr(W, "__dlpack__") and hasattr(W, "__dlpack_device__"):
        try:
            return np.from_dlpack(cast(Any, W))
        except (BufferError, RuntimeError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"{name} cannot be read through DLPack ({error}); accepted: a tensor in CPU "
                "memory, detached from any gradient, of type float16, float32, float64 or integer "
                "(bfloat16: convert with .float() and pass epsilon=2**-7)"
            ) from error
    if all(hasattr(W, attribute) for attribute in ("shape", "dtype", "ndim", "__getitem__")):
        return W
    if not (isinstance(W, list | tuple) or hasattr(W, "__array__")):
        raise InputError(
            f"{name} is of type {type(W).__name__}; {_ACCEPTED}; "
            "a file is read by superposition_numerics.weights.read_weights"
        )
    try:
        return np.asarray(W)
    except (ValueError, TypeError) as error:
        raise InputError(f"{name} is not an array ({error}); {_ACCEPTED}") from error
