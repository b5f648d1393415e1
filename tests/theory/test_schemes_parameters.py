"""Parameters of strongly regular and distance-regular graphs: tables from the literature."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from superposition_theory import ExactnessError, InputError
from superposition_theory.schemes import (
    AssociationScheme,
    IntersectionArray,
    StronglyRegularParameters,
)
from superposition_theory.schemes import parameters as module
from theory.schemes_samples import Rows, hamming, johnson, multipartite, polygon

COUNT = "k (k - lambda - 1) = (v - k - 1) mu fails"
PARITY = "the number of edges or of triangles is not an integer"
NEGATIVE = "an intersection number is negative"
MULTIPLICITY = "a multiplicity is not an integer"
SQUARES = "v is not the sum of two squares, as a conference graph needs"
KREIN, BOUND = "a Krein parameter is negative", "the absolute bound fails"


@pytest.mark.parametrize(
    ("parameters", "reasons"),
    [
        ((5, 2, 0, 1), ()),  # pentagon
        ((9, 4, 1, 2), ()),  # rook
        ((10, 3, 0, 1), ()),  # Petersen
        ((13, 6, 2, 3), ()),  # Paley
        ((16, 5, 0, 2), ()),  # Clebsch
        ((16, 6, 2, 2), ()),  # rook and Shrikhande
        ((27, 16, 10, 8), ()),  # Schlaefli
        ((28, 12, 6, 4), ()),  # Chang
        ((50, 7, 0, 1), ()),  # Hoffman-Singleton
        ((100, 22, 0, 6), ()),  # Higman-Sims
        ((3250, 57, 0, 1), ()),  # feasible, existence unknown
        ((6, 1, 0, 0), ()),  # three edges
        ((6, 4, 2, 4), ()),  # octahedron
        ((12, 3, 2, 0), ()),  # three tetrahedra
        ((10, 3, 1, 1), (COUNT,)),
        ((5, 2, 0, 2), (COUNT,)),
        ((7, 3, 2, 0), (PARITY,)),  # 21 / 2 edges
        ((8, 7 - 1, 5 - 1, 6), ()),  # four parts of two
        ((17, 4, 3, 0), (MULTIPLICITY,)),  # K_5's do not fill 17 points
        ((10, 3, 2, 0), (MULTIPLICITY,)),  # nor tetrahedra 10
        ((17, 4, 0, 1), (MULTIPLICITY,)),  # Moore graph of valency 4: irrational
        ((26, 5, 0, 1), (MULTIPLICITY,)),
        ((16, 4, 0, Fraction(12, 11)), None),  # no integer
        ((16, 6, 0, 3), (COUNT,)),
        ((22, 6, 0, 2), (MULTIPLICITY,)),
        ((21, 10, 4, 5), (SQUARES,)),
        ((33, 16, 7, 8), (SQUARES,)),
        ((45, 22, 10, 11), ()),  # 45 = 36 + 9
        ((28, 9, 0, 4), (KREIN, BOUND)),
        ((50, 21, 4, 12), (BOUND,)),
        ((28, 18, 12, 10), (KREIN, BOUND)),  # the complement of the first
        ((50, 28, 18, 12), (BOUND,)),
    ],
)
def test_tables_of_strongly_regular_graphs(
    parameters: tuple[Any, ...], reasons: tuple[str, ...] | None
) -> None:
    if reasons is None:
        with pytest.raises(InputError, match=r"^mu is .*; accepted: an integer of at least 0$"):
            StronglyRegularParameters(*parameters)
        return
    assert StronglyRegularParameters(*parameters).infeasibilities == reasons


def test_conditions_that_need_a_search() -> None:
    """For each remaining reason the smallest parameters that meet all earlier conditions."""
    found: dict[str, tuple[int, ...]] = {}
    for v in range(4, 31):
        for k, lam in product(range(1, v - 1), range(v)):
            mu, rest = divmod(k * (k - lam - 1), v - k - 1)
            if rest or lam >= k or not 0 <= mu <= k:
                continue
            for reason in StronglyRegularParameters(v, k, lam, mu).infeasibilities:
                found.setdefault(reason, (v, k, lam, mu))
    assert found == {
        PARITY: (4, 2, 1, 0),  # triangles on 4 points: 4/3 of them
        NEGATIVE: (6, 3, 2, 0),  # K_4 and 2 points left
        MULTIPLICITY: (9, 4, 0, 3),  # eigenvalues (-3 +- sqrt 13) / 2
        SQUARES: (21, 10, 4, 5),
        KREIN: (28, 9, 0, 4),
        BOUND: (28, 9, 0, 4),
    }


def is_feasible(v: int, k: int, lam: int, mu: int) -> bool:
    """Whether the eigenvalues of the adjacency matrix have integral multiplicities, by floats."""
    disc = ((lam - mu) ** 2 + 4 * (k - mu)) ** 0.5
    r, s = (lam - mu + disc) / 2, (lam - mu - disc) / 2
    f = (-k - (v - 1) * s) / (r - s)  # 1 + f + g = v and k + f r + g s = 0
    return bool(abs(f - round(f)) < 1e-9)


def test_multiplicities_by_floats() -> None:
    tried = 0
    for v in range(4, 41):
        for k, lam in product(range(1, v - 1), range(v)):
            mu, rest = divmod(k * (k - lam - 1), v - k - 1)
            if rest or lam >= k or not 0 <= mu <= k:
                continue
            tried += 1
            found = StronglyRegularParameters(v, k, lam, mu).multiplicities
            integral = found is not None and all(m.denominator == 1 for m in found)
            assert integral == is_feasible(v, k, lam, mu)
            if found is not None:
                assert sum(found) == v - 1
    assert tried > 500


@pytest.mark.parametrize(
    ("parameters", "discriminant", "conference", "multiplicities", "complement", "frame"),
    [
        ((5, 2, 0, 1), 5, True, (2, 2), (5, 2, 0, 1), True),
        ((10, 3, 0, 1), 9, False, (5, 4), (10, 6, 3, 4), False),
        ((15, 8, 4, 4), 16, False, (5, 9), (15, 6, 1, 3), True),
        ((15, 6, 1, 3), 16, False, (9, 5), (15, 8, 4, 4), True),
        ((17, 4, 0, 1), 13, False, None, (17, 12, 8, 9), False),
        ((9, 4, 0, 3), 13, False, None, (9, 4, 2, 1), False),  # 2 k = v - 1, not 4 mu
        ((5, 2, 1, 1), 4, False, (1, 3), (5, 2, 0, 2), True),  # lambda is not mu - 1
        ((9, 2, 1, 0), 9, False, (2, 6), (9, 6, 3, 6), False),  # three triangles
        ((6, 4, 2, 4), 4, False, (3, 2), (6, 1, 0, 0), False),
        ((13, 6, 2, 3), 13, True, (6, 6), (13, 6, 2, 3), True),
        ((10, 3, 2, 0), 16, False, (Fraction(3, 2), Fraction(15, 2)), (10, 6, 2, 6), False),
    ],
)
def test_strongly_regular_numbers_by_hand(
    parameters: tuple[int, ...],
    discriminant: int,
    conference: bool,
    multiplicities: Any,
    complement: tuple[int, ...],
    frame: bool,
) -> None:
    found = StronglyRegularParameters(*parameters)
    assert found.discriminant == discriminant
    assert found.is_conference is conference
    assert found.multiplicities == multiplicities
    assert found.complement == StronglyRegularParameters(*complement)
    assert found.complement.complement == found
    assert found.gives_equiangular_tight_frame is frame


@pytest.mark.parametrize(
    ("relation", "parameters"),
    [
        (polygon(5), (5, 2, 0, 1)),
        (johnson(5, 2), (10, 6, 3, 4)),
        (multipartite(3, 2), (6, 1, 0, 0)),
        (hamming(2, 4), (16, 6, 2, 2)),
    ],
)
def test_tables_are_those_of_a_graph(relation: Rows, parameters: tuple[int, ...]) -> None:
    scheme = AssociationScheme(relation)
    assert scheme.strongly_regular_parameters[0] == parameters
    hypothetical = StronglyRegularParameters(*parameters).eigenmatrices
    assert hypothetical.P == scheme.eigenmatrices.P
    assert hypothetical.multiplicities == scheme.eigenmatrices.multiplicities
    assert hypothetical.valencies == scheme.valencies


@pytest.mark.parametrize(
    "parameters", [(5, 4, 3, 4), (5, 0, 0, 0), (5, 2, 2, 1), (5, 2, 0, 3), (1, 0, 0, 0)]
)
def test_strongly_regular_ranges(parameters: tuple[int, ...]) -> None:
    with pytest.raises(InputError) as refusal:
        StronglyRegularParameters(*parameters)
    assert str(refusal.value) == (
        f"(v, k, lambda, mu) = {parameters}; accepted: 0 < k < v - 1, 0 <= lambda < k, 0 <= mu <= k"
    )


@pytest.mark.parametrize("bad", [-1, 1.0, "1", True])
def test_strongly_regular_parameters_are_integers(bad: Any) -> None:
    for place, name in enumerate(("v", "k", "lam", "mu")):
        arguments: list[Any] = [10, 3, 0, 1]
        arguments[place] = bad
        with pytest.raises(InputError, match=f"^{name} is {bad!r}; accepted: an integer of at le"):
            StronglyRegularParameters(*arguments)


def test_boundaries_of_the_ranges_are_accepted() -> None:
    assert StronglyRegularParameters(4, 2, 0, 2).infeasibilities == ()  # the square
    assert StronglyRegularParameters(4, 1, 0, 0).infeasibilities == ()  # two edges
    assert StronglyRegularParameters(4, 2, 1, 2).infeasibilities == (COUNT,)


@pytest.mark.parametrize("value", range(1, 60))
def test_sums_of_two_squares(value: int) -> None:
    expected = any(a * a + b * b == value for a in range(8) for b in range(8))
    assert module._sum_of_two_squares(value) is expected


WHOLE = "an intersection number is negative or not an integer"
IRRATIONAL = "a multiplicity is irrational: the tables are of no scheme"
DEGREES = "a relation would have an odd sum of degrees"


@pytest.mark.parametrize(
    ("b", "c", "valencies", "multiplicities"),
    [
        ((1,), (1,), (1, 1), (1, 1)),  # an edge
        ((3,), (1,), (1, 3), (1, 3)),  # tetrahedron
        ((2, 1), (1, 1), (1, 2, 2), (1, 2, 2)),  # pentagon
        ((3, 2), (1, 1), (1, 3, 6), (1, 5, 4)),  # Petersen
        ((7, 6), (1, 1), (1, 7, 42), (1, 28, 21)),  # Hoffman-Singleton
        ((57, 56), (1, 1), (1, 57, 3192), (1, 1729, 1520)),  # unknown, feasible
        ((3, 2, 1), (1, 2, 3), (1, 3, 3, 1), (1, 3, 3, 1)),  # cube
        ((3, 2, 2), (1, 1, 3), (1, 3, 6, 4), (1, 6, 6, 1)),  # Heawood
        ((5, 2, 1), (1, 2, 5), (1, 5, 5, 1), (1, 3, 5, 3)),  # icosahedron
        ((3, 2, 1, 1, 1), (1, 1, 1, 2, 3), (1, 3, 6, 6, 3, 1), (1, 3, 5, 4, 4, 3)),  # dodecahedron
        ((9, 4, 1), (1, 4, 9), (1, 9, 9, 1), (1, 5, 9, 5)),  # Johnson J(6, 3)
        ((4, 1), (1, 4), (1, 4, 1), (1, 3, 2)),  # octahedron
    ],
)
def test_feasible_arrays(b: Any, c: Any, valencies: Any, multiplicities: Any) -> None:
    array = IntersectionArray(b, c)
    assert array.valencies == valencies
    assert array.order == sum(valencies)
    assert array.diameter == len(b)
    assert array.infeasibilities == ()
    tables = array.eigenmatrices
    assert tables.multiplicities == multiplicities
    assert tables.valencies == valencies
    assert tables.duality_holds()


@pytest.mark.parametrize(
    ("b", "c", "reasons"),
    [
        ((4, 3), (1, 1), (IRRATIONAL,)),  # Moore graph of valency 4
        ((4, 1), (1, 1), (IRRATIONAL,)),
        ((6, 5, 4, 3, 2), (1,) * 5, (IRRATIONAL,)),  # the eigenvalues generate degree 120
        (
            (4, 2),
            (1, 4),
            ("a multiplicity is 4/3: the tables are of no scheme",),
        ),  # parts of 3 in 7
        ((5, 4), (1, 3), (WHOLE,)),  # 20 / 3 points at distance 2
        ((4, 1), (1, 2), (WHOLE,)),  # 2 points at distance 2, yet p_22^2 is negative
        ((3, 1), (1, 1), (DEGREES,)),  # 7 points of valency 3
        ((3, 2), (1, 2), (DEGREES,)),
        ((6, 4, 4), (1, 2, 3), (KREIN, BOUND)),
        ((9, 8), (1, 4), (KREIN, BOUND)),  # (28, 9, 0, 4)
        ((21, 16), (1, 12), (BOUND,)),  # (50, 21, 4, 12)
    ],
)
def test_infeasible_arrays(b: Any, c: Any, reasons: tuple[str, ...]) -> None:
    assert IntersectionArray(b, c).infeasibilities == reasons


def test_an_odd_sum_of_degrees_inside_a_neighbourhood() -> None:
    """The number of points is odd; then it is even, but a_1 k_1 is odd."""
    array = IntersectionArray((5, 1), (1, 1))  # a_1 = 3: 15 / 2 edges between neighbours
    assert array.order == 11
    assert array.infeasibilities == (DEGREES,)
    even: Any = IntersectionArray((5, 3, 1), (1, 1, 5))
    assert even.valencies == (1, 5, 15, 3)
    assert even.order % 2 == 0
    assert even.intersections[1][1][1] == 1  # 5 / 2 edges between the neighbours of a point
    assert even.infeasibilities == (DEGREES,)


def test_exactness_errors_are_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise ExactnessError("too large")

    monkeypatch.setattr(module, "Eigenmatrices", fails)
    with pytest.raises(ExactnessError, match="too large"):
        _ = IntersectionArray((3, 2), (1, 1)).infeasibilities


@pytest.mark.parametrize(
    "relation",
    [polygon(7), hamming(3, 2), hamming(3, 3), johnson(6, 3), johnson(7, 3), hamming(4, 2)],
)
def test_intersections_are_those_of_the_graph(relation: Rows) -> None:
    scheme = AssociationScheme(relation)
    order = tuple(range(scheme.rank))
    array = IntersectionArray(*scheme.intersection_array(order))
    assert array.valencies == scheme.valencies
    assert array.intersections == tuple(scheme.intersection_matrix(i) for i in order)
    assert array.eigenmatrices.multiplicities == scheme.eigenmatrices.multiplicities
    assert array.eigenmatrices.P == scheme.eigenmatrices.P
    assert array.infeasibilities == ()


def test_intersections_by_hand() -> None:
    """The pentagon, and an array with a fraction: 5 * 4 / 3 points at distance 2."""
    pentagon: Any = IntersectionArray((2, 1), (1, 1)).intersections
    assert pentagon[0] == ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    assert pentagon[1] == ((0, 1, 0), (2, 0, 1), (0, 1, 1))
    assert pentagon[2] == ((0, 0, 1), (0, 1, 1), (2, 1, 0))
    fraction: Any = IntersectionArray((5, 4), (1, 3))
    assert fraction.valencies == (1, 5, Fraction(20, 3))
    assert fraction.order == Fraction(38, 3)
    with pytest.raises(
        InputError,
        match=r"^IntersectionArray\(b=\(5, 4\), c=\(1, 3\)\) has an intersection number that is "
        "not an integer$",
    ):
        _ = fraction.eigenmatrices


@pytest.mark.parametrize(
    ("b", "c"),
    [
        ((), ()),
        ((3, 2), (1,)),
        ((3,), (1, 1)),
        ((3, 2), (2, 1)),  # c_1 is 2
        ((2, 2), (1, 1)),  # b_1 + c_1 > b_0
        ((3, 2, 2), (1, 2, 1)),  # b_2 + c_2 > b_0
        ((3, 2), (1, 4)),  # c_2 > b_0
    ],
)
def test_arrays_that_are_none(b: Any, c: Any) -> None:
    with pytest.raises(InputError) as refusal:
        IntersectionArray(b, c)
    assert str(refusal.value) == (
        f"b = {b}, c = {c}; accepted: positive integers, as many in b as in c, c_1 = 1, "
        "b_i + c_i <= b_0"
    )


@pytest.mark.parametrize("bad", [0, -1, 2.0, True, None])
def test_arrays_hold_positive_integers(bad: Any) -> None:
    with pytest.raises(
        InputError, match=rf"^b\[1\] is {bad!r}; accepted: an integer of at least 1$"
    ):
        IntersectionArray((3, bad), (1, 1))
    with pytest.raises(
        InputError, match=rf"^c\[1\] is {bad!r}; accepted: an integer of at least 1$"
    ):
        IntersectionArray((3, 2), (1, bad))
