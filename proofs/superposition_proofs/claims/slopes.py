"""The slope of D in the squared norm: what it is for every W, and how training moves it."""

from __future__ import annotations

from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Trend:
    """Models whose slopes are compared, and when.

    Parameters
    ----------
    trainings : tuple of Training
    stage : int
        0 for the weights before the training, 1 for those after it.
    """

    trainings: tuple[Training, ...]
    stage: int = 1


def slopes_fall(trend: Trend, context: Context) -> Outcome:
    """Decide whether the slope falls from each sparsity to the next, for each size and seed.

    Examples
    --------
    >>> from superposition_proofs.claims.capacity_runs import Training
    >>> from superposition_proofs.claims.slopes import Trend, slopes_fall
    >>> from superposition_proofs.ledger import Context, Level
    >>> start = Trend((Training(6, 3, (0.0, 0.8), steps=1),), stage=0)
    >>> slopes_fall(start, Context(Level.full, 0)).reason
    'slopes fall by at least 0 from each sparsity to the next'
    """
    falls: list[float] = []
    rows: list[dict[str, Any]] = []
    for training in trend.trainings:
        weights = trained_weights(training, context)[trend.stage]
        for seed in range(training.seeds):
            found = [slope_and_mean(W) for W in weights[:, seed]]
            falls += [a - b for (a, _), (b, _) in pairwise(found)]
            rows.append(
                {
                    "n": training.features,
                    "m": training.dimensions,
                    "sparsities": training.sparsities,
                    "slopes": [slope for slope, _ in found],
                    "products": [slope * mean for slope, mean in found],
                }
            )
    least = min(falls)
    reason = f"slopes fall by at least {least:.3g} from each sparsity to the next"
    return Outcome(least > 0, reason, least, len(falls), len(falls), details={"rows": rows})


_TREND = tuple(Training(128, m, (0.0, 0.4, 0.8), seeds=2) for m in (16, 64))

SLOPES_FALL = Claim(
    "slope-falls-with-sparsity",
    "The slope of D in the squared norm falls with sparsity",
    r"s(S = 0) > s(S = 0.4) > s(S = 0.8), \qquad "
    r"s = \operatorname*{argmin}_t \sum_i (D_i - t \|w_i\|^2)^2",
    (r"n = 128,\ m = 16, 64, \text{ 2 seeds each}", *SETTINGS),
    f"{IVANOV}: from 0.995 at S = 0 to 0.27 at S = 0.99 for n = 1024; only the sign is claimed",
    ClaimKind.conjecture,
    (
        Evidence(
            "training",
            Status.supported,
            slopes_fall,
            Trend(_TREND),
            {"before training": Trend((replace(_TREND[0], steps=1),), stage=0)},
            ("slope-times-rayleigh-quotient",),
            level=Level.full,
            description="Sampled training of the same starts at three sparsities.",
        ),
    ),
)

CLAIMS = (SLOPE, SLOPES_FALL)
