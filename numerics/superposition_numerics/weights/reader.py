"""Weight matrices W of shape (m, n) from files, with the orientation stated by the caller."""

import difflib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from superposition_theory.errors import InputError

from .checks import (
    ACCEPTED_FILES,
    StoredMatrix,
    TensorInfo,
    file_label,
    finite_floats,
    refusal,
    shown,
)
from .csv_file import read_csv
from .npy import read_npy
from .npz import list_npz, read_npz
from .safetensors_file import list_safetensors, read_safetensors

LAYOUTS = ("features-in-columns", "features-in-rows")

_LISTED = 20

_MATRIX_FILES: dict[str, Callable[[Path], StoredMatrix]] = {".npy": read_npy, ".csv": read_csv}
_LISTERS: dict[str, Callable[[Path], tuple[TensorInfo, ...]]] = {
    ".npz": list_npz,
    ".safetensors": list_safetensors,
}
_TENSOR_FILES: dict[str, Callable[[Path, str], StoredMatrix]] = {
    ".npz": read_npz,
    ".safetensors": read_safetensors,
}

_TORCH = (
    "import torch, safetensors.torch as st; W = torch.load({old!r}, weights_only=True)",
    "st.save_file({{name: W[name].contiguous().clone() for name in W}}, {new!r})",
)
_PICKLE = (
    'import pickle; from safetensors.numpy import save_file; W = pickle.load(open({old!r}, "rb"))',
    'save_file({{"W": W}}, {new!r})',
)
_JOBLIB = (
    "import joblib; from safetensors.numpy import save_file; W = joblib.load({old!r})",
    'save_file({{"W": W}}, {new!r})',
)
_RECIPES = {
    ".pt": _TORCH,
    ".pth": _TORCH,
    ".bin": _TORCH,
    ".ckpt": _TORCH,
    ".pkl": _PICKLE,
    ".pickle": _PICKLE,
    ".joblib": _JOBLIB,
}


@dataclass(frozen=True, eq=False)
class WeightMatrix:
    """A weight matrix W of shape (m, n), columns are features, with where it came from.

    Every entry of `values` is finite. An entry x of the file stands for a number within relative
    distance `epsilon` of x, as far as the stored number type decides it: the precision of one
    rounding to that type, which no later conversion restores.

    Attributes
    ----------
    values : ndarray of float16, float32 or float64, shape (m, n)
        The entries, read-only. A view of the mapped file where the format allows it, so the file
        must not be changed while the matrix is in use.
    epsilon : float
        Relative precision of one stored entry: the machine epsilon of the stored type (2^-7 for
        bfloat16, 2^-10 for float16, 2^-23 for float32, 2^-52 for float64), 0 for integers, and
        2^-52 for text, whose omitted digits nobody knows.
    source : str
        The file name.
    tensor : str or None
        The name of the tensor in the file, None for formats that hold one matrix.
    stored_dtype : str
        The number type in the file, such as ``"bfloat16"``; ``"text"`` for .csv.
    layout : str
        The orientation in the file, one of `LAYOUTS`.

    Examples
    --------
    >>> import numpy as np
    >>> W = WeightMatrix(np.eye(2, 3), 2.0**-52, "w.npy", None, "float64", "features-in-columns")
    >>> W.dimensions, W.features
    (2, 3)
    """

    values: NDArray[np.floating[Any]]
    epsilon: float
    source: str
    tensor: str | None
    stored_dtype: str
    layout: str

    @property
    def dimensions(self) -> int:
        """The number m of dimensions, the rows of `values`."""
        return int(self.values.shape[0])

    @property
    def features(self) -> int:
        """The number n of features, the columns of `values`."""
        return int(self.values.shape[1])


def read_weights(
    path: str | os.PathLike[str], *, layout: str, tensor: str | None = None
) -> WeightMatrix:
    """Read a weight matrix W of shape (m, n) from a file, n features in m dimensions.

    The file holds one two-dimensional array of finite real numbers, m >= 1 and n >= 0, in a .npy,
    .npz, .safetensors or .csv file. The orientation is what the caller says, never a guess from
    the shape. Floats keep their type (bfloat16 widens to float32, exactly), integers up to 2^53
    become float64, exactly. A .npy file and a tensor of a .safetensors file are memory-mapped,
    except for integers, bfloat16, foreign byte
    orders and unaligned data. No pickle is ever loaded.

    Parameters
    ----------
    path : str or path-like
        The file; its suffix names the format.
    layout : str
        ``"features-in-columns"`` if the file holds (m, n), ``"features-in-rows"`` if it holds
        (n, m); the latter is returned as a transposed view.
    tensor : str, optional
        The name of the array in a .npz or .safetensors file. Required if the file holds several
        arrays, even if just one of them is a matrix.

    Returns
    -------
    WeightMatrix
        The matrix with its precision and its origin.

    Raises
    ------
    InputError
        If the file cannot be read, is damaged, or holds anything else; the message starts with
        the file name, says what is wrong and where, and what is accepted.

    Examples
    --------
    >>> import numpy as np
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     np.savez(Path(folder, "sae.npz"), W_dec=np.ones((5, 2), np.float32), b_dec=np.ones(2))
    ...     W = read_weights(Path(folder, "sae.npz"), layout="features-in-rows", tensor="W_dec")
    >>> W.values.shape, W.features, W.stored_dtype
    ((2, 5), 5, 'float32')
    """
    file = _regular_file(path)
    label = file_label(file)
    suffix = file.suffix.lower()
    if layout not in LAYOUTS:
        raise refusal(label, f"layout is {layout!r}", f"layout {' or '.join(map(repr, LAYOUTS))}")
    if suffix in _MATRIX_FILES:
        if tensor is not None:
            raise refusal(
                label,
                f"tensor is {shown(tensor)}, but a {suffix} file holds one array without a name",
                "tensor=None",
            )
        stored = _MATRIX_FILES[suffix](file)
    elif suffix in _TENSOR_FILES:
        tensor = _choose(label, _LISTERS[suffix](file), tensor)
        stored = _TENSOR_FILES[suffix](file, tensor)
        label = f"{label}: tensor {shown(tensor)}"
    else:
        raise _foreign(file, suffix)
    values = finite_floats(label, stored)
    if layout == "features-in-rows":
        values = values.T
    if values.shape[0] == 0:
        raise refusal(
            label,
            f"holds an array of shape {stored.entries.shape}, which with {layout} has m = 0"
            " dimensions",
            "at least one dimension",
        )
    values.flags.writeable = False
    return WeightMatrix(values, stored.epsilon, file.name, tensor, stored.dtype, layout)


def list_tensors(path: str | os.PathLike[str]) -> tuple[TensorInfo, ...]:
    """List the arrays of a .npz or .safetensors file, in the order of the file.

    Only headers are read, so arrays that `read_weights` refuses (of objects, of other dimensions)
    are listed too.

    Parameters
    ----------
    path : str or path-like
        The file; its suffix names the format.

    Returns
    -------
    tuple of TensorInfo
        Name, stored shape and stored number type of every array.

    Raises
    ------
    InputError
        If the file cannot be read, is damaged, or has another format.

    Examples
    --------
    >>> import numpy as np
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     np.savez(Path(folder, "sae.npz"), W_dec=np.ones((5, 2), np.float32), b_dec=np.ones(2))
    ...     for info in list_tensors(Path(folder, "sae.npz")):
    ...         print(info.name, info.shape, info.dtype)
    W_dec (5, 2) float32
    b_dec (2,) float64
    """
    file = _regular_file(path)
    suffix = file.suffix.lower()
    if suffix not in _LISTERS:
        raise refusal(
            file_label(file),
            f"a {suffix or 'nameless'} file has no list of tensors",
            "a .npz or .safetensors file",
        )
    return _LISTERS[suffix](file)


def _regular_file(path: str | os.PathLike[str]) -> Path:
    """Return the path of an existing file that is not a directory, a pipe or a device."""
    try:
        file = Path(path)
    except TypeError as error:
        raise refusal(
            shown(path), "is not a path", "a string or a path object that names a file"
        ) from error
    label = file_label(file)
    try:
        mode = file.stat().st_mode
    except FileNotFoundError as error:
        raise refusal(
            label, f"no such file in the folder {str(file.parent)!r}", ACCEPTED_FILES
        ) from error
    except (OSError, ValueError) as error:
        raise refusal(label, f"cannot be found ({error})", ACCEPTED_FILES) from error
    if stat.S_ISDIR(mode):
        raise refusal(label, "is a directory", ACCEPTED_FILES)
    if not stat.S_ISREG(mode):
        raise refusal(label, "is not a regular file", ACCEPTED_FILES)
    return file


def _foreign(file: Path, suffix: str) -> InputError:
    """Return the error for a suffix that is not read: with a recipe where there is one."""
    label = file_label(file)
    if suffix not in _RECIPES:
        return refusal(label, f"has the suffix {suffix!r}", ACCEPTED_FILES)
    names = {"old": file.name, "new": file.with_suffix(".safetensors").name}
    recipe = "".join(f"\n    {line.format(**names)}" for line in _RECIPES[suffix])
    return refusal(
        label,
        f"a {suffix} file can run code when it is loaded and is never opened here",
        f"{ACCEPTED_FILES}; where you trust it, convert it with{recipe}",
    )


def _choose(label: str, tensors: tuple[TensorInfo, ...], name: str | None) -> str:
    """Return the name of the tensor to read; refuse a choice that the caller has not made."""
    names = [info.name for info in tensors]
    if name is not None and name in names:
        return name
    if not tensors:
        raise refusal(label, "holds no tensors")
    if name is None and len(tensors) == 1:
        return names[0]
    held = ", ".join(f"{shown(info.name)} {info.shape}" for info in tensors[:_LISTED])
    if len(tensors) > _LISTED:
        held += f" and {len(tensors) - _LISTED} more"
    if name is None:
        raise refusal(
            label, f"holds {len(tensors)} tensors and none is chosen", f"tensor= one of {held}"
        )
    close = difflib.get_close_matches(str(name), names)
    hint = f" (did you mean {' or '.join(map(shown, close))}?)" if close else ""
    raise refusal(label, f"holds no tensor {shown(name)}{hint}", f"tensor= one of {held}")
