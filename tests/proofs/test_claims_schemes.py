"""The evidence about schemes and geometries can fail: each law rejects what is made false."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from superposition_numerics import recognition
from superposition_numerics.recognition import recognise_gram
from superposition_proofs.claims import (
    geometry_table,
    irregular,
    recognised,
    rings,
    scheme_examples,
    scheme_geometries,
    schemes,
    strongly_regular,
)
from superposition_proofs.claims.cases import Family, check_cases
from superposition_proofs.claims.samples import named_frames
from superposition_proofs.claims.scheme_samples import (
    commutative_schemes,
    quaternion_group,
    symmetric_group,
    tabulated_schemes,
)
from superposition_proofs.ledger import Context, Level
from superposition_proofs.reference import (
    ConfigurationRecord,
    RealFrameRecord,
    SchemeRecord,
    association_schemes,
    coherent_configurations,
    real_etf_parameters,
)
from superposition_theory.geometries import Geometry, antiprism, bipyramid, polygon, simplex
from superposition_theory.geometries.geometry import Eigenspace, Support, tight_support
from superposition_theory.schemes import Eigenmatrices, StronglyRegularParameters
from superposition_theory.schemes.families import cyclic, cyclic_relation, group_scheme, johnson
from sympy import Integer, Matrix, Rational, eye

QUICK = Context(Level.quick, 0)


# ---------------------------------------------------------------- families of cases


@pytest.mark.parametrize(
    ("answers", "holds", "cases", "effective"),
    [
        ([True, True], True, 2, 2),
        ([True, None, True], True, 3, 2),  # one case without the hypotheses
        ([None, None], True, 2, 0),  # nothing counts: an error of the ledger
        ([True, False, True], False, 2, 2),  # ends at the first failure
        ([None, False], False, 2, 1),
    ],
)
def test_cases_are_counted(
    answers: list[bool | None], holds: bool, cases: int, effective: int
) -> None:
    def family(_: Context) -> Iterator[tuple[str, Any]]:
        return ((str(i), answer) for i, answer in enumerate(answers))

    outcome = check_cases(Family(lambda answer: answer, family), QUICK)
    assert (outcome.holds, outcome.cases, outcome.effective) == (holds, cases, effective)
    assert outcome.witness == (None if holds else {"name": str(answers.index(False))})


@pytest.mark.parametrize(
    ("table", "order", "involutions"),
    [  # in S_3 three exchanges, in Q_8 only -1, by hand
        (symmetric_group(3), 6, 3),
        (symmetric_group(4), 24, 9),
        (quaternion_group(), 8, 1),
    ],
)
def test_groups(table: list[list[int]], order: int, involutions: int) -> None:
    scheme = group_scheme(table)  # verifies that it is a group
    assert scheme.order == order
    assert not scheme.is_commutative
    identity = next(e for e in range(order) if table[e] == list(range(order)))
    assert sum(table[x][x] == identity for x in range(order)) == 1 + involutions


def test_families_are_commutative_and_distinct() -> None:
    named = list(commutative_schemes(QUICK))
    assert len({name for name, _ in named}) == len(named) == 43
    assert all(scheme.is_commutative for _, scheme in named)
    assert sum(not scheme.is_symmetric for _, scheme in named) >= 5


def test_samples_of_the_table_depend_on_the_seed_and_the_level() -> None:
    def names(seed: int) -> list[str]:
        return [name for name, _ in tabulated_schemes(12)(Context(Level.quick, seed))]

    assert names(0) == names(0)
    assert names(0) != names(1)
    assert len(set(names(0))) == 12
    assert sum(1 for _ in tabulated_schemes(12)(Context(Level.full, 0))) == 1897


# ---------------------------------------------------------------- schemes


def pentagon_tables() -> Eigenmatrices:
    """Return fresh eigenmatrices of the pentagon."""
    return cyclic(5).eigenmatrices


def with_wrong_multiplicities(tables: Eigenmatrices) -> None:
    """Give one dimension of an eigenspace to another."""
    tables.multiplicities = (1, 1, 3)


def with_exchanged_rows(tables: Eigenmatrices) -> None:
    """Exchange two rows of P, Q as it was."""
    Q = tables.Q
    tables.P = (tables.P[0], tables.P[2], tables.P[1])
    assert tables.Q is Q


@pytest.mark.parametrize("sabotage", [with_wrong_multiplicities, with_exchanged_rows])
def test_wrong_eigenmatrices_are_not_dual(sabotage: Callable[[Eigenmatrices], None]) -> None:
    tables = pentagon_tables()
    assert schemes.duality(tables)
    sabotage(tables)
    assert not schemes.duality(tables)


def test_eigenvalues_that_are_no_characters_are_rejected() -> None:
    scheme = cyclic(6)
    assert schemes.rows_are_characters(scheme)
    tables = scheme.eigenmatrices
    tables.P = (*tables.P[:-1], tuple(-x for x in tables.P[-1]))
    assert not schemes.rows_are_characters(scheme)


def record(order: int, index: int) -> SchemeRecord:
    """Return a record of the table."""
    return next(r for r in association_schemes() if (r.order, r.index) == (order, index))


@pytest.mark.parametrize(
    ("old", "new"),
    [  # the triangle, [[1,2,1],[1,-1,2]]
        ("-1,2", "-1,3"),  # a multiplicity
        ("-1,2", "1,2"),  # a value
    ],
)
def test_wrong_character_tables_are_rejected(old: str, new: str) -> None:
    triangle = record(3, 1)
    assert schemes.agrees_with_the_table(triangle) is True
    text = triangle.character_table.replace(old, new)
    assert text != triangle.character_table
    changed = dataclasses.replace(triangle, character_table=text)
    assert schemes.agrees_with_the_table(changed) is False


def test_schemes_that_do_not_commute_have_no_character_table_to_agree_with() -> None:
    first = next(r for r in association_schemes() if not r.commutative)
    assert schemes.agrees_with_the_table(first) is None


@pytest.mark.parametrize("change", [{"symmetric": False}, {"commutative": False}])
def test_wrong_flags_are_rejected(change: dict[str, Any]) -> None:
    assert schemes.is_its_own_closure(record(5, 1)) is True
    assert schemes.is_its_own_closure(dataclasses.replace(record(5, 1), **change)) is False


def test_wrong_counts_of_configurations_are_rejected() -> None:
    given = next(r for r in coherent_configurations() if r.fibres == 2)
    assert isinstance(given, ConfigurationRecord)
    assert schemes.is_its_own_closure(given) is True
    for wrong in (
        dataclasses.replace(given, rank=given.rank + 1),
        dataclasses.replace(given, fibres=1),
    ):
        assert schemes.is_its_own_closure(wrong) is False


def test_a_float_closure_that_refines_too_much_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = recognition.coherent_closure

    def discrete(colours: Any) -> recognition.Closure:
        return right(np.arange(len(colours) ** 2).reshape(len(colours), -1))

    monkeypatch.setattr(recognition, "coherent_closure", discrete)
    assert schemes.is_its_own_closure(record(5, 1)) is False


@pytest.mark.parametrize(
    ("parameters", "holds"),
    [
        ((10, 3, 0, 1), True),  # Petersen
        ((27, 10, 1, 5), True),  # Schlaefli
        ((28, 9, 0, 4), False),  # the classical violation
        ((64, 21, 0, 10), False),
    ],
)
def test_krein_parameters(parameters: tuple[int, int, int, int], holds: bool) -> None:
    tables = StronglyRegularParameters(*parameters).eigenmatrices
    assert schemes.krein_parameters_multiply(tables)
    assert schemes.krein_parameters_are_nonnegative(tables) is holds
    assert schemes.krein_condition_of(tables) is holds


# ---------------------------------------------------------------- strongly regular graphs


def test_conditions_that_are_too_strong_or_idle_are_rejected() -> None:
    for exclude in (lambda p: p.is_conference, lambda p: p.v == 57):  # 57: open or impossible
        outcome = strongly_regular.decide_conditions(strongly_regular.Conditions(exclude), QUICK)
        assert outcome.holds is False


@pytest.mark.slow
def test_the_number_of_excluded_parameters_is_exact() -> None:
    full = Context(Level.full, 0)
    for count, holds in ((416, True), (415, False)):
        conditions = strongly_regular.Conditions(lambda p: bool(p.infeasibilities), count)
        outcome = strongly_regular.decide_conditions(conditions, full)
        assert outcome.holds is holds
        assert outcome.reason == "excludes 416 of 462 impossible parameters"
        assert outcome.details["excluded"] == {"impossible": 416}


@pytest.mark.parametrize(
    ("change", "holds"),
    [  # (7, 28): c = 6, theta = -3, 1/theta^2 = 1/9 = 21/(7 27), by hand
        ({}, True),
        ({"dimensions": 21}, True),  # the Naimark complement
        ({"dimensions": 14}, False),
        ({"vectors": 27}, False),
        ({"graph": (27, 10, 1, 4)}, False),
        ({"graph": (27, 16, 10, 8)}, True),  # the complement, switched
    ],
)
def test_arithmetic_of_the_seven_by_twenty_eight(change: dict[str, Any], holds: bool) -> None:
    (frame,) = [f for f in real_etf_parameters() if (f.dimensions, f.vectors) == (7, 28)]
    assert isinstance(frame, RealFrameRecord)
    changed = dataclasses.replace(frame, **change)
    assert strongly_regular.arithmetic_of_the_frame(changed) is holds


def test_seidel_matrices_by_hand() -> None:
    # the pentagon gives the six lines of the icosahedron; Petersen, k = 3 and mu = 1, gives none
    pentagon_graph, petersen = (cyclic(5), 1), (johnson(5, 2), 2)
    assert strongly_regular.two_level_seidel_matrix(pentagon_graph)
    assert strongly_regular.two_level_seidel_matrix(petersen)
    assert not strongly_regular.two_level_seidel_matrix(petersen, ratio=3)
    assert not strongly_regular.two_level_seidel_matrix(pentagon_graph, ratio=1)


# ---------------------------------------------------------------- geometries


def test_one_level_needs_the_right_multiplicities() -> None:
    scheme = cyclic(5)
    assert scheme_geometries.tight_iff_one_level(scheme)
    scheme.eigenmatrices.multiplicities = (1, 1, 3)
    assert not scheme_geometries.tight_iff_one_level(scheme)


def test_components_by_hand() -> None:
    frames = dict(named_frames())
    pair = frames["digon"], frames["triangle"]
    assert scheme_geometries.components_share_nothing(pair) is True
    assert scheme_geometries.components_share_nothing(pair, coupled=True) is False
    assert scheme_geometries.components_share_nothing((frames["zero"], pair[0])) is None


def pentagon(*, excess: int = 0, multiplicity: int = 2, order: int = 1) -> Geometry:
    """Return the pentagon, with a wrong level or multiplicity, or as a pentagram."""
    right = polygon(5)
    (space,) = right.eigenspaces
    level = space.level + excess
    entries = tuple(space.entries[i] for i in (0, order, 3 - order))
    support = Support(right.valencies, (Eigenspace(level, multiplicity, entries),))
    return Geometry("altered pentagon", 5, lambda: support, lambda: cyclic_relation(5))


LAWS = (
    geometry_table.coordinates_have_the_gram_matrix,
    geometry_table.levels_are_the_spectrum,
    geometry_table.closure_is_the_configuration,
    geometry_table.tightness_and_plateau,
    geometry_table.design_strength_by_moments,
)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(
    "geometry",
    [
        pytest.param(pentagon(), id="pentagon"),
        pytest.param(pentagon(order=2), id="pentagram"),
        pytest.param(simplex(4), id="tetrahedron"),
        pytest.param(bipyramid(3), id="two fibres"),
        pytest.param(antiprism(4, Rational(1, 5)), id="not tight"),
    ],
)
def test_laws_hold_for_what_is_right(law: Callable[[Geometry], bool | None], geometry: Any) -> None:
    assert law(geometry) is True


@pytest.mark.parametrize(
    ("law", "geometry"),
    [
        # a rank that is not the trace
        (geometry_table.levels_are_the_spectrum, pentagon(multiplicity=3)),
        # entries that are not those of a projector: J/5 + E_1
        (
            geometry_table.levels_are_the_spectrum,
            Geometry(
                "all",
                3,
                lambda: Support((1, 2), (Eigenspace(Integer(1), 2, (Integer(1), Integer(1))),)),
                lambda: ((0, 1, 1), (1, 0, 1), (1, 1, 0)),
            ),
        ),
        # D of vectors that are longer
        (geometry_table.tightness_and_plateau, pentagon(excess=1)),
        # cosines that are equal for two colours
        (
            geometry_table.closure_is_the_configuration,
            Geometry(
                "merged",
                5,
                lambda: tight_support(4, (1, 2, 2), (Integer(1), -Rational(1, 4), -Rational(1, 4))),
                lambda: cyclic_relation(5),
            ),
        ),
    ],
)
def test_laws_reject_what_is_pentagon(
    law: Callable[[Geometry], bool | None], geometry: Geometry
) -> None:
    assert law(geometry) is False


def test_design_strengths_of_wrong_dimension_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    geometry = polygon(6)
    assert geometry.design_strength == 5
    assert geometry_table.design_strength_by_moments(geometry)
    for strength in (4, 6):
        monkeypatch.setitem(geometry.__dict__, "design_strength", strength)
        assert not geometry_table.design_strength_by_moments(geometry)


@pytest.mark.parametrize("corners", [2, 3, 4, 7])
def test_antiprisms(corners: int) -> None:
    third = Rational(1, 3)
    assert rings.antiprism_is_as_stated((corners, third))
    assert rings.antiprism_is_as_stated((corners, Rational(1, 7)))
    assert not rings.antiprism_is_as_stated((corners, third), numerator=4)
    # by hand: at h^2 = 1/3 the values of D are 3/4 (tetrahedron), 1/2 (octahedron), 3/8, 3/14
    square = antiprism(corners, third).fractional_dimensionalities
    assert square == (Rational(3, 2 * corners),)


@pytest.mark.parametrize("count", [3, 5, 8])  # 8: the middle cosine is single
def test_polygons_and_simplices(count: int) -> None:
    assert rings.plateaus_are_as_stated(count)
    assert not rings.plateaus_are_as_stated(count, corners=-1)
    assert polygon(count).fractional_dimensionalities == (Rational(2, count),)
    assert simplex(count).fractional_dimensionalities == (Rational(count - 1, count),)


# ---------------------------------------------------------------- examples


@pytest.mark.parametrize(
    ("case", "holds"),
    [
        (("snub cube", 24, 12, 24), True),
        (("snub cube", 24, 11, 24), False),
        (("truncated tetrahedron", 12, 5, 6), False),
        (("icosahedron", 12, 4, 4), False),  # it commutes
    ],
)
def test_solids(case: tuple[str, int, int, int], holds: bool) -> None:
    assert scheme_examples.solid_is_as_stated(case) is holds


def test_commuting_solid() -> None:
    assert scheme_examples.solid_is_as_stated(("icosahedron", 12, 4, 4), commutes=True)


@pytest.mark.parametrize(
    ("W", "reason"),
    [
        (eye(2), "tight with unit vectors, D = 1; 2 relations, 1 fibres"),
        (2 * eye(2), "not tight with unit vectors"),  # tight, not of norm 1
        (Matrix([[1, 0, 1], [0, 1, 0]]), "not tight with unit vectors"),
    ],
)
def test_what_does_not_refute(W: Matrix, reason: str) -> None:
    outcome = irregular.is_tight_without_a_scheme(W, QUICK)
    assert outcome.holds is False
    assert outcome.reason.startswith(reason)


# ---------------------------------------------------------------- recognition


def effective_draw() -> np.random.Generator:
    """Return the generator of a draw that counts."""
    for k in range(50):
        if recognised.recognition_error(np.random.default_rng(k)) is not None:
            return np.random.default_rng(k)
    raise AssertionError("no draw counts")


def test_recognition_is_within_its_error() -> None:
    error = recognised.recognition_error(effective_draw())
    assert error is not None
    assert 0 <= error <= 1


@pytest.mark.parametrize("sabotage", ["another relation", "wrong values"])
def test_a_wrong_recognition_is_caught(monkeypatch: pytest.MonkeyPatch, sabotage: str) -> None:
    def wrongly(gram: Any, **options: Any) -> Any:
        found = recognise_gram(gram, **options)
        (component,) = found.components
        assert component.closure is not None
        if sabotage == "wrong values":
            component = dataclasses.replace(component, values=component.values + 0.1)
        else:
            n = len(gram)
            finest = recognition.coherent_closure(np.arange(n * n).reshape(n, n))
            component = dataclasses.replace(component, closure=finest)
        return dataclasses.replace(found, components=(component,))

    monkeypatch.setattr(recognised, "recognise_gram", wrongly)
    error = recognised.recognition_error(effective_draw())
    assert error is not None
    assert error > 1
