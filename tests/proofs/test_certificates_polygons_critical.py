"""Critical polygons and their Hessians, beside finite differences of the whole loss."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from superposition_numerics.certify import Enclosure
from superposition_numerics.matrices import FloatArray
from superposition_proofs.certificates import polygon_constants
from superposition_proofs.certificates.polygons_critical import (
    critical_point,
    critical_slopes,
    hessian_blocks,
    is_strict_minimum,
)
from superposition_theory import InputError

CORNERS = (5, 6, 7, 8)


def loss(norms: FloatArray, biases: FloatArray, gaps: FloatArray) -> float:
    """Return T_1 by closed forms of all pairs, biases <= 0."""
    angles = np.concatenate(([0.0], np.cumsum(gaps[:-1])))
    gram = np.sqrt(np.outer(norms, norms)) * np.cos(np.subtract.outer(angles, angles))
    reach = np.maximum(gram + biases, 0)
    cross = np.where(reach > 0, reach**3 / (3 * np.where(gram > 0, gram, 1)), 0)
    np.fill_diagonal(cross, 0)
    t = -biases / norms
    own = 1 / 3 - norms * (1 - t) ** 2 * (2 + t) / 3 + norms**2 * (1 - t) ** 3 / 3
    return float(own.sum() + cross.sum())


def whole_hessian(corners: int) -> FloatArray:
    """Return the Hessian in a, b and all gaps but the last, by central differences."""
    norm, bias = (float(e.middle) for e in critical_point(corners))
    start = np.concatenate(
        (np.full(corners, norm), np.full(corners, bias), np.full(corners - 1, 2 * np.pi / corners))
    )

    def at(x: FloatArray) -> float:
        gaps = np.append(x[2 * corners :], 2 * np.pi - x[2 * corners :].sum())
        return loss(x[:corners], x[corners : 2 * corners], gaps)

    size, h = len(start), 1e-4
    eye = h * np.eye(size)
    hessian = np.zeros((size, size))
    for i in range(size):
        for j in range(i + 1):
            hessian[i, j] = hessian[j, i] = (
                at(start + eye[i] + eye[j])
                - at(start + eye[i] - eye[j])
                - at(start - eye[i] + eye[j])
                + at(start - eye[i] - eye[j])
            ) / (4 * h * h)
    return hessian


@pytest.mark.parametrize(
    "corners", [5, 8, *(pytest.param(k, marks=pytest.mark.slow) for k in (6, 7))]
)
def test_blocks_hold_the_eigenvalues_of_the_whole_hessian(corners: int) -> None:
    # Coordinates of the gaps that keep their sum, orthonormal: drop the constant direction.
    basis, _ = np.linalg.qr(np.eye(corners)[:, :-1] - 1 / corners)
    change = np.eye(3 * corners - 1)
    change[2 * corners :, 2 * corners :] = basis[:-1]
    expected = np.linalg.eigvalsh(change.T @ whole_hessian(corners) @ change)
    found: list[float] = []
    for q, block in enumerate(hessian_blocks(corners)):
        size = len(block)
        matrix = [
            [float(block[max(i, j)][min(i, j)].enclosure().middle) for j in range(size)]
            for i in range(size)
        ]
        values = np.linalg.eigvalsh(np.array(matrix))
        found += [*values] * (1 if q == 0 or 2 * q == corners else 2)
    assert np.sort(found) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("corners", CORNERS)
def test_the_critical_point_is_the_best_polygon(corners: int) -> None:
    norm, bias = critical_point(corners)
    best = polygon_constants(corners)
    assert norm.width < Fraction(1, 10**40)
    for one, other in ((norm, best.squared_norm), (bias, best.bias)):
        assert one.lower <= other.upper
        assert other.lower <= one.upper
    assert all(slope.contains(0) for slope in critical_slopes(corners, norm, bias))
    assert is_strict_minimum(corners)


def test_elsewhere_it_is_not_critical_and_not_convex() -> None:
    norm, _ = critical_point(8)
    there = Enclosure(Fraction(-165, 100), Fraction(-165, 100))  # t close to cos(pi/4)
    assert not any(slope.contains(0) for slope in critical_slopes(8, norm, there))
    assert not is_strict_minimum(8, there)


@pytest.mark.parametrize("corners", [4, 9, "5"])
def test_other_numbers_of_corners_are_refused(corners: object) -> None:
    with pytest.raises(InputError, match=r"corners is .*accepted: 5, 6, 7, 8"):
        critical_point(corners)
