"""Tests of superposition_numerics.weights."""

import io
import json
import math
import os
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from superposition_numerics.weights import (
    LAYOUTS,
    TensorInfo,
    WeightMatrix,
    list_tensors,
    read_weights,
)
from superposition_theory.errors import InputError

COLUMNS, ROWS = "features-in-columns", "features-in-rows"
ROOT = Path(__file__).parents[2]

SAFETENSORS_CODES = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "int64": "I64",
    "int32": "I32",
    "int16": "I16",
    "int8": "I8",
    "uint64": "U64",
    "uint32": "U32",
    "uint16": "U16",
    "uint8": "U8",
    "bool": "BOOL",
    "complex64": "C64",
}


def npy_bytes(array: NDArray[Any]) -> bytes:
    """Return a .npy file as NumPy writes it."""
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npy_text(header: str, data: bytes = b"", version: tuple[int, int] = (1, 0)) -> bytes:
    """Return a .npy file with any header text."""
    text = header.encode("latin1")
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text + data


def npy_header(shape: str, descr: str = "'<f8'", order: str = "False") -> str:
    """Return a header text from the texts of its values."""
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}}}\n"


def npz_bytes(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip archive of the given members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def safetensors_text(header: str | bytes, data: bytes = b"") -> bytes:
    """Return a .safetensors file with any header text."""
    text = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(text)) + text + data


def safetensors_bytes(tensors: dict[str, tuple[str, tuple[int, ...], bytes]]) -> bytes:
    """Return a .safetensors file from type code, shape and bytes of each tensor."""
    header, data = {}, b""
    for name, (code, shape, content) in tensors.items():
        offsets = [len(data), len(data) + len(content)]
        header[name] = {"dtype": code, "shape": list(shape), "data_offsets": offsets}
        data += content
    text = json.dumps(header)
    return safetensors_text(text + " " * (-len(text) % 8), data)


def safetensors_of(**matrices: NDArray[Any]) -> bytes:
    """Return a .safetensors file of NumPy arrays, without the library."""
    return safetensors_bytes(
        {
            name: (
                SAFETENSORS_CODES[array.dtype.name],
                array.shape,
                array.astype(array.dtype.newbyteorder("<")).tobytes(),
            )
            for name, array in matrices.items()
        }
    )


def encode(suffix: str, array: NDArray[Any]) -> bytes:
    """Return a file of the named format that holds one array."""
    if suffix == ".npy":
        return npy_bytes(array)
    if suffix == ".npz":
        return npz_bytes({"W.npy": npy_bytes(array)}, zipfile.ZIP_DEFLATED)
    if suffix == ".safetensors":
        return safetensors_of(W=array)
    return "".join(",".join(map(repr, row)) + "\n" for row in array.tolist()).encode()


def written(folder: Path, name: str, content: bytes) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content)
    return path


def assert_refused(
    path: Path, match: str, *, layout: str = COLUMNS, tensor: str | None = None
) -> str:
    """Assert the refusal of a file: it starts with the file name and says what is accepted."""
    with pytest.raises(InputError, match=match) as caught:
        read_weights(path, layout=layout, tensor=tensor)
    message = str(caught.value)
    assert message.startswith(f"{path.name}: ")
    assert "; accepted: " in message
    return message


def owners(array: NDArray[Any]) -> list[object]:
    """Return the chain of objects whose memory a view shows."""
    chain: list[object] = []
    base: object = array
    while base is not None:
        chain.append(base)
        base = getattr(base, "base", None)
    return chain


def is_mapped(array: NDArray[Any]) -> bool:
    """Say whether an array is a view of a mapped file."""
    return any(isinstance(owner, np.memmap) for owner in owners(array))


MATRIX = np.array([[1.0, -2.0, 3.5], [0.0, 0.25, -8.0]])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("suffix", [".npy", ".npz", ".safetensors"])
@pytest.mark.parametrize(
    ("stored", "values", "epsilon"),
    [
        ("float16", "float16", 2.0**-10),
        ("float32", "float32", 2.0**-23),
        ("float64", "float64", 2.0**-52),
        ("int8", "float64", 0.0),
        ("int16", "float64", 0.0),
        ("int32", "float64", 0.0),
        ("int64", "float64", 0.0),
        ("uint8", "float64", 0.0),
        ("uint16", "float64", 0.0),
        ("uint32", "float64", 0.0),
        ("uint64", "float64", 0.0),
    ],
)
def test_round_trip_of_every_number_type(
    tmp_path: Path, stored: str, values: str, epsilon: float, suffix: str, layout: str
) -> None:
    array = np.array([[1, 2, 3], [100, 0, 7]], stored)
    path = written(tmp_path, f"w{suffix}", encode(suffix, array))
    matrix = read_weights(path, layout=layout)
    expected = array if layout == COLUMNS else array.T
    np.testing.assert_array_equal(matrix.values, expected)
    assert matrix.values.dtype == np.dtype(values)
    assert matrix.values.shape == (matrix.dimensions, matrix.features) == expected.shape
    assert not matrix.values.flags.writeable
    assert type(matrix.values) is np.ndarray
    assert is_mapped(matrix.values) == (suffix != ".npz" and stored.startswith("float"))
    assert matrix.epsilon == epsilon
    assert matrix.source == f"w{suffix}"
    assert matrix.tensor == (None if suffix == ".npy" else "W")
    assert matrix.stored_dtype == stored
    assert matrix.layout == layout


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("stored", [">f2", ">f4", ">f8", ">i4", "<f4"])
def test_foreign_byte_orders_and_fortran_order(
    tmp_path: Path, stored: str, order: Any, suffix: str
) -> None:
    array = np.asarray(MATRIX.astype(stored), order=order)
    path = written(tmp_path, f"w{suffix}", encode(suffix, array))
    matrix = read_weights(path, layout=COLUMNS)
    np.testing.assert_array_equal(matrix.values, MATRIX.astype(stored))
    assert matrix.values.dtype.isnative
    assert matrix.stored_dtype == np.dtype(stored).name


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_npz_of_several_chunks(tmp_path: Path, compression: int) -> None:
    array = np.arange(3 * 131_100, dtype=np.float64).reshape(3, -1)
    path = written(tmp_path, "w.npz", npz_bytes({"W.npy": npy_bytes(array)}, compression))
    np.testing.assert_array_equal(read_weights(path, layout=COLUMNS).values, array)


def test_npz_of_zeros_at_the_best_ratio_of_deflate(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "w.npz", W=np.zeros((2000, 1000)))
    with zipfile.ZipFile(tmp_path / "w.npz") as archive:
        (info,) = archive.infolist()
    assert info.file_size > 1000 * info.compress_size
    assert read_weights(tmp_path / "w.npz", layout=ROWS).values.shape == (1000, 2000)


@pytest.mark.parametrize("version", [(2, 0), (3, 0)])
def test_later_versions_of_the_npy_header(tmp_path: Path, version: tuple[int, int]) -> None:
    content = npy_text(npy_header("(2, 3)"), MATRIX.tobytes(), version)
    path = written(tmp_path, "w.npy", content)
    np.testing.assert_array_equal(read_weights(path, layout=COLUMNS).values, MATRIX)


@pytest.mark.parametrize("byte", [b"/", b"\\"])
@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_slashes_around_the_text_of_the_header_are_no_harm(
    tmp_path: Path, version: tuple[int, int], byte: bytes
) -> None:
    header = npy_header("(1, 8)", "'|i1'")
    padded = header[:-1] + " " * ((byte[0] - len(header)) % 256) + "\n"
    content = npy_text(padded, byte * 8, version)
    assert content[8:9] == byte
    matrix = read_weights(written(tmp_path, "w.npy", content), layout=COLUMNS)
    assert matrix.values.tolist() == [[float(byte[0])] * 8]


def test_header_of_python_2_and_unaligned_data(tmp_path: Path) -> None:
    content = npy_text(npy_header("(2L, 3L)"), MATRIX.tobytes())
    assert (len(content) - 48) % 8 != 0
    matrix = read_weights(written(tmp_path, "w.npy", content), layout=COLUMNS)
    np.testing.assert_array_equal(matrix.values, MATRIX)
    assert matrix.values.flags.aligned


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (0x3F80, 1.0),
        (0xC000, -2.0),
        (0x3F81, 1.0078125),  # one unit in the last place above 1: 1 + 2^-7
        (0x0001, 2.0**-133),  # the smallest positive bfloat16
        (0x7F7F, (2 - 2.0**-7) * 2.0**127),  # the largest
        (0x8000, -0.0),
    ],
)
def test_bfloat16_patterns(tmp_path: Path, pattern: int, value: float) -> None:
    data = struct.pack("<4H", 0x3F80, 0, 0x4040, pattern)
    path = written(tmp_path, "w.safetensors", safetensors_bytes({"W": ("BF16", (2, 2), data)}))
    matrix = read_weights(path, layout=ROWS)
    assert matrix.values.tolist() == [[1.0, 3.0], [0.0, value]]
    assert math.copysign(1, matrix.values[1, 1]) == math.copysign(1, value)
    assert matrix.values.dtype == np.float32
    assert matrix.epsilon == 2.0**-7
    assert matrix.stored_dtype == "bfloat16"
    assert not matrix.values.flags.writeable


def test_the_safetensors_library_writes_what_is_read(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    small = np.arange(6, dtype=np.float16).reshape(3, 2)
    save_file({"a": MATRIX, "b": small, "c": np.ones(5)}, tmp_path / "w.safetensors", {"by": "x"})
    for name, expected in {"a": MATRIX, "b": small}.items():
        matrix = read_weights(tmp_path / "w.safetensors", layout=COLUMNS, tensor=name)
        np.testing.assert_array_equal(matrix.values, expected)
        assert is_mapped(matrix.values)
    assert set(list_tensors(tmp_path / "w.safetensors")) == {
        TensorInfo("a", (2, 3), "float64"),
        TensorInfo("b", (3, 2), "float16"),
        TensorInfo("c", (5,), "float64"),
    }


@pytest.mark.parametrize(
    "content",
    [
        b"1,-2,3.5\n0,.25,-8\n",
        b"1,-2,3.5\r\n0,.25,-8\r\n",
        b"1,-2,3.5\n0,.25,-8",  # no end of line
        b"1,-2,3.5\n0,.25,-8\n\n",  # a blank last line
        b"1,-2,3.5\n0,.25,-8\n \t",
        b"\xef\xbb\xbf1,-2,3.5\n0,.25,-8\n",  # a byte order mark
        b" 1 ,\t-2, 3.5\n+0,25e-2,-8.\n",
        b"1,-0.2E+1,00003.50\n0e9,2.5e-1,-8\n",
    ],
)
def test_csv_spellings(tmp_path: Path, content: bytes) -> None:
    matrix = read_weights(written(tmp_path, "w.csv", content), layout=COLUMNS)
    assert matrix.values.tolist() == MATRIX.tolist()
    assert (matrix.stored_dtype, matrix.epsilon, matrix.tensor) == ("text", 2.0**-52, None)
    assert not matrix.values.flags.writeable
    assert read_weights(tmp_path / "w.csv", layout=ROWS).values.tolist() == MATRIX.T.tolist()


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".safetensors"])
@pytest.mark.parametrize("stored", ["float32", "int64"])
def test_no_features_are_accepted_and_no_dimensions_are_not(
    tmp_path: Path, suffix: str, stored: str
) -> None:
    path = written(tmp_path, f"w{suffix}", encode(suffix, np.empty((4, 0), stored)))
    matrix = read_weights(path, layout=COLUMNS)
    assert (matrix.dimensions, matrix.features) == (4, 0)
    assert_refused(path, r"\(4, 0\), which with features-in-rows has m = 0", layout=ROWS)
    path = written(tmp_path, f"w{suffix}", encode(suffix, np.empty((0, 4), stored)))
    assert_refused(path, r"\(0, 4\), which with features-in-columns has m = 0")
    assert read_weights(path, layout=ROWS).values.shape == (4, 0)


def test_bfloat16_without_features(tmp_path: Path) -> None:
    content = safetensors_bytes({"W": ("BF16", (3, 0), b"")})
    path = written(tmp_path, "w.safetensors", content)
    assert read_weights(path, layout=COLUMNS).values.shape == (3, 0)


def test_suffix_in_capitals_and_path_as_text(tmp_path: Path) -> None:
    path = written(tmp_path, "W.NPY", npy_bytes(MATRIX))
    assert read_weights(str(path), layout=COLUMNS).source == "W.NPY"


def test_the_largest_exact_integers(tmp_path: Path) -> None:
    array = np.array([[2**53, -(2**53)]])
    path = written(tmp_path, "w.npy", npy_bytes(array))
    assert read_weights(path, layout=COLUMNS).values.tolist() == [[2.0**53, -(2.0**53)]]


@pytest.mark.parametrize(
    ("entries", "stored", "match"),
    [
        ([[0, 1], [2**53 + 1, 0]], "<i8", r"1 integers beyond 2\^53 .* row 1, column 0"),
        ([[0, -(2**53) - 1], [-(2**63), 0]], "<i8", r"2 integers beyond .* row 0, column 1"),
        ([[0, 1], [0, 2**64 - 1]], "<u8", r"1 integers beyond .* row 1, column 1"),
        ([[0, 2**53 + 1], [0, 1]], ">i8", r"1 integers beyond .* row 0, column 1"),
    ],
)
def test_integers_that_float64_rounds(
    tmp_path: Path, entries: list[list[int]], stored: str, match: str
) -> None:
    array = np.array(entries, stored)
    for suffix in (".npy", ".npz", ".safetensors"):
        path = written(tmp_path, f"w{suffix}", encode(suffix, array))
        assert_refused(path, match)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("stored", ["<f2", "<f4", "<f8", ">f4"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_entries_that_are_not_finite(
    tmp_path: Path, bad: float, stored: str, order: Any, layout: str
) -> None:
    array = np.zeros((5, 7), stored, order=order)
    array[3, 0] = array[2, 6] = array[4, 4] = bad
    expected = r"3 NaN or infinite entries, the first at row 2, column 6 .* \(counted from 0\)"
    for suffix in (".npy", ".npz", ".safetensors"):
        path = written(tmp_path, f"w{suffix}", encode(suffix, array))
        assert_refused(path, expected, layout=layout)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    "positions",
    [[(0, 0)], [(599, 899)], [(1, 0), (0, 899)], [(400, 3), (450, 1), (598, 0), (400, 2)]],
)
def test_the_first_offender_of_a_matrix_of_several_blocks(
    tmp_path: Path, order: Any, positions: list[tuple[int, int]]
) -> None:
    array = np.zeros((600, 900), order=order)
    for position in positions:
        array[position] = np.nan
    row, column = min(positions)
    path = written(tmp_path, "w.npy", npy_bytes(array))
    assert_refused(path, f"holds {len(positions)} NaN.* row {row}, column {column} of the file")


def test_bfloat16_that_is_not_finite(tmp_path: Path) -> None:
    data = struct.pack("<4H", 0, 0x7F80, 0x7FC1, 0xFF80)
    path = written(tmp_path, "w.safetensors", safetensors_bytes({"W": ("BF16", (2, 2), data)}))
    assert_refused(path, r"tensor 'W': holds 3 NaN or infinite entries, .* row 0, column 1")


NOT_MATRICES: list[tuple[NDArray[Any], str]] = [
    (np.array([[None, 1]], object), "holds Python objects"),
    (np.array([["a", "b"]]), "holds strings"),
    (np.array([[b"a", b"b"]]), "holds byte strings"),
    (np.array([[True, False]]), r"holds booleans \(not numeric\)"),
    (np.array([[1j, 2]]), "holds complex numbers"),
    (np.zeros((2, 2), [("x", "f4"), ("y", "f4")]), "structured array"),
    (np.zeros((2, 2), [("x", object)]), "structured array"),
    (np.zeros((2, 2), "V2"), "raw bytes of no numeric type"),
    (np.zeros((2, 2), "M8[s]"), "holds dates"),
    (np.zeros((2, 2), "m8[s]"), "holds time differences"),
    (np.zeros(6), r"holds a 1-dimensional array of shape \(6,\)"),
    (np.zeros((2, 3, 4)), r"holds a 3-dimensional array of shape \(2, 3, 4\)"),
    (np.array(3.0), r"holds a 0-dimensional array of shape \(\)"),
    pytest.param(
        np.zeros((2, 2), np.longdouble),
        "precision depend on the machine .*float64",
        marks=pytest.mark.skipif(
            np.dtype(np.longdouble).itemsize == 8, reason="long double is float64 here"
        ),
    ),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("array", "match"), NOT_MATRICES)
def test_arrays_that_are_not_numeric_matrices(
    tmp_path: Path, array: NDArray[Any], match: str
) -> None:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    assert_refused(written(tmp_path, "w.npy", stream.getvalue()), match)
    archive = npz_bytes({"W.npy": stream.getvalue()})
    assert_refused(written(tmp_path, "w.npz", archive), f"^w.npz: tensor 'W': .*{match}")


@pytest.mark.parametrize(
    ("code", "shape", "size", "match"),
    [
        ("F32", (4,), 16, r"1-dimensional array of shape \(4,\)"),
        ("F32", (1, 2, 2), 16, r"3-dimensional array of shape \(1, 2, 2\)"),
        ("BF16", (4,), 8, "1-dimensional"),
        ("BOOL", (2, 2), 4, "booleans"),
        ("C64", (1, 2), 16, "complex"),
        ("F8_E4M3", (2, 2), 4, "stored as F8_E4M3, which is not read .*bfloat16"),
        ("F8_E5M2", (2, 2), 4, "stored as F8_E5M2, which is not read"),
        ("F32", (2**63, 0), 0, "which no array can have"),
        ("F32", (2**60, 0), 0, "which no array can have"),
        ("BF16", (2**60, 0), 0, "which no array can have"),
    ],
)
def test_safetensors_that_are_not_numeric_matrices(
    tmp_path: Path, code: str, shape: tuple[int, ...], size: int, match: str
) -> None:
    content = safetensors_bytes({"W": (code, shape, bytes(size))})
    path = written(tmp_path, "w.safetensors", content)
    assert_refused(path, f"^w.safetensors: tensor 'W': .*{match}")


ONE_ROW = np.ones((1, 2), np.float32).tobytes()
RECORD = '{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}'

DAMAGED: list[tuple[str, bytes, str]] = [
    # .npy
    ("w.npy", b"", "is not a .npy array \\("),
    ("w.npy", b"\x93NUMPX" + npy_bytes(MATRIX)[6:], "not a .npy array.*magic"),
    ("w.npy", npz_bytes({"W.npy": npy_bytes(MATRIX)}), "not a .npy array.*magic"),
    ("w.npy", npy_bytes(MATRIX)[:40], "damaged header"),
    ("w.npy", npy_bytes(MATRIX)[:-1], r"takes 176 bytes, but holds 175 bytes"),
    ("w.npy", npy_bytes(MATRIX) + b"\0", r"takes 176 bytes, but holds 177 bytes"),
    ("w.npy", npy_text("", version=(4, 0)), r"^w.npy: has the .npy format version \(4, 0\)"),
    ("w.npy", npy_text("{'shape': (1, 1)}"), "has a damaged header"),
    ("w.npy", npy_text("[1, 2]"), "has a damaged header"),
    ("w.npy", npy_text("{"), "has a damaged header"),
    ("w.npy", npy_text("'''"), "has a damaged header"),
    ("w.npy", npy_text(" {}\n  {}"), "has a damaged header"),
    ("w.npy", npy_text("{[]: 1}"), "has a damaged header"),
    ("w.npy", npy_text("{1: 2, 'a': 3}"), "has a damaged header"),
    ("w.npy", npy_text("-" * 9000 + "1"), "has a damaged header"),
    ("w.npy", npy_text("1+" * 4900 + "1"), "has a damaged header"),
    ("w.npy", npy_text("if x:\n    a\n  b"), "has a damaged header"),
    # Two dtypes on which NumPy ends the process.
    ("w.npy", npy_text(npy_header("(1, 1)", "'M8[s/0]'")), "slash or a backslash in its header"),
    ("w.npy", npy_text(npy_header("(1, 1)", "'M8[s\\x2f0]'"), version=(2, 0)), "backslash"),
    ("w.npy", npy_text("/"), "slash"),
    ("w.npy", npy_text("/", version=(3, 0)), "slash"),
    ("w.npy", npy_text("[1," * 3000), "has a damaged header"),
    ("w.npy", npy_text("{'a': 1}" + " " * 20_000), "has a damaged header"),
    ("w.npy", b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}", "has a damaged header"),
    ("w.npy", npy_text(npy_header("(1, 1)", "'<q9'"), bytes(8)), "has a damaged header"),
    ("w.npy", npy_text(npy_header("(1, 1)", "[('a',)]"), bytes(8)), "has a damaged header"),
    ("w.npy", npy_text(npy_header("(1, 1)", "()"), bytes(8)), "has a damaged header"),
    ("w.npy", npy_text(npy_header("(1, 1)", "('<f8', (-1,))"), bytes(8)), "has a damaged header"),
    ("w.npy", npy_text(npy_header("(1, 1)", "('<f8', (2,))"), bytes(16)), "raw bytes"),
    ("w.npy", npy_text(npy_header("(1.0, 1)"), bytes(8)), "has a damaged header"),
    ("w.npy", npy_text(npy_header("(-1, -1)"), bytes(8)), "negative or too large"),
    ("w.npy", npy_text(npy_header(f"(0, {2**63})")), "negative or too large"),
    ("w.npy", npy_text(npy_header(f"(0, {'0x' + 'f' * 8000})")), "negative or too large"),
    ("w.npy", npy_text(npy_header(f"({2**60}, 0)")), "which no array can have"),
    ("w.npy", npy_text(npy_header(f"({2**40}, {2**40})")), "which no array can have"),
    ("w.npy", npy_text(npy_header("(100000, 1000000)")), "takes 8000000000.. bytes, but holds"),
    # .npz
    ("w.npz", b"", "not a zip archive or is damaged"),
    ("w.npz", npy_bytes(MATRIX), "not a zip archive"),
    ("w.npz", npz_bytes({"W.npy": npy_bytes(MATRIX)})[:-5], "not a zip archive"),
    ("w.npz", npz_bytes({}), "holds no tensors"),
    ("w.npz", npz_bytes({"data.pkl": b"\x80\x02."}), "holds no tensors"),
    ("w.npz", npz_bytes({"W.npy": b"nothing"}), "tensor 'W': is not a .npy array"),
    ("w.npz", npz_bytes({"W.npy": npy_bytes(MATRIX)[:-1]}), "'W': .* 176 bytes, but holds 175"),
    ("w.npz", npz_bytes({"W.npy": npy_bytes(MATRIX) + b"\0"}), "176 bytes, but holds 177"),
    ("w.npz", npz_bytes({"W.npy": npy_bytes(MATRIX)}, zipfile.ZIP_LZMA), "zip compression 14"),
    ("w.npz", npz_bytes({"W.npy": npy_bytes(MATRIX)}, zipfile.ZIP_BZIP2), "zip compression 12"),
    # .safetensors
    ("w.safetensors", b"", "not a .safetensors file or is damaged"),
    ("w.safetensors", b"\x80\x02abc", "damaged"),
    ("w.safetensors", struct.pack("<Q", 2**63), "damaged"),
    ("w.safetensors", safetensors_text("{}"), "holds no tensors"),
    ("w.safetensors", safetensors_text('{"__metadata__":{"a":"b"}}'), "holds no tensors"),
    ("w.safetensors", safetensors_text('{"W":' + RECORD + "}", ONE_ROW[:-1]), "damaged"),
    ("w.safetensors", safetensors_text('{"W":' + RECORD + "}", ONE_ROW + b"\0"), "damaged"),
    ("w.safetensors", safetensors_text('{"W":' * 4000, ONE_ROW), "damaged"),
    ("w.safetensors", safetensors_text('{"W":["F32",[1,2],[0,8]]}', ONE_ROW), "damaged"),
    ("w.safetensors", safetensors_text(b'{"\xff":1}', ONE_ROW), "damaged"),
    (
        "w.safetensors",
        safetensors_text(f'{{"W":{RECORD},"W":{RECORD}}}', ONE_ROW),
        "damaged.*the key 'W' occurs twice",
    ),
    # .csv
    ("w.csv", b"", "w.csv: is empty"),
    ("w.csv", b"\n", "w.csv: is empty"),
    ("w.csv", b"a,b\n1,2\n", r"row 1, column 1 holds 'a', not a number \(a header row must be"),
    ("w.csv", b"1,2\n3,x y\n", r"row 2, column 2 holds 'x y', not a number;"),
    ("w.csv", b"1,2\n3,\n", "row 2, column 2 holds '', not a number;"),
    ("w.csv", b"1;2\n", "row 1, column 1 holds '1;2', not a number"),
    ("w.csv", b'1,"2"\n', "row 1, column 2 holds '\"2\"', not a number"),
    ("w.csv", b"1,2\n1_0,3\n", "row 2, column 1 holds '1_0', not a number"),
    ("w.csv", b"1,2\n1,0x10\n", "row 2, column 2 holds '0x10', not a number"),
    ("w.csv", "1,2\n١,3\n".encode(), "row 2, column 1 holds '١', not a number"),
    ("w.csv", "1,2\nınf,3\n".encode(), "row 2, column 1 holds 'ınf', not a number"),
    ("w.csv", b"1,2\n3," + b"9" * 99 + b"x\n", f"holds '{'9' * 40}'[.][.][.], not a number"),
    ("w.csv", b"1,2\n3,\x00\n", "row 2, column 2 holds .*x00', not a number"),
    ("w.csv", b"1,2\n3,4,5\n", "row 2 has 3 cells and row 1 has 2"),
    ("w.csv", b"1,2\n3,4\n5\n", "row 3 has 1 cells and row 1 has 2"),
    ("w.csv", b"1,2\n\n3,4\n", "row 2 is blank and is not the last one"),
    ("w.csv", b"\n1,2\n", "row 1 is blank and is not the last one"),
    ("w.csv", b"1,2\n\n\n", "row 2 is blank and is not the last one"),
    ("w.csv", "1,2\n3,é\n".encode("latin1"), "is not UTF-8 text"),
    ("w.csv", "1,2\n".encode("utf-16"), "is not UTF-8 text"),
    ("w.csv", b"1,nan\n-inf,2\n", r"2 NaN .* row 1, column 2 of the file \(counted from 1\)"),
    ("w.csv", b"1,2\n1e400,NaN\n", r"2 NaN .* row 2, column 1 of the file \(counted from 1\)"),
    ("w.csv", b"1," + b"9" * 5000 + b"\n", "1 NaN or infinite entries, .* row 1, column 2"),
]


@pytest.mark.parametrize(("name", "content", "match"), DAMAGED)
def test_damaged_files(tmp_path: Path, name: str, content: bytes, match: str) -> None:
    assert_refused(written(tmp_path, name, content), match)


def edited_directory(offset: int, form: str, value: int, content: bytes) -> bytes:
    """Return an archive with one field of its first central directory record replaced."""
    archive = bytearray(content)
    struct.pack_into(form, archive, archive.index(b"PK\x01\x02") + offset, value)
    return bytes(archive)


GIGABYTE_MEMBER = npy_text(npy_header("(128, 1048576)"), bytes(64))
GIGABYTE = len(GIGABYTE_MEMBER) - 64 + 2**30
AT_COMPRESSED, AT_SIZE, AT_FLAGS, AT_CHECKSUM = 20, 24, 8, 16


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (edited_directory(AT_FLAGS, "<H", 1, npz_bytes({"W.npy": b""})), "'W': is encrypted"),
        (edited_directory(AT_FLAGS, "<H", 64, npz_bytes({"W.npy": b""})), "'W': is encrypted"),
        (
            edited_directory(AT_SIZE, "<I", GIGABYTE + 1, npz_bytes({"W.npy": GIGABYTE_MEMBER})),
            f"takes {GIGABYTE} bytes, but holds {GIGABYTE + 1} bytes",
        ),
        # A directory that agrees with the header: refused before memory is asked for.
        (
            edited_directory(AT_SIZE, "<I", GIGABYTE, npz_bytes({"W.npy": GIGABYTE_MEMBER})),
            f"'W': claims {GIGABYTE} bytes out of",
        ),
        (
            edited_directory(
                AT_SIZE,
                "<I",
                GIGABYTE,
                npz_bytes({"W.npy": GIGABYTE_MEMBER}, zipfile.ZIP_DEFLATED),
            ),
            f"'W': claims {GIGABYTE} bytes out of",
        ),
        # Compressed data that claim to be longer than the archive.
        (
            edited_directory(
                AT_COMPRESSED,
                "<I",
                GIGABYTE,
                edited_directory(
                    AT_SIZE,
                    "<I",
                    GIGABYTE,
                    npz_bytes({"W.npy": GIGABYTE_MEMBER, "more": bytes(70_000)}),
                ),
            ),
            f"'W': claims {GIGABYTE} bytes out of {GIGABYTE} compressed",
        ),
        (edited_directory(AT_CHECKSUM, "<I", 1, npz_bytes({"W.npy": npy_bytes(MATRIX)})), "CRC-32"),
    ],
)
def test_zip_directories_that_lie(tmp_path: Path, content: bytes, match: str) -> None:
    assert_refused(written(tmp_path, "w.npz", content), match)


def test_deflated_data_that_end_early(tmp_path: Path) -> None:
    # The checksum is that of the short stream.
    whole = npy_bytes(MATRIX)
    short = npz_bytes({"W.npy": whole[:150]}, zipfile.ZIP_DEFLATED)
    path = written(tmp_path, "w.npz", edited_directory(24, "<I", len(whole), short))
    assert_refused(path, "the compressed data end early")


def test_member_beyond_every_file(tmp_path: Path) -> None:
    # The 64-bit field of the directory places the member at the byte 2^64 - 1.
    archive = bytearray(npz_bytes({"W.npy": npy_bytes(MATRIX)}))
    directory, end = archive.index(b"PK\x01\x02"), archive.index(b"PK\x05\x06")
    extra = struct.pack("<HHQ", 1, 8, 2**64 - 1)
    struct.pack_into("<H", archive, directory + 30, len(extra))
    struct.pack_into("<I", archive, directory + 42, 2**32 - 1)
    struct.pack_into("<I", archive, end + 12, end - directory + len(extra))
    archive[end:end] = extra
    assert_refused(written(tmp_path, "w.npz", bytes(archive)), "not a zip archive or is damaged")


def test_two_members_of_one_name(tmp_path: Path) -> None:
    content = npz_bytes({"V.npy": npy_bytes(MATRIX), "W.npy": npy_bytes(MATRIX)})
    path = written(tmp_path, "w.npz", content.replace(b"V.npy", b"W.npy"))
    assert_refused(path, "two arrays named 'W'", tensor="W")


@pytest.mark.parametrize(
    ("suffix", "recipe"),
    [
        (".pt", "torch.load('w.pt', weights_only=True)"),
        (".pth", "torch.load('w.pth', weights_only=True)"),
        (".bin", "torch.load('w.bin', weights_only=True)"),
        (".ckpt", "torch.load('w.ckpt', weights_only=True)"),
        (".pkl", "pickle.load(open('w.pkl', \"rb\"))"),
        (".pickle", "pickle.load(open('w.pickle', \"rb\"))"),
        (".joblib", "joblib.load('w.joblib')"),
        (".PT", "torch.load('w.PT', weights_only=True)"),
    ],
)
def test_files_of_code_are_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, recipe: str
) -> None:
    path = written(tmp_path, f"w{suffix}", b"\x80\x02.")
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("opened"))
    message = assert_refused(path, "convert it with")
    lines = message.splitlines()
    assert recipe in lines[1]
    assert "import" in lines[1]
    assert "save_file(" in lines[2]
    assert "'w.safetensors')" in lines[2]
    for line in lines[1:3]:
        compile(line.strip(), "recipe", "exec")


@pytest.mark.parametrize("name", ["w.txt", "w", "w.npy.gz", "w.h5"])
def test_other_suffixes(tmp_path: Path, name: str) -> None:
    message = assert_refused(written(tmp_path, name, b"1"), f"has the suffix '{Path(name).suffix}'")
    for suffix in (".npy", ".npz", ".safetensors", ".csv"):
        assert suffix in message


@pytest.mark.parametrize("reader", [lambda path: read_weights(path, layout=ROWS), list_tensors])
def test_paths_without_a_readable_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: Callable[[Any], object]
) -> None:
    with pytest.raises(InputError, match=r"^w.npz: no such file in the folder '.*'; accepted: "):
        reader(tmp_path / "w.npz")
    (tmp_path / "d.npz").mkdir()
    with pytest.raises(InputError, match=r"^d.npz: is a directory; accepted: "):
        reader(tmp_path / "d.npz")
    with pytest.raises(InputError, match=r"^/: is a directory; accepted: "):
        reader("/")
    os.mkfifo(tmp_path / "p.npz")
    with pytest.raises(InputError, match=r"^p.npz: is not a regular file; accepted: "):
        reader(tmp_path / "p.npz")
    with pytest.raises(InputError, match=r"cannot be found \(.*null.*\); accepted: "):
        reader("a\0.npz")
    with pytest.raises(InputError, match=r"cannot be found \(.*long.*\); accepted: "):
        reader("a" * 5000 + ".npz")
    with pytest.raises(InputError, match=r"'3': is not a path; accepted: a string or a path"):
        reader(3)
    path = written(tmp_path, "w.npz", npz_bytes({"W.npy": npy_bytes(MATRIX)}))

    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(InputError, match=r"^w.npz: cannot be opened \(Permission denied\)"):
        reader(path)


@pytest.mark.parametrize("layout", ["", "rows", "features_in_rows", None])
def test_the_layout_is_one_of_two(tmp_path: Path, layout: Any) -> None:
    path = written(tmp_path, "w.npy", npy_bytes(MATRIX))
    message = assert_refused(path, f"layout is {layout!r}", layout=layout)
    assert "'features-in-columns' or 'features-in-rows'" in message


def test_the_layout_has_no_default(tmp_path: Path) -> None:
    path = written(tmp_path, "w.npy", npy_bytes(MATRIX))
    with pytest.raises(TypeError, match="layout"):
        read_weights(path)  # type: ignore[call-arg]


@pytest.mark.parametrize("suffix", [".npy", ".csv"])
def test_a_name_for_a_file_of_one_matrix(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, f"w{suffix}", encode(suffix, MATRIX))
    assert_refused(path, f"tensor is 'W', but a {suffix} file holds one array", tensor="W")


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_the_choice_among_tensors(tmp_path: Path, suffix: str) -> None:
    arrays = {"W_dec": MATRIX, "W_enc": MATRIX[:, :1], "b": np.zeros(3)}
    content = (
        npz_bytes({f"{name}.npy": npy_bytes(array) for name, array in arrays.items()})
        if suffix == ".npz"
        else safetensors_of(**arrays)
    )
    path = written(tmp_path, f"w{suffix}", content)
    assert list_tensors(path) == tuple(
        TensorInfo(name, array.shape, "float64") for name, array in arrays.items()
    )
    for name in ("W_dec", "W_enc"):
        matrix = read_weights(path, layout=COLUMNS, tensor=name)
        np.testing.assert_array_equal(matrix.values, arrays[name])
        assert matrix.tensor == name
    held = r"tensor= one of 'W_dec' \(2, 3\), 'W_enc' \(2, 1\), 'b' \(3,\)$"
    assert_refused(path, f"holds 3 tensors and none is chosen; accepted: {held}")
    assert_refused(path, rf"no tensor 'W_dex' \(did you mean 'W_dec'.*\?\).*{held}", tensor="W_dex")
    assert_refused(path, f"holds no tensor 'zzzzzzzz'; accepted: {held}", tensor="zzzzzzzz")
    assert_refused(path, "holds no tensor '3'", tensor=3)  # type: ignore[arg-type]
    assert_refused(path, "^w[^:]*: tensor 'b': holds a 1-dimensional", tensor="b")


def test_one_matrix_among_vectors_still_needs_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, "w.safetensors", safetensors_of(W=MATRIX, b=np.zeros(3)))
    assert_refused(path, "holds 2 tensors and none is chosen")


@pytest.mark.parametrize(("count", "more"), [(20, ""), (21, " and 1 more"), (27, " and 7 more")])
def test_long_lists_of_tensors_are_cut(tmp_path: Path, count: int, more: str) -> None:
    tensors = {f"t{index:02}": np.zeros(index + 1) for index in range(count)}
    path = written(tmp_path, "w.safetensors", safetensors_of(**tensors))
    assert_refused(path, rf"'t00' \(1,\), .*'t19' \(20,\){more}$")


def test_objects_are_listed_and_do_not_hinder_their_neighbours(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", W=MATRIX, config=np.array({"a": 1}, object))
    assert list_tensors(tmp_path / "w.npz") == (
        TensorInfo("W", (2, 3), "float64"),
        TensorInfo("config", (), "object"),
    )
    matrix = read_weights(tmp_path / "w.npz", layout=COLUMNS, tensor="W")
    np.testing.assert_array_equal(matrix.values, MATRIX)


def test_number_types_in_the_list_of_a_safetensors_file(tmp_path: Path) -> None:
    tensors = {
        "a": ("BF16", (1, 1), bytes(2)),
        "b": ("F8_E4M3", (2, 1), bytes(2)),
        "c": ("BOOL", (3,), bytes(3)),
        "d": ("U16", (), bytes(2)),
    }
    path = written(tmp_path, "w.safetensors", safetensors_bytes(tensors))
    listed = [(info.name, info.shape, info.dtype) for info in list_tensors(path)]
    assert listed == [
        ("a", (1, 1), "bfloat16"),
        ("b", (2, 1), "F8_E4M3"),
        ("c", (3,), "bool"),
        ("d", (), "uint16"),
    ]


@pytest.mark.parametrize(("name", "match"), [("w.npy", "a .npy file"), ("w", "a nameless file")])
def test_lists_of_other_files(tmp_path: Path, name: str, match: str) -> None:
    path = written(tmp_path, name, npy_bytes(MATRIX))
    with pytest.raises(InputError, match=f"^{name}: {match} has no list .*accepted: a .npz or"):
        list_tensors(path)


def test_results_are_frozen() -> None:
    matrix = WeightMatrix(MATRIX, 0.0, "w.npy", None, "float64", COLUMNS)
    with pytest.raises(AttributeError):
        matrix.epsilon = 1.0  # type: ignore[misc]
    assert (matrix.dimensions, matrix.features) == (2, 3)
    # Matrices are told apart by identity: entries are not compared one by one.
    assert len({matrix, WeightMatrix(MATRIX, 0.0, "w.npy", None, "float64", COLUMNS)}) == 2


@pytest.mark.parametrize(("length", "end"), [(40, "'"), (41, "'[.][.][.]")])
def test_long_cells_are_cut_in_messages(tmp_path: Path, length: int, end: str) -> None:
    path = written(tmp_path, "w.csv", b"1\n" + b"x" * length + b"\n")
    assert_refused(path, f"holds '{'x' * 40}{end}, not a number")


MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("suffix", "stored", "order", "budget"),
    [
        (".npy", "<f4", "C", 16),
        (".npy", "<f4", "F", 16),
        (".npy", "<i4", "C", 128 + 16),  # the float64 result
        (".safetensors", "<f4", "C", 16),
        (".npz", "<f4", "C", 64 + 16),  # the result
        (".npz", ">f4", "F", 64 + 16),
    ],
)
def test_no_second_copy_of_64_megabytes(
    tmp_path: Path, suffix: str, stored: str, order: Any, budget: int
) -> None:
    array = np.ones((4096, 4096), stored, order=order)
    content = encode(suffix, array) if suffix != ".npz" else npz_bytes({"W.npy": npy_bytes(array)})
    path = written(tmp_path, f"w{suffix}", content)
    del content
    tracemalloc.start()
    try:
        matrix = read_weights(path, layout=ROWS)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < budget * MEGABYTE
    assert matrix.values[4095, 4095] == 1


def test_bfloat16_needs_the_memory_of_its_result(tmp_path: Path) -> None:
    content = safetensors_bytes({"W": ("BF16", (4096, 4096), b"\x80\x3f" * 4096 * 4096)})
    path = written(tmp_path, "w.safetensors", content)
    tracemalloc.start()
    try:
        matrix = read_weights(path, layout=COLUMNS)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < (64 + 16) * MEGABYTE
    assert matrix.values[4095, 4095] == 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all the examples of a property."""
    return tmp_path_factory.mktemp("weights")


@given(
    array=st.sampled_from(["<f2", "<f4", "<f8", ">f4", ">f8"]).flatmap(
        lambda dtype: arrays(
            dtype,
            array_shapes(min_dims=2, max_dims=2, max_side=5),
            elements={"allow_nan": False, "allow_infinity": False},
        )
    ),
    layout=st.sampled_from(LAYOUTS),
    suffix=st.sampled_from([".npy", ".npz", ".safetensors", ".csv"]),
)
@settings(max_examples=200)
def test_what_is_written_is_read(
    folder: Path, array: NDArray[Any], layout: str, suffix: str
) -> None:
    path = written(folder, f"round{suffix}", encode(suffix, array))
    values = read_weights(path, layout=layout).values
    expected = array if layout == COLUMNS else array.T
    np.testing.assert_array_equal(values, expected)
    np.testing.assert_array_equal(np.signbit(values), np.signbit(expected))


SMALL = {
    "w.npy": npy_bytes(MATRIX.astype("f4")),
    "w.npz": npz_bytes({"W.npy": npy_bytes(MATRIX)}),
    "deflated.npz": npz_bytes({"W.npy": npy_bytes(MATRIX)}, zipfile.ZIP_DEFLATED),
    "w.safetensors": safetensors_of(W=MATRIX),
    "bf16.safetensors": safetensors_bytes({"W": ("BF16", (2, 2), bytes(8))}),
    "w.csv": b"1,-2.5e3,3.5\n0,.25,-8\n",
}


def read_or_refuse(path: Path) -> None:
    """Assert that a file is read to a finite matrix or refused, and nothing else."""
    try:
        values = read_weights(path, layout=ROWS).values
    except InputError:
        return
    assert values.ndim == 2
    assert np.isfinite(values).all()


@pytest.mark.parametrize("name", SMALL)
def test_truncation_anywhere(tmp_path: Path, name: str) -> None:
    for length in range(len(SMALL[name])):
        path = written(tmp_path, name, SMALL[name][:length])
        if name.endswith(".csv"):
            read_or_refuse(path)
        else:
            assert_refused(path, "damaged|not a .npy|bytes, but holds")


@pytest.mark.parametrize("name", SMALL)
@given(data=st.data())
@settings(max_examples=300)
def test_one_wrong_byte(folder: Path, name: str, data: st.DataObject) -> None:
    content = bytearray(SMALL[name])
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    read_or_refuse(written(folder, name, bytes(content)))


def test_one_wrong_byte_in_the_data_of_an_archive_is_noticed(tmp_path: Path) -> None:
    content = bytearray(SMALL["w.npz"])
    content[content.index(MATRIX.tobytes())] ^= 1
    assert_refused(written(tmp_path, "w.npz", bytes(content)), "Bad CRC-32")


def test_the_fuzzer_runs(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "tests" / "fuzz" / "fuzz_weights.py")]
    command += ["--minutes", "0.03", "--seed", "1", "--failures", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "no failures" in result.stdout
    assert not list(tmp_path.iterdir())
