"""The slope of D in the squared norm: what it is for every W, and how training moves it."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from superposition_numerics.matrices import FloatArray
from superposition_theory.derivations import (
    EXPECTATION,
    Averaged,
    Derivation,
    Expectation,
    Fact,
    Nonnegative,
    Product,
    ScalarIdentity,
    symbol,
)
from sympy import Rational

from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Status,
)

from .capacity_runs import IVANOV, SETTINGS, Training, trained_weights
from .checks import derived
from .trials import in_trials


def slope_and_mean(W: FloatArray, *, power: int = 2) -> tuple[float, float]:
    """Return the slope of D against |w|^2 and the mean of kappa, both weighted by |w|^4.

    The slope is that of the line through the origin of least squares.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_proofs.claims.slopes import slope_and_mean
    >>> [round(x, 12) for x in slope_and_mean(np.array([[2.0, -2.0]]))]
    [0.125, 8.0]
    """
    gram = W.T @ W
    squares, seconds = np.diag(gram), (gram**2).sum(axis=0)
    kept = squares > 0
    norms, kappa = squares[kept], seconds[kept] / squares[kept]
    weights = norms**power
    slope = np.linalg.lstsq(norms[:, None], norms / kappa, rcond=None)[0][0]
    return float(slope), float(weights @ kappa / weights.sum())


def product_error(rng: np.random.Generator, *, power: int = 2, bound: float = 1.0) -> float:
    """Return by how much kappa * slope is off its formula or below 1, relative to rounding.

    The formula is 1 + E[(kappa - kappa')^2 / (kappa kappa')] / 2 for two independent features.
    """
    m, n = int(rng.integers(1, 9)), int(rng.integers(2, 40))
    W = rng.standard_normal((m, n)) * rng.uniform(0.1, 2.0, n)
    slope, mean = slope_and_mean(W, power=power)
    gram = W.T @ W
    kappa, weights = (gram**2).sum(axis=0) / np.diag(gram), np.diag(gram) ** 2
    weights = weights / weights.sum()
    spread = weights @ ((kappa[:, None] - kappa) ** 2 / np.outer(kappa, kappa)) @ weights
    rounding = 100 * n * float(np.finfo(np.float64).eps)
    excess = slope * mean - 1
    return float(max(abs(excess - spread / 2), bound - 1 - excess) / rounding)


def product_of_slope_and_mean(*, parts: int = 2) -> Derivation:
    """Derive E[kappa] E[1/kappa] = 1 + E[(kappa - kappa')^2 / (kappa kappa')] / 2 >= 1.

    Examples
    --------
    >>> from superposition_theory.derivations import check
    >>> from superposition_proofs.claims.slopes import product_of_slope_and_mean
    >>> check(product_of_slope_and_mean()).decided
    True
    """
    E, kappa, other = EXPECTATION, symbol("kappa"), symbol("kappa2")
    spread = (kappa - other) ** 2 / (kappa * other)
    excess = E(kappa) * E(1 / kappa) - 1
    positive = "w is not zero: kappa |w|^2 = |W^T w|^2 >= |w|^4"
    return Derivation(
        "Slope times mean Rayleigh quotient",
        (
            Fact("kappa > 0", kappa, "> 0", positive),
            Fact("kappa2 > 0", other, "> 0", positive),
        ),
        (
            ScalarIdentity("two copies", excess, E(spread) / parts),
            Nonnegative(
                "spread",
                spread,
                (Product(squares=(kappa - other,), divisors=("kappa > 0", "kappa2 > 0")),),
            ),
            Averaged("mean spread", "spread", spread),
            Nonnegative("bound", excess, (Product(Rational(1, parts), factors=("mean spread",)),)),
        ),
        "E is the mean over the features with w_i not 0, weighted by |w_i|^4. The slope through "
        "the origin is sum |w_i|^2 D_i / sum |w_i|^4 with D_i = |w_i|^2 / kappa_i, which is "
        "E[1/kappa]. The spread vanishes iff all kappa_i are equal.",
        (),
        Expectation((("kappa",), ("kappa2",))),
    )


SLOPE = Claim(
    "slope-times-rayleigh-quotient",
    "The slope of D in the squared norm is at least the inverse of the mean Rayleigh quotient",
    r"s = \operatorname*{argmin}_t \sum_i (D_i - t \|w_i\|^2)^2 = \operatorname E[1/\kappa], "
    r"\qquad s \operatorname E[\kappa] = 1 + \tfrac12 \operatorname E\Bigl["
    r"\frac{(\kappa - \kappa')^2}{\kappa \kappa'}\Bigr] \ge 1",
    (
        (
            r"W \ne 0; \ \operatorname E \text{ over } i \text{ with weights } \|w_i\|^4, "
            r"\ \kappa' \text{ an independent copy}"
        ),
        r"\kappa_i = w_i^{\mathsf T} F w_i / \|w_i\|^2",
    ),
    f"ours; explains the product of about 1 in {IVANOV}",
    ClaimKind.theorem,
    (
        derived(
            product_of_slope_and_mean(),
            {
                "a third of the spread": product_of_slope_and_mean(parts=3),
                "a quotient that may vanish": product_of_slope_and_mean().without("kappa > 0"),
            },
        ),
        in_trials(
            product_error,
            {
                "kappa weighted by the squared norm": partial(product_error, power=1),
                "at least 1.001": partial(product_error, bound=1.001),
            },
            quick=40,
            full=500,
            description="Least squares beside the formula on random matrices.",
        ),
    ),
)


# ---------------------------------------------------------------- trained models


def rows_of(trainings: tuple[Training, ...], context: Context) -> list[dict[str, Any]]:
    """Return the slopes of trained models by sparsity, for each size and seed.

    Examples
    --------
    >>> from superposition_proofs.claims.capacity_runs import Training
    >>> from superposition_proofs.claims.slopes import rows_of
    >>> from superposition_proofs.ledger import Context, Level
    >>> (row,) = rows_of((Training(6, 3, (0.0, 0.8), steps=1),), Context(Level.full, 0))
    >>> row["sparsities"], len(row["slopes"])
    ((0.0, 0.8), 2)
    """
    rows: list[dict[str, Any]] = []
    for training in trainings:
        _, weights = trained_weights(training, context)
        for seed in range(training.seeds):
            found = [slope_and_mean(W) for W in weights[:, seed]]
            rows.append(
                {
                    "n": training.features,
                    "m": training.dimensions,
                    "sparsities": training.sparsities,
                    "slopes": [slope for slope, _ in found],
                    "products": [slope * mean for slope, mean in found],
                }
            )
    return rows


def first_is_steepest(trainings: tuple[Training, ...], context: Context) -> Outcome:
    """Decide whether the slope at the first sparsity exceeds all others, for each size and seed.

    Examples
    --------
    >>> from superposition_proofs.claims.capacity_runs import Training
    >>> from superposition_proofs.claims.slopes import first_is_steepest
    >>> from superposition_proofs.ledger import Context, Level
    >>> same = (Training(6, 3, (0.5, 0.5), steps=1),)
    >>> first_is_steepest(same, Context(Level.full, 0)).holds
    False
    """
    rows = rows_of(trainings, context)
    least = min(row["slopes"][0] - max(row["slopes"][1:]) for row in rows)
    reason = f"the first slope exceeds the others by {least:.3g} or more"
    return Outcome(least > 0, reason, least, len(rows), len(rows), details={"rows": rows})


def slopes_rise(trainings: tuple[Training, ...], context: Context) -> Outcome:
    """Decide whether the slope rises from one sparsity to the next, for each size and seed.

    Examples
    --------
    >>> from superposition_proofs.claims.capacity_runs import Training
    >>> from superposition_proofs.claims.slopes import slopes_rise
    >>> from superposition_proofs.ledger import Context, Level
    >>> same = (Training(6, 3, (0.5, 0.5), steps=1),)
    >>> slopes_rise(same, Context(Level.full, 0)).holds
    False
    """
    rows = rows_of(trainings, context)
    least = min(max(b - a for a, b in pairwise(row["slopes"])) for row in rows)
    reason = f"slopes rise by {least:.3g} or more from one sparsity to the next"
    return Outcome(least > 0, reason, least, len(rows), len(rows), details={"rows": rows})


_FALLING = tuple(Training(128, m, (0.0, 0.4, 0.8), seeds=2) for m in (16, 64))
_RISING = (Training(128, 64, (0.8, 0.9, 0.95), seeds=2),)
_SLOPE_OF = r"s = \operatorname*{argmin}_t \sum_i (D_i - t \|w_i\|^2)^2"

LOWER_SLOPES = Claim(
    "sparse-features-lower-the-slope",
    "The slope of D in the squared norm is lower at S = 0.4 and 0.8 than for dense features",
    r"\max\{s(S = 0.4), s(S = 0.8)\} < s(S = 0), \qquad " + _SLOPE_OF,
    (r"n = 128,\ m = 16, 64, \text{ 2 seeds each}", *SETTINGS),
    f"{IVANOV}: from 0.995 at S = 0 to 0.27 at S = 0.99 for n = 1024; only the sign is claimed",
    ClaimKind.conjecture,
    (
        Evidence(
            "training",
            Status.supported,
            first_is_steepest,
            _FALLING,
            {"S = 0.9, 0.95 beside 0.8": _RISING},
            ("slope-times-rayleigh-quotient",),
            level=Level.full,
            description="Sampled training of the same starts at three sparsities.",
        ),
    ),
)

SLOPES_FALL = Claim(
    "slope-falls-with-sparsity",
    "The slope of D in the squared norm falls from each sparsity to the next",
    r"S < S' \implies s(S) > s(S'), \qquad " + _SLOPE_OF,
    (r"\text{trained models of any size}", *SETTINGS),
    f"ours; asked by {IVANOV}",
    ClaimKind.conjecture,
    (
        Evidence(
            "as many dimensions as pairs of features",
            Status.supported,
            slopes_rise,
            _RISING,
            {"S = 0, 0.4, 0.8": _FALLING[1:]},
            ("slope-times-rayleigh-quotient",),
            level=Level.full,
            against=True,
            description="n = 128, m = 64: the slope is lower at S = 0.8 than at 0.9 and 0.95, "
            "for two seeds.",
        ),
    ),
)

CLAIMS = (SLOPE, LOWER_SLOPES, SLOPES_FALL)
