"""Recognition in floats: the relation of a scheme comes back from a Gram matrix of its algebra."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
from superposition_numerics.matrices import FloatArray
from superposition_numerics.recognition import recognise_gram
from superposition_theory.schemes import AlgebraicNumber, AssociationScheme, canonical
from superposition_theory.schemes.families import cyclic, hamming, johnson, paley
from superposition_theory.schemes.products import direct_product

from superposition_proofs.ledger import Claim, ClaimKind
from superposition_proofs.reference import association_schemes

from .trials import in_trials

_EPSILON = float(np.finfo(np.float64).eps)
_NOISE = (0.0, 1e-6, 1e-4, 1e-3)


@cache
def _schemes() -> tuple[tuple[FloatArray, FloatArray], ...]:
    """Return relations and Q of symmetric schemes: tabulated ones of rank 3 to 6, and families."""
    schemes = [
        AssociationScheme(record.relation)
        for record in association_schemes()
        if record.symmetric and 3 <= len(record.valencies) <= 6 and record.index % 3 == 0
    ]
    schemes += [cyclic(n) for n in range(5, 12)]
    schemes += [hamming(3, 2), hamming(3, 3), johnson(6, 2), johnson(6, 3), johnson(7, 3)]
    schemes += [paley(13), paley(29), direct_product(cyclic(5), cyclic(3))]
    return tuple(
        (np.array(s.relation), np.array([[_real(x) for x in row] for row in s.eigenmatrices.Q]))
        for s in schemes
    )


def _real(number: AlgebraicNumber) -> float:
    """Return a real algebraic number as a float."""
    return float(complex(number.enclosure(64).mid()).real)


def recognition_error(rng: np.random.Generator, *, turned: bool = False) -> float | None:
    """Return the error of the recovered cosines relative to its bound, 2 for another relation.

    A symmetric scheme and levels on some of its idempotents are drawn; unit vectors with that Gram
    matrix are permuted, turned, scaled, and get noise sigma in each of d coordinates. Draws count
    where the gaps delta <= Delta of the sorted cosines (1 among them) have delta^2 >= 40 sigma
    Delta, so that no coarser cut of the cosines stands out more, delta >= 1/50, and no cosine is
    within 1/20 of 0, which would make components. A cosine then moves by at most
    5 sqrt(2) sigma + d sigma^2 plus rounding, for 5 standard deviations. Near miss: one inner
    product moved by half a gap.
    """
    relations = _schemes()
    relation, Q = relations[int(rng.integers(len(relations)))]
    n, rank = len(relation), len(Q)
    levels = rng.uniform(0.3, 1.0, rank) * (rng.random(rank) < 0.6)
    sigma = float(rng.choice(_NOISE))
    if not levels.any():
        return None
    cosines = Q @ levels / (Q[0] @ levels)
    gaps = np.diff(np.sort(cosines))
    separated = gaps.min() >= 0.02 and gaps.min() ** 2 >= 40 * sigma * gaps.max()
    if not separated or np.abs(cosines).min() < 0.05:
        return None
    order = rng.permutation(n)
    permuted = relation[np.ix_(order, order)]
    values, vectors = np.linalg.eigh(cosines[permuted])
    kept = values > 1e-9
    W = np.sqrt(values[kept])[:, None] * vectors[:, kept].T
    W = np.linalg.qr(rng.standard_normal((len(W), len(W))))[0] @ W
    W += sigma * rng.standard_normal(W.shape)
    if turned:
        direction = rng.standard_normal(len(W))
        W[:, 0] += direction / (3 * np.linalg.norm(direction))
    W *= 10 ** rng.uniform(-3, 3)
    components = recognise_gram(W.T @ W, rng=rng).components
    closure = components[0].closure
    if len(components) != 1 or closure is None:
        return 2.0
    if canonical(closure.relation) != canonical(permuted):
        return 2.0
    recovered = components[0].values[closure.relation]
    bound = 5 * np.sqrt(2) * sigma + len(W) * sigma**2 + 100 * n * _EPSILON
    return float(np.abs(recovered - cosines[permuted]).max() / bound)


RECOGNITION = Claim(
    "recognition-is-invariant",
    "A relation is recovered from its Gram matrix after permutation, rotation, scaling and noise",
    r"\operatorname{rel}\bigl(s (R W \Pi + \sigma N)\bigr) = \Pi^{\mathsf T} "
    r"\operatorname{rel}(W)\, \Pi, \quad \text{cosines within } 5 \sqrt2\,\sigma + d \sigma^2",
    (
        (
            r"W^{\mathsf T} W = \sum_j \lambda_j E_j \text{ in a symmetric scheme of rank} \le 6, "
            r"\text{ a cosine of its own for each relation}"
        ),
        (
            r"\sigma \in \{0, 10^{-6}, 10^{-4}, 10^{-3}\}; \text{ gaps of the cosines with } "
            r"\delta^2 \ge 40 \sigma \Delta,\ \delta \ge \tfrac1{50}; \text{ no cosine near } 0"
        ),
    ),
    "ours",
    ClaimKind.conjecture,
    (
        in_trials(
            recognition_error,
            {"one vector that is off by 1/3": partial(recognition_error, turned=True)},
            quick=120,
            full=2000,
            description="Schemes of the table, families and a product, with random levels.",
        ),
    ),
)

CLAIMS = (RECOGNITION,)
