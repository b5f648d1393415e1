"""Frozen phase diagrams (Elhage et al. 2022): reproduced, and not those of the optimum."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np
from superposition_numerics.toy_model import loss_and_gradient, population_loss
from superposition_theory.phases import (
    BIAS,
    DENSITY,
    IMPORTANCE,
    OVERLAP,
    SQUARED_NORM,
    Boundary,
    dropped_bias,
    dropped_loss,
    frozen_boundaries,
    frozen_candidates,
    pair_loss,
    triple_points,
)
from superposition_theory.toy_model import ReluModel
from sympy import Poly, Rational, diff, fraction, oo, real_roots, together

from superposition_proofs.ledger import Claim, ClaimKind, Context, Evidence, Outcome, Status

from .algebra import Decided, Identity, by_algebra, replaced
from .hypotheses import LOSS, UNIFORM
from .trials import LOSS_ERROR, in_trials, worst_ratio

p, r = DENSITY, IMPORTANCE
_ELHAGE = "Elhage et al. 2022, Toy Models of Superposition, phase change"
_ERROR = 9 * LOSS_ERROR  # of one output: here |z| is at most 2


@cache
def _lines(n: int, *, optimal_bias: bool = True) -> tuple[Boundary, ...]:
    return frozen_boundaries(frozen_candidates(n, n - 1, optimal_bias=optimal_bias))


def boundary(n: int, first: str, second: str, *, optimal_bias: bool = True) -> Boundary:
    """Return a derived boundary between two frozen candidates, by their names.

    Examples
    --------
    >>> from superposition_proofs.claims.frozen import boundary
    >>> str(boundary(2, "drop 2", "pair 1-2").extent)
    '((0, 4/7),)'
    """
    lines = _lines(n, optimal_bias=optimal_bias)
    return next(line for line in lines if {line.first.name, line.second.name} == {first, second})


def _value(n: int, first: str, second: str, *, optimal_bias: bool = True) -> Any:
    return boundary(n, first, second, optimal_bias=optimal_bias).value


def _triple(n: int) -> Any:
    return triple_points(_lines(n))


def _is_first_order(n: int) -> bool:
    """Say whether the slope gap vanishes nowhere inside the extent of any boundary."""
    for line in _lines(n):
        (along,) = {p, r} - {line.variable}
        numerator = Poly(fraction(together(line.slope_gap))[0], along)
        zeros = real_roots(numerator) if numerator.degree() > 0 else []
        if numerator.is_zero or any(a < zero < b for a, b in line.extent for zero in zeros):
            return False
    return True


# ---------------------------------------------------------------- the dropped feature

_DROPPED = (
    Identity("best bias", dropped_bias, p / 2),
    Identity("loss with the best bias", dropped_loss, p / 3 - p**2 / 4),
    Identity("loss without a bias", partial(dropped_loss, optimal_bias=False), p / 3),
)


def dropped_excess(rng: np.random.Generator, *, constant: float = 0.25) -> float:
    """Return |float loss of a dropped feature at p/2 - formula|, and the slope there, in errors."""
    density = float(rng.uniform())
    found = loss_and_gradient([[0.0]], [density / 2], density)
    stated = density / 3 - constant * density**2
    return worst_ratio([float(found.loss) - stated, found.biases[0]], _ERROR)


DROPPED_FEATURE = Claim(
    "dropped-feature-loss",
    "A feature that is not represented costs p/3 - p^2/4, with the bias p/2",
    r"\min_b \mathbf E\,(x - b_+)^2 = \frac p3 - \frac{p^2}4 =: v(p), \quad b = \frac p2",
    (UNIFORM,),
    f"{_ELHAGE}; the notebook's ignored feature",
    ClaimKind.theorem,
    (
        by_algebra(
            _DROPPED,
            {
                "bias p": replaced(_DROPPED, "best bias", stated=p),
                "a missing 1/2": replaced(
                    _DROPPED, "loss with the best bias", stated=p / 3 - p**2 / 2
                ),
            },
        ),
        in_trials(
            dropped_excess,
            {"constant off by 1/100": partial(dropped_excess, constant=0.2525)},
            quick=20,
            full=200,
            description="The float loss and its slope at the stated bias, at random densities.",
        ),
    ),
)

# ---------------------------------------------------------------- frozen boundaries

_TWO = (
    Identity("drop 2 | pair", partial(_value, 2, "drop 2", "pair 1-2"), 2 * p / (4 - 5 * p)),
    Identity("pair | drop 1", partial(_value, 2, "drop 1", "pair 1-2"), 2 / p - Rational(5, 2)),
    Decided("one triple point", lambda: _triple(2) == ((Rational(4, 7), 1),)),
    Decided("first order", partial(_is_first_order, 2)),
    Identity(
        "drop 2 | pair without biases",
        partial(_value, 2, "drop 2", "pair 1-2", optimal_bias=False),
        p / (2 - p),
    ),
    Identity(
        "pair | drop 1 without biases",
        partial(_value, 2, "drop 1", "pair 1-2", optimal_bias=False),
        (2 - p) / p,
    ),
)
_THREE = (
    Identity("drop 3 | pair 2-3", partial(_value, 3, "drop 3", "pair 2-3"), 2 * p / (4 - 5 * p)),
    Identity("pair 1-2 | drop 1", partial(_value, 3, "drop 1", "pair 1-2"), Rational(4, 7)),
    Identity("pair 2-3 | pair 1-2", partial(_value, 3, "pair 1-2", "pair 2-3"), 1),
    Decided(
        "the last feature has its own dimension for I > 1",
        lambda: boundary(3, "drop 1", "pair 1-2").extent == ((1, oo),),
    ),
    Decided("one triple point", lambda: _triple(3) == ((Rational(4, 7), 1),)),
    Decided("first order", partial(_is_first_order, 3)),
)
_WEIGHTS = {
    (2, "drop 2"): [[1.0, 0.0]],
    (2, "drop 1"): [[0.0, 1.0]],
    (2, "pair 1-2"): [[1.0, -1.0]],
    (3, "drop 3"): [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
    (3, "drop 1"): [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    (3, "pair 2-3"): [[1.0, 0.0, 0.0], [0.0, 1.0, -1.0]],
    (3, "pair 1-2"): [[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]],
}


def float_loss(n: int, name: str, density: float, importance: float) -> float:
    """Return the float loss of a frozen candidate.

    Examples
    --------
    >>> from superposition_proofs.claims.frozen import float_loss
    >>> float_loss(2, "pair 1-2", 0.5, 1.0) - 0.5**2 / 3 < 1e-15
    True
    """
    biases = [density / 2 if name == f"drop {i + 1}" else 0.0 for i in range(n)]
    weights = _WEIGHTS[n, name]
    return float(
        population_loss(weights, biases, density, importances=[1.0] * (n - 1) + [importance])
    )


def boundary_gap(rng: np.random.Generator, *, n: int, factor: float = 1.0) -> float:
    """Return the gap of the float losses of two neighbours on their boundary, in errors.

    The third loss must not lie below: a place outside the stated extent counts as a violation.
    """
    lines = _lines(n)
    line = lines[int(rng.integers(len(lines)))]
    (along,) = {p, r} - {line.variable}
    left, right = line.extent[0]
    place = rng.uniform(float(left), 10.0 if right == oo else float(right))
    at = {along: place, line.variable: factor * float(line.value.subs(along, place))}
    density, importance = float(at[p]), float(at[r])
    losses = {
        name: float_loss(n, name, density, importance) for size, name in _WEIGHTS if size == n
    }
    gap = losses[line.first.name] - losses[line.second.name]
    above = losses[line.first.name] - min(losses.values())
    return worst_ratio([gap, above], _ERROR * (2 + importance))


TWO_FEATURES = Claim(
    "frozen-phases-two-features",
    "Frozen weights, two features in one dimension: three phases and their triple point",
    r"\text{drop 2} \mid \text{pair}: I = \frac{2p}{4 - 5p}, \quad "
    r"\text{pair} \mid \text{drop 1}: I = \frac2p - \frac52 \quad (p < \tfrac47), \quad "
    r"\text{triple point } (p, I) = (\tfrac47, 1), \text{ first order}",
    (
        r"W \in \{(1, 0), (0, 1), (1, -1)\}, \text{ importances } (1, I)",
        r"b = p/2 \text{ for the dropped feature, else } 0",
        UNIFORM,
    ),
    _ELHAGE,
    ClaimKind.theorem,
    (
        by_algebra(
            _TWO,
            {
                "boundary shifted by 1/100": replaced(
                    _TWO, "drop 2 | pair", stated=Rational(101, 100) * 2 * p / (4 - 5 * p)
                ),
                "a sign": replaced(_TWO, "pair | drop 1", stated=2 / p + Rational(5, 2)),
            },
            "dropped-feature-loss",
        ),
        in_trials(
            partial(boundary_gap, n=2),
            {"boundary shifted by 1/100": partial(boundary_gap, n=2, factor=1.01)},
            quick=20,
            full=200,
            description="Float losses of the candidates at random places of the boundaries.",
        ),
    ),
)

THREE_FEATURES = Claim(
    "frozen-phases-three-features",
    "Frozen weights, three features in two dimensions: for I > 1 the last one is never paired",
    r"\text{drop 3} \mid \text{pair 2-3}: I = \frac{2p}{4 - 5p} \ (p < \tfrac47), \quad "
    r"\text{pair 1-2} \mid \text{drop 1}: p = \tfrac47 \ (I > 1)",
    (
        r"\text{one feature dropped, or two in an antipodal pair, unit weights; } I = (1, 1, I)",
        r"b = p/2 \text{ for the dropped feature, else } 0",
        UNIFORM,
    ),
    _ELHAGE,
    ClaimKind.theorem,
    (
        by_algebra(
            _THREE,
            {
                "p = 1/2": replaced(_THREE, "pair 1-2 | drop 1", stated=Rational(1, 2)),
                "boundary shifted by 1/100": replaced(
                    _THREE, "drop 3 | pair 2-3", stated=Rational(101, 100) * 2 * p / (4 - 5 * p)
                ),
            },
            "dropped-feature-loss",
        ),
        in_trials(
            partial(boundary_gap, n=3),
            {"boundary shifted by 1/100": partial(boundary_gap, n=3, factor=1.01)},
            quick=20,
            full=200,
            description="Float losses of the candidates at random places of the boundaries.",
        ),
    ),
)

# ---------------------------------------------------------------- not the optimum


def _pair_slope() -> Any:
    """Return dL/db_1 of the pair (1, -1) at b = 0+, on the side b > 0, in p."""
    loss = pair_loss({SQUARED_NORM: 1, OVERLAP: 1 - Rational(1, 10**6), BIAS: Rational(1, 1000)})
    return diff(loss, BIAS).subs({BIAS: 0, SQUARED_NORM: 1, OVERLAP: 1})


_SLOPE = (Identity("slope in the bias", _pair_slope, -(p**2) / 3),)


def slope_excess(rng: np.random.Generator, *, factor: float = 1.0) -> float:
    """Return |float dL/db_1 + factor p^2/3| at the frozen pair, in errors."""
    density = float(rng.uniform())
    slope = loss_and_gradient([[1.0, -1.0]], [0.0, 0.0], density).biases[0]
    return worst_ratio([slope + factor * density**2 / 3], _ERROR)


PAIR_NOT_CRITICAL = Claim(
    "frozen-pair-is-not-critical",
    "The pair (1, -1) without biases is never a critical point: its slope in a bias is -p^2/3",
    r"\left.\frac{\partial L}{\partial b_1}\right|_{W = (1, -1),\, b = 0} = -\frac{p^2}3",
    (LOSS, UNIFORM),
    "ours; Elhage et al. 2022 freeze the biases of the pair at 0",
    ClaimKind.theorem,
    (
        by_algebra(
            _SLOPE, {"half the slope": replaced(_SLOPE, "slope in the bias", stated=-(p**2) / 6)}
        ),
        in_trials(
            slope_excess,
            {"slope off by 1/100": partial(slope_excess, factor=1.01)},
            quick=20,
            full=200,
            description="The float gradient at the frozen pair, at random densities.",
        ),
    ),
)

Witness = tuple[tuple[tuple[str, ...], ...], tuple[str, ...], str, tuple[str, ...]]


def _beats_frozen(witnesses: tuple[Witness, ...], context: Context) -> Outcome:
    """Decide whether each exact witness has a loss below every frozen candidate."""
    rows = []
    for weights, biases, density, importances in witnesses:
        model = ReluModel(
            [[Rational(x) for x in row] for row in weights],
            [Rational(x) for x in biases],
            [Rational(x) for x in importances],
        )
        loss = model.loss(Rational(density))
        at = {p: Rational(density), r: Rational(importances[-1])}
        n = len(biases)
        frozen = min(c.loss.subs(at) for c in frozen_candidates(n, n - 1))
        rows.append(
            {
                "W": weights,
                "b": biases,
                "p": density,
                "I": importances,
                "loss": str(loss),
                "frozen": str(frozen),
            }
        )
        if not loss < frozen:
            return Outcome(
                False, f"{loss} is not below {frozen}", cases=len(rows), effective=len(rows)
            )
    margin = min(1 - Rational(row["loss"]) / Rational(row["frozen"]) for row in rows)
    return Outcome(
        True,
        f"{len(rows)} exact points lie below every frozen candidate",
        margin=float(margin),
        cases=len(rows),
        effective=len(rows),
        witness=rows[0],
        details={"points": rows},
    )


_WITNESSES: tuple[Witness, ...] = (
    ((("1", "-1"),), ("1/10", "1/10"), "1/2", ("1", "1")),  # biases that are not 0
    ((("93/100", "-47/100"),), ("1/5", "9/20"), "3/4", ("1", "1")),  # a pair that is not symmetric
    ((("1", "-9/25"),), ("3/40", "37/100"), "3/5", ("1", "4/5")),  # a weak pair
)

FROZEN_IS_OPTIMAL = Claim(
    "frozen-theory-is-the-optimum",
    "With trained weights and biases the least loss is that of the best frozen candidate",
    r"\min_{W, b} L = \min\bigl(I\,v(p),\ v(p),\ \tfrac{1 + I}6 p^2\bigr)",
    (r"n = 2,\ m = 1, \text{ importances } (1, I)", LOSS, UNIFORM),
    f"the reading of {_ELHAGE} as the true phase diagram; three phases",
    ClaimKind.folklore,
    (
        Evidence(
            "exact witnesses",
            Status.checked,
            _beats_frozen,
            _WITNESSES,
            {"the frozen pair itself": (((("1", "-1"),), ("0", "0"), "1/2", ("1", "1")),)},
            against=True,
            description="Rational weights and biases whose exact loss lies below all candidates.",
        ),
    ),
)

CLAIMS = (DROPPED_FEATURE, TWO_FEATURES, THREE_FEATURES, PAIR_NOT_CRITICAL, FROZEN_IS_OPTIMAL)
