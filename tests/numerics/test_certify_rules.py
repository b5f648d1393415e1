"""Rules, questions, derivatives, symmetry, definiteness, and Krawczyk's test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from superposition_numerics.certify import (
    FLOATS,
    Arithmetic,
    Balls,
    Box,
    Centred,
    Concave,
    Convex,
    Definite,
    Enclosure,
    Fixed,
    Formula,
    Infeasible,
    InfeasibleCentred,
    Inside,
    Lagrangian,
    Natural,
    Positive,
    Rule,
    Tangent,
    centred_value,
    decide,
    enclose_zero,
    is_positive_definite,
    ordered,
    quotient,
)
from superposition_theory import InputError

RINGS: tuple[Arithmetic, ...] = (FLOATS, Fixed(64), Balls(64))
UNIT: Box = ((Fraction(0), Fraction(1)),)
AROUND: Box = ((Fraction(-1), Fraction(1)),)
Formulae = Callable[[Sequence[Any]], Any]


def closes(rule: Rule, function: Formulae, box: Box, ring: Arithmetic, **rest: Any) -> bool:
    """Say whether a rule closes the domain itself."""
    variables = tuple("xyz"[: len(box)])
    question = Positive("q", variables, box, Formula(function), rules=(rule,), **rest)
    verdict = decide(question, ring, most_boxes=1)
    return verdict.answer == "proved"


CENTRED, TANGENT, CONCAVE = Centred(), Tangent(), Concave(0)
TENTH = Fraction(1, 10)

# (rule, closes it, near miss) on the box
TABLE: list[tuple[Rule, Formulae, Formulae, Box]] = [
    (Natural(), lambda x: x[0] + TENTH, lambda x: x[0] - TENTH, UNIT),
    # monotone: the least value at the left end
    (CENTRED, lambda x: x[0] - x[0] ** 2 / 4 + TENTH, lambda x: x[0] - x[0] ** 2 / 4 - TENTH, UNIT),
    # falling: at the right end
    (CENTRED, lambda x: 1 + TENTH - x[0], lambda x: 1 - TENTH - x[0], UNIT),
    # a kink inside: the slope of |x| = 2 x_+ - x lies in [-1, 1] (Clarke)
    (
        CENTRED,
        lambda x: 2 * x[0].positive_part() - x[0] + 1 + TENTH,
        lambda x: 2 * x[0].positive_part() - x[0] - TENTH,
        AROUND,
    ),
    (TANGENT, lambda x: x[0] ** 2 + TENTH, lambda x: x[0] ** 2 - TENTH, AROUND),
    # a tangent that is positive, but under a function that is not convex
    (TANGENT, lambda x: 1 + x[0] ** 4 + x[0] ** 2, lambda x: 1 - 2 * x[0] ** 4, AROUND),
    # |x| - x^2/100 is not convex; at the kink the second derivative is unbounded
    (
        TANGENT,
        lambda x: x[0].positive_part(2) + x[0] ** 2 + TENTH,
        lambda x: x[0] ** 2 / 100 + TENTH - x[0].positive_part(),
        AROUND,
    ),
    (CONCAVE, lambda x: 1 + TENTH - x[0] ** 2, lambda x: 1 - TENTH - x[0] ** 2, AROUND),
    # positive on both faces, but convex between
    (CONCAVE, lambda x: 2 - x[0] ** 2, lambda x: x[0] ** 2 - TENTH, AROUND),
]


@pytest.mark.parametrize("ring", RINGS)
@pytest.mark.parametrize(("rule", "closed", "open_", "box"), TABLE)
def test_rules(rule: Rule, closed: Formulae, open_: Formulae, box: Box, ring: Arithmetic) -> None:
    assert closes(rule, closed, box, ring)
    assert not closes(rule, open_, box, ring)


@pytest.mark.parametrize("ring", RINGS)
@pytest.mark.parametrize("rule", [Natural(), Centred(), Tangent(), Concave(0)])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: 1 / x[0] + 2,  # falls wherever it is defined, and is positive at 1
        lambda x: (1 / x[0]) ** 2 + 1,
        lambda x: (1 / x[0]) ** 3 + 1,
        lambda x: 2 - (1 / x[0]) ** 2,
        lambda x: x[0].sqrt() ** 2 + 1,
        lambda x: x[0].sqrt().cos() + 2,
        lambda x: x[0].sqrt() * 0 + 1,
    ],
)
def test_no_rule_closes_a_box_on_which_the_function_is_undefined(
    ring: Arithmetic, rule: Rule, function: Formulae
) -> None:
    assert not closes(rule, function, AROUND, ring)


@pytest.mark.parametrize("ring", RINGS)
@pytest.mark.parametrize("rule", [Infeasible(), InfeasibleCentred()])
def test_constraints(ring: Arithmetic, rule: Rule) -> None:
    def negative(x: Sequence[Any]) -> Any:
        return x[0] * 0 - 1

    beyond = Formula(lambda x: 2 - x[0])
    touching = Formula(lambda x: 1 - x[0])  # met at 1
    assert closes(rule, negative, UNIT, ring, constraints=(beyond,))
    assert not closes(rule, negative, UNIT, ring, constraints=(touching,))
    assert not closes(rule, negative, UNIT, ring)
    # one of several is enough
    assert closes(rule, negative, UNIT, ring, constraints=(touching, beyond))


def test_a_point_that_violates_a_constraint_refutes_nothing() -> None:
    below = Formula(lambda x: x[0] - Fraction(1, 2))
    right, left = Formula(lambda x: Fraction(3, 4) - x[0]), Formula(lambda x: x[0] - Fraction(1, 4))
    question = Positive("q", ("x",), UNIT, below, (right,))
    assert decide(question, FLOATS, most_boxes=5000).answer == "proved"
    refuted = decide(replace(question, constraints=(left,)), FLOATS)
    assert refuted.answer == "refuted"
    assert refuted.point["x"] <= Fraction(1, 4)  # type: ignore[union-attr]


def test_a_point_that_is_left_out_refutes_nothing() -> None:
    square = Formula(lambda x: x[0] ** 2)
    around_0 = ((Fraction(-1, 8), Fraction(1, 8)),)
    question = Positive("q", ("x",), AROUND, square, left_out=around_0)
    assert decide(question, Fixed(64), most_boxes=5000).answer == "proved"
    assert decide(replace(question, left_out=None), Fixed(64), most_boxes=5000).answer == "refuted"
    beside = ((Fraction(1, 8), Fraction(1, 4)),)
    assert (
        decide(replace(question, left_out=beside), Fixed(64), most_boxes=5000).answer == "refuted"
    )


@pytest.mark.parametrize(
    ("left_out", "match"),
    [
        (((Fraction(1, 3), Fraction(1)),), "floats exactly"),  # a third would be rounded
        (((Fraction(1), Fraction(0)),), "lower <= upper"),
        (((Fraction(0), Fraction(1)),) * 2, "must have 1 sides"),
    ],
)
def test_what_is_left_out_is_checked(left_out: Box, match: str) -> None:
    with pytest.raises(InputError, match=match):
        Positive("q", ("x",), UNIT, Formula(lambda x: x[0]), left_out=left_out)


def test_multipliers_must_not_be_negative() -> None:
    with pytest.raises(InputError, match="multipliers must not be negative"):
        Lagrangian((Fraction(-1),))
    with pytest.raises(InputError, match="multipliers must be 0, one for each constraint, got 1"):
        closes(Lagrangian((Fraction(1),)), lambda x: x[0], UNIT, FLOATS)


def test_a_multiplier_of_a_constraint_that_is_not_active_proves_nothing_false() -> None:
    # x >= -1/2 does not make x + 1/4 positive, whatever the multiplier
    for multiplier in (Fraction(1, 2), Fraction(1), Fraction(2)):
        question = Positive(
            "q",
            ("x",),
            AROUND,
            Formula(lambda x: x[0] + Fraction(1, 4)),
            (Formula(lambda x: -x[0] - Fraction(1, 2)),),
            rules=(Lagrangian((multiplier,)),),
        )
        assert decide(question, FLOATS, most_boxes=1000).answer == "refuted"


def test_constraints_choose_where_to_halve() -> None:
    """A feasible strip along x, while the objective asks for halvings of x: the rest falls off."""
    width = Fraction(1, 100)
    strip = (Formula(lambda x: x[1] - 2 - width), Formula(lambda x: 2 - width - x[1]))
    objective = Formula(lambda x: 50 * x[0] ** 2 - x[0] * x[1] + x[1] ** 2 + Fraction(1, 10))
    side = (Fraction(-2), Fraction(3))
    rules = (Infeasible(), InfeasibleCentred(), Natural(), Centred())
    question = Positive("q", ("x", "y"), (side, side), objective, strip, rules=rules)
    propagated = decide(question, FLOATS, most_boxes=5000)
    plain = decide(replace(question, rules=(rules[0], *rules[2:])), FLOATS, most_boxes=5000)
    assert propagated.answer == plain.answer == "proved"
    assert propagated.boxes < plain.boxes


def test_a_box_that_touches_the_feasible_set_in_a_corner_is_not_cut_for_ever() -> None:
    objective = Formula(lambda x: x[0] + x[1] + Fraction(1, 10))
    corner = ordered((0, 1))  # x <= y, on a box with x >= 1/2 >= y
    box = ((Fraction(1, 2), Fraction(1)), (Fraction(0), Fraction(1, 2)))
    rules = (InfeasibleCentred(), Centred())
    question = Positive("q", ("x", "y"), box, objective, corner, rules=rules)
    assert decide(question, FLOATS, most_boxes=5000).boxes < 10


JETS: list[tuple[Formulae, tuple[Fraction | int, ...], Fraction]] = [
    # at x = 2, y = 3: f_x, f_y, f_xx, f_xy, f_yy by hand
    (lambda x: x[0] * x[1], (3, 2, 0, 1, 0), Fraction(6)),
    (lambda x: x[0] / x[1], (Fraction(1, 3), Fraction(-2, 9), 0, Fraction(-1, 9), Fraction(4, 27)),
     Fraction(2, 3)),
    (lambda x: 6 / x[0], (Fraction(-3, 2), 0, Fraction(3, 2), 0, 0), Fraction(3)),
    (lambda x: 1 - x[1], (0, -1, 0, 0, 0), Fraction(-2)),
    (lambda x: x[0] ** 3 * x[1] ** 2, (108, 48, 108, 72, 16), Fraction(72)),
    (lambda x: (x[0] - 1).positive_part(2), (2, 0, 2, 0, 0), Fraction(1)),
    (lambda x: (x[0] - 3).positive_part(2), (0, 0, 0, 0, 0), Fraction(0)),
    (lambda x: (x[0] + 2 * x[1] + 1).sqrt() * 3 - x[0] / 2, (0, 1, Fraction(-1, 36),
     Fraction(-1, 18), Fraction(-1, 9)), Fraction(8)),
    (lambda x: x[0] * Enclosure(Fraction(2), Fraction(2)) + x[1] * Enclosure(Fraction(3),
     Fraction(3)), (2, 3, 0, 0, 0), Fraction(13)),
    (lambda _: 7, (0, 0, 0, 0, 0), Fraction(7)),  # a constant
    (lambda x: x[0] ** 0 + x[0] ** 1, (1, 0, 0, 0, 0), Fraction(3)),
]  # fmt: skip


@pytest.mark.parametrize("ring", RINGS)
@pytest.mark.parametrize(("function", "derivatives", "value"), JETS)
def test_derivatives_by_hand(
    function: Formulae, derivatives: Any, value: Fraction, ring: Arithmetic
) -> None:
    formula = Formula(function)
    with ring.working():
        x = ring.point([Fraction(2), Fraction(3)])
        hessian = formula.hessian(x)
        found = [formula.value(x), *formula.gradient(x), hessian[0][0], *hessian[1]]
        for enclosure, expected in zip(found, (value, *derivatives), strict=True):
            low, high = enclosure.bounds()
            assert low <= expected <= high
            assert high - low < 1e-12


@pytest.mark.parametrize("ring", RINGS)
def test_a_kink_has_no_second_derivative(ring: Arithmetic) -> None:
    kink = Formula(lambda x: x[0] ** 2 / 100 - x[0].positive_part())
    assert decide(Convex("kink", ("x",), AROUND, kink), ring, most_boxes=500).answer == "undecided"
    beside = ((Fraction(1, 2), Fraction(1)),)
    assert decide(Convex("beside", ("x",), beside, kink), ring).answer == "proved"
    with pytest.raises(InputError, match="at least 1 in a derivative"):
        Formula(lambda x: x[0].positive_part(0)).gradient(ring.point([Fraction(1)]))


def test_convexity_is_refuted_by_a_minor() -> None:
    # both diagonal entries are positive, the determinant is not
    saddle = Formula(lambda x: x[0] ** 2 + 3 * x[0] * x[1] + x[1] ** 2)
    assert decide(Convex("saddle", ("x", "y"), AROUND * 2, saddle), FLOATS).answer == "refuted"


@pytest.mark.parametrize("ring", RINGS)
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_definite_matrices(ring: Arithmetic, size: int) -> None:
    """A Gram matrix is; with its least eigenvalue taken away, and a little more, it is not."""
    rng = np.random.default_rng(size)
    factor = rng.integers(-3, 4, (size, size)) + 4 * np.eye(size, dtype=int)
    gram = factor @ factor.T
    least = float(np.linalg.eigvalsh(gram).min())
    basis = np.linalg.inv(np.linalg.cholesky(gram)).T
    rational = [[Fraction(round(x * 2**20), 2**20) for x in row] for row in basis.tolist()]
    for shift, definite in ((0.99 * least, True), (1.01 * least, False)):
        with ring.working():
            matrix = [
                [ring.number(Fraction(int(gram[i, j])) - (Fraction(shift) if i == j else 0))
                 for j in range(i + 1)]
                for i in range(size)
            ]  # fmt: skip
            assert bool(is_positive_definite(matrix)) is definite
            assert bool(is_positive_definite(matrix, rational)) is definite


@pytest.mark.parametrize("ring", RINGS)
def test_a_pivot_that_may_be_0_decides_nothing(ring: Arithmetic) -> None:
    with ring.working():
        around = ring.number(Enclosure(Fraction(-1), Fraction(1)))
        one = ring.number(1)
        assert not is_positive_definite([[around], [one, one]])
        assert not is_positive_definite([[one], [around * 2, one]])
        assert not is_positive_definite([[ring.number(0)]])
        assert not is_positive_definite([[one / around]])


def test_a_singular_basis_proves_nothing() -> None:
    one, zero = FLOATS.number(1), FLOATS.number(0)
    singular = [[Fraction(1), Fraction(1)], [Fraction(0), Fraction(0)]]
    assert not is_positive_definite([[one], [zero, -one]], singular)


def test_the_mean_value_form_with_an_unbounded_slope_is_unbounded() -> None:
    root = Formula(lambda x: x[0].sqrt())
    box = np.array([[0.0, 1.0]]), np.array([[1.0, 4.0]])
    low, _ = centred_value(root, FLOATS, *box).bounds()
    assert low[0] == -np.inf
    assert low[1] == pytest.approx(1)


def symmetric(x: Sequence[Any]) -> Any:
    a, b, c = x
    return a**2 + b**2 + c**2 - a * b - b * c - c * a + (a * b * c) ** 2 + Fraction(1, 50)


def test_quotients() -> None:
    whole = Positive("s", ("a", "b", "c"), AROUND * 3, Formula(symmetric))
    sixth = quotient(whole, ((0,), (1,), (2,)))
    assert len(sixth.constraints) == 2
    first, second = decide(sixth, FLOATS, most_boxes=5000), decide(whole, FLOATS, most_boxes=5000)
    assert first.answer == second.answer == "proved"
    assert first.boxes < second.boxes


@pytest.mark.parametrize(
    ("change", "blocks", "match"),
    [
        ({"objective": Formula(lambda x: symmetric(x) + x[0] / 10**9)}, ((0,), (1,)), "objective"),
        ({"domain": (*AROUND * 2, *UNIT)}, ((1,), (2,)), "domain"),
        ({"constraints": (Formula(lambda x: x[0] - x[2]),)}, ((0,), (2,)), "constraints"),
        ({"left_out": (*UNIT, *AROUND * 2)}, ((0,), (1,)), "left_out"),
        ({}, ((0,), (0,)), "disjoint"),
        ({}, ((0, 1), (2,)), "one length"),
        ({}, ((0,), (3,)), "from 0 to 2"),
    ],
)
def test_what_is_not_symmetric_has_no_quotient(change: Any, blocks: Any, match: str) -> None:
    whole = Positive("s", ("a", "b", "c"), AROUND * 3, Formula(symmetric))
    with pytest.raises(InputError, match=match):
        quotient(replace(whole, **change), blocks)


def test_constraints_may_change_places() -> None:
    pair = (Formula(lambda x: x[0] - Fraction(1, 2)), Formula(lambda x: x[1] - Fraction(1, 2)))
    whole = Positive("s", ("a", "b", "c"), AROUND * 3, Formula(symmetric), pair)
    assert len(quotient(whole, ((0,), (1,))).constraints) == 3


def test_a_zero_is_enclosed() -> None:
    (root,) = enclose_zero([Formula(lambda x: x[0] ** 2 - 2)], [1.4], digits=60)
    assert root.lower**2 < 2 < root.upper**2
    assert root.width < Fraction(1, 10**60)


@pytest.mark.parametrize(
    ("equations", "start", "options", "match"),
    [
        ([lambda x: x[0] ** 2 + 1], [1.0], {}, "no zero|singular"),  # none
        ([lambda x: x[0] ** 2], [0.5], {}, "no zero|singular"),  # a double one
        ([lambda x: x[0]], [0.0, 1.0], {}, "one number for each of 1"),
        ([lambda x: x[0]], [0.0], {"digits": 2}, "from 5 to 300"),
        (  # a constant that is not known well enough
            [lambda x: x[0] ** 2 - Enclosure(Fraction(1), Fraction(3))],
            [1.4],
            {},
            "no zero",
        ),
    ],
)
def test_what_is_no_isolated_zero_is_rejected(
    equations: Any, start: Any, options: Any, match: str
) -> None:
    with pytest.raises(InputError, match=match):
        enclose_zero([Formula(equation) for equation in equations], start, **options)


def test_letters_are_distinct() -> None:
    rules = (Inside(), Infeasible(), InfeasibleCentred(), Natural(), Centred(), Tangent(),
             Concave(0), Definite(), Lagrangian(()))  # fmt: skip
    assert len({rule.code for rule in rules}) == len(rules)
