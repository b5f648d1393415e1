"""What a recognition returns: counts, copies, JSON, and options that are named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from superposition_numerics.recognition import (
    Verdict,
    adjacency_algebra,
    candidate_levels,
    clean_gram,
    clean_weights,
    closure,
    recognise,
    recognise_gram,
)
from superposition_numerics.recognition.points import Points

from numerics import recognition_samples as samples


def test_features_are_counted_with_those_that_are_zero() -> None:
    W = np.column_stack((samples.polygon(5), np.zeros((2, 3))))
    recognition = recognise(W)
    assert (recognition.features, recognition.zero_features) == (8, (5, 6, 7))
    assert (recognition.dimensions, recognise_gram(W.T @ W).dimensions) == (2, None)


@pytest.mark.parametrize("function", [recognise, recognise_gram, clean_weights, clean_gram])
def test_options_are_named(function: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="positional argument"):
        function(np.eye(2), 0.05)


@pytest.mark.parametrize("n", [1, 2, 3, 255, 256, 2000])
def test_survival_bound_is_the_mean_over_the_exponents(n: int) -> None:
    """E min(1, 2^(s + g1 + g2 - 64)) for geometric g1, g2 and s = floor(log2 n)."""
    t = 64 - (n.bit_length() - 1)
    chances = ((g + 1) * 2.0 ** -(g + 2) * min(1.0, 2.0 ** (g - t)) for g in range(400))
    assert closure._survival_bound(n) == pytest.approx(sum(chances), rel=1e-12)


def test_norms_fall_into_classes_where_persistence_is_greatest() -> None:
    norms = np.array([1.0, 4.0, 2.0, 1.0, 4.0, 2.0])  # gaps 2, 1 and 0: cut at both
    points = Points(np.eye(6), norms, tuple((k,) for k in range(6)))
    assert points.norm_classes.tolist() == [0, 2, 1, 0, 2, 1]
    assert points.gram.diagonal().tolist() == [0.25, 4.0, 1.0, 0.25, 4.0, 1.0]  # median 2


def test_norms_that_noise_moved_are_one_class() -> None:
    """The gap 0.0015 is below 1 % of the median, so that it does not persist."""
    norms = np.array([0.1, 0.1015, 0.2, 0.2, 0.4, 0.4])
    points = Points(np.eye(6), norms, tuple((k,) for k in range(6)))
    assert points.norm_classes.tolist() == [0, 0, 1, 1, 2, 2]


def test_single_features_are_copies_of_each_other() -> None:
    assert recognise(np.eye(3)).copies == ((0, 1, 2),)
    assert recognise(np.column_stack((np.eye(3), [0, 0, -1]))).copies == ((0, 1), (2,))


def test_components_resemble_each_other_within_three_times_their_noise() -> None:
    pentagon = replace(recognise(samples.polygon(5)).components[0], noise=0.01)
    for shift, alike in ((0.055, True), (0.065, False), (-0.055, True), (-0.065, False)):
        other = replace(pentagon, values=pentagon.values + np.array([0.0, shift, 0.0]))
        assert pentagon.resembles(other) is alike
        assert other.resembles(pentagon) is alike


def test_json_of_a_component() -> None:
    (component,) = recognise(samples.polygon(5)).components
    parsed = json.loads(json.dumps(component.to_dict(), allow_nan=False))
    assert parsed["scheme"] == {
        "points": 5,
        "rank": 3,
        "fibres": 1,
        "error_probability": parsed["scheme"]["error_probability"],
        "valencies": [1, 2, 2],
        "multiplicities": [1, 2, 2],
        "degrees": [1, 1, 1],
        "idempotents": list(component.idempotents),
        "symmetric": True,
        "commutative": True,
        "thin": False,
    }
    assert 0 < parsed["scheme"]["error_probability"] < 2.0**-50
    assert len(component.idempotents) == 1


def test_json_of_what_is_no_scheme() -> None:
    W = np.random.default_rng(0).standard_normal((3, 9))
    (component,) = recognise(W).components
    assert component.verdict is Verdict.NOT_SCHEME_LIKE
    parsed = component.to_dict()
    assert (parsed["scheme"], parsed["geometry"], parsed["margin"]) == (None, None, None)


def test_the_relation_becomes_exact() -> None:
    (component,) = recognise(samples.icosahedron()).components
    assert component.closure is not None
    scheme = component.closure.configuration()
    assert scheme.valencies == (1, 5, 5, 1)
    path = closure.coherent_closure([[0, 1, 2], [1, 0, 1], [2, 1, 0]]).configuration()
    assert path.fibres == ((0, 2), (1,))


def test_spectral_rounding_by_hand() -> None:
    """100 unit vectors, each moved by 2 eps, so |D| = 20 eps, and |X| = 3."""
    vectors = clean_weights(np.eye(2, 5) + 1.0, epsilon=1e-3)
    expected = 2 * 3 * 20e-3 + (20e-3) ** 2 + 100 * 10 * 2.0**-53
    assert vectors.spectral_rounding(100, 9.0) == pytest.approx(expected, rel=1e-12)
    gram = clean_gram(np.eye(2), epsilon=1e-3)
    assert gram.spectral_rounding(100, 9.0) == pytest.approx(100 * (4e-3 + 10 * 2.0**-53))


def test_persistence_of_one_level_ends_at_the_diameter() -> None:
    """Cosines lie in [-1, 1]: thresholds from the only gap, 1e-5, up to 2 leave one level."""
    cosines = np.array([[1.0, 1 - 1e-5], [1 - 1e-5, 1.0]])
    whole = [x for x in candidate_levels(cosines, rounding=1e-12) if not x.boundaries.size]
    assert [x.persistence for x in whole] == pytest.approx([2e5], rel=1e-6)


@pytest.mark.parametrize("order", [3, 7, 8, 12])
def test_eigenmatrix_of_a_cyclic_group_is_its_fourier_matrix(order: int) -> None:
    steps = np.arange(order)
    found = closure.coherent_closure((steps - steps[:, None]) % order)
    algebra = adjacency_algebra(found)
    # relation i of the group is the difference at its first pair in row 0
    columns = [int(np.flatnonzero(found.relation[0] == i)[0]) for i in range(order)]
    fourier = np.exp(2j * np.pi * np.outer(steps, columns) / order)
    assert algebra.P is not None
    distances = np.abs(algebra.P[:, None] - fourier[None]).max(axis=2)
    assert sorted(distances.argmin(axis=1).tolist()) == list(range(order))
    assert distances.min(axis=1).max() < 1e-12
    assert algebra.error < 1e-12


@pytest.mark.parametrize("seed", range(10))
def test_fewer_orthogonal_vectors_than_dimensions(seed: int) -> None:
    W = np.eye(5, 3) + 0.01 * np.random.default_rng(seed).standard_normal((5, 3))
    assert [part.name for part in recognise(W).components] == ["dedicated"] * 3
