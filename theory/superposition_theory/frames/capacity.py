"""Capacity, its deficit below the rank, and the clusters of a saturated frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .algebraic import OrderedField, compare_roots, polynomial
from .measure import SpectralMeasure
from .spectrum import Eigenvalue, Spectrum


@dataclass(frozen=True)
class DeficitIdentity:
    """Both sides of the capacity deficit identity, and the lower bound that follows from it.

    For every W: ``rank W - sum_i D_i = sum_i |w_i|^2 E_i[(lambda - kappa_i)^2/(lambda kappa_i^2)]``
    ``>= sum_i |w_i|^2 Var_i(lambda)/(lambda_max kappa_i^2)``, where E_i is the expectation under
    the spectral measure of feature i and zero columns contribute 0. The left side comes from the
    Gram matrix alone, the right side from the spectral measures.

    Parameters
    ----------
    rank : int
    capacity, deficit : sympy number
        sum_i D_i, and rank - capacity.
    terms : tuple of sympy number
        The term of each feature in the right-hand side.
    right_hand_side : sympy number
        Their sum.
    variance_terms : tuple of sympy number
        The term of each feature in the variance bound.
    variance_bound : sympy number
        Their sum.
    identity_holds, bound_holds : bool
        deficit == right_hand_side, and deficit >= variance_bound, decided exactly.

    References
    ----------
    Sharpens the capacity bound of Ivanov et al. 2026, "Spectral Superposition".

    Examples
    --------
    >>> from superposition_theory.frames import Frame
    >>> record = Frame([[1, 0, 1], [0, 1, 1]]).deficit_identity
    >>> record.deficit, record.right_hand_side, record.terms, record.variance_bound
    (1/3, 1/3, (1/6, 1/6, 0), 1/6)
    """

    rank: int
    capacity: Any
    deficit: Any
    terms: tuple[Any, ...]
    right_hand_side: Any
    variance_terms: tuple[Any, ...]
    variance_bound: Any
    identity_holds: bool
    bound_holds: bool


@dataclass(frozen=True)
class Cluster:
    """The features of a saturated frame that lie in one eigenspace of F.

    They span the eigenspace E_k and are a tight frame for it: the sum of w_i w_i^T over the
    cluster is lambda_k P_k, and their fractional dimensionalities |w_i|^2/lambda_k add up to the
    dimension of E_k.

    Parameters
    ----------
    eigenvalue : Eigenvalue
        lambda_k.
    features : tuple of int
        Increasing indices.

    References
    ----------
    Ivanov et al. 2026, "Spectral Superposition", tight frames at saturation.

    Examples
    --------
    >>> from superposition_theory.frames import Frame
    >>> [(c.features, c.dimension) for c in Frame([[1, -1, 0], [0, 0, 3]]).clusters]
    [((0, 1), 1), ((2,), 1)]
    """

    eigenvalue: Eigenvalue
    features: tuple[int, ...]

    @property
    def dimension(self) -> int:
        """The dimension of the eigenspace."""
        return self.eigenvalue.multiplicity


def deficit_identity(
    field: OrderedField,
    rank: int,
    dimensionalities: Sequence[Any],
    norms_squared: Sequence[Any],
    measures: Sequence[SpectralMeasure | None],
    spectrum: Spectrum,
) -> DeficitIdentity:
    """Compute both sides of the deficit identity in the coefficient field.

    Parameters
    ----------
    field : OrderedField
    rank : int
    dimensionalities, norms_squared : sequence of elements of K
        D_i and |w_i|^2 of every feature.
    measures : sequence of SpectralMeasure or None
        None for zero columns.
    spectrum : Spectrum

    Returns
    -------
    DeficitIdentity

    Examples
    --------
    >>> from superposition_theory.frames import Frame
    >>> Frame([[1, 1], [0, 1]]).deficit_identity.identity_holds
    True
    """
    domain = field.domain
    x = polynomial([domain.one, domain.zero], domain)
    terms, spreads = [domain.zero] * len(measures), [domain.zero] * len(measures)
    for i, measure in enumerate(measures):
        if measure is not None:
            scale = norms_squared[i] / measure.mean_in_field**2
            terms[i] = scale * measure.expectation_in_field(measure.centred_square, x)
            spreads[i] = scale * measure.variance_in_field
    capacity, right, spread = (sum(v, domain.zero) for v in (dimensionalities, terms, spreads))
    deficit = domain.convert(rank) - capacity
    largest = spectrum.largest.value if rank else 1
    variance_terms = tuple(field.to_sympy(value) / largest for value in spreads)
    return DeficitIdentity(
        rank=rank,
        capacity=field.to_sympy(capacity),
        deficit=field.to_sympy(deficit),
        terms=tuple(field.to_sympy(term) for term in terms),
        right_hand_side=field.to_sympy(right),
        variance_terms=variance_terms,
        variance_bound=field.to_sympy(spread) / largest,
        identity_holds=deficit == right,
        bound_holds=_at_least_quotient(field, deficit, spread, spectrum),
    )


def _at_least_quotient(field: OrderedField, deficit: Any, spread: Any, spectrum: Spectrum) -> bool:
    """Decide deficit >= spread / lambda_max for a spread >= 0."""
    if not spread:
        return field.sign(deficit) >= 0
    if field.sign(deficit) <= 0:
        return False
    (ratio,) = field.real_roots(polynomial([field.domain.one, -spread / deficit], field.domain))
    return compare_roots(spectrum.largest.root, ratio) >= 0
