"""Final weights: a few numbers beside the results, many in a file of their own."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from superposition_theory import InputError

from ..training.models import Array

_BESIDE = 256  # numbers that are kept beside the results
_FOLDER = "weights"


def put_weights(weights: Mapping[str, Array], folder: Path, key: str) -> dict[str, Any]:
    """Return weights as JSON data, or, if they are large, the name of the file they are put into.

    The file is on the disk under its name as a whole or not at all.

    Examples
    --------
    >>> import numpy as np
    >>> from pathlib import Path
    >>> from superposition_numerics.sweeps.weights import put_weights
    >>> put_weights({"b": np.zeros(2)}, Path("never made"), "key")
    {'b': [0.0, 0.0]}
    """
    if sum(values.size for values in weights.values()) <= _BESIDE:
        return {name: values.tolist() for name, values in weights.items()}
    name = f"{_FOLDER}/{key}.npz"
    final = folder / name
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary = final.with_suffix(".tmp")
    arrays: dict[str, Any] = dict(weights)
    with temporary.open("wb") as file:
        np.savez(file, **arrays)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(final)
    return {"file": name}


def get_weights(data: Mapping[str, Any], folder: Path, dtype: str) -> dict[str, Array]:
    """Return the weights that `put_weights` has put away.

    Raises
    ------
    InputError
        The file is gone, or does not hold them.

    Examples
    --------
    >>> from pathlib import Path
    >>> from superposition_numerics.sweeps.weights import get_weights
    >>> get_weights({"b": [0.5]}, Path(), "float32")
    {'b': array([0.5], dtype=float32)}
    """
    if "file" not in data:
        return {name: np.array(values, dtype) for name, values in data.items()}
    path = folder / data["file"]
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(
            f"{path} cannot be read as weights: {error}; accepted: the file that the sweep wrote"
        ) from error


def weights_are_there(data: Mapping[str, Any], folder: Path) -> bool:
    """Whether weights are beside the results or in the file that these name.

    Examples
    --------
    >>> from pathlib import Path
    >>> from superposition_numerics.sweeps.weights import weights_are_there
    >>> weights_are_there({"file": "weights/gone.npz"}, Path("nowhere"))
    False
    """
    return "file" not in data or (folder / data["file"]).is_file()
