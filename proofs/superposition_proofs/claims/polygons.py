"""Regular polygons in two dimensions, one feature active at a time."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
from scipy.optimize import minimize
from superposition_numerics.matrices import FloatArray
from superposition_numerics.toy_model import active_losses
from superposition_theory.phases import (
    COSINE,
    THRESHOLD,
    best_polygon,
    polygon_optimum,
)
from superposition_theory.phases.polygons import other_corner, own_output
from sympy import Expr, Symbol

from superposition_proofs.ledger import Claim, ClaimKind

from .algebra import Decided, Identity, Steps, by_algebra, has_decimals, replaced
from .trials import in_trials

t, c, _X = THRESHOLD, COSINE, Symbol("x")
_CHEN = "Chen et al. 2023, arXiv 2310.06301, k-gons of the one-active loss; values ours"
_MODEL = (
    r"\text{exactly one feature active; } w_j = \sqrt a\,(\cos\tfrac{2\pi j}k, "
    r"\sin\tfrac{2\pi j}k),\ b_j = -a t"
)
# Decimals, truncated: squared norm, bias, least loss of all k features.
_VALUES = {
    5: ("1.36997576675701999287", "-0.28229728312677163857", "0.07912813537247098834"),
    6: ("1.743789790283", "-0.618135131868", "0.289154256189"),
    7: ("2.097844456138", "-0.966906339379", "0.582898361016"),
    8: ("2.403894241404", "-1.291192644692", "0.924367477874"),
}


@cache
def _numbers(corners: int, decimals: tuple[str, str, str]) -> bool:
    """Say whether the k-gon has these decimals."""
    polygon = polygon_optimum(corners)
    quantities = (polygon.squared_norm, polygon.bias, corners * polygon.loss)
    return all(
        has_decimals(polygon.bounds(quantity, digits=30), text)
        for quantity, text in zip(quantities, decimals, strict=True)
    )


@cache
def _pentagon_polynomial(quantity: str) -> Expr:
    """Return the minimal polynomial of a quantity of the pentagon."""
    pentagon = polygon_optimum(5)
    value = {"t": t, "a": pentagon.squared_norm}[quantity]
    return pentagon.minimal_polynomial(value).as_expr().subs("x", _X)


def _is_exact_up_to_the_square() -> bool:
    """Say whether digon, triangle and square have unit norm, no bias and no loss, exactly."""
    return all(
        (polygon.squared_norm, polygon.bias, polygon.loss) == (1, 0, 0)
        for polygon in map(polygon_optimum, (2, 3, 4))
    )


_FORMS: Steps = (
    Decided("k = 2, 3, 4 exactly", _is_exact_up_to_the_square),
    Identity("own output, linear part", lambda: own_output()[0], (1 - t) ** 2 * (t + 2) / 6),
    Identity("own output, square part", lambda: own_output()[1], (1 - t) ** 3 / 3),
    Identity("another corner", other_corner, (c - t) ** 3 / (3 * c)),
    Identity(
        "threshold of the pentagon",
        partial(_pentagon_polynomial, "t"),
        11 * _X**8
        + 94 * _X**7
        + 90 * _X**6
        + 205 * _X**5
        + 70 * _X**4
        + 89 * _X**3
        - 44 * _X**2
        - 20 * _X
        + 5,
    ),
    Identity(
        "squared norm of the pentagon",
        partial(_pentagon_polynomial, "a"),
        1375 * _X**8
        - 7000 * _X**7
        + 12325 * _X**6
        - 8575 * _X**5
        + 1975 * _X**4
        - 360 * _X**3
        + 69 * _X**2
        + 44 * _X
        + 16,
    ),
    *(
        Decided(f"decimals of the {k}-gon", partial(_numbers, k, decimals))
        for k, decimals in _VALUES.items()
    ),
)


def _corners(k: int, norm: float) -> FloatArray:
    """Return a regular k-gon, shape (2, k)."""
    angles = 2 * np.pi * np.arange(k) / k
    return np.asarray(np.sqrt(max(norm, 0.0)) * np.array([np.cos(angles), np.sin(angles)]))


def float_optimum_distance(rng: np.random.Generator, *, factor: float = 1.0) -> float:
    """Return how far a float search for the best k-gon ends from the exact one, in errors.

    The search knows the one-active loss only. At a smooth minimum with curvature of order 1 a
    loss that is good to 1e-15 locates the point to about 1e-7.5; the loss itself to rounding.
    """
    k = int(rng.integers(5, 7))
    polygon = polygon_optimum(k)
    a, b, loss = (
        float(sum(polygon.bounds(quantity, digits=20))) / 2
        for quantity in (polygon.squared_norm, polygon.bias, k * polygon.loss)
    )

    def one_active(point: FloatArray) -> float:
        return float(active_losses(_corners(k, point[0]), np.full(k, point[1]))[1])

    start = np.array([rng.uniform(0.8, 2.5), rng.uniform(-1.2, -0.1)])
    found = minimize(
        one_active, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-16}
    )
    places = abs(found.x[0] - factor * a), abs(found.x[1] - b)
    return float(max(max(places) / 1e-6, abs(found.fun - loss) / 1e-14))


POLYGONS = Claim(
    "polygon-optimum",
    "The best regular k-gon for one active feature, exactly",
    r"\tfrac1k \min_{a > 0,\ b \le 0} L = \tfrac13 - \max_{0 \le t < 1} \frac{M^2}{N}, "
    r"\quad M = \tfrac{(1-t)^2(t+2)}6, \quad "
    r"N = \tfrac{(1-t)^3}3 + \sum_{j : c_j > t} \tfrac{(c_j - t)^3}{3 c_j}, \quad a = \tfrac MN; "
    r"\qquad k = 5: \ 11t^8 + 94t^7 + 90t^6 + 205t^5 + 70t^4 + 89t^3 - 44t^2 - 20t + 5 = 0",
    (_MODEL, r"c_j = \cos\tfrac{2\pi j}k,\ j = 1, \ldots, k - 1"),
    _CHEN,
    ClaimKind.theorem,
    (
        by_algebra(
            _FORMS,
            {
                "a missing 1/2": replaced(
                    _FORMS, "own output, linear part", stated=(1 - t) ** 2 * (t + 2) / 3
                ),
                "a coefficient": replaced(
                    _FORMS, "threshold of the pentagon", stated=_X**8 - _X + 1
                ),
                "the last decimal": replaced(
                    _FORMS,
                    "decimals of the 7-gon",
                    question=partial(
                        _numbers, 7, ("2.097844456139", "-0.966906339379", "0.582898361016")
                    ),
                ),
            },
            "population-loss",
        ),
        in_trials(
            float_optimum_distance,
            {"norm off by 1/100": partial(float_optimum_distance, factor=1.01)},
            quick=4,
            full=40,
            description="A derivative-free search on the float one-active loss.",
        ),
    ),
)


def _ranking(features: int, first: tuple[int, ...]) -> bool:
    """Say whether the k-gons for n features begin in this order."""
    return tuple(p.corners for p in best_polygon(features)[: len(first)]) == first


_RANKING: Steps = (
    Decided("n = 5: pentagon", partial(_ranking, 5, (5, 4))),
    Decided("n = 6: hexagon", partial(_ranking, 6, (6, 5))),
    Decided("n = 7: heptagon", partial(_ranking, 7, (7, 6))),
    Decided("n = 8: heptagon and one dropped", partial(_ranking, 8, (7, 8))),
    Decided("n = 9: heptagon and two dropped", partial(_ranking, 9, (7, 8, 6, 9))),
)

BEST_POLYGON = Claim(
    "heptagon-in-the-sparse-limit",
    "Of the regular polygons with the rest dropped the heptagon is best for seven to nine features",
    r"\operatorname{arg\,min}_{2 \le k \le n} \bigl( L_k + \tfrac{n - k}3 \bigr) = \min(n, 7) "
    r"\quad (5 \le n \le 9)",
    (_MODEL, r"\text{sparse limit: a dropped feature costs } \tfrac13", r"L_k = \min L"),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _RANKING,
            {
                "n = 8: octagon": replaced(
                    _RANKING,
                    "n = 8: heptagon and one dropped",
                    question=partial(_ranking, 8, (8, 7)),
                )
            },
            "polygon-optimum",
        ),
    ),
)

CLAIMS = (POLYGONS, BEST_POLYGON)
