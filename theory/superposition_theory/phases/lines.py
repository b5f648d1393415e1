"""The boundaries that have no closed form, as systems of polynomial equations.

Each function names the cells by points inside them and returns a `System`; `System.solve` takes a
starting point for all unknowns, and refuses a solution outside these cells. A solution is a point
where stationary points have equal loss; whether they are minima is not a part of the equations.
Pairs are weights (u, -v) in one dimension with importances (1, I).
"""

from collections.abc import Mapping
from typing import Any

from sympy import Expr, Rational

from .branches import Branch, coexistence, dropped_branch, pair_branch, polygon_branch
from .frozen import dropped_loss
from .reading import read_density, read_importance
from .stability import BIAS_RATE, dropped_stability
from .symbols import DENSITY, IMPORTANCE, PENALTY
from .systems import System

Start = Mapping[str, Any]


def importance_line(density: Rational, at: Start) -> System:
    """Return the system for I where a pair takes over from dropping the less important feature.

    Parameters
    ----------
    density : Rational
        p.
    at : mapping of str to Rational
        u, v, b1 and b2 near the pair on the line.

    Returns
    -------
    System
        Unknowns u_pair, v_pair, b1_pair, b2_pair, I.

    Raises
    ------
    InputError
        A density outside (0, 1), and `at` as for `pair_branch`.

    Examples
    --------
    >>> near = {"u": "1.0136", "v": "0.6087", "b1": "0.0005", "b2": "0.0334", "I": "0.0487"}
    >>> start = {name: Rational(text) for name, text in near.items()}
    >>> system = importance_line(Rational(1, 10), start)
    >>> solution = system.solve(dict(zip(system.unknowns, start.values())), digits=12)
    >>> solution["I"].round(10)
    0.0487218979
    """
    return coexistence(
        [dropped_branch(), pair_branch(at)],
        [IMPORTANCE],
        fixed={DENSITY: read_density(density), PENALTY: Rational(0)},
    )


def penalty_line(density: Rational, importance: Rational, at: Start) -> System:
    """Return the system for the penalty at which a pair and the dropped feature have equal loss.

    Parameters
    ----------
    density, importance : Rational
        p, and I <= 1.
    at : mapping of str to Rational
        u, v, b1 and b2 near the pair on the line.

    Returns
    -------
    System
        Unknowns u_pair, v_pair, b1_pair, b2_pair, lambda.

    Raises
    ------
    InputError
        A density outside (0, 1), an importance that is not positive, and `at` as for
        `pair_branch`.

    Examples
    --------
    >>> at = {"u": 1, "v": 1, "b1": Rational(1, 50), "b2": Rational(1, 20)}
    >>> penalty_line(Rational(1, 20), Rational(1), at).unknowns[-1]
    lambda
    """
    return coexistence(
        [dropped_branch(), pair_branch(at)],
        [PENALTY],
        fixed={DENSITY: read_density(density), IMPORTANCE: read_importance(importance)},
    )


def weak_strong_line(density: Rational, weak: Start, strong: Start) -> System:
    """Return the system for I where a weak and a strong pair have equal loss.

    Parameters
    ----------
    density : Rational
        p.
    weak, strong : mapping of str to Rational
        u, v, b1 and b2 near either pair; v is smaller in the weak one.

    Returns
    -------
    System
        Unknowns of the weak pair, of the strong pair, I.

    Raises
    ------
    InputError
        A density outside (0, 1), and points as for `pair_branch`.

    Examples
    --------
    >>> weak = {"u": 1, "v": Rational(1, 4), "b1": Rational(1, 30), "b2": Rational(1, 3)}
    >>> strong = {"u": 1, "v": Rational(3, 4), "b1": Rational(1, 10), "b2": Rational(1, 4)}
    >>> len(weak_strong_line(Rational(11, 20), weak, strong).unknowns)
    9
    """
    one, other = pair_branch(weak, name="weak"), pair_branch(strong, name="strong")
    return coexistence(
        [one, other],
        [IMPORTANCE],
        fixed={DENSITY: read_density(density), PENALTY: Rational(0)},
        positive=[_growth(one, other)],
    )


def stability_crossing(at: Start) -> System:
    """Return the system for the point (p, I_c(p)) where a strong pair has the dropped loss.

    There the line of `importance_line` meets the curve on which the dropped point goes soft.

    Parameters
    ----------
    at : mapping of str to Rational
        u, v, b1 and b2 near the strong pair.

    Returns
    -------
    System
        Unknowns of the pair, I, p, and beta of the bias equation.

    Raises
    ------
    InputError
        As for `pair_branch`.

    Examples
    --------
    >>> at = {"u": 1, "v": Rational(3, 4), "b1": Rational(1, 15), "b2": Rational(1, 5)}
    >>> stability_crossing(at).unknowns[-2:]
    (p, beta)
    """
    stability = dropped_stability()
    return coexistence(
        [dropped_branch(), pair_branch(at, name="strong")],
        [IMPORTANCE, DENSITY, BIAS_RATE],
        fixed={PENALTY: Rational(0)},
        conditions=[
            stability.bias_equation,
            IMPORTANCE * dropped_loss() - stability.stiffness,
        ],
        positive=[BIAS_RATE],
    )


def triple_point(weak: Start, strong: Start) -> System:
    """Return the system for the point (p, I) at which dropped, weak and strong pair coexist.

    Parameters
    ----------
    weak, strong : mapping of str to Rational
        u, v, b1 and b2 near either pair; v is smaller in the weak one.

    Returns
    -------
    System
        Unknowns of the weak pair, of the strong pair, I, p.

    Raises
    ------
    InputError
        As for `pair_branch`.

    Examples
    --------
    >>> weak = {"u": 1, "v": Rational(1, 300), "b1": Rational(1, 4000), "b2": Rational(1, 4)}
    >>> strong = {"u": 1, "v": Rational(3, 4), "b1": Rational(1, 15), "b2": Rational(1, 5)}
    >>> triple_point(weak, strong).unknowns[-2:]
    (I, p)
    """
    one, other = pair_branch(weak, name="weak"), pair_branch(strong, name="strong")
    return coexistence(
        [dropped_branch(), one, other],
        [IMPORTANCE, DENSITY],
        fixed={PENALTY: Rational(0)},
        positive=[_growth(one, other)],
    )


def symmetric_asymmetric_point(symmetric: Start, asymmetric: Start) -> System:
    """Return the system for p, at I = 1, where an asymmetric pair takes over from (w, -w).

    Parameters
    ----------
    symmetric : mapping of str to Rational
        a = w^2 and b near the symmetric pair.
    asymmetric : mapping of str to Rational
        u, v, b1 and b2 near the asymmetric one, u > v.

    Returns
    -------
    System
        Unknowns a_2, b_2, those of the asymmetric pair, p.

    Raises
    ------
    InputError
        As for `polygon_branch` and `pair_branch`.

    Examples
    --------
    >>> symmetric = {"a": Rational(57, 100), "b": Rational(1, 3)}
    >>> weak = {"u": 1, "v": Rational(1, 2), "b1": Rational(1, 5), "b2": Rational(2, 5)}
    >>> symmetric_asymmetric_point(symmetric, weak).unknowns[:2]
    (a_2, b_2)
    """
    pair = pair_branch(asymmetric, name="asymmetric")
    u, v, *_ = pair.unknowns
    return coexistence(
        [polygon_branch(2, symmetric), pair],
        [DENSITY],
        fixed={PENALTY: Rational(0), IMPORTANCE: Rational(1)},
        positive=[u - v],
    )


def polygon_crossing(first: Branch, second: Branch) -> System:
    """Return the system for p, at I = 1, where two branches of polygons have equal loss.

    Parameters
    ----------
    first, second : Branch
        As `polygon_branch` makes them, of equal numbers of features and different corners.

    Returns
    -------
    System
        Their unknowns and constants, and p.

    Raises
    ------
    InputError
        Branches with equal corners.

    Examples
    --------
    >>> digons = polygon_branch(2, {"a": 1, "b": Rational(1, 5)}, pieces=2, dropped=1)
    >>> triangle = polygon_branch(3, {"a": Rational(4, 5), "b": Rational(1, 4)}, dropped=2)
    >>> start = ["0.658", "0.261", "0.832", "0.26", "0.644"]
    >>> system = polygon_crossing(digons, triangle)
    >>> near = dict(zip(system.unknowns, map(Rational, start)))
    >>> system.solve(near, digits=12)[DENSITY].round(10)
    0.6442403645
    """
    return coexistence([first, second], [DENSITY], fixed={})


def _growth(weak: Branch, strong: Branch) -> Expr:
    """Return by how much the less important weight of the strong pair is the larger one."""
    return strong.unknowns[1] - weak.unknowns[1]
