"""The frozen candidates: losses, boundaries, triple points."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from superposition_theory import InputError
from superposition_theory.phases import (
    DENSITY,
    IMPORTANCE,
    dropped_bias,
    dropped_loss,
    frozen_boundaries,
    frozen_candidates,
    triple_points,
)
from sympy import Rational, Symbol, cancel, integrate, oo, symbols

p, importance = DENSITY, IMPORTANCE
x, y = symbols("x y", positive=True)

# E(x - (x - y)_+)^2 = E min(x, y)^2 for two active features: what a frozen pair costs per output
pair_loss = integrate(integrate(x**2, (x, 0, y)) + y**2 * (1 - y), (y, 0, 1))


def test_dropped_loss_and_bias() -> None:
    b = Symbol("b", positive=True)
    loss = (1 - p) * b**2 + p * integrate((x - b) ** 2, (x, 0, 1))
    assert cancel(loss.subs(b, p / 2) - dropped_loss()) == 0
    assert loss.diff(b).subs(b, dropped_bias()).expand() == 0
    assert loss.diff(b, 2) == 2  # convex: the stationary bias is the best one
    assert cancel(dropped_loss() - (p / 3 - p**2 / 4)) == 0
    assert (dropped_loss(optimal_bias=False), dropped_bias(optimal_bias=False)) == (p / 3, 0)


@pytest.mark.parametrize("optimal_bias", [True, False])
def test_candidates_cost_what_their_parts_cost(optimal_bias: bool) -> None:
    v = p / 3 - p**2 / 4 if optimal_bias else p / 3
    expected = {
        "drop 3": importance * v,
        "drop 1": v,
        "pair 2-3": p**2 * pair_loss * (1 + importance),
        "pair 1-2": 2 * p**2 * pair_loss,
    }
    assert pair_loss == Rational(1, 6)
    found = frozen_candidates(3, 2, optimal_bias=optimal_bias)
    assert [candidate.name for candidate in found] == list(expected)
    for candidate in found:
        assert cancel(candidate.loss - expected[candidate.name]) == 0
        assert all(candidate.gram[i, i] in {0, 1} for i in range(3))


@pytest.mark.parametrize(
    ("n", "optimal_bias", "lines"),
    [
        (
            2,
            True,
            [
                ("drop 2", "drop 1", importance, 1, Rational(4, 7), 1),
                ("drop 2", "pair 1-2", importance, 2 * p / (4 - 5 * p), 0, Rational(4, 7)),
                ("pair 1-2", "drop 1", importance, 2 / p - Rational(5, 2), 0, Rational(4, 7)),
            ],
        ),
        (
            2,
            False,
            [
                ("drop 2", "pair 1-2", importance, p / (2 - p), 0, 1),
                ("pair 1-2", "drop 1", importance, 2 / p - 1, 0, 1),
            ],
        ),
        (
            3,
            True,
            [
                ("drop 3", "drop 1", importance, 1, Rational(4, 7), 1),
                ("drop 3", "pair 2-3", importance, 2 * p / (4 - 5 * p), 0, Rational(4, 7)),
                ("pair 1-2", "drop 1", p, Rational(4, 7), 1, oo),  # the vertical line
                ("pair 2-3", "pair 1-2", importance, 1, 0, Rational(4, 7)),
            ],
        ),
        (
            3,
            False,
            [
                ("drop 3", "pair 2-3", importance, p / (2 - p), 0, 1),
                ("pair 2-3", "pair 1-2", importance, 1, 0, 1),
            ],
        ),
    ],
)
def test_boundaries(n: int, optimal_bias: bool, lines: list[tuple[Any, ...]]) -> None:
    found = frozen_boundaries(frozen_candidates(n, n - 1, optimal_bias=optimal_bias))
    assert len(found) == len(lines)
    for line, (first, second, variable, value, left, right) in zip(found, lines, strict=True):
        assert (line.first.name, line.second.name) == (first, second)
        assert line.variable == variable
        assert cancel(line.value - value) == 0
        assert line.extent == ((left, right),)


@pytest.mark.parametrize(
    ("n", "optimal_bias", "points"),
    [
        (2, True, ((Rational(4, 7), 1),)),
        (3, True, ((Rational(4, 7), 1),)),
        (2, False, ((1, 1),)),  # on the edge p = 1
        (3, False, ((1, 1),)),
    ],
)
def test_triple_points(n: int, optimal_bias: bool, points: tuple[tuple[Any, Any], ...]) -> None:
    candidates = frozen_candidates(n, n - 1, optimal_bias=optimal_bias)
    assert triple_points(frozen_boundaries(candidates)) == points


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("optimal_bias", [True, False])
def test_the_best_candidate_changes_at_the_boundaries_and_nowhere_else(
    n: int, optimal_bias: bool
) -> None:
    candidates = frozen_candidates(n, n - 1, optimal_bias=optimal_bias)
    lines = frozen_boundaries(candidates)

    def best(density: Rational, weight: Rational) -> str:
        at = {p: density, importance: weight}
        return str(min(candidates, key=lambda candidate: candidate.loss.subs(at)).name)

    for density in (Rational(k, 16) for k in (1, 5, 9, 10, 15)):
        crossed = [
            (line.value.subs(p, density), line)
            for line in lines
            if line.variable == importance
            and any(left < density < right for left, right in line.extent)
        ]
        for value, line in crossed:  # 1 % beside the line
            assert best(density, value * Rational(99, 100)) == line.first.name
            assert best(density, value * Rational(101, 100)) == line.second.name
        ends = [Rational(0), *sorted(value for value, _ in crossed), Rational(100)]
        for left, right in pairwise(ends):
            inside = {best(density, left + (right - left) * Rational(k, 9)) for k in range(1, 9)}
            assert len(inside) == 1


def test_a_vertical_line_separates_its_candidates() -> None:
    (line,) = (b for b in frozen_boundaries(frozen_candidates(3, 2)) if b.variable == p)
    gap = line.second.loss - line.first.loss
    assert (
        gap.subs(p, line.value - Rational(1, 100)) > 0 > gap.subs(p, line.value + Rational(1, 100))
    )
    assert cancel(line.slope_gap - gap.diff(p).subs(p, line.value)) == 0


def test_slopes_differ_along_every_boundary() -> None:
    for line in frozen_boundaries(frozen_candidates(3, 2)):
        gap = (line.second.loss - line.first.loss).diff(line.variable)
        assert cancel(line.slope_gap - gap.subs(line.variable, line.value)) == 0
        assert line.slope_gap != 0  # a kink of the least loss


@pytest.mark.parametrize(
    ("n", "m", "message"),
    [
        (2, 3, r"n = 2, m = 3; accepted: integers with n >= m"),
        (1, 0, r"m is 0; accepted: an integer of at least 1"),
        (2, True, r"m is True; accepted: an integer of at least 1"),
        (Fraction(3), 2, r"n is Fraction\(3, 1\); accepted: an integer"),
    ],
)
def test_bad_sizes_are_refused(n: Any, m: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        frozen_candidates(n, m)


@pytest.mark.parametrize(
    ("n", "m", "names"),
    [  # by hand: 0, 1, ... pairs; the last feature dropped, in a pair, alone
        (1, 1, ["each alone"]),
        (2, 2, ["each alone", "pair 1-2"]),
        (3, 1, ["drop 2, drop 3", "drop 1, drop 2", "pair 1-2, drop 3", "drop 1, pair 2-3"]),
        (
            4,
            2,
            [
                "drop 3, drop 4",
                "drop 1, drop 2",
                "pair 1-2, drop 4",
                "drop 1, pair 3-4",
                "pair 1-2, drop 3",
                "pair 1-2, pair 3-4",
            ],
        ),
    ],
)
def test_candidates_of_other_sizes(n: int, m: int, names: list[str]) -> None:
    assert [candidate.name for candidate in frozen_candidates(n, m)] == names


def test_losses_add_up_over_blocks() -> None:
    v, last = p / 3 - p**2 / 4, importance
    losses = {candidate.name: candidate.loss for candidate in frozen_candidates(5, 2)}
    assert (losses["pair 1-2, pair 3-4, drop 5"] - (2 * p**2 / 3 + last * v)).expand() == 0
    assert (
        losses["drop 1, pair 2-3, pair 4-5"] - (v + p**2 / 3 + (1 + last) * p**2 / 6)
    ).expand() == 0
    assert (losses["pair 1-2, drop 3, drop 4"] - (p**2 / 3 + 2 * v)).expand() == 0
