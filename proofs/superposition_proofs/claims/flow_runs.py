"""Evidence by integrated flows: the Gram flow beside that of W, and schemes along the flow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from superposition_numerics.flows import (
    AdjacencyAlgebra,
    Flow,
    GramGradient,
    PopulationLoss,
    breaking_rate,
    gram_flow,
    growth_rate,
    reduced_flow,
    weight_flow,
)
from superposition_numerics.flows.algebra import idempotents_of
from superposition_numerics.landscape import polish
from superposition_numerics.matrices import FloatArray
from superposition_theory.schemes import AssociationScheme, complete, cyclic

from superposition_proofs.ledger import Context, Evidence, Level, Outcome, Status

_AGREEMENT = 1e-8  # of entries of M and b, which are of order 1
_LOCAL_ERROR = 1e-13  # of a step; kinks hide errors, a passage near a saddle multiplies them
_CONVERGED = 1e-5  # largest entry of G M and dL/db at the end of a training


# ---------------------------------------------------------------- Gram flow and flow of W


@dataclass(frozen=True)
class Training:
    """A training from random weights by the flow of W, and by that of M.

    Parameters
    ----------
    features, dimensions : int
    density : float
    end : float
        The time at which the gradient is small.
    factor : float
        Multiplies G in the Gram flow; 1 is the truth.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_runs import Training
    >>> Training(3, 2, 0.1, 700.0).factor
    1.0
    """

    features: int
    dimensions: int
    density: float
    end: float
    factor: float = 1.0

    def difference(self, rng: np.random.Generator) -> tuple[float, float]:
        """Return the largest difference of the two flows, and of G M and dL/db at the end."""
        loss = PopulationLoss(self.density)
        W = 0.3 * rng.normal(size=(self.dimensions, self.features))
        b = np.zeros(self.features)
        times = np.concatenate(([0.0], np.geomspace(self.end / 1000, self.end, 40)))
        by_weights = weight_flow(loss.of_weights, W, b, times, tolerance=_LOCAL_ERROR)
        by_gram = gram_flow(
            self._scaled(loss),
            W.T @ W,
            b,
            times,
            rank=self.dimensions,
            tolerance=_LOCAL_ERROR,
        )
        last = loss(by_gram.gram[-1], by_gram.biases[-1])
        apart = (by_weights.gram - by_gram.gram, by_weights.biases - by_gram.biases)
        rates = (last.gram @ by_gram.gram[-1], last.biases)
        return (
            float(max(np.abs(part).max() for part in apart)),
            float(max(np.abs(part).max() for part in rates)),
        )

    def _scaled(self, loss: PopulationLoss) -> Callable[[FloatArray, FloatArray], GramGradient]:
        """Return the loss with G multiplied by the factor."""

        def scaled(M: FloatArray, b: FloatArray) -> GramGradient:
            found = loss(M, b)
            return replace(found, gram=self.factor * found.gram)

        return scaled


def check_trainings(trainings: tuple[Training, ...], context: Context) -> Outcome:
    """Check that both flows agree to 1e-8 all the way; trainings that have not converged count not.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_runs import Training, check_trainings
    >>> from superposition_proofs.ledger import Context, Level
    >>> wrong = (Training(2, 1, 0.3, 5.0, factor=0.5),)
    >>> check_trainings(wrong, Context(Level.quick, 0)).holds
    False
    """
    worst, converged, details = 0.0, 0, {}
    for k, training in enumerate(trainings):
        difference, rate = training.difference(context.rng("training", k))
        name = f"n={training.features}, m={training.dimensions}, p={training.density}"
        details[name] = {"difference": difference, "last rate": rate}
        worst = max(worst, difference)
        converged += rate <= _CONVERGED
    reason = f"largest difference {worst:.2g}, {converged} converged"
    margin = 1 - worst / _AGREEMENT
    return Outcome(margin >= 0, reason, margin, len(trainings), converged, details=details)


_TRAININGS = (Training(3, 2, 0.1, 1500.0), Training(5, 2, 0.05, 700.0))

FULL_TRAINING = Evidence(
    "full training",
    Status.supported,
    check_trainings,
    _TRAININGS,
    {
        "half of G": (Training(3, 2, 0.1, 30.0, factor=0.5),),
        "the other sign of G": (Training(3, 2, 0.1, 30.0, factor=-1.0),),
    },
    level=Level.full,
    description="Order 8, local error 1e-13; from random weights until G M, dL/db are below 1e-5.",
)


# ---------------------------------------------------------------- schemes along the flow


@dataclass(frozen=True)
class SymmetricStart:
    """A regular geometry, scaled, and the flow of the toy model from it.

    Parameters
    ----------
    name : str
    scheme : AssociationScheme
    idempotents : tuple of int
        J of M = lambda sum_J E_j.
    density : float
    end : float
    level : float
        lambda at the start.
    noise : float
        Of random entries added to W.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_runs import SymmetricStart
    >>> from superposition_theory.schemes import complete
    >>> SymmetricStart("triangle", complete(3), (1,), 0.5, 1.0).weights.shape
    (2, 3)
    """

    name: str
    scheme: AssociationScheme
    idempotents: tuple[int, ...]
    density: float
    end: float
    level: float = 0.3
    noise: float = 0.0

    @property
    def loss(self) -> PopulationLoss:
        """The loss."""
        return PopulationLoss(self.density)

    @cached_property
    def levels(self) -> FloatArray:
        """The levels at the start."""
        return np.array(
            [self.level * (j in self.idempotents) for j in range(self.scheme.rank)],
            dtype=np.float64,
        )

    @cached_property
    def weights(self) -> FloatArray:
        """W at the start."""
        matrices, _ = idempotents_of(self.scheme)
        return factor(np.tensordot(self.levels, matrices, 1))

    def flow(self, times: FloatArray, rng: np.random.Generator) -> Flow:
        """Return the flow of W with an error of 1e-11 a step."""
        W = self.weights + self.noise * rng.normal(size=self.weights.shape)
        return weight_flow(self.loss.of_weights, W, np.zeros(self.scheme.order), times)


def factor(M: FloatArray) -> FloatArray:
    """Return W of full row rank with W^T W = M.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_proofs.claims.flow_runs import factor
    >>> factor(np.ones((2, 2))).shape
    (1, 2)
    """
    values, vectors = np.linalg.eigh(M)
    kept = values > 1e-9 * values[-1]
    return np.asarray(np.sqrt(values[kept])[:, None] * vectors[:, kept].T)


STABLE = (
    SymmetricStart("triangle", complete(3), (1,), 0.5, 200.0),
    SymmetricStart("tetrahedron", complete(4), (1,), 0.3, 200.0),
    SymmetricStart("antipodal pairs", cyclic(4), (1,), 0.3, 200.0),
    SymmetricStart("pentagon", cyclic(5), (1,), 0.05, 300.0),
    SymmetricStart("square antiprism", cyclic(8), (1, 4), 0.05, 50.0),
)


def check_conserved(starts: tuple[SymmetricStart, ...], context: Context) -> Outcome:
    """Check that M stays in the Bose-Mesner algebra to 1e-8 along the flow of W.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from superposition_proofs.claims.flow_runs import STABLE, check_conserved
    >>> from superposition_proofs.ledger import Context, Level
    >>> noisy = (replace(STABLE[0], noise=1e-3, end=5.0),)
    >>> check_conserved(noisy, Context(Level.quick, 0)).holds
    False
    """
    residuals = {}
    for start in starts:
        times = np.linspace(0.0, start.end, 21)
        flow = start.flow(times, context.rng("noise"))
        residuals[start.name] = float(AdjacencyAlgebra(start.scheme).residual(flow.gram).max())
    worst = max(residuals.values()) / _AGREEMENT
    reason = f"largest residual {worst * _AGREEMENT:.2g}"
    count = len(starts)
    return Outcome(worst <= 1, reason, 1 - worst, count, count, details=residuals)


CONSERVED_RUNS = Evidence(
    "stable branches",
    Status.supported,
    check_conserved,
    STABLE,
    {"a start that is not symmetric": (replace(STABLE[0], noise=1e-6, end=20.0),)},
    level=Level.full,
    description="The flow of W from scaled regular geometries; relative distance to the algebra.",
)


@dataclass(frozen=True)
class Beside:
    """Starts, and a factor by which the rates of the reduced flow are multiplied: 1 is true."""

    starts: tuple[SymmetricStart, ...]
    factor: float = 1.0


def check_reduced(subject: Beside, context: Context) -> Outcome:
    """Check that the reduced flow is the flow of W, to 1e-8.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from superposition_proofs.claims.flow_runs import STABLE, Beside, check_reduced
    >>> from superposition_proofs.ledger import Context, Level
    >>> short = (replace(STABLE[0], end=2.0),)
    >>> check_reduced(Beside(short, factor=0.5), Context(Level.quick, 0)).holds
    False
    """
    differences = {}
    for start in subject.starts:
        times = np.linspace(0.0, start.end, 21)
        full = start.flow(times, context.rng("noise"))

        def scaled(M: FloatArray, b: FloatArray, start: SymmetricStart = start) -> GramGradient:
            found = start.loss(M, b)
            return replace(found, gram=subject.factor * found.gram)

        reduced = reduced_flow(start.scheme, scaled, start.levels, 0.0, times)
        apart = np.abs(full.gram - reduced.gram).max(), np.abs(full.biases - reduced.biases).max()
        differences[start.name] = float(max(apart))
    worst = max(differences.values()) / _AGREEMENT
    reason = f"largest difference {worst * _AGREEMENT:.2g}"
    count = len(subject.starts)
    return Outcome(worst <= 1, reason, 1 - worst, count, count, details=differences)


REDUCED_RUNS = Evidence(
    "along trainings",
    Status.supported,
    check_reduced,
    Beside(STABLE[:4]),
    {"half the rates": Beside((replace(STABLE[0], end=20.0),), factor=0.5)},
    level=Level.full,
    description="The reduced flow beside the flow of W from scaled regular geometries.",
)


# ---------------------------------------------------------------- unstable branches

_NEARLY_CRITICAL = 100.0  # the time after which Newton steps finish the reduced flow
_RATE_ERROR = 2e-4  # relative: second order, at the upper end of the window


@dataclass(frozen=True)
class Unstable:
    """Symmetric critical points, and a factor for the rate by the Hessian: 1 is true."""

    starts: tuple[SymmetricStart, ...]
    factor: float = 1.0


def breaking(start: SymmetricStart) -> tuple[float, float]:
    """Return how fast a perturbation along the lowest curvature grows, and its rate by the Hessian.

    The noise of the start is the length of the perturbation of (W, b).
    """
    end = reduced_flow(start.scheme, start.loss, start.levels, 0.0, [0.0, _NEARLY_CRITICAL])
    critical = polish(factor(end.gram[-1]), end.biases[-1], start.density)
    W, b = critical.W, critical.biases
    rate, direction = breaking_rate(start.scheme, start.loss, W, b)
    step = start.noise * direction
    times = np.linspace(0.0, start.end, 61)
    W, b = W + step[: W.size].reshape(W.shape), b + step[W.size :]
    flow = weight_flow(start.loss.of_weights, W, b, times)
    residuals = AdjacencyAlgebra(start.scheme).residual(flow.gram)
    window = (10 * start.noise, 1e-4)
    return growth_rate(flow.times, residuals, window=window), rate


def check_breaking(subject: Unstable, context: Context) -> Outcome:
    """Check that the residual grows at the rate of the Hessian, to 1 part in 5000."""
    rates, worst = {}, 0.0
    for start in subject.starts:
        measured, rate = breaking(start)
        expected = subject.factor * rate
        rates[start.name] = {"measured": measured, "Hessian": expected}
        worst = max(worst, abs(measured / expected - 1) / _RATE_ERROR)
    count = len(subject.starts)
    reason = f"largest difference {worst * _RATE_ERROR:.2g} of the rate"
    return Outcome(worst <= 1, reason, 1 - worst, count, count, details=rates)


UNSTABLE = (
    SymmetricStart("square, p = 0.7", cyclic(4), (1,), 0.7, 600.0, noise=1e-7),
    SymmetricStart("hexagon, p = 0.3", cyclic(6), (1,), 0.3, 300.0, noise=1e-7),
)

BREAKING_RUNS = Evidence(
    "growth of the residual",
    Status.supported,
    check_breaking,
    Unstable(UNSTABLE),
    {"curvature + 1 %": Unstable(UNSTABLE, factor=1.01)},
    level=Level.full,
    description="A fit to log residual, from a step of 1e-7 along the direction of the lowest "
    "curvature that breaks the symmetry, beside that curvature.",
)
