"""The .safetensors format: validated by the safetensors library, then mapped by its offsets."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from .checks import StoredMatrix, TensorInfo, file_label, opened, refusal, require_matrix, shown
from .npy import mapped, precision

_ACCEPTED = "a file written by the safetensors library"
_LENGTH_BYTES = 8
_BFLOAT16 = "BF16"
_BFLOAT16_EPSILON = 2.0**-7

_DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    _BFLOAT16: np.dtype("<u2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U64": np.dtype("<u8"),
    "U32": np.dtype("<u4"),
    "U16": np.dtype("<u2"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
    "C64": np.dtype("<c8"),
}


def _without_duplicates(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Build a JSON object, refusing a repeated key: readers differ in which of the two they use."""
    entries: dict[str, Any] = {}
    for key, value in pairs:
        if key in entries:
            raise ValueError(f"the key {shown(key)} occurs twice")
        entries[key] = value
    return entries


def _tensors(path: Path) -> tuple[dict[str, tuple[str, tuple[int, ...], int]], int]:
    """Return type code, shape and offset of every tensor by name, and where the data start."""
    label = file_label(path)
    with opened(path) as handle:
        try:
            with safe_open(path, framework="numpy"):
                length = int.from_bytes(handle.read(_LENGTH_BYTES), "little")
                header = json.loads(handle.read(length), object_pairs_hook=_without_duplicates)
            header.pop("__metadata__", None)
            tensors = {
                name: (record["dtype"], tuple(record["shape"]), record["data_offsets"][0])
                for name, record in header.items()
            }
        except (OSError, SafetensorError, TypeError, ValueError) as error:
            raise refusal(
                label, f"is not a .safetensors file or is damaged ({shown(error, 160)})", _ACCEPTED
            ) from error
    return tensors, _LENGTH_BYTES + length


def _dtype_name(code: str) -> str:
    """Return the usual name of a stored number type, or the code of one that is not read."""
    if code == _BFLOAT16:
        return "bfloat16"
    return _DTYPES[code].name if code in _DTYPES else code


def list_safetensors(path: Path) -> tuple[TensorInfo, ...]:
    """List the tensors of a file from its header."""
    tensors, _ = _tensors(path)
    return tuple(
        TensorInfo(name, shape, _dtype_name(code)) for name, (code, shape, _) in tensors.items()
    )


def read_safetensors(path: Path, name: str) -> StoredMatrix:
    """Memory-map one matrix; widen it to float32 where it is stored as bfloat16."""
    label = f"{file_label(path)}: tensor {shown(name)}"
    tensors, data_start = _tensors(path)
    code, shape, start = tensors[name]
    if code not in _DTYPES:
        raise refusal(
            label,
            f"is stored as {code}, which is not read (save it as bfloat16 or float32)",
        )
    dtype = _DTYPES[code]
    require_matrix(label, shape, dtype)
    with opened(path) as handle:
        entries = mapped(handle, dtype, data_start + start, shape)
    if code == _BFLOAT16:
        widened = entries.astype(np.uint32)
        widened <<= 16
        return StoredMatrix(widened.view(np.float32), "bfloat16", _BFLOAT16_EPSILON)
    return StoredMatrix(entries, dtype.name, precision(dtype))
