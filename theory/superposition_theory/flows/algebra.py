"""The Gram flow inside the adjacency algebra of a scheme or of a coherent configuration."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from superposition_theory.errors import InputError
from superposition_theory.schemes import AssociationScheme, CoherentConfiguration


def algebra_flow(
    configuration: CoherentConfiguration, values: Sequence[Any], slopes: Sequence[Any]
) -> tuple[Fraction, ...]:
    """Return M' = -2 (G M + M G) by colours, for M = sum_c values_c A_c, G = sum_c slopes_c A_c.

    The products are those of the intersection numbers: the algebra is closed, so that the flow
    stays in it as long as G does.

    Parameters
    ----------
    configuration : CoherentConfiguration
        An association scheme, for instance.
    values, slopes : sequence of int or Fraction, one for each colour
        Equal on a colour and its transpose.

    Returns
    -------
    tuple of Fraction
        The entries of M' by colour.

    Raises
    ------
    InputError
        Another number of entries, entries of another kind, matrices that are not symmetric.

    Examples
    --------
    >>> from superposition_theory.schemes import cyclic
    >>> [str(rate) for rate in algebra_flow(cyclic(4), (1, -1, 0), (0, 1, 0))]
    ['8', '-4', '8']
    """
    gram = _by_colour(configuration, values, "values")
    gradient = _by_colour(configuration, slopes, "slopes")
    colours = range(configuration.rank)
    return tuple(
        -2
        * sum(
            (
                configuration.intersection_number(i, j, k)
                * (gradient[i] * gram[j] + gram[i] * gradient[j])
                for i in colours
                for j in colours
            ),
            start=Fraction(0),
        )
        for k in colours
    )


def levels(scheme: AssociationScheme, values: Sequence[Any]) -> tuple[Any, ...]:
    """Return the eigenvalue of sum_i values_i A_i on every primitive idempotent E_j.

    Parameters
    ----------
    scheme : AssociationScheme
        Commutative.
    values : sequence of int or Fraction, one for each relation
        Equal on a relation and its transpose.

    Returns
    -------
    tuple of AlgebraicNumber
        sum_i values_i P_ji, in the order of `Eigenmatrices`.

    Raises
    ------
    InputError
        As for `algebra_flow`, and for a scheme that is not commutative.

    Examples
    --------
    >>> from superposition_theory.schemes import cyclic
    >>> [level.as_expr() for level in levels(cyclic(4), (1, 0, -1))]  # a cross of two digons
    [0, 2, 0]
    """
    given = _by_colour(scheme, values, "values")
    matrices = scheme.eigenmatrices
    return tuple(
        sum(
            (entry * value for entry, value in zip(row, given, strict=True)),
            start=matrices.field.number(0),
        )
        for row in matrices.P
    )


def reduced_flow(
    scheme: AssociationScheme, values: Sequence[Any], slopes: Sequence[Any]
) -> tuple[Any, ...]:
    """Return lambda_j' = -4 lambda_j g_j, one for each primitive idempotent.

    Parameters
    ----------
    scheme : AssociationScheme
        Commutative.
    values, slopes : sequence of int or Fraction, one for each relation
        Entries of M and of its gradient G.

    Returns
    -------
    tuple of AlgebraicNumber

    Raises
    ------
    InputError
        As for `levels`.

    References
    ----------
    Ivanov et al. 2026, gradient flow on a Bose-Mesner algebra.

    Examples
    --------
    >>> from superposition_theory.schemes import cyclic
    >>> [rate.as_expr() for rate in reduced_flow(cyclic(4), (1, 0, -1), (1, 2, 0))]
    [0, -8, 0]
    """
    pairs = zip(levels(scheme, values), levels(scheme, slopes), strict=True)
    return tuple(-4 * level * slope for level, slope in pairs)


def _by_colour(
    configuration: CoherentConfiguration, values: Sequence[Any], name: str
) -> tuple[Fraction, ...]:
    """Return checked entries of a symmetric matrix, one for each colour."""
    if len(values) != configuration.rank:
        raise InputError(f"{name} = {values!r}; accepted: {configuration.rank} rational numbers")
    if any(isinstance(v, bool) or not isinstance(v, int | Fraction) for v in values):
        raise InputError(f"{name} = {values!r}; accepted: int or Fraction entries")
    if any(values[c] != values[configuration.transpose[c]] for c in range(configuration.rank)):
        raise InputError(f"{name} = {values!r}; accepted: equal on a colour and its transpose")
    return tuple(map(Fraction, values))
