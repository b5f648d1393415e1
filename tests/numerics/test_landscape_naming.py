"""Names of phases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from superposition_numerics.landscape import phase_of
from superposition_theory import InputError


def polygon(corners: int) -> np.ndarray:
    angles = 2 * np.pi * np.arange(corners) / corners
    return np.array([np.cos(angles), np.sin(angles)])


CASES: list[tuple[Any, str, str]] = [
    ([[1, 0]], "1 dedicated + 1 dropped", "feature 1 dedicated; feature 2 dropped"),
    ([[0, 1]], "1 dedicated + 1 dropped", "feature 2 dedicated; feature 1 dropped"),
    ([[0, 0]], "2 dropped", "feature 1 dropped; feature 2 dropped"),
    ([[1, -0.9]], "antipodal pair", "features 1, 2 antipodal pair"),
    ([[0.9273, -0.4716]], "weak antipodal pair", "features 1, 2 weak antipodal pair"),
    ([[1, 1]], "2 collapsed", "features 1, 2 collapsed"),
    ([[1, -1, 1]], "3 collapsed", "features 1, 2, 3 collapsed"),
    (
        [[1, 0, -1], [0, 1, 0]],
        "antipodal pair + 1 dedicated",
        "features 1, 3 antipodal pair; feature 2 dedicated",
    ),
    (polygon(3), "triangle", "features 1, 2, 3 triangle"),
    (polygon(3) * [1, 1, 0.5], "weak triangle", "features 1, 2, 3 weak triangle"),
    (polygon(5), "pentagon", "features 1, 2, 3, 4, 5 pentagon"),
    (polygon(6), "hexagon", "features 1, 2, 3, 4, 5, 6 hexagon"),
    (polygon(7), "7-gon", "features 1, 2, 3, 4, 5, 6, 7 7-gon"),
    # a square is two pairs at right angles
    (polygon(4), "2 antipodal pairs", "features 1, 3 antipodal pair; features 2, 4 antipodal pair"),
    # a corner pulled inside: not convex
    (
        polygon(5) * [1, 0.2, 1, 1, 1],
        "5 features in 2 dimensions",
        "features 1, 2, 3, 4, 5 in 2 dimensions",
    ),
    # the origin outside: not around it
    (
        [[1, 0.5, 0.5], [0, 0.8, -0.8]],
        "3 features in 2 dimensions",
        "features 1, 2, 3 in 2 dimensions",
    ),
    (
        np.hstack((polygon(3), np.zeros((2, 2)))),
        "triangle + 2 dropped",
        "features 1, 2, 3 triangle; feature 4 dropped; feature 5 dropped",
    ),
]


@pytest.mark.parametrize(("W", "kind", "name"), CASES)
def test_names(W: Any, kind: str, name: str) -> None:
    phase = phase_of(W)
    assert (phase.kind, phase.name) == (kind, name)
    members = sorted(i for component in phase.components for i in component.features)
    assert members == list(range(np.shape(W)[1]))


@given(st.sampled_from(CASES), st.integers(0, 10**6))
def test_kind_does_not_depend_on_rotations_and_orders(case: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    W = np.asarray(case[0], dtype=float)
    turned = np.linalg.qr(rng.normal(size=(len(W), len(W))))[0] @ W
    assert phase_of(turned[:, rng.permutation(W.shape[1])]).kind == case[1]


@pytest.mark.parametrize(
    ("W", "margin", "kind"),
    [
        ([[1, -0.575 * 0.9]], 0.1, "weak antipodal pair"),
        ([[1, -0.575 / 0.9]], 0.1, "antipodal pair"),
        ([[1, 0.5e-3]], 0.5, "1 dedicated + 1 dropped"),
        ([[1, 0], [0.002, 1]], 0.5, "2 features in 2 dimensions"),
    ],
)
def test_margins(W: Any, margin: float, kind: str) -> None:
    phase = phase_of(W)
    assert phase.kind == kind
    assert phase.margin == pytest.approx(margin, abs=1e-5)


def test_dropped_features() -> None:
    assert phase_of([[0, 1, 0]]).dropped == (0, 2)


@pytest.mark.parametrize("W", [[1.0], [[np.nan, 1.0]]])
def test_refusals(W: Any) -> None:
    with pytest.raises(InputError, match="accepted: a matrix"):
        phase_of(W)
