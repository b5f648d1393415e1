"""Two features in one dimension: where a pair takes over from dropping, or from another pair."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
from superposition_numerics.landscape import (
    EQUAL_NORMS,
    BranchPoint,
    Crossing,
    Minimum,
    Parameter,
    Setting,
    crossing,
    follow,
    global_minimum,
    local_minima,
)
from superposition_theory import InputError
from superposition_theory.phases import (
    critical_importance,
    importance_line,
    penalty_line,
    stability_crossing,
    symmetric_asymmetric_point,
    triple_point,
    weak_strong_line,
)
from sympy import Rational

from .routes import Located, rational, solved, transition


@cache
def drop_to_pair(density: Fraction) -> Located:
    """Return the importance at which a pair takes over from dropping, of first order.

    Two features in one dimension, importances (1, I).

    Parameters
    ----------
    density : Fraction
        p below the triple point at 0.5117 (the pair is strong), or above 0.87 (the pair is weak;
        closer to the second tricritical point at 0.8373 the jump is too small for the search).

    Returns
    -------
    Located
        Of I.

    Raises
    ------
    InputError
        A density at which the transition is continuous.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.boundaries import drop_to_pair
    >>> str(drop_to_pair(Fraction(2, 5)).value.round(10))
    '0.3372804686'
    """
    p = float(density)
    soft = float(critical_importance(density))  # no boundary lies above it
    setting = Setting(2, 1, p, (1.0, soft))
    found, _, pair = transition(
        setting, Parameter("importance"), 0.3 * soft, soft, _is_dropped, steps=12
    )
    at = _pair_start(pair)
    exact = solved(importance_line(Rational(density), at), [*at.values(), found.value])
    return Located("drop | pair", "I", exact, found)


@cache
def pair_merges(density: Fraction) -> Crossing:
    """Return the importance at which a weak pair merges with dropping, from the float loss alone.

    Parameters
    ----------
    density : Fraction
        p between the tricritical points at 0.5202 and 0.8373.

    Returns
    -------
    Crossing
        In I.

    Raises
    ------
    InputError
        A density at which the two do not merge.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.boundaries import pair_merges
    >>> found = pair_merges(Fraction(3, 5))
    >>> round(found.value, 8), found.order
    (0.66539885, 'second')
    """
    p = float(density)
    soft = float(critical_importance(density))
    setting = Setting(2, 1, p, (1.0, soft))
    high = soft + 0.01
    pair = _pair(setting.vary(Parameter("importance"), high), weak=True)
    return _merger(setting, Parameter("importance"), pair, high, soft - 0.01)


@cache
def pair_merges_by_penalty(density: Fraction, importance: Fraction) -> Crossing:
    """Return the penalty at which a pair merges with dropping, from the float loss alone.

    Parameters
    ----------
    density, importance : Fraction
        p, and I <= 1, where the transition in the penalty is continuous.

    Returns
    -------
    Crossing
        In lambda.

    Raises
    ------
    InputError
        Where the two do not merge.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.boundaries import pair_merges_by_penalty
    >>> round(pair_merges_by_penalty(Fraction(7, 10), Fraction(4, 5)).value, 8)
    0.00151955
    """
    p, weight = float(density), float(importance)
    parameter = Parameter("penalty")
    setting = Setting(2, 1, p, (1.0, weight))
    low, high = 0.0, weight * p / 3
    for _ in range(8):
        middle = (low + high) / 2
        dropped = _is_dropped(global_minimum(setting.vary(parameter, middle), starts=12))
        low, high = (low, middle) if dropped else (middle, high)
    start = 0.9 * low
    pair = global_minimum(setting.vary(parameter, start), starts=12)
    return _merger(setting, parameter, pair, start, high + 0.1 * low)


def _merger(
    setting: Setting, parameter: Parameter, pair: Minimum, start: float, stop: float
) -> Crossing:
    """Follow a pair, and the point that drops its shorter feature, towards each other."""
    kept = np.abs(pair.W) == np.abs(pair.W).max()
    dropped = (kept.astype(float), np.where(kept[0], 0.0, setting.density / 2))
    branches = [
        follow(setting.vary(parameter, start), parameter, W, biases, stop)
        for W, biases in ((pair.W, pair.biases), dropped)
    ]
    return crossing(branches[0], branches[1], (start, stop))


@cache
def weak_to_strong(density: Fraction) -> Located:
    """Return the importance at which a strong pair takes over from a weak one.

    Two features in one dimension, importances (1, I).

    Parameters
    ----------
    density : Fraction
        p between the triple point at 0.5117 and the end of the line at 0.7064.

    Returns
    -------
    Located
        Of I.

    Raises
    ------
    InputError
        Another density.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.boundaries import weak_to_strong
    >>> str(weak_to_strong(Fraction(3, 5)).value.round(8))
    '0.80774993'
    """
    soft = float(critical_importance(density))
    setting = Setting(2, 1, float(density), (1.0, 1.0))
    found, weak, strong = transition(
        setting, Parameter("importance"), soft + 1e-4, 1.0, _is_weak, steps=7
    )
    ends = _pair_start(weak), _pair_start(strong)
    system = weak_strong_line(Rational(density), *ends)
    exact = solved(system, [*ends[0].values(), *ends[1].values(), found.value])
    return Located("weak | strong pair", "I", exact, found)


@cache
def drop_to_pair_by_penalty(density: Fraction, importance: Fraction) -> Located:
    """Return the penalty above which dropping is better than the best pair, of first order.

    Parameters
    ----------
    density, importance : Fraction
        p, and I <= 1, where the transition in the penalty is of first order.

    Returns
    -------
    Located
        Of lambda.

    Raises
    ------
    InputError
        Where it is continuous, or where no pair is better at any penalty.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.boundaries import drop_to_pair_by_penalty
    >>> point = drop_to_pair_by_penalty(Fraction(1, 20), Fraction(1))
    >>> str(point.value.round(8))
    '0.01470505'
    """
    p, weight = float(density), float(importance)
    top = weight * p / 3  # no pair saves as much as its penalty from here on
    setting = Setting(2, 1, p, (1.0, weight))
    found, pair, _ = transition(
        setting, Parameter("penalty"), 0.0, top, lambda m: not _is_dropped(m), steps=9
    )
    at = _pair_start(pair)
    system = penalty_line(Rational(density), Rational(importance), at)
    exact = solved(system, [*at.values(), found.value])
    return Located("drop | pair, penalty", "lambda", exact, found)


@cache
def symmetric_to_asymmetric() -> Located:
    """Return the density, at I = 1, above which the best pair is not symmetric.

    Returns
    -------
    Located
        Of p.

    Examples
    --------
    >>> from superposition_proofs.boundaries import symmetric_to_asymmetric
    >>> str(symmetric_to_asymmetric().value.round(10))
    '0.7064036927'
    """
    found, strong, weak = transition(
        Setting(2, 1, 0.6), Parameter("density"), 0.6, 0.8, lambda m: not _is_weak(m), steps=6
    )
    symmetric = {"a": rational(strong.W[0, 0] ** 2), "b": rational(strong.biases[0])}
    asymmetric = _pair_start(weak)
    system = symmetric_asymmetric_point(symmetric, asymmetric)
    exact = solved(system, [*symmetric.values(), *asymmetric.values(), found.value])
    return Located("symmetric | asymmetric pair", "p", exact, found)


@cache
def strong_pair_on_soft_line() -> Located:
    """Return the point of I_c(p) where the strong pair has the loss of dropping.

    It lies 4e-6 beside the triple point: between the two the weak pair is better than both.

    Returns
    -------
    Located
        Of p.

    Examples
    --------
    >>> from superposition_proofs.boundaries import strong_pair_on_soft_line
    >>> str(strong_pair_on_soft_line().value.round(12))
    '0.511741470172'
    """
    p, importance = 0.51, 0.562
    strong = _pair_start(_pair(Setting(2, 1, p, (1.0, importance)), weak=False))
    exact = solved(stability_crossing(strong), [*strong.values(), importance, p, strong["b1"]])
    return Located("strong pair on I_c", "p", exact, None)


@cache
def drop_weak_strong() -> Located:
    """Return the triple point of dropping, the weak and the strong pair.

    Returns
    -------
    Located
        Of p.

    Examples
    --------
    >>> from superposition_proofs.boundaries import drop_weak_strong
    >>> str(drop_weak_strong().value.round(12))
    '0.511738032118'
    """
    near = strong_pair_on_soft_line().exact
    assert near is not None
    p, importance = near["p"], near["I"]
    strong = {name: near[f"{name}_strong"] for name in ("u", "v", "b1", "b2")}
    found = _pair_start(_pair(Setting(2, 1, float(p), (1.0, float(importance))), weak=True))
    # On I_c the loss beside the dropped point is c3 eps^3 + c4 eps^4, with its minimum at
    # eps = -3 c3/(4 c4); where the losses are equal the pair lies at -c3/(2 c4).
    dropped = {"u": Rational(1), "v": Rational(0), "b1": Rational(0), "b2": p / 2}
    weak = {name: d + Rational(2, 3) * (found[name] - d) for name, d in dropped.items()}
    exact = solved(triple_point(weak, strong), [*weak.values(), *strong.values(), importance, p])
    return Located("drop, weak, strong", "p", exact, None)


def _pair(setting: Setting, *, weak: bool) -> Minimum:
    """Return the lowest weak or strong pair of two features in one dimension."""
    for minimum in local_minima(setting, starts=16):
        if not _is_dropped(minimum) and _is_weak(minimum) == weak:
            return minimum
    kind = "weak" if weak else "strong"
    raise InputError(f"setting is {setting}; accepted: one where a {kind} pair is a minimum")


def _is_dropped(minimum: Minimum) -> bool:
    """Whether a feature is dropped."""
    return bool(np.abs(minimum.W[0]).min() < 1e-6)


def _is_weak(minimum: Minimum) -> bool:
    """Whether a pair is weak (a dropped feature is the weakest)."""
    shorter, longer = sorted(np.abs(minimum.W[0]))
    return bool(shorter <= EQUAL_NORMS * longer)


def _pair_start(point: Minimum | BranchPoint) -> dict[str, Rational]:
    """Return u, v, b1 and b2 of a pair as rationals."""
    numbers = (*np.abs(point.W[0]), *point.biases)
    return dict(zip(("u", "v", "b1", "b2"), map(rational, numbers), strict=True))
