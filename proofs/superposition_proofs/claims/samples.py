"""The finite families and random matrices on which claims are checked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_numerics.matrices import FloatArray
from superposition_numerics.samples import frame_with_singular_values, saturated_frame
from superposition_theory.frames import Frame
from sympy import Rational, eye, ones, sqrt

from superposition_proofs.ledger import Context, Level

_DIRECTIONS = ((0, 0), (1, 0), (0, 1), (1, 1), (1, -1))


def _cyclic_gram(cosines: tuple[object, ...]) -> Frame:
    """Return the frame whose Gram matrix is the symmetric circulant of the given first row."""
    n = len(cosines)
    return Frame.from_gram([[cosines[(j - i) % n] for j in range(n)] for i in range(n)])


@cache
def named_frames() -> tuple[tuple[str, Frame], ...]:
    """Frames of the literature and of the toy models, exact.

    Returns
    -------
    tuple of (str, Frame)

    Examples
    --------
    >>> from superposition_proofs.claims.samples import named_frames
    >>> {name: frame.capacity for name, frame in named_frames()}["pentagon"]
    2
    """
    near, far = (sqrt(5) - 1) / 4, -(sqrt(5) + 1) / 4
    return (
        ("digon", Frame([[1, -1]])),
        ("unequal digon", Frame([[1, -2, 0]])),
        ("orthonormal basis", Frame(eye(3))),
        ("triangle", Frame.from_gram(eye(3) * Rational(3, 2) - ones(3, 3) / 2)),
        ("tetrahedron", Frame.from_gram(eye(4) * Rational(4, 3) - ones(4, 4) / 3)),
        ("pentagon", _cyclic_gram((1, near, far, far, near))),
        (
            "square antiprism, tight",
            _cyclic_gram(
                (
                    1,
                    sqrt(2) / 3 - Rational(1, 3),
                    Rational(1, 3),
                    -sqrt(2) / 3 - Rational(1, 3),
                    Rational(-1, 3),
                    -sqrt(2) / 3 - Rational(1, 3),
                    Rational(1, 3),
                    sqrt(2) / 3 - Rational(1, 3),
                )
            ),
        ),
        ("octahedron", Frame([[1, -1, 0, 0, 0, 0], [0, 0, 1, -1, 0, 0], [0, 0, 0, 0, 1, -1]])),
        ("two digons of different size", Frame([[1, -1, 0, 0, 0], [0, 0, 2, -2, 0]])),
        ("digon and basis vector", Frame([[1, -1, 0], [0, 0, 3]])),
        ("unequal triangle and dropped", Frame([[2, -1, -1, 0], [0, 1, -1, 0]])),
        ("duplicates", Frame([[1, 1, 0], [1, 1, 0], [0, 0, 0]])),
        ("more dimensions than features", Frame([[1, 1], [0, 1], [2, 0]])),
        ("generic integers", Frame([[3, 1, -2, 1, 0], [0, 2, 1, -1, 4], [1, 1, 1, 0, -1]])),
        ("ill-conditioned", Frame([[1000, 999, 1], [0, 1, 1]])),
        ("no features", Frame([[], []])),
        ("zero", Frame([[0, 0]])),
    )


@cache
def small_frames(columns: int) -> tuple[tuple[str, Frame], ...]:
    """All frames of that many columns out of (0,0), (1,0), (0,1), (1,1), (1,-1), up to order.

    Parameters
    ----------
    columns : int

    Returns
    -------
    tuple of (str, Frame)

    Examples
    --------
    >>> from superposition_proofs.claims.samples import small_frames
    >>> len(small_frames(3))
    35
    """
    chosen = itertools.combinations_with_replacement(_DIRECTIONS, columns)
    return tuple((str(list(c)), Frame([list(row) for row in zip(*c, strict=True)])) for c in chosen)


def exact_frames(context: Context) -> tuple[tuple[str, Frame], ...]:
    """Return the named frames and all small ones of 3 columns, at the full level of 3 to 6.

    Examples
    --------
    >>> from superposition_proofs.claims.samples import exact_frames
    >>> from superposition_proofs.ledger import Context, Level
    >>> len(exact_frames(Context(Level.quick, 0)))
    52
    """
    sizes = (3,) if context.level is Level.quick else (3, 4, 5, 6)
    return named_frames() + tuple(itertools.chain.from_iterable(small_frames(n) for n in sizes))


@dataclass(frozen=True, eq=False)
class Sample:
    """A random matrix, and what is known about it by construction.

    Attributes
    ----------
    name : str
        How it was made.
    W : ndarray, shape (m, n)
    saturated : bool
        Whether it saturates its capacity, up to the rounding of its entries.

    Examples
    --------
    >>> from superposition_proofs.claims.samples import float_samples
    >>> from superposition_proofs.ledger import Context, Level
    >>> next(float_samples(Context(Level.quick, 0))).saturated
    False
    """

    name: str
    W: npt.NDArray[Any]
    saturated: bool


_KINDS = ("generic", "saturated", "degenerate", "ill-conditioned", "simplex")


def float_samples(context: Context) -> Iterator[Sample]:
    """Yield random matrices of five kinds in turn: rotated, and scaled or rounded to float32.

    Generic, saturated, degenerate, ill-conditioned (up to 1e12), and regular simplices, which are
    equiangular and tight; 120 at the quick level, 2000 at the full one.

    Examples
    --------
    >>> from superposition_proofs.claims.samples import float_samples
    >>> from superposition_proofs.ledger import Context, Level
    >>> sum(sample.saturated for sample in float_samples(Context(Level.quick, 0)))
    48
    """
    count = 120 if context.level is Level.quick else 2000
    for index in range(count):
        rng = context.rng("float samples", index)
        kind = _KINDS[index % len(_KINDS)]
        W = _random_matrix(kind, rng)
        name = f"{kind} {W.shape[0]} x {W.shape[1]}, number {index}"
        saturated = kind in {"saturated", "simplex"}
        if index % 3 == 0:
            yield Sample(f"{name}, float32", W.astype(np.float32), saturated)
        else:
            scale = float(rng.choice([1.0, 1e-160, 1e150]))
            yield Sample(f"{name}, scale {scale:g}", scale * W, saturated)


def _random_matrix(kind: str, rng: np.random.Generator) -> FloatArray:
    if kind == "saturated":
        dimensions = rng.integers(1, 5, size=int(rng.integers(1, 4)))
        blocks = [
            (int(d), int(d + rng.integers(0, 8)), 3.0**k * rng.uniform(1, 2))
            for k, d in enumerate(dimensions)
        ]
        return saturated_frame(blocks, rng=rng)
    m = int(rng.integers(1, 13))
    n = int(rng.integers(m, 41))
    if kind == "simplex":
        # An orthonormal basis of the complement of (1, ..., 1), its vectors as rows.
        around = np.hstack([np.ones((m + 1, 1)), rng.standard_normal((m + 1, m))])
        return np.asarray(np.linalg.qr(around)[0][:, 1:].T)
    if kind == "generic":
        return np.asarray(rng.standard_normal((m, n)))
    if kind == "degenerate":
        return frame_with_singular_values(list(rng.choice([3.0, 1.0, 0.0], size=m)), n, rng=rng)
    sigma = list(np.geomspace(1, 10 ** -rng.uniform(3, 12), m))
    return frame_with_singular_values(sigma, n, rng=rng)
