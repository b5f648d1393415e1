"""What the claims about flows say of exact matrices and of random ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from superposition_numerics.flows import (
    PopulationLoss,
    dimensionality_rates,
    eigenvalue_rates,
    projector_rate,
)
from superposition_numerics.matrices import FloatArray
from superposition_numerics.spectral import gram_dimensionality
from superposition_numerics.toy_model import population_loss
from superposition_theory import flows
from superposition_theory.schemes import complete, cyclic, hamming, johnson
from sympy import Matrix, Rational, Symbol, eye, sqrt

from superposition_proofs.ledger import Context

_STEP = 1e-6  # of central differences
_DIFFERENCE_ERROR = 1e-6  # relative: squared step times third derivatives, rounding over the step
_LEAST_GAP = 0.1  # between eigenvalues of the random matrices
_TIME = Symbol("t")

# ---------------------------------------------------------------- exact cases

_WEIGHTS = {
    "simple": [[1, 0, 1], [0, 1, 1]],
    "irrational": [[1, 2, 0], [0, 1, -1]],
    "three dimensions": [[2, 0, 0, 1], [0, 1, 0, 0], [0, 0, 3, 0]],
    "two digons": [[1, -1, 0, 0], [0, 0, 1, -1]],
    "one dimension": [[1, -2, 3]],
}

Case = tuple[Any, Any]


def gradient_of_size(n: int) -> Any:
    """Return a symmetric rational matrix without structure that M could share.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_laws import gradient_of_size
    >>> gradient_of_size(2)
    Matrix([
    [1,   0],
    [0, 4/3]])
    """
    return Matrix(n, n, lambda i, j: Rational((i + 1) * (j + 1), i + j + 1) - (i - j) ** 2)


def exact_pairs(context: Context) -> Iterator[tuple[str, Case]]:
    """Yield W and G: simple, irrational and repeated eigenvalues.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_laws import exact_pairs
    >>> from superposition_proofs.ledger import Context, Level
    >>> len(list(exact_pairs(Context(Level.quick, 0))))
    5
    """
    for name, rows in _WEIGHTS.items():
        yield name, (Matrix(rows), gradient_of_size(len(rows[0])))


def flows_agree(case: Case, *, gram: Any = 1, frame: Any = 1) -> bool:
    """State the product rule for M = W^T W and F = W W^T."""
    W, G = case
    velocity = flows.weight_flow(W, G)
    left, right = velocity.T * W + W.T * velocity, velocity * W.T + W * velocity.T
    return bool(
        left == gram * flows.gram_flow(W.T * W, G) and right == frame * flows.frame_flow(W, G)
    )


def power_sums_move(case: Case, *, factor: Any = 1) -> bool:
    """State (tr M^j)' = sum_k d_k j lambda_k^(j-1) lambda_k' for j = 1, ..., n."""
    W, G = case
    M = W.T * W
    velocity = flows.gram_flow(M, G)
    spaces = flows.eigenvalue_rates(M, G)
    return all(
        (
            j * (M ** (j - 1) * velocity).trace()
            - sum(j * s.multiplicity * s.value ** (j - 1) * factor * s.rate for s in spaces)
        ).expand()
        == 0
        for j in range(1, M.rows + 1)
    )


def projectors_move(case: Case, *, factor: Any = 1) -> bool | None:
    """State the derivatives of P P = P and M P = lambda P, which determine P'."""
    W, G = case
    M = W.T * W
    spaces = flows.eigenvalue_rates(M, G)
    if any(space.splits for space in spaces):
        return None
    velocity = flows.gram_flow(M, G)
    for space, turned in zip(spaces, flows.projector_rates(M, G), strict=True):
        P, rate = _projector(M, space.value), factor * turned
        idempotent = rate * P + P * rate - rate
        eigenspace = velocity * P + M * rate - space.rate * P - space.value * rate
        if not all(x.expand() == 0 for x in (*idempotent, *eigenspace)):
            return False
    return True


def _projector(M: Any, eigenvalue: Any) -> Any:
    """Return the projector on an eigenspace, from its kernel."""
    shifted = (M - eigenvalue * eye(M.rows)).applyfunc(lambda x: x.expand())
    basis = Matrix.hstack(*shifted.nullspace(simplify=True))
    return (basis * (basis.T * basis).inv() * basis.T).applyfunc(lambda x: x.radsimp().expand())


def projectors_stand(case: Case, *, extra: Any = 0) -> bool | None:
    """State P' = 0 where G is a polynomial in M, plus an extra on one pair of entries."""
    W, _ = case
    M = W.T * W
    G = M * M - 3 * M + eye(M.rows) / 2
    G[0, 1] += extra
    G[1, 0] += extra
    if any(space.splits for space in flows.eigenvalue_rates(M, G)):
        return None
    return all(rate.is_zero_matrix for rate in flows.projector_rates(M, G))


def dimensionality_moves(case: Case, *, factor: Any = 1) -> bool:
    """State the rate of D_i as the derivative of a rational function of time."""
    W, G = case
    M = W.T * W
    rates = flows.dimensionality_rates(M, G)
    moved = M + _TIME * flows.gram_flow(M, G)
    return all(
        (moved[i, i] ** 2 / sum(x * x for x in moved.row(i))).diff(_TIME).subs(_TIME, 0)
        == factor * rates[i]
        for i in range(M.rows)
        if M[i, i]
    )


def saturated_pairs(context: Context) -> Iterator[tuple[str, Case]]:
    """Yield W that saturate their capacity, with one eigenvalue or several, and G.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_laws import saturated_pairs
    >>> from superposition_proofs.ledger import Context, Level
    >>> len(list(saturated_pairs(Context(Level.quick, 0))))
    4
    """
    third = sqrt(3) / 2
    weights = {
        "one dimension": [[1, -2, 3]],
        "two digons": [[1, -1, 0, 0], [0, 0, 3, -1]],
        "triangle": [[1, -Rational(1, 2), -Rational(1, 2)], [0, third, -third]],
        "a pair beside an orthogonal basis": [[2, 0, 0, 1], [0, 1, 0, 0], [0, 0, 3, 0]],
    }
    for name, rows in weights.items():
        yield name, (Matrix(rows), gradient_of_size(len(rows[0])))


def capacity_stands(case: Case) -> bool:
    """State that the rates of D sum to 0, though not every one is 0 unless all D_i are 1."""
    W, G = case
    rates = flows.dimensionality_rates(W.T * W, G)
    return bool(sum(rates) == 0 and any(rates))


def scheme_pairs(context: Context) -> Iterator[tuple[str, Any]]:
    """Yield schemes with the entries of a Gram matrix and of a gradient, by relation.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_laws import scheme_pairs
    >>> from superposition_proofs.ledger import Context, Level
    >>> [name for name, _ in scheme_pairs(Context(Level.quick, 0))][:2]
    ['K_4', '5-cycle']
    """
    named = {
        "K_4": complete(4),
        "5-cycle": cyclic(5),
        "8-cycle": cyclic(8),
        "cube": hamming(3, 2),
        "J(5,2)": johnson(5, 2),
    }
    for name, scheme in named.items():
        values = [7 - 2 * c * c for c in range(scheme.rank)]
        slopes = [(-1) ** c * (c + 2) for c in range(scheme.rank)]
        yield name, (scheme, values, slopes)


def levels_move(case: Any, *, factor: int = 1) -> bool:
    """State that lambda_j' = -4 lambda_j g_j is the flow by intersection numbers."""
    scheme, values, slopes = case
    moved = flows.levels(scheme, flows.algebra_flow(scheme, values, slopes))
    reduced = flows.reduced_flow(scheme, values, slopes)
    return all(a == factor * b for a, b in zip(moved, reduced, strict=True))


# ---------------------------------------------------------------- random cases


def gradient_error(rng: np.random.Generator, *, factor: float = 2.0) -> float:
    """Return the difference of factor <W G, H> to a central difference of the population loss."""
    n, m = int(rng.integers(2, 5)), int(rng.integers(1, 3))
    W, H = rng.normal(size=(2, m, n))
    b, density = rng.normal(size=n) / 4, float(rng.uniform(0.1, 0.9))
    ahead, behind = (population_loss(W + s * _STEP * H, b, density) for s in (1, -1))
    slope = factor * float(((W @ PopulationLoss(density)(W.T @ W, b).gram) * H).sum())
    return abs(float(ahead - behind) / (2 * _STEP) - slope) / (_DIFFERENCE_ERROR * (1 + abs(slope)))


def _moving(rng: np.random.Generator) -> tuple[FloatArray, FloatArray, tuple[FloatArray, ...]]:
    """Return W, G, and W a little before and after along the flow."""
    W, G = rng.normal(size=(3, 4)), rng.normal(size=(4, 4))
    G = (G + G.T) / 2
    return W, G, tuple(W + s * _STEP * -2 * W @ G for s in (1, -1))


def eigenvalue_error(rng: np.random.Generator, *, factor: float = 1.0) -> float | None:
    """Return the difference of the rates of eigenvalues to central differences."""
    W, G, moved = _moving(rng)
    ahead, behind = (np.linalg.eigvalsh(V.T @ V) for V in moved)
    if np.diff(ahead).min() < _LEAST_GAP:
        return None
    rates = factor * eigenvalue_rates(W.T @ W, G)
    return _relative((ahead - behind) / (2 * _STEP) - rates, rates)


def projector_error(rng: np.random.Generator, *, factor: float = 1.0) -> float | None:
    """Return the difference of the rate of the projector on the two largest to a difference."""
    W, G, moved = _moving(rng)
    values, _ = np.linalg.eigh(W.T @ W)
    if values[2] - values[1] < _LEAST_GAP:
        return None
    ahead, behind = (np.linalg.eigh(V.T @ V)[1][:, 2:] for V in moved)
    rate = factor * projector_rate(W.T @ W, G, slice(2, 4))
    return _relative((ahead @ ahead.T - behind @ behind.T) / (2 * _STEP) - rate, rate)


def dimensionality_error(rng: np.random.Generator, *, factor: float = 1.0) -> float:
    """Return the difference of the rates of D to central differences."""
    W, G, moved = _moving(rng)
    ahead, behind = (gram_dimensionality(V) for V in moved)
    rates = factor * dimensionality_rates(W.T @ W, G)
    return _relative((ahead - behind) / (2 * _STEP) - rates, rates)


def _relative(differences: FloatArray, rates: FloatArray) -> float:
    """Return the largest difference over the stated error."""
    return float(np.abs(differences).max() / (_DIFFERENCE_ERROR * (1 + np.abs(rates).max())))
