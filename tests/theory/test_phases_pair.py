"""The loss of an output beside an antipodal partner, and its expansions."""

from typing import Any

import pytest
from superposition_theory import InputError
from superposition_theory.phases import (
    BIAS,
    DENSITY,
    OVERLAP,
    SQUARED_NORM,
    System,
    pair_loss,
    small_density_pair,
    sparse_onset,
    symmetric_pair_loss,
)
from sympy import Expr, Rational, Symbol, cancel, diff, integrate, sqrt, symbols

R = Rational
x, y = symbols("x y", positive=True)


def squared_error(a: Rational, s: Rational, b: Rational) -> tuple[Rational, ...]:
    """E (x - (a x - s y + b)_+)^2 for y, x, both active, by cutting [0, 1]^2 where z = 0."""

    def where_positive(slope: Rational, offset: Rational) -> tuple[Rational, Rational]:
        """Return the part of [0, 1] where slope t + offset > 0 (slope != 0)."""
        root = min(max(-offset / slope, R(0)), R(1))
        return (root, R(1)) if slope > 0 else (R(0), root)

    left, right = where_positive(-s, b)
    partner = integrate((b - s * y) ** 2, (y, left, right))
    left, right = where_positive(a, b)
    off = R(1, 3) - integrate(x**2, (x, left, right))
    own = integrate((x - a * x - b) ** 2, (x, left, right)) + off
    # z > 0 for y below (a x + b)/s, which is above 0 for x > -b/a, above 1 for x > (s - b)/a
    begins, full = (min(max(t / a, R(0)), R(1)) for t in (-b, s - b))
    error, edge = (x - (a * x - s * y + b)) ** 2, (a * x + b) / s
    both = integrate(x**2, (x, 0, begins))
    both += integrate(integrate(error, (y, 0, edge)) + (1 - edge) * x**2, (x, begins, full))
    both += integrate(integrate(error, (y, 0, 1)), (x, full, 1))
    return partner, own, both


CELLS = [  # all six sign patterns of (b, b + a, b - s, b + a - s), each with a second point
    ((1, R(1, 2), R(3, 4)), (R(2, 3), R(1, 5), R(1, 4))),  # all on
    ((1, R(1, 2), R(1, 10)), (R(5, 4), R(3, 4), R(1, 3))),  # the strong pair, first output
    ((R(1, 4), R(1, 2), R(1, 10)), (R(1, 9), R(3, 5), R(2, 5))),  # off whenever both are on
    ((1, R(1, 2), R(-1, 10)), (2, 1, R(-1, 3))),
    ((R(1, 2), R(3, 4), R(-1, 10)), (R(3, 5), R(1, 2), R(-1, 5))),
    ((R(1, 2), R(3, 4), R(-2, 3)), (R(1, 3), R(1, 9), R(-1, 2))),  # always off
]


@pytest.mark.parametrize(("sample", "other"), CELLS)
def test_pair_loss_on_every_cell(sample: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    names, p = (SQUARED_NORM, OVERLAP, BIAS), DENSITY
    loss = pair_loss(dict(zip(names, sample, strict=True)))
    for point in (sample, other):
        a, s, b = map(R, point)
        partner, own, both = squared_error(a, s, b)
        nothing = (1 - p) ** 2 * max(b, R(0)) ** 2
        expected = nothing + p * (1 - p) * (partner + own) + p**2 * both
        assert (loss.subs(dict(zip(names, (a, s, b), strict=True))) - expected).expand() == 0


def test_the_loss_of_another_cell_is_wrong() -> None:
    names = (SQUARED_NORM, OVERLAP, BIAS)
    losses = [pair_loss(dict(zip(names, sample, strict=True))) for sample, _ in CELLS]
    for k, (point, _) in enumerate(CELLS):
        at = {**dict(zip(names, point, strict=True)), DENSITY: R(1, 2)}
        values = [loss.subs(at) for loss in losses]
        assert values.count(values[k]) == 1


def test_symmetric_pair_loss_by_hand() -> None:
    # a = 1, s = 1, b = 0: E min(x, y)^2 = 1/6 for both active, nothing otherwise
    assert symmetric_pair_loss().subs({SQUARED_NORM: 1, BIAS: 0}).factor() == DENSITY**2 / 6
    a, b = R(9, 8), R(1, 7)
    partner, own, both = squared_error(a, a, b)
    p = DENSITY
    expected = (1 - p) ** 2 * b**2 + p * (1 - p) * (partner + own) + p**2 * both
    found = symmetric_pair_loss().subs({SQUARED_NORM: a, BIAS: b})
    assert (found - expected).expand() == 0


def test_small_density() -> None:
    p, found = DENSITY, small_density_pair()
    assert found.squared_norm == 1 + p / 8
    assert found.bias == 5 * p**2 / 48
    assert (found.loss - (p**2 / 6 - p**3 / 192)).expand() == 0


@pytest.mark.parametrize("density", [R(1, 100), R(1, 1000)])
def test_small_density_against_the_stationary_pair(density: Rational) -> None:
    loss = symmetric_pair_loss().subs(DENSITY, density)
    found = small_density_pair()
    start = {
        SQUARED_NORM: found.squared_norm.subs(DENSITY, density),
        BIAS: found.bias.subs(DENSITY, density),
    }
    a, b = Symbol("a_"), Symbol("b_")
    renamed = {SQUARED_NORM: a, BIAS: b}
    slopes = [diff(loss, variable).subs(renamed) for variable in renamed]
    solution = System((a, b), slopes).solve(
        {renamed[variable]: value for variable, value in start.items()}, digits=20
    )
    # The next terms: p^2 in a, p^3 in b, p^4 in the loss.
    assert abs(solution[a] - start[SQUARED_NORM]) < density**2
    assert abs(solution[b] - start[BIAS]) < density**3
    least = loss.subs({SQUARED_NORM: solution[a], BIAS: solution[b]})
    assert abs(least - found.loss.subs(DENSITY, density)) < density**4
    # ... so that a wrong coefficient would be seen.
    assert abs(solution[a] - 1) > density / 9
    assert abs(solution[b]) > density**2 / 10


def test_sparse_onset() -> None:
    onset = sparse_onset()
    assert onset.weight == 2 - sqrt(2)
    assert (onset.ratio - (2 + sqrt(2)) / 8).expand() == 0


def test_sparse_onset_by_hand() -> None:
    # Both active: E min(x, s y)^2. Second alone: (1 - s^2)^2/3 instead of 1/3. So iota(s) is
    s = Symbol("s", positive=True)
    first = integrate(integrate(x**2, (x, 0, s * y)) + (1 - s * y) * s**2 * y**2, (y, 0, 1))
    iota: Expr = cancel(first / ((1 - (1 - s**2) ** 2) / 3))
    at = {s: 2 - sqrt(2)}
    assert cancel(diff(iota, s)).subs(at).radsimp().expand() == 0
    assert (iota.subs(at).radsimp() - sparse_onset().ratio).expand() == 0
    assert all(iota.subs(s, R(k, 10)) > sparse_onset().ratio for k in range(1, 11))


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (
            {SQUARED_NORM: 1, OVERLAP: 1},
            r"at has no value for b; accepted: one for each of a, s, b",
        ),
        ({SQUARED_NORM: 1, OVERLAP: 1, BIAS: 0.5}, r"at\[b\] is 0.5; accepted: int, Fraction"),
        ({SQUARED_NORM: 1, OVERLAP: -1, BIAS: 1}, r"at\[s\] is -1; accepted: a number > 0"),
        ({SQUARED_NORM: 0, OVERLAP: 1, BIAS: 1}, r"at\[a\] is 0; accepted: a number > 0"),
        ({SQUARED_NORM: 1, OVERLAP: R(1, 2), BIAS: R(1, 2)}, r"on the wall b - s = 0"),
        ([1, 1, 0], r"at is of type list; accepted: a mapping with the keys a, s, b"),
    ],
)
def test_bad_points_are_refused(at: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        pair_loss(at)
