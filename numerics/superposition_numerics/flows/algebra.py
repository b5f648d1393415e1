"""The flow beside the adjacency algebra of a scheme: projection, reduced flow, instability."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError
from superposition_theory.schemes import AssociationScheme, CoherentConfiguration

from ..landscape import hessians
from ..landscape.problem import Problem
from ..matrices import FloatArray
from ..toy_model.arguments import number, numbers
from .integrate import Flow, checked_start, solved
from .losses import GramLoss, PopulationLoss


class AdjacencyAlgebra:
    """The span of the adjacency matrices A_c of a coherent configuration, in floats.

    Parameters
    ----------
    configuration : CoherentConfiguration
        An association scheme, for instance.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.flows import AdjacencyAlgebra
    >>> from superposition_theory.schemes import cyclic
    >>> square = AdjacencyAlgebra(cyclic(4))
    >>> float(square.residual(np.eye(4))), float(square.residual(np.diag([1.0, -1.0, 1.0, -1.0])))
    (0.0, 1.0)
    """

    def __init__(self, configuration: CoherentConfiguration) -> None:
        self.relation = np.array(configuration.relation)
        self.sizes = np.bincount(self.relation.ravel())

    def entries(self, M: npt.ArrayLike) -> FloatArray:
        """Return the mean of M on every colour, shape (..., rank)."""
        matrices = numbers("M", M)
        n = len(self.relation)
        if matrices.shape[-2:] != (n, n):
            raise InputError(f"M has shape {matrices.shape}; accepted: (..., {n}, {n})")
        sums = [matrices[..., self.relation == c].sum(axis=-1) for c in range(len(self.sizes))]
        return np.stack(sums, axis=-1) / self.sizes

    def project(self, M: npt.ArrayLike) -> FloatArray:
        """Return the closest matrix in the algebra, in the Frobenius norm."""
        return np.asarray(self.entries(M)[..., self.relation])

    def residual(self, M: npt.ArrayLike) -> FloatArray:
        """Return the Frobenius distance to the algebra, relative to M; shape (...); 0 for M = 0."""
        matrices = numbers("M", M)
        distance = np.linalg.norm(matrices - self.project(matrices), axis=(-2, -1))
        size = np.linalg.norm(matrices, axis=(-2, -1))
        ratio: FloatArray = np.divide(distance, size, out=np.zeros(distance.shape), where=size > 0)
        return ratio


def reduced_flow(
    scheme: AssociationScheme,
    loss: GramLoss,
    levels: npt.ArrayLike,
    bias: float,
    times: npt.ArrayLike,
    *,
    train_biases: bool = True,
    tolerance: float = 1e-11,
) -> Flow:
    """Integrate lambda_j' = -4 lambda_j g_j for M = sum_j lambda_j E_j, with one bias for all.

    Parameters
    ----------
    scheme : AssociationScheme
        Symmetric.
    loss : callable
        (M, b) -> `GramGradient`. Its G must lie in the algebra where M does and all b are equal;
        the population loss with equal densities and importances is of this kind.
    levels : array_like, shape (d + 1,)
        lambda_j at the first time, at least 0, in the order of the idempotents of `Eigenmatrices`.
    bias : float
    times : array_like, shape (T,)
    train_biases : bool
    tolerance : float

    Returns
    -------
    Flow
        ``gram`` is sum_j lambda_j E_j.

    Raises
    ------
    InputError
        As for `weight_flow`; a scheme that is not symmetric; negative levels or another number of
        them.

    References
    ----------
    Ivanov et al. 2026, gradient flow on a Bose-Mesner algebra.

    Examples
    --------
    >>> from superposition_numerics.flows import PopulationLoss, reduced_flow
    >>> from superposition_theory.schemes import complete
    >>> flow = reduced_flow(complete(3), PopulationLoss(0.1), [0.0, 0.3], 0.0, [0.0, 50.0])
    >>> flow.gram[-1].shape, bool(abs(flow.gram[-1].sum()) < 1e-12)
    ((3, 3), True)
    """
    if not scheme.is_symmetric:
        raise InputError(f"scheme is {scheme!r}, not symmetric; accepted: a symmetric scheme")
    idempotents, multiplicities = idempotents_of(scheme)
    start, offset = numbers("levels", levels), number("bias", bias)
    if start.shape != (len(idempotents),) or not (start >= 0).all():
        raise InputError(
            f"levels = {start.tolist()}; accepted: {len(idempotents)} numbers of at least 0"
        )

    def rate(y: FloatArray) -> FloatArray:
        gram = np.tensordot(y[:-1], idempotents, 1)
        gradient = loss(gram, np.full(scheme.order, y[-1]))
        slopes = np.einsum("kij,ij->k", idempotents, gradient.gram) / multiplicities
        drift = gradient.biases.mean() if train_biases else 0.0
        return -np.append(4 * y[:-1] * slopes, drift)

    y, at, evaluations = solved(rate, np.append(start, offset), times, tolerance)
    biases = np.repeat(y[:, -1:], scheme.order, axis=1)
    return Flow(at, np.tensordot(y[:, :-1], idempotents, 1), biases, None, evaluations)


def idempotents_of(scheme: AssociationScheme) -> tuple[FloatArray, FloatArray]:
    """Return the primitive idempotents, shape (d + 1, n, n), and their ranks, of a real scheme.

    Examples
    --------
    >>> from superposition_numerics.flows.algebra import idempotents_of
    >>> from superposition_theory.schemes import complete
    >>> matrices, ranks = idempotents_of(complete(3))
    >>> matrices[0].round(3).tolist()[0], ranks.tolist()
    ([0.333, 0.333, 0.333], [1.0, 2.0])
    """
    matrices = scheme.eigenmatrices
    Q = np.array([[float(entry.enclosure(64).real) for entry in row] for row in matrices.Q])
    relation = np.array(scheme.relation)
    stacked = np.stack([Q[relation, j] / scheme.order for j in range(scheme.rank)])
    return stacked, np.array(matrices.multiplicities, dtype=np.float64)


def growth_rate(
    times: npt.ArrayLike, residuals: npt.ArrayLike, *, window: tuple[float, float]
) -> float:
    """Return the exponential rate at which residuals grow, by least squares of the logarithm.

    Parameters
    ----------
    times, residuals : array_like, shape (T,)
    window : tuple of float
        Residuals from the first to the second number, both positive, are used: above rounding,
        below saturation.

    Returns
    -------
    float

    Raises
    ------
    InputError
        Shapes that do not fit; times that do not increase; a window that does not start above 0;
        fewer than three residuals in it.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.flows import growth_rate
    >>> t = np.linspace(0, 10, 11)
    >>> round(growth_rate(t, 1e-9 * np.exp(0.5 * t), window=(1e-10, 1e-3)), 12)
    0.5
    """
    at, size = numbers("times", times), numbers("residuals", residuals)
    if at.ndim != 1 or at.shape != size.shape:
        raise InputError(f"residuals has shape {size.shape}; accepted: one for each time")
    if not (np.diff(at) > 0).all():
        raise InputError(f"times = {at.tolist()}; accepted: increasing numbers")
    if not 0 < window[0] < window[1]:
        raise InputError(f"window = {window}; accepted: two positive numbers that increase")
    used = (size >= window[0]) & (size <= window[1])
    if used.sum() < 3:
        raise InputError(
            f"residuals has {used.sum()} entries in the window {window}; accepted: 3 or more"
        )
    return float(np.polyfit(at[used], np.log(size[used]), 1)[0])


def breaking_rate(
    configuration: CoherentConfiguration,
    loss: PopulationLoss,
    W: npt.ArrayLike,
    biases: npt.ArrayLike,
) -> tuple[float, FloatArray]:
    """Return the largest rate at which a perturbation off the algebra grows, and its direction.

    At a critical point that is symmetric (M in the algebra), perturbations x of (W, b) follow
    x' = -H x with the Hessian H of the loss. Directions that change M and b within the algebra at
    first order are left out; they are the orthogonal complement of those that break the symmetry.
    W must have full row rank: a direction in the kernel of W^T moves M at second order only, off
    the algebra too, at a rate that has no part in this one.

    Parameters
    ----------
    configuration : CoherentConfiguration
    loss : PopulationLoss
    W : array_like, shape (m, n)
        Of rank m.
    biases : array_like, shape (n,)

    Returns
    -------
    rate : float
        Positive where the symmetric point is unstable; rotations count as 0.
    direction : ndarray, shape (m n + n,)
        Unit vector, W row by row, then b.

    Raises
    ------
    InputError
        As for the loss, for another number of features, for rows of W that are dependent, and
        where no direction leaves the algebra.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.flows import PopulationLoss, breaking_rate
    >>> from superposition_theory.schemes import complete
    >>> rate, _ = breaking_rate(complete(2), PopulationLoss(0.3), [[1.0, -1.0]], [0.0, 0.0])
    >>> rate < 0
    True
    """
    weights, offsets = checked_start("W", W, biases)
    rank = np.linalg.matrix_rank(weights)
    if rank < len(weights):
        raise InputError(f"W has rank {rank}; accepted: rank {len(weights)}, independent rows")
    algebra = AdjacencyAlgebra(configuration)
    n = weights.shape[-1]
    problem = Problem(weights, offsets, loss.density, loss.importances, 0.0)
    hessian = problem.scale[0] * hessians(
        weights, offsets, loss.density, importances=loss.importances
    )
    size = weights.size
    changes = []
    for direction in np.eye(size + n):
        moved = direction[:size].reshape(weights.shape)
        change = moved.T @ weights + weights.T @ moved
        offset = np.diag(direction[size:])
        outside = (change - algebra.project(change), offset - algebra.project(offset))
        changes.append(np.concatenate([part.ravel() for part in outside]))
    _, singular, rows = np.linalg.svd(np.array(changes).T, full_matrices=False)
    basis = rows[singular > 1e-9 * singular[0]].T
    if not basis.size:
        raise InputError("configuration has no direction that leaves its algebra; accepted: others")
    values, vectors = np.linalg.eigh(basis.T @ hessian @ basis)
    return float(-values[0]), np.asarray(basis @ vectors[:, 0])
