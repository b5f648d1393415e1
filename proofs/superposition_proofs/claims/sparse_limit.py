"""The loss of one active feature in the sparse limit: its pieces, and a search for its minimum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from superposition_numerics.matrices import FloatArray

from superposition_proofs.ledger import Context, Outcome

SOURCE = "proofs/pentagon/other_n.tex"
PIECES = (
    r"D(a, b) = \int_0^1 \bigl(x - (a x + b)_+\bigr)^2 dx",
    r"C(g, b) = \int_0^1 (g x + b)_+^2\, dx",
)
SPARSE_LIMIT = (
    r"T_1 = \sum_j \bigl[D(a_j, b_j) + \sum_{i \ne j} C(g_{ij}, b_j)\bigr], "
    r"\ g = W^{\mathsf T} W,\ a_j = g_{jj}"
)


def sparse_loss_and_gradient(W: FloatArray, biases: FloatArray) -> tuple[float, FloatArray]:
    """Return T_1 for biases <= 0 and its gradient in W and the biases, from closed forms.

    Parameters
    ----------
    W : array, shape (m, n)
    biases : array, shape (n,)
        At most 0.

    Returns
    -------
    float, array of shape (m n + n,)

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_proofs.claims.sparse_limit import sparse_loss_and_gradient
    >>> sparse_loss_and_gradient(np.zeros((2, 3)), np.zeros(3))[0]
    1.0
    """
    gram = W.T @ W
    slope = np.maximum(gram, 1e-300)  # where g <= 0 the output is off: s = 1
    s = np.where(gram > 0, np.minimum(-biases / slope, 1.0), 1.0)
    rest = 1 - s
    square, mixed = gram**2 * rest**3 / 3, gram * rest**2 * (2 + s) / 6
    own = np.diag_indices_from(gram)
    by_gram, by_bias = 2 * mixed, gram * rest**2
    loss = float(square.sum() + (1 / 3 - 2 * mixed[own]).sum())
    by_gram[own] -= 2 * (1 - s[own] ** 3) / 3
    by_bias[own] -= 1 - s[own] ** 2
    by_weights = W @ (by_gram + by_gram.T)
    return loss, np.concatenate((by_weights.ravel(), by_bias.sum(axis=0)))


def descend(features: int, rng: np.random.Generator) -> float:
    """Return where a descent of T_1 in the plane with biases <= 0 ends, from a random start.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_proofs.claims.sparse_limit import descend
    >>> bool(descend(3, np.random.default_rng(0)) > -1e-12)
    True
    """
    size = 2 * features

    def objective(point: FloatArray) -> tuple[float, FloatArray]:
        return sparse_loss_and_gradient(point[:size].reshape(2, features), point[size:])

    start = np.concatenate((1.2 * rng.normal(size=size), -np.abs(0.7 * rng.normal(size=features))))
    bounds = [(None, None)] * size + [(None, 0)] * features
    options = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 2000}
    return float(
        minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).fun
    )


@dataclass(frozen=True)
class Search:
    """A least value of T_1 as stated, and how many descents look for a smaller one.

    Attributes
    ----------
    features : int
    loss : float
    starts : int
    """

    features: int
    loss: float
    starts: int


_LOSS_SLACK = 1e-9  # between the end of a descent and the minimum, with the decimals left out


def is_least(search: Search, context: Context) -> Outcome:
    """Decide whether descents reach a stated loss, and none falls below it.

    Examples
    --------
    >>> from superposition_proofs.claims.sparse_limit import Search, is_least
    >>> from superposition_proofs.ledger import Context, Level
    >>> is_least(Search(2, 0.0, 2), Context(Level.quick, 0)).holds
    True
    """
    ends = [descend(search.features, context.rng("start", k)) for k in range(search.starts)]
    reached = sum(end < search.loss + _LOSS_SLACK for end in ends)
    holds = bool(min(ends) >= search.loss - _LOSS_SLACK and reached)
    reason = (
        f"{reached} of {search.starts} descents end at {search.loss}, the lowest at {min(ends)}"
    )
    return Outcome(holds, reason, cases=search.starts, effective=search.starts)
