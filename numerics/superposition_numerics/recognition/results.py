"""What recognition returns: a verdict for each orthogonal component."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np

from ..decisions import Decision
from ..matrices import FloatArray
from .algebra import Algebra
from .closure import Closure
from .projection import Level


class Verdict(Enum):
    """How far a component was recognised.

    Examples
    --------
    >>> from superposition_numerics.recognition import Verdict
    >>> Verdict.NON_COMMUTATIVE.value
    'homogeneous but not commutative'
    """

    RECOGNISED = "recognised"
    SCHEME = "scheme without a name"
    NON_COMMUTATIVE = "homogeneous but not commutative"
    CONFIGURATION = "coherent configuration"
    NOT_SCHEME_LIKE = "not scheme-like"


@dataclass(frozen=True, eq=False)
class Component:
    """Vectors that are orthogonal to all others, and the relations among them.

    With parallel vectors everything from ``levels`` on is about the distinct directions, one unit
    vector each. With vectors given up to sign the relation is that of the double cover: the points
    are w_1, ..., w_k, -w_1, ..., -w_k, and the levels are those of the k vectors.

    Attributes
    ----------
    features : tuple of int
        Columns of W, from 0, increasing.
    parallel : tuple of tuple of int
        Features in one direction (or opposite ones, for lines), where there are several.
    verdict : Verdict
    name : str or None
    reason : str
        What decided the verdict, in words.
    dimension : int
        Numerical rank of the component's Gram matrix.
    fractional_dimensionality : float
        Mean over the features of D_i = |w_i|^4 / sum_j <w_i, w_j>^2, with j over all features, also
        those of other components.
    deficit : float
        dimension - sum_i D_i; 0 iff the component is a tight frame for its span and orthogonal to
        the others.
    norm : float
        Median norm, in units of the largest norm of all features.
    norm_spread : float
        Largest relative deviation of a direction's norm from the median.
    levels : tuple of Level
        Nonzero eigenvalues of the projected Gram matrix of unit vectors, decreasing; their
        ``idempotent`` is the set J of a commutative scheme.
    tight : Decision
        Whether the nonzero levels are equal.
    bound : float
        Bound on the error of a level.
    closure : Closure or None
        None where the component is not scheme-like.
    algebra : Algebra or None
        None where the closure has several fibres or there is none.
    cosines : ndarray
        Distinct cosines of different directions, increasing: one relation or more each.
    values : ndarray
        g_i, the mean Gram entry of each relation.
    margin : float or None
        See ``Levels``: above 1 the cosines are classified without doubt.
    residual, noise : float or None
        See ``Projection``.

    Examples
    --------
    >>> from superposition_numerics.recognition import recognise
    >>> (digon,) = recognise([[1.0, -1.0]]).components
    >>> digon.dimension, digon.fractional_dimensionality, digon.idempotents
    (1, 0.5, (1,))
    """

    features: tuple[int, ...]
    parallel: tuple[tuple[int, ...], ...]
    verdict: Verdict
    name: str | None
    reason: str
    dimension: int
    fractional_dimensionality: float
    deficit: float
    norm: float
    norm_spread: float
    levels: tuple[Level, ...]
    tight: Decision
    bound: float
    closure: Closure | None
    algebra: Algebra | None
    cosines: FloatArray
    values: FloatArray
    margin: float | None
    residual: float | None
    noise: float | None

    @property
    def size(self) -> int:
        """The number of features."""
        return len(self.features)

    @property
    def idempotents(self) -> tuple[int, ...]:
        """The set J of idempotents that carry the Gram matrix, in increasing order."""
        return tuple(sorted(x.idempotent for x in self.levels if x.idempotent is not None))

    def resembles(self, other: Component) -> bool:
        """Whether two components agree in size, relations, levels and values within their noise.

        Examples
        --------
        >>> from superposition_numerics.recognition import recognise
        >>> W = [[2, -2, 0, 0, 0], [0, 0, 1, -1, 0], [0, 0, 0, 0, 1]]
        >>> a, b, c = recognise(W).components
        >>> a.resembles(b), a.resembles(c)
        (True, False)
        """
        mine, others = self._shape, other._shape
        if mine is None or others is None or mine[0] != others[0]:
            return False
        allowed = 3 * ((self.noise or 0.0) + (other.noise or 0.0)) + self.bound + other.bound
        return bool(np.abs(mine[1] - others[1]).max(initial=0.0) <= allowed)

    @cached_property
    def _shape(self) -> tuple[tuple[Any, ...], FloatArray] | None:
        """Return integers and numbers that equal components share; None where nothing is known."""
        if self.closure is None:
            return ((self.size,), np.empty(0)) if self.size == 1 else None
        counts = np.bincount(self.closure.relation.ravel())
        order = np.lexsort((counts, np.round(self.values, 3)))
        multiplicities = tuple(sorted(level.multiplicity for level in self.levels))
        shape = (self.size, len(self.parallel), tuple(np.sort(counts).tolist()), multiplicities)
        return shape, self.values[order]

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the relation and the eigenmatrices as JSON values."""
        return {
            "indices": list(self.features),
            "size": self.size,
            "dimension": self.dimension,
            "geometry": self.name,
            "verdict": self.verdict.value,
            "reason": self.reason,
            "fractional_dimensionality": self.fractional_dimensionality,
            "deficit": self.deficit,
            "tight": self.tight.value,
            "tight_reason": self.tight.reason,
            "tight_margin": self.tight.margin,
            "levels": [dict(level.__dict__) for level in self.levels],
            "bound": self.bound,
            "cosines": self.cosines.tolist(),
            "values": self.values.tolist(),
            "scheme": None if self.closure is None else self._scheme(self.closure),
            "parallel": [list(group) for group in self.parallel],
            "norm": self.norm,
            "norm_spread": self.norm_spread,
            "margin": self.margin,
            "residual": self.residual,
            "noise": self.noise,
        }

    def _scheme(self, closure: Closure) -> dict[str, Any]:
        """Return the parameters of the closure as JSON values; of its algebra if it has one."""
        parameters: dict[str, Any] = {
            "points": closure.order,
            "rank": closure.rank,
            "fibres": int(closure.fibres.max()) + 1,
            "error_probability": closure.error_probability,
        }
        algebra = self.algebra
        if algebra is not None:
            parameters |= {
                "valencies": list(algebra.valencies),
                "multiplicities": list(algebra.multiplicities),
                "degrees": [degree for degree, _ in algebra.irreducibles],
                "idempotents": list(self.idempotents),
                "symmetric": algebra.symmetric,
                "commutative": algebra.commutative,
                "thin": algebra.thin,
            }
        return parameters


@dataclass(frozen=True, eq=False)
class Recognition:
    """The orthogonal components of a frame, each with its verdict.

    Attributes
    ----------
    features : int
        The number n of vectors given.
    dimensions : int or None
        The number m of coordinates; None where a Gram matrix was given.
    lines : bool
        Whether vectors count up to sign.
    tolerance : float
        Largest root mean square of a cosine's deviation that was accepted.
    components : tuple of Component
        In the order of their first features.
    zero_features : tuple of int
    separation : float
        Ratio of the smallest cosine that joins a component to the largest that does not.

    Examples
    --------
    >>> from superposition_numerics.recognition import recognise
    >>> recognise([[1, -1, 0, 0], [0, 0, 0, 3.0]], zero=0).zero_features
    (2,)
    """

    features: int
    dimensions: int | None
    lines: bool
    tolerance: float
    components: tuple[Component, ...]
    zero_features: tuple[int, ...]
    separation: float

    @property
    def copies(self) -> tuple[tuple[int, ...], ...]:
        """Positions of the components that resemble each other: orthogonal copies of one frame.

        Examples
        --------
        >>> from superposition_numerics.recognition import recognise
        >>> recognise([[2, -2, 0, 0, 0], [0, 0, 1, -1, 0], [0, 0, 0, 0, 1]]).copies
        ((0, 1), (2,))
        """
        groups: list[list[int]] = []
        for position, component in enumerate(self.components):
            for group in groups:
                if component.resembles(self.components[group[0]]):
                    group.append(position)
                    break
            else:
                groups.append([position])
        return tuple(tuple(group) for group in groups)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values, without relations and eigenmatrices."""
        return {
            "schema": "superposition.recognition",
            "version": 1,
            "features": self.features,
            "dimensions": self.dimensions,
            "lines": self.lines,
            "tolerance": self.tolerance,
            "components": [component.to_dict() for component in self.components],
            "zero_features": list(self.zero_features),
            "copies": [list(group) for group in self.copies],
            "separation": self.separation,
        }
