"""Every geometry of the catalogue is recognised from its coordinates, exact or in float32."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from numerics.recognition_samples import coordinates, moved, only, without_height
from superposition_numerics.recognition import Component, Verdict, recognise
from superposition_theory.geometries import Geometry, catalogue
from superposition_theory.schemes import AssociationScheme

CATALOGUE = {geometry.name: geometry for geometry in catalogue()}
NON_COMMUTATIVE = ("truncated tetrahedron", "icosidodecahedron", "snub cube")
SUMS = [name for name, geometry in CATALOGUE.items() if geometry.blocks]
NAMED = [name for name in CATALOGUE if name not in (*SUMS, *NON_COMMUTATIVE)]


def check(found: Component, geometry: Geometry) -> None:
    """Compare valencies, levels, ranks, tightness and D within the stated error."""
    assert found.size == geometry.order
    assert found.algebra is not None
    assert sorted(found.algebra.valencies) == sorted(geometry.valencies)
    assert found.dimension == geometry.dimension
    assert found.tight.value is geometry.is_tight
    # Cosines are off by at most bound / n, so that D = 1 / sum cos^2 is by 2 n (bound / n) D^2.
    (dimensionality,) = geometry.fractional_dimensionalities
    assert abs(found.fractional_dimensionality - float(dimensionality)) <= 2 * found.bound
    mine = sorted((level.multiplicity, level.value) for level in found.levels)
    theirs = sorted((multiplicity, float(level)) for level, multiplicity in geometry.levels)
    assert [multiplicity for multiplicity, _ in mine] == [rank for rank, _ in theirs]
    differences = np.array([value for _, value in mine]) - [value for _, value in theirs]
    assert np.abs(differences).max() <= found.bound


def test_the_catalogue_has_enough_of_each_kind() -> None:
    assert len(NAMED) >= 60
    assert len(SUMS) >= 9
    assert set(NON_COMMUTATIVE) <= set(CATALOGUE)


@pytest.mark.parametrize("name", NAMED)
def test_exact_coordinates(name: str) -> None:
    geometry = CATALOGUE[name]
    found = only(recognise(coordinates(geometry)))
    assert (found.verdict, found.name) == (Verdict.RECOGNISED, without_height(geometry))
    assert found.bound < 1e-10
    check(found, geometry)
    # Both number colours canonically: the same points have the same relation.
    assert found.closure is not None
    assert np.array_equal(found.closure.relation, geometry.relation)
    assert found.algebra is not None
    assert found.algebra.Q is not None
    for space in geometry.eigenspaces:
        entries = [float(entry) for entry in space.entries]
        columns = found.algebra.Q[:, found.idempotents].T / geometry.order
        # eigenmatrices are computed to 1e-9 in the multiplicities, of which entries are parts
        assert min(float(np.abs(column - entries).max()) for column in columns) < 1e-9


@pytest.mark.parametrize("name", NAMED)
def test_float32_rotated_permuted_scaled(name: str) -> None:
    geometry = CATALOGUE[name]
    W = moved(coordinates(geometry), np.random.default_rng(7)).astype(np.float32)
    found = only(recognise(W))
    assert (found.verdict, found.name) == (Verdict.RECOGNISED, without_height(geometry))
    assert 1e-7 < found.bound < 1e-2
    check(found, geometry)


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("name", SUMS)
def test_orthogonal_sums(name: str, single: bool) -> None:
    """Squares, octahedra and other cross-polytopes are digons, as their blocks say."""
    geometry = CATALOGUE[name]
    W = coordinates(geometry)
    result = recognise(moved(W, np.random.default_rng(7)).astype(np.float32) if single else W)
    names = [component.name for component in result.components]
    assert Counter(names) == Counter(block.name for block in geometry.blocks)
    blocks = {block.name: block for block in geometry.blocks}
    for component in result.components:
        assert component.name is not None
        check(component, blocks[component.name])
    # equal blocks are noted as copies of each other
    groups = [{names[k] for k in group} for group in result.copies]
    assert all(len(group) == 1 for group in groups)
    assert len(groups) == len(blocks)


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("name", NON_COMMUTATIVE)
def test_schemes_that_do_not_commute(name: str, single: bool) -> None:
    geometry = CATALOGUE[name]
    W = coordinates(geometry)
    found = only(recognise(moved(W, np.random.default_rng(7)).astype(np.float32) if single else W))
    assert (found.verdict, found.name) == (Verdict.NON_COMMUTATIVE, None)
    assert "does not commute" in found.reason
    check(found, geometry)
    # second route: the exact scheme
    assert isinstance(geometry.configuration, AssociationScheme)
    assert not geometry.configuration.is_commutative
    assert found.algebra is not None
    assert sum(degree**2 for degree, _ in found.algebra.irreducibles) == len(geometry.valencies)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("square prism (h2 = 1/5)", "square prism"),
        ("triangular antiprism (h2 = 1/2)", "triangular antiprism"),
        ("disphenoid (h2 = 1/2)", "disphenoid"),
        ("pentagonal antiprism (equal edges)", "pentagonal antiprism (equal edges)"),
        ("cube", "cube"),  # the square prism with h2 = 1/3
    ],
)
def test_heights(name: str, given: str) -> None:
    assert only(recognise(coordinates(CATALOGUE[name]))).name == given
