"""The door for matrices: what is read, by which route, and what is refused."""

from __future__ import annotations

from typing import Any

import array_api_strict
import dask.array
import numpy as np
import pytest
import scipy.sparse
from superposition_numerics import columns_of
from superposition_theory import InputError


class DLPackOnly:
    """A tensor of another library: it speaks DLPack and nothing else."""

    def __init__(self, values: np.ndarray) -> None:
        self._values = values

    def __dlpack__(self, **options: Any) -> Any:
        return self._values.__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._values.__dlpack_device__()


class GradientTensor(DLPackOnly):
    """A tensor that refuses to be exported while a gradient is attached."""

    def __dlpack__(self, **options: Any) -> Any:
        raise BufferError("cannot export a tensor that requires a gradient")


SAMPLE = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(SAMPLE, id="numpy"),
        pytest.param(SAMPLE.tolist(), id="nested lists"),
        pytest.param(np.asfortranarray(SAMPLE), id="column order"),
        pytest.param(SAMPLE.astype(">f8"), id="big endian"),
        pytest.param(SAMPLE.astype(np.float16), id="half precision"),
        pytest.param(SAMPLE.astype(np.int8), id="integers"),
        pytest.param(DLPackOnly(SAMPLE), id="DLPack"),
        pytest.param(array_api_strict.asarray(SAMPLE), id="array API"),
        pytest.param(dask.array.from_array(SAMPLE, chunks=(2, 2)), id="dask"),
    ],
)
def test_accepts(given: Any) -> None:
    source = columns_of(given)
    assert (source.dimensions, source.features) == (2, 3)
    blocks = list(source.blocks(2))
    assert [start for start, _ in blocks] == [0, 2]
    np.testing.assert_array_equal(np.hstack([block for _, block in blocks]), SAMPLE)


def test_numpy_and_dlpack_are_not_copied() -> None:
    assert columns_of(SAMPLE).values is SAMPLE
    assert np.shares_memory(columns_of(DLPackOnly(SAMPLE)).values, SAMPLE)


@pytest.mark.parametrize(
    ("dtype", "epsilon"),
    [
        (np.float16, 2.0**-10),
        (np.float32, 2.0**-23),
        (np.float64, 2.0**-52),
        (np.int32, 0.0),  # exact in float64
        (np.uint8, 0.0),
        (np.int64, 2.0**-52),  # beyond 2**53 not exact
    ],
)
def test_precision_of_a_stored_entry(dtype: type, epsilon: float) -> None:
    assert columns_of(SAMPLE.astype(dtype)).epsilon == epsilon


def test_given_precision_wins() -> None:
    assert columns_of(SAMPLE, epsilon=0.125).epsilon == 0.125


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(np.ones(3), r"W has 1 dimensions, shape \(3,\).*accepted", id="1-D"),
        pytest.param(np.ones((1, 2, 3)), r"W has 3 dimensions", id="3-D"),
        pytest.param(np.ones((0, 3)), r"W has no rows, shape \(0, 3\)", id="m = 0"),
        pytest.param(SAMPLE.astype(complex), r"type complex128", id="complex"),
        pytest.param(SAMPLE.astype(bool), r"type bool", id="bool"),
        pytest.param(SAMPLE.astype(np.longdouble), r"type float128", id="long double"),
        pytest.param(SAMPLE.astype(object), r"type object.*theory\.frames", id="objects"),
        pytest.param([["a", "b"]], r"type <U1", id="strings"),
        pytest.param([[1, 2], [3]], r"W is not an array", id="ragged"),
        pytest.param("w.npy", r"W is of type str; .*read_weights", id="a path"),
        pytest.param({"a": SAMPLE}, r"W is of type dict", id="dict"),
        pytest.param(np.ma.masked_equal(SAMPLE, 2), r"masked", id="masked"),
        pytest.param(scipy.sparse.eye(3), r"sparse.*toarray", id="sparse"),
        pytest.param(GradientTensor(SAMPLE), r"DLPack.*requires a gradient.*detached", id="grad"),
    ],
)
def test_refuses(given: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        columns_of(given)


@pytest.mark.parametrize("epsilon", [-1e-9, 1.0, float("nan"), float("inf")])
def test_refuses_epsilon(epsilon: float) -> None:
    with pytest.raises(InputError, match=r"epsilon is .* accepted"):
        columns_of(SAMPLE, epsilon=epsilon)


def test_names_the_argument() -> None:
    with pytest.raises(InputError, match=r"^before has 1 dimensions"):
        columns_of(np.ones(3), name="before")
