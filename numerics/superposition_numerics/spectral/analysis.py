"""Spectral analysis of a weight matrix: eigenspaces, capacity, localization."""

from __future__ import annotations

import math

import numpy as np
from superposition_theory import InputError

from ..decisions import Decision
from ..matrices import Columns, FloatArray, MatrixLike, columns_of, is_fraction
from .eigenspaces import Grouping, group
from .moments import FeatureMoments, feature_moments, projection_blocks, ratio
from .results import Eigenspace, FeatureTable, SpectralAnalysis, representable
from .spectrum import UNIT_ROUNDOFF, Progress, Spectrum, spectrum_of

# A localized feature may show this much mass elsewhere before the question counts as undecidable.
_BLURRED = 0.01


def analyse(
    W: MatrixLike,
    *,
    tolerance: float = 0.0,
    epsilon: float | None = None,
    threshold: float = 0.01,
    progress: Progress | None = None,
) -> SpectralAnalysis:
    """Analyse the feature geometry of a weight matrix.

    Two passes over blocks of columns: one accumulates the frame operator F = W W^T, the other
    projects every feature on the eigenspaces of F. No (n, n) matrix is formed. Eigenvalues are
    merged into eigenspaces by a derived error bound that includes the input's own uncertainty.

    Parameters
    ----------
    W : array_like, shape (m, n)
        Columns are features. numpy, memory map, DLPack, dask, lists; float16/32/64 or integers.
    tolerance : float
        Also merge neighbouring eigenvalues whose difference is at most this fraction of their mean.
    epsilon : float, optional
        Relative uncertainty of an entry; by default that of the stored type.
    threshold : float
        ``FeatureTable.above_threshold`` counts the eigenspaces with p_ik above it.
    progress : callable, optional
        Called as ``progress(columns done, columns in all, stage)``.

    Returns
    -------
    SpectralAnalysis

    Raises
    ------
    InputError
        W is not a finite real matrix with m >= 1 rows; tolerance, epsilon or threshold not in
        [0, 1).

    References
    ----------
    Ivanov et al. 2026 (spectral measure, capacity bound, saturation and localization);
    Elhage et al. 2022 (fractional dimensionality).

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.spectral import analyse
    >>> angles = 2 * np.pi * np.arange(5) / 5
    >>> pentagon = analyse(np.array([np.cos(angles), np.sin(angles)]))
    >>> pentagon.rank, round(pentagon.capacity, 12), pentagon.tight.value
    (2, 2.0, True)
    """
    for name, value in (("tolerance", tolerance), ("threshold", threshold)):
        if not is_fraction(value):
            raise InputError(f"{name} is {value!r}; accepted: a number with 0 <= {name} < 1")
    source = columns_of(W, epsilon=epsilon)
    spectrum = spectrum_of(source, progress)
    grouping = group(spectrum, tolerance)
    moments = feature_moments(source, spectrum, grouping, threshold, progress)
    return _assemble(source, spectrum, grouping, moments)


def spectral_measures(
    W: MatrixLike, analysis: SpectralAnalysis, features: slice | None = None
) -> FloatArray:
    """Return the table p_ik = |P_k w_i|^2 / |w_i|^2 of some or all features.

    Parameters
    ----------
    W : array_like, shape (m, n)
        The matrix that was analysed.
    analysis : SpectralAnalysis
        Of that matrix.
    features : slice, optional
        Which columns; all by default, which takes 8 K n bytes.

    Returns
    -------
    ndarray, shape (K, number of chosen features)
        Columns sum to 1 up to what is unresolved; a zero column of W gives a zero column.

    Raises
    ------
    InputError
        The shape of W is not that of the analysis.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.spectral import analyse, spectral_measures
    >>> W = np.array([[2.0, 0.0, 2.0], [0.0, 1.0, 0.0]])
    >>> spectral_measures(W, analyse(W)).round(12)
    array([[1., 0., 1.],
           [0., 1., 0.]])
    """
    source = columns_of(W, epsilon=0.0)
    if (source.dimensions, source.features) != (analysis.dimensions, analysis.features):
        raise InputError(
            f"W has shape {(source.dimensions, source.features)}, the analysis is of shape "
            f"{(analysis.dimensions, analysis.features)}; accepted: the matrix that was analysed"
        )
    chosen = Columns(source.values[:, features or slice(None)], source.name, 0.0)
    blocks = [b.masses for b in projection_blocks(chosen, analysis.spectrum, analysis.grouping)]
    return np.hstack(blocks) if blocks else np.zeros((len(analysis.eigenspaces), 0))


def _assemble(
    source: Columns, spectrum: Spectrum, grouping: Grouping, moments: FeatureMoments
) -> SpectralAnalysis:
    squares = moments.norms**2
    represented = moments.norms > 0
    # kappa_i >= |w_i|^2 for every W: the feature's own term in sum_j <w_j, u>^2.
    rayleigh = np.maximum(moments.rayleigh, squares)
    dimensionality = np.divide(squares, rayleigh, out=represented.astype(float), where=rayleigh > 0)
    table = FeatureTable(
        exponent=spectrum.exponent,
        norms_scaled=moments.norms,
        rayleigh_scaled=rayleigh,
        fractional_dimensionality=dimensionality,
        fractional_dimensionality_error=_dimensionality_error(
            spectrum, dimensionality, rayleigh, source.dimensions, source.epsilon
        ),
        leverage=squares * moments.inverse_mean,
        relative_variance=moments.variance,
        deficit=squares * moments.deviation,
        entropy=moments.entropy,
        participation_ratio=moments.participation_ratio,
        dominant=moments.dominant,
        chained=_in_chained(grouping, moments.dominant),
        largest_projection=moments.largest_projection,
        off_projection=moments.off_projection,
        off_projection_bound=_off_projection_bounds(source, spectrum, grouping, moments.dominant),
        above_threshold=moments.above_threshold,
        unresolved=moments.unresolved,
    )
    capacity = float(dimensionality.sum())
    rank = spectrum.rank
    residual = rank - capacity - float(table.deficit.sum())
    top = float(spectrum.eigenvalues[0]) if rank else 1.0
    return SpectralAnalysis(
        features=source.features,
        dimensions=source.dimensions,
        represented=int(np.count_nonzero(represented)),
        stored_dtype=str(np.dtype(source.values.dtype)),
        epsilon=source.epsilon,
        rank=rank,
        rank_decision=_rank_decision(spectrum),
        capacity=capacity,
        capacity_error=_capacity_error(table, capacity, source.dimensions),
        deficit_identity_residual=residual,
        deficit_identity_bound=_residual_bound(source, spectrum, moments, table),
        deficit_lower_bound=float((squares * moments.variance).sum() / top),
        tight=_tightness(source, spectrum, grouping),
        localized=_localization(table),
        eigenspaces=_eigenspaces(spectrum, grouping, table),
        feature_table=table,
        spectrum=spectrum,
        grouping=grouping,
    )


def _dimensionality_error(
    spectrum: Spectrum,
    dimensionality: FloatArray,
    rayleigh: FloatArray,
    dimensions: int,
    epsilon: float,
) -> FloatArray:
    """Bound |D computed - D| for entries known to epsilon; at most 1, since D lies in [0, 1]."""
    shift = spectrum.rayleigh_bounds(rayleigh, epsilon)
    lower = rayleigh - shift
    relative = np.divide(shift, lower, out=np.full_like(shift, 1e300), where=lower > 0)
    error = dimensionality * (relative + 2 * epsilon + 2 * (dimensions + 2) * UNIT_ROUNDOFF)
    return np.minimum(np.where(dimensionality > 0, error, 0.0), 1.0)


def _in_chained(grouping: Grouping, dominant: np.ndarray) -> np.ndarray:
    """Say for each feature whether its dominant eigenspace is chained."""
    return np.isin(dominant, np.flatnonzero(grouping.chained))


def _capacity_error(table: FeatureTable, capacity: float, dimensions: int) -> float:
    """Sum the errors of D; no more than what keeps the capacity within the bounds of any rank."""
    total = float(table.fractional_dimensionality_error.sum())
    largest = min(dimensions, int(np.count_nonzero(table.norms_scaled)))
    return min(total, max(capacity, largest - capacity))


def _residual_bound(
    source: Columns, spectrum: Spectrum, moments: FeatureMoments, table: FeatureTable
) -> float:
    """Bound the residual of the deficit identity by what the computation may lose.

    With h, D, q and kappa' the leverage, fractional dimensionality, unresolved mass and merged mean
    of a feature, the computed right-hand side is h - D (2 (1 - q) - kappa'/kappa). So the residual
    is at most |rank - sum h| + sum D (2 q + |kappa - kappa'| / kappa), and |rank - sum h| is at
    most the sum over positive eigenvalues of their relative errors by computation.
    """
    rank = spectrum.rank
    if rank == 0:
        return float(table.fractional_dimensionality.sum())
    sigma = spectrum.singular_values[:rank]
    if spectrum.route == "qr":
        relative = spectrum.rounding / sigma
        leverage_error = float((relative * (2 + relative)).sum())
    else:
        leverage_error = float((spectrum.rounding / sigma**2).sum())
    d, kappa = table.fractional_dimensionality, table.rayleigh_scaled
    merging = ratio(np.abs(kappa - moments.merged_mean), kappa)
    arithmetic = UNIT_ROUNDOFF * 4 * (source.dimensions + source.features) * rank
    computed = _dimensionality_error(spectrum, d, kappa, source.dimensions, epsilon=0.0)
    return (
        leverage_error
        + float((d * (2 * moments.unresolved + merging)).sum())
        + float(computed.sum())
        + arithmetic
    )


def _rank_decision(spectrum: Spectrum) -> Decision:
    """Say how far the singular values on both sides of the cut are from their error bounds."""
    sigma, bounds, rank = spectrum.singular_values, spectrum.singular_value_bounds, spectrum.rank
    margin = 1 - float(bounds[rank - 1] / sigma[rank - 1]) if rank else 1.0
    dropped = sigma[rank:]
    if not dropped.size or float(dropped[0]) == 0.0:
        return Decision(True, f"all {rank} positive singular values exceed their bounds", margin)
    below = float(dropped[0] / bounds[rank])
    return Decision(
        True if below <= 0.5 else None,
        f"{rank} singular values exceed their error bounds, {dropped.size} do not: the largest of "
        f"those is {below:.2g} of its bound",
        min(margin, 1 - below),
    )


def _tightness(source: Columns, spectrum: Spectrum, grouping: Grouping) -> Decision:
    """Decide whether F is a multiple of the identity on the m dimensions."""
    rank = spectrum.rank
    if spectrum.frobenius == 0:
        return Decision(True, "F = 0 is the multiple 0 of the identity", 1.0)
    if rank == 0:
        return Decision(None, "no singular value exceeds its error bound", 0.0)
    if rank < source.dimensions:
        return Decision(
            False, f"rank {rank} of {source.dimensions} dimensions: the lower frame bound is 0", 1.0
        )
    eigenvalues, bounds = spectrum.eigenvalues, spectrum.eigenvalue_bounds
    spread = float(eigenvalues[0] - eigenvalues[-1])
    allowed = float(bounds[0] + bounds[-1])
    if spread > allowed and len(grouping.eigenvalues) == 1 and not grouping.chained[0]:
        relative = spread / float(grouping.eigenvalues[0])
        return Decision(
            True, f"one eigenspace within the tolerance: relative spread {relative:.3g}", 0.0
        )
    return Decision.at_most(spread, allowed, "spread of the eigenvalues (scaled units)")


def _off_projection_bounds(
    source: Columns, spectrum: Spectrum, grouping: Grouping, dominant: np.ndarray
) -> FloatArray:
    """Bound the mass outside its eigenspace that a perfectly localized feature may show.

    By Davis-Kahan and Wedin the computed eigenspace is tilted by at most beta / gap(lambda) +
    delta / gap(sigma), and the feature itself is known to epsilon; the mass is the square.
    """
    rank = spectrum.rank
    if rank == 0:
        return np.zeros(source.features)
    sigma, eigenvalues = spectrum.singular_values, spectrum.eigenvalues
    first, last = grouping.starts[:-1], grouping.starts[1:] - 1
    gaps = []
    for values in (sigma, eigenvalues):
        edge = 0.0 if rank < source.dimensions else -np.inf
        above = np.concatenate([[np.inf], values[last[:-1]] - values[first[1:]]])
        below = np.append(above[1:], values[rank - 1] - edge)
        gaps.append(np.minimum(above, below))
    on_sigma = spectrum.uncertainty + (spectrum.rounding if spectrum.route == "qr" else 0.0)
    on_lambda = spectrum.rounding if spectrum.route == "frame operator" else 0.0
    tilt = on_sigma / gaps[0] + on_lambda / gaps[1]
    rounding = 2 * source.dimensions * UNIT_ROUNDOFF
    bounds = np.minimum(tilt + source.epsilon + rounding, 1.0) ** 2
    return np.where(dominant >= 0, bounds[dominant], 0.0)


def _localization(table: FeatureTable) -> Decision:
    """Decide whether every represented feature lies in one eigenspace."""
    represented = np.flatnonzero(table.norms_scaled > 0)
    if not represented.size:
        return Decision(True, "no feature is represented", 1.0)
    if (table.dominant[represented] < 0).any() or (table.unresolved[represented] > 0.5).any():
        return Decision(None, "some features lie below the resolution of the spectrum", 0.0)
    off, bound = table.off_projection[represented], table.off_projection_bound[represented]
    worst = int(np.argmax(off / bound))
    if bound.max() > _BLURRED and off[worst] <= bound[worst]:
        return Decision(None, "some eigenspaces are too close to be told apart", 0.0)
    if off[worst] <= bound[worst] and table.chained[represented].any():
        return Decision(
            None,
            "neighbouring eigenvalues are within their error bounds, and run together into "
            "eigenspaces whose ends are not",
            0.0,
        )
    what = f"mass of feature {represented[worst]} outside its eigenspace"
    return Decision.at_most(float(off[worst]), float(bound[worst]), what)


def _eigenspaces(
    spectrum: Spectrum, grouping: Grouping, table: FeatureTable
) -> tuple[Eigenspace, ...]:
    spaces = []
    bounds = spectrum.eigenvalue_bounds
    for k, eigenvalue in enumerate(grouping.eigenvalues):
        start, stop = int(grouping.starts[k]), int(grouping.starts[k + 1])
        members = table.dominant == k
        count = int(np.count_nonzero(members))
        value, reason = representable(float(eigenvalue), 2 * spectrum.exponent, "the eigenvalue")
        following = grouping.eigenvalues[k + 1] if k + 1 < len(grouping.eigenvalues) else 0.0
        spaces.append(
            Eigenspace(
                eigenvalue=value,
                eigenvalue_reason=reason,
                eigenvalue_scaled=float(eigenvalue),
                eigenvalue_bound_scaled=float(bounds[start:stop].max()),
                singular_value=representable(
                    math.sqrt(eigenvalue), spectrum.exponent, "the singular value"
                )[0],
                multiplicity=stop - start,
                chained=bool(grouping.chained[k]),
                relative_gap=float(1 - following / eigenvalue),
                features=count,
                capacity=float(table.fractional_dimensionality[members].sum()),
                relative_rayleigh_variance=float(
                    np.var(table.rayleigh_scaled[members] / eigenvalue) if count else 0.0
                ),
            )
        )
    return tuple(spaces)
