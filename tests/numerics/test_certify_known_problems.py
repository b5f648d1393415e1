"""Problems of global optimisation with known minima, proved to a part in 10^9."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from scipy.optimize import minimize
from superposition_numerics.certify import (
    FLOATS,
    Arithmetic,
    Balls,
    Box,
    Centred,
    Convex,
    Fixed,
    Formula,
    Infeasible,
    Lagrangian,
    Natural,
    Positive,
    Refuted,
    Rule,
    decide,
    enclose_zero,
    pi_enclosure,
)

BILLIONTH = Fraction(1, 10**9)
HALF = Fraction(1, 2)
PI = pi_enclosure()


def square(side: int, dimension: int = 2) -> Box:
    return ((Fraction(-side), Fraction(side)),) * dimension


def rosenbrock(x: Sequence[Any]) -> Any:
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def camel(x: Sequence[Any]) -> Any:
    u, v = x
    return 4 * u**2 - Fraction(21, 10) * u**4 + u**6 / 3 + u * v - 4 * v**2 + 4 * v**4


def three_humps(x: Sequence[Any]) -> Any:
    u, v = x
    return 2 * u**2 - Fraction(21, 20) * u**4 + u**6 / 6 + u * v + v**2


def goldstein_price(x: Sequence[Any]) -> Any:
    u, v = x
    quadratic = 19 - 14 * u + 3 * u**2 - 14 * v + 6 * u * v + 3 * v**2
    other = 18 - 32 * u + 12 * u**2 + 48 * v - 36 * u * v + 27 * v**2
    return (1 + (u + v + 1) ** 2 * quadratic) * (30 + (2 * u - 3 * v) ** 2 * other)


def branin(x: Sequence[Any]) -> Any:
    u, v = x
    parabola = v - u**2 * (Fraction(51, 40) / PI**2) + u * (5 / PI) - 6
    return parabola**2 + (10 - Fraction(5, 4) / PI) * u.cos() + 10


def rastrigin(x: Sequence[Any]) -> Any:
    return 20 + sum((t**2 - 10 * (t * (2 * PI)).cos() for t in x[1:]), _ripple(x[0]))


def _ripple(t: Any) -> Any:
    return t**2 - 10 * (t * (2 * PI)).cos()


def levy(x: Sequence[Any]) -> Any:
    u, v = 1 + (x[0] - 1) / 4, 1 + (x[1] - 1) / 4
    return (
        (u * PI).sin() ** 2
        + (u - 1) ** 2 * (1 + 10 * (u * PI + 1).sin() ** 2)
        + (v - 1) ** 2 * (1 + (v * (2 * PI)).sin() ** 2)
    )


def beale(x: Sequence[Any]) -> Any:
    u, v = x
    terms = ((Fraction(3, 2), 1), (Fraction(9, 4), 2), (Fraction(21, 8), 3))
    first, second, third = ((c - u + u * v**k) ** 2 for c, k in terms)
    return first + second + third


def booth(x: Sequence[Any]) -> Any:
    return (x[0] + 2 * x[1] - 7) ** 2 + (2 * x[0] + x[1] - 5) ** 2


def matyas(x: Sequence[Any]) -> Any:
    return Fraction(26, 100) * (x[0] ** 2 + x[1] ** 2) - Fraction(48, 100) * x[0] * x[1]


def himmelblau(x: Sequence[Any]) -> Any:
    return (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2


def quartics(x: Sequence[Any]) -> Any:
    first, second, third = ((t**4 - 16 * t**2 + 5 * t) / 2 for t in x)
    return first + second + third


def zakharov(x: Sequence[Any]) -> Any:
    ramp = x[0] / 2 + x[1]
    return x[0] ** 2 + x[1] ** 2 + ramp**2 + ramp**4


def bohachevsky(x: Sequence[Any]) -> Any:
    u, v = x
    ripple = Fraction(3, 10) * (u * (3 * PI)).cos() + Fraction(4, 10) * (v * (4 * PI)).cos()
    return u**2 + 2 * v**2 - ripple + Fraction(7, 10)


def dixon_price(x: Sequence[Any]) -> Any:
    return (x[0] - 1) ** 2 + 2 * (2 * x[1] ** 2 - x[0]) ** 2


def griewank(x: Sequence[Any]) -> Any:
    return (x[0] ** 2 + x[1] ** 2) / 4000 - x[0].cos() * (x[1] * ROOT_HALF).cos() + 1


ROOT_HALF = Fixed(256).number(HALF).sqrt().enclosure()


def shekel(x: Sequence[Any]) -> Any:
    wells = ((4, 1), (1, 2), (8, 2), (6, 4))
    first, *others = (-1 / ((x[0] - a) ** 2 + (x[1] - a) ** 2 + Fraction(c, 10)) for a, c in wells)
    return sum(others, first)


def linear(x: Sequence[Any]) -> Any:
    return x[0] + x[1]


def outside_disc(x: Sequence[Any]) -> Any:
    return x[0] ** 2 + x[1] ** 2 - 2


def distance(x: Sequence[Any]) -> Any:
    return (x[0] - 2) ** 2 + (x[1] - 1) ** 2


def above_parabola(x: Sequence[Any]) -> Any:
    return x[0] ** 2 - x[1]


def beyond_line(x: Sequence[Any]) -> Any:
    return x[0] + x[1] - 2


def norm(x: Sequence[Any]) -> Any:
    return x[0] ** 2 + x[1] ** 2 + x[2] ** 2


def before_plane(x: Sequence[Any]) -> Any:
    return 3 - x[0] - x[1] - x[2]


# Decimals are lower bounds of the minimum, by less than 10^-9, from tables and hand computation.
KNOWN: list[tuple[str, Any, Box, Fraction, tuple[Any, ...]]] = [
    ("rosenbrock", rosenbrock, square(2), Fraction(0), ()),
    ("camel", camel, square(2), Fraction("-1.0316284535"), ()),
    ("three humps", three_humps, square(5), Fraction(0), ()),
    ("goldstein-price", goldstein_price, square(2), Fraction(3), ()),
    ("branin", branin, ((Fraction(-5), Fraction(10)), (Fraction(0), Fraction(15))),
     Fraction("0.3978873577"), ()),
    ("rastrigin", rastrigin, square(5), Fraction(0), ()),
    ("levy", levy, square(10), Fraction(0), ()),
    ("beale", beale, square(4), Fraction(0), ()),
    ("booth", booth, square(10), Fraction(0), ()),
    ("matyas", matyas, square(10), Fraction(0), ()),
    ("himmelblau", himmelblau, square(5), Fraction(0), ()),
    ("three quartics", quartics, square(5, 3), Fraction("-117.4984971114"), ()),
    ("zakharov", zakharov, square(5), Fraction(0), ()),
    ("bohachevsky", bohachevsky, square(8), Fraction(0), ()),
    ("dixon-price", dixon_price, square(8), Fraction(0), ()),
    ("griewank", griewank, square(8), Fraction(0), ()),
    ("four wells", shekel, square(10), Fraction("-10.2050592947"), ()),
    # least x + y on a disc of radius sqrt 2, at (-1, -1)
    ("linear on a disc", linear, square(2), Fraction(-2), (outside_disc,)),
    # nearest point to (2, 1) above y = x^2 and below x + y = 2, at (1, 1)
    ("parabola and line", distance, square(3), Fraction(1), (above_parabola, beyond_line)),
    # nearest point to 0 above x + y + z = 3, at (1, 1, 1)
    ("beyond a plane", norm, square(4, 3), Fraction(3), (before_plane,)),
]  # fmt: skip


# Of Kuhn and Tucker, by hand.
MULTIPLIERS = {
    "linear on a disc": (HALF,),
    "parabola and line": (Fraction(2, 3), Fraction(2, 3)),
    "beyond a plane": (Fraction(2),),
}


def above(case: Any, slack: Fraction) -> Positive:
    name, function, domain, minimum, constraints = case
    level = minimum - slack
    rules: tuple[Rule, ...] = (Infeasible(), Natural(), Centred())
    if constraints:
        rules = (*rules, Lagrangian(MULTIPLIERS[name]))
    return Positive(
        name,
        ("x", "y", "z")[: len(domain)],
        domain,
        Formula(lambda x: function(x) - level),
        tuple(Formula(constraint) for constraint in constraints),
        rules=rules,
    )


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case[0])
def test_known_minima_are_proved(case: Any) -> None:
    assert decide(above(case, BILLIONTH), FLOATS, most_boxes=100_000).answer == "proved"


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case[0])
def test_minima_raised_by_a_billionth_are_not(case: Any) -> None:
    name, function, _, minimum, constraints = case
    raised = above((*case[:3], minimum + BILLIONTH, constraints), -BILLIONTH)
    verdict = decide(raised, FLOATS, most_boxes=10_000)
    assert verdict.answer != "proved"
    if isinstance(verdict, Refuted):
        point = [verdict.point[variable] for variable in raised.variables]
        with Balls(128).working():
            x = Balls(128).point(point)
            assert function(x).bounds()[0] <= minimum + 2 * BILLIONTH
            assert all(constraint(x).bounds()[0] <= 0 for constraint in constraints)
    # the midpoint of a box seldom meets a constraint that is active at the minimum
    assert (verdict.answer == "refuted") == (name not in MULTIPLIERS)


@pytest.mark.parametrize("ring", [Fixed(64), Balls(64)])
@pytest.mark.parametrize(
    ("index", "domain"),
    [
        (1, ((Fraction(-1), Fraction(1)), (Fraction(-5, 4), Fraction(-1, 2)))),  # one minimum
        (2, square(2)),  # three local minima
    ],
)
def test_other_arithmetics_agree(ring: Arithmetic, index: int, domain: Box) -> None:
    name, function, _, minimum, constraints = KNOWN[index]
    case = (name, function, domain, minimum, constraints)
    assert decide(above(case, BILLIONTH), ring).answer == "proved"
    assert decide(above(case, -BILLIONTH), ring).answer == "refuted"


def test_a_minimum_is_enclosed_and_strict() -> None:
    """Outside a box by branch and bound, inside by convexity, the point itself by Krawczyk."""
    point = enclose_zero([Formula(slope_by_u), Formula(slope_by_v)], [-0.09, 0.71])
    box = tuple(
        (Fraction(round(side.middle * 64) - 2, 64), Fraction(round(side.middle * 64) + 2, 64))
        for side in point
    )
    assert all(
        low < side.lower < side.upper < high for side, (low, high) in zip(point, box, strict=True)
    )
    ring = Balls(200)
    with ring.working():
        minimum = camel([ring.number(side) for side in point]).enclosure()
    found = minimize(lambda x: camel(x.tolist()), [-0.09, 0.71], method="Nelder-Mead", tol=1e-12)
    assert float(minimum.digits(20)) == pytest.approx(found.fun, abs=1e-14)
    upper_half = ((Fraction(-2), Fraction(2)), (Fraction(0), Fraction(2)))
    excess = Formula(lambda x: camel(x) - minimum)
    outside = Positive("outside", ("u", "v"), upper_half, excess, left_out=box)
    assert decide(outside, FLOATS).answer == "proved"
    assert decide(Convex("inside", ("u", "v"), box, Formula(camel)), FLOATS).answer == "proved"


def slope_by_u(x: Sequence[Any]) -> Any:
    return 8 * x[0] - Fraction(42, 5) * x[0] ** 3 + 2 * x[0] ** 5 + x[1]


def slope_by_v(x: Sequence[Any]) -> Any:
    return x[0] - 8 * x[1] + 16 * x[1] ** 3
