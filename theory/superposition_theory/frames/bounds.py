"""Classical lower bounds on the coherence and on the frame potential."""

from typing import Any

from sympy import Rational, sqrt

from superposition_theory.errors import InputError

from .matrices import read_number


def welch_bound(n: int, m: int) -> Any:
    """Return the Welch bound on the coherence of n unit vectors in R^m.

    Of n >= 2 unit vectors in R^m, some two have ``|<u, v>| >= sqrt((n - m)/(m (n - 1)))`` where
    n > m; for n <= m the bound is 0. Equality for n > m holds exactly for equiangular tight
    frames.

    Parameters
    ----------
    n : int
        Number of vectors, at least 2.
    m : int
        Dimension, at least 1.

    Returns
    -------
    sympy number

    Raises
    ------
    InputError
        If n or m is not an int in its range.

    References
    ----------
    Welch 1974, lower bounds on the maximum cross correlation of signals.

    Examples
    --------
    >>> welch_bound(3, 2), welch_bound(6, 3), welch_bound(2, 2)
    (1/2, sqrt(5)/5, 0)
    """
    _require_int("n", n, 2)
    _require_int("m", m, 1)
    return sqrt(Rational(max(n - m, 0), m * (n - 1)))


def frame_potential_bound(norms_squared_total: Any, m: int) -> Any:
    """Return the least frame potential of vectors in R^m with a given total squared norm.

    For vectors with sum of squared norms t, ``|M|_F^2 >= t^2/m``, with equality exactly where the
    frame operator is a multiple of the identity.

    Parameters
    ----------
    norms_squared_total : int, Fraction or real algebraic sympy number
        t = tr M, at least 0.
    m : int
        Dimension, at least 1.

    Returns
    -------
    sympy number

    Raises
    ------
    InputError
        If t is not exact, real and non-negative, or m is not an int of at least 1.

    References
    ----------
    Benedetto and Fickus 2003, finite normalized tight frames.

    Examples
    --------
    >>> frame_potential_bound(3, 2)
    9/2
    """
    _require_int("m", m, 1)
    total, field = read_number(norms_squared_total, "norms_squared_total")
    if field.sign(total) < 0:
        raise InputError(
            f"norms_squared_total = {norms_squared_total}; accepted are numbers of at least 0"
        )
    return field.to_sympy(total**2 / m)


def _require_int(name: str, value: Any, least: int) -> None:
    """Raise InputError, naming the argument, unless it is an int of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(f"{name} = {value!r}; accepted is an int of at least {least}")
