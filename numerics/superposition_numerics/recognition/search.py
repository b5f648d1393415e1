"""The search for the relations of one component: candidates of levels until one is accepted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse.csgraph import connected_components

from ..matrices import FloatArray
from .algebra import Algebra, adjacency_algebra
from .cleaning import Vectors
from .closure import Closure, coherent_closure
from .colours import Levels, candidate_levels, parallel_groups
from .components import MOST_SHARED
from .naming import name_of
from .points import Points
from .projection import (
    Level,
    Projection,
    lowest_level,
    matrix_levels,
    project,
    scheme_levels,
    tightness,
)
from .results import Component, Verdict

# More relations than this are no structure; it also bounds the time of a closure.
_MOST_RELATIONS = 10_000
# A mean within this many standard errors of zero counts as zero.
_STANDARD_ERRORS = 5.0
# Cosines that are zero within the tolerance are relations only where they leave a tenth of them.
_EXPLAINED = 0.1
_COLLINEAR = 0.01
# A vector whose squared cosines with all others sum to more is not alone: its D is below 0.91.
_ALONE = 0.1
# The sum of D is at most the rank. Vectors that are merged or opposite with 1 - |cos| up to 0.01
# count as one dimension and sum to 1.02; more than 5 % too much is a wrong rank.
_EXCESS = 0.05
_ACCURATE = 1e-6


@dataclass(frozen=True, eq=False)
class _Geometry:
    """Relations that were accepted."""

    levels: Levels
    closure: Closure
    algebra: Algebra | None
    projection: Projection
    spectrum: tuple[Level, ...]
    bound: float


@dataclass(frozen=True, eq=False)
class Search:
    """The search with its settings.

    Attributes
    ----------
    vectors : Vectors
        All vectors: ``members`` of the points are positions among them.
    tolerance : float
        See ``recognise``.
    lines : bool
        See ``recognise``.
    source : numpy.random.Generator
        Random weights.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.recognition import clean_weights
    >>> from superposition_numerics.recognition.points import Points
    >>> from superposition_numerics.recognition.search import Search
    >>> vectors = clean_weights([[1.0, -1.0]])
    >>> search = Search(vectors, 0.03, False, np.random.default_rng(0))
    >>> search.run(Points(vectors.cosines, vectors.norms, ((0,), (1,))))[0].dimension
    1
    """

    vectors: Vectors
    tolerance: float
    lines: bool
    source: np.random.Generator

    def run(self, points: Points) -> list[Component]:
        """Return the component, or several where its averaged Gram matrix falls apart."""
        if len(points.members) == 1:
            return [self._single(points)]
        found: _Geometry | None = None
        reasons = []
        for levels in candidate_levels(self._doubled(points.cosines), rounding=self._rounding):
            if levels.parallel:
                merged = self._merged(points, levels)
                if merged is not None:
                    return merged
                continue
            outcome = self._geometry(points, levels)
            if isinstance(outcome, str):
                reasons.append(outcome)
            elif outcome.closure.homogeneous:
                found = outcome
                break
            else:
                found = found or outcome
        if self._orthogonal(points, found):
            return [self._single(points.part([k])) for k in range(len(points.members))]
        if found is not None:
            return self._accepted(points, found)
        reasons.append("no cut of the cosines into levels persists by a factor of 2")
        return [self._refused(points, reasons[0])]

    @property
    def _rounding(self) -> float:
        return self.vectors.rounding

    @property
    def _dimensions(self) -> int | None:
        return self.vectors.dimensions

    @property
    def _sheets(self) -> int:
        return 2 if self.lines else 1

    def _doubled(self, gram: FloatArray) -> FloatArray:
        """Return the Gram matrix of u and -u for lines, the given one for vectors."""
        return np.asarray(np.kron([[1.0, -1.0], [-1.0, 1.0]], gram)) if self.lines else gram

    @property
    def _collinear(self) -> float:
        """Largest 1 - |cos| of vectors in one direction or in opposite ones.

        Two copies of a vector with noise sigma in m coordinates have 1 - cos of mean
        (m - 1) sigma^2, and the tolerance admits sigma up to tolerance / sqrt(2); 8 degrees are
        another direction whatever m is.
        """
        coordinates = len(self.vectors.norms) if self._dimensions is None else self._dimensions
        return self._rounding + min((coordinates - 1) * self.tolerance**2, _COLLINEAR)

    def _orthogonal(self, points: Points, found: _Geometry | None) -> bool:
        """Whether all cosines are zero within the tolerance, and nothing explains them better."""
        k = len(points.members)
        size = float(np.sqrt((np.sum(points.cosines**2) - k) / (k * (k - 1))))
        allowed = self.tolerance * (2 if k == 2 else 1)  # a single cosine is no mean
        if size > allowed or (self._dimensions is not None and k > self._dimensions):
            return False
        if float((points.cosines**2).sum(axis=1).max()) - 1 > _ALONE:
            return False
        return found is None or k == 2 or found.projection.noise > _EXPLAINED * size

    def _merged(self, points: Points, levels: Levels) -> list[Component] | None:
        """Recognise the distinct directions of a component with parallel vectors."""
        cosines = np.abs(points.cosines) if self.lines else points.cosines
        boundary = float(levels.boundaries[-1]) if levels.boundaries.size else -np.inf
        groups = parallel_groups(cosines, boundary, self._collinear)
        if groups is None:
            return None
        found = self.run(points.merged(groups))
        refused = any(component.verdict is Verdict.NOT_SCHEME_LIKE for component in found)
        return None if refused else found

    def _geometry(self, points: Points, levels: Levels) -> _Geometry | str:
        """Return the geometry that a partition into levels generates, or why there is none."""
        cut = f"the levels of cosines ({len(levels.means) - 1})"
        if levels.margin <= 1:
            return f"{cut} overlap: margin {levels.margin:.2g}"
        colours = levels.colours(self._doubled(points.cosines))
        classes = np.tile(points.norm_classes, self._sheets)
        colours[np.diag_indices(len(colours))] = classes  # the closure splits the diagonal off
        n = len(colours)
        limit = max(n, _MOST_RELATIONS)
        closure = coherent_closure(colours, rng=self.source, limit=limit)
        if not closure.stable:
            return f"{cut} generate more than {limit} relations on {n} points"
        fibres = int(closure.fibres.max()) + 1
        if fibres > 1 and 4 * closure.rank > n * n:
            return (
                f"{cut} and of norms ({classes.max() + 1}) generate {fibres} fibres and "
                f"{closure.rank} relations on {n} points, more than n^2 / 4"
            )
        gram = self._doubled(points.gram)
        projection = project(gram, closure, rng=self.source)
        if projection.noise > self.tolerance + self._rounding:
            return (
                f"the cosines deviate from {closure.rank} relations by {projection.noise:.2g} "
                f"(root mean square), more than {self.tolerance:g}"
            )
        bound = max(projection.bound, n * self._rounding)
        if n == 2:  # one cosine shows no noise: the pair is opposite, or not, within the tolerance
            bound = max(bound, self._collinear)
        algebra = adjacency_algebra(closure, rng=self.source) if fibres == 1 else None
        if algebra is not None and algebra.error > _ACCURATE:
            return f"{closure.rank} relations whose algebra is known to {algebra.error:.2g} only"
        if self.vectors.coordinates is None:  # the mean over relations of W^T W is semidefinite
            lowest = lowest_level(projection, closure, algebra)
            if lowest < -bound:
                return f"the mean of {closure.rank} relations has the eigenvalue {lowest:.3g}"
        if algebra is not None and algebra.commutative:
            spectrum = scheme_levels(projection, algebra, bound)
        else:
            spectrum = matrix_levels(projection.values[closure.relation], bound)
        spectrum = tuple(
            Level(level.value / self._sheets, level.multiplicity, level.idempotent)
            for level in spectrum
        )
        dimension = sum(level.multiplicity for level in spectrum)
        if self._dimensions is not None and dimension > self._dimensions:
            return f"{closure.rank} relations need {dimension} dimensions"
        return _Geometry(levels, closure, algebra, projection, spectrum, bound / self._sheets)

    def _accepted(self, points: Points, geometry: _Geometry) -> list[Component]:
        """Return the component, split where relations with mean 0 leave it disconnected."""
        k = len(points.members)
        relation = geometry.closure.relation
        values, noise = geometry.projection.values, geometry.projection.noise
        counts = np.bincount(relation.ravel()) / 2
        errors = np.maximum(_STANDARD_ERRORS * noise / np.sqrt(counts), self._rounding)
        joined = (np.abs(values) > errors)[relation[:k, :k]]
        pieces, labels = connected_components(joined, directed=False)
        if pieces > 1:
            apart = np.where(labels[:, None] == labels, 0.0, points.cosines**2)
            shared = float(apart.sum(axis=1).max())
            if shared > MOST_SHARED:
                reason = f"orthogonal in the mean, but squared cosines sum to {shared:.2g}"
                return [self._refused(points, reason)]
            return [
                component
                for piece in range(pieces)
                for component in self.run(points.part(np.flatnonzero(labels == piece)))
            ]
        closure, algebra, projection = geometry.closure, geometry.algebra, geometry.projection
        off_diagonal = geometry.levels.means[:-1]
        if algebra is None:
            verdict = Verdict.CONFIGURATION
            reason = f"coherent configuration with {int(closure.fibres.max()) + 1} fibres"
        elif algebra.commutative:
            verdict, reason = Verdict.SCHEME, "association scheme"
        else:
            verdict = Verdict.NON_COMMUTATIVE
            reason = "homogeneous coherent configuration that does not commute"
        reason += f": {closure.rank} relations on {closure.order} points"
        reason += f", {off_diagonal.size} distinct cosines"
        component = self._component(
            points,
            verdict=verdict,
            reason=reason,
            levels=geometry.spectrum,
            bound=geometry.bound,
            closure=closure,
            algebra=algebra,
            cosines=off_diagonal,
            values=values,
            margin=geometry.levels.margin,
            residual=projection.residual,
            noise=noise,
        )
        return [self._within_capacity(points, component)]

    def _single(self, points: Points) -> Component:
        """Return a component of one direction, if it has its dimension to itself."""
        members = list(points.members[0])
        alone = len(members) == 1
        others = np.delete(self.vectors.cosines[members[0]], members)
        shared = float((others**2).sum())
        largest = float(np.abs(others).max(initial=0.0))
        reason = f"cosines with all others up to {largest:.2g}, their squares sum to {shared:.2g}"
        if shared > _ALONE:
            return self._refused(points, f"{reason}: not alone in a dimension")
        component = self._component(
            points,
            verdict=Verdict.RECOGNISED,
            reason=reason,
            name="dedicated" if alone else "collapsed",
            levels=(Level(1.0, 1, None),),
            bound=self._rounding,
        )
        return self._within_capacity(points, component)

    def _within_capacity(self, points: Points, component: Component) -> Component:
        """Return the component unless its D sum to more than its dimension: the rank is wrong."""
        if component.levels and component.deficit >= -_EXCESS * component.dimension:
            return component
        return self._refused(
            points,
            f"{len(component.levels)} levels of {component.dimension} dimensions are too few for "
            f"vectors whose D sum to {component.dimension - component.deficit:.3g}",
        )

    def _refused(self, points: Points, reason: str) -> Component:
        """Return a component without relations, with its numerical rank and tightness."""
        coordinates = self.vectors.coordinates
        gram = points.gram
        if coordinates is not None and len(coordinates) < len(gram):
            at = [group[0] for group in points.members]
            W = coordinates[:, at] * np.sqrt(gram.diagonal())
            gram = W @ W.T  # the frame operator has the same nonzero eigenvalues
        largest = float(np.linalg.norm(gram, 2))
        bound = self.vectors.spectral_rounding(len(points.members), largest)
        return self._component(
            points,
            verdict=Verdict.NOT_SCHEME_LIKE,
            reason=reason,
            levels=matrix_levels(gram, bound),
            bound=bound,
        )

    def _component(
        self,
        points: Points,
        *,
        verdict: Verdict,
        reason: str,
        levels: tuple[Level, ...],
        bound: float,
        name: str | None = None,
        closure: Closure | None = None,
        algebra: Algebra | None = None,
        cosines: FloatArray | None = None,
        values: FloatArray | None = None,
        margin: float | None = None,
        residual: float | None = None,
        noise: float | None = None,
    ) -> Component:
        """Return the result with what every component has."""
        vectors = self.vectors
        at = np.array(sorted(i for group in points.members for i in group))
        squares = vectors.norms[at] ** 2
        dimensionality = squares / (vectors.cosines[at] ** 2 @ vectors.norms**2)
        dimension = sum(level.multiplicity for level in levels)
        tight = tightness(levels, bound)
        component = Component(
            features=tuple(vectors.features[at].tolist()),
            parallel=tuple(
                tuple(sorted(vectors.features[list(group)].tolist()))
                for group in points.members
                if len(group) > 1
            ),
            verdict=verdict,
            name=name,
            reason=reason,
            dimension=dimension,
            fractional_dimensionality=float(dimensionality.mean()),
            deficit=float(dimension - dimensionality.sum()),
            norm=float(np.median(points.norms)),
            norm_spread=points.norm_spread,
            levels=levels,
            tight=tight,
            bound=bound,
            closure=closure,
            algebra=algebra,
            cosines=np.empty(0) if cosines is None else cosines,
            values=np.empty(0) if values is None else values,
            margin=margin,
            residual=residual,
            noise=noise,
        )
        return self._named(component)

    def _named(self, component: Component) -> Component:
        """Return the component with its name, which makes it recognised."""
        closure, algebra = component.closure, component.algebra
        if closure is None or algebra is None or not algebra.commutative:
            return component
        found = name_of(closure, algebra, component.levels, bound=component.bound, lines=self.lines)
        reason = f"{component.reason}; {found.remark}"
        if found.name is None:
            return replace(component, reason=reason)
        return replace(component, name=found.name, verdict=Verdict.RECOGNISED, reason=reason)
