r"""The two lemmas by hand, as expressions whose signs the program decides.

Exclusion. Let g >= a >= 0. As C does not decrease in g and (x - y)^2 + y^2 = x^2/2 + 2 (y - x/2)^2,
D(a, b) + C(g, b) >= D(a, b) + C(a, b) >= int x^2/2 = 1/6.

Symmetrisation. Let 0 < g < min(a, a') and cos A = g/a, cos B = g/a', cos^2 theta = g^2/(a a') with
angles between 0 and pi/2. Then cos^2 theta = cos A cos B = cos^2((A+B)/2) - sin^2((A-B)/2), so that
theta >= (A + B)/2, with equality for a = a' only.
"""

from typing import Any

from sympy import Expr, Symbol, expand, reduced, sympify, together

from .pieces import NORM, OVERLAP, Region, overlap_piece, own_piece


def exclusion_excess(region: Region, bound: Any) -> Expr:
    """Return D(a, b) + C(a, b) less a bound on a region; 1/6 is the best bound.

    Parameters
    ----------
    region : Region
        on, rising or off.
    bound : Rational

    Returns
    -------
    Expr
        In a and b.

    Examples
    --------
    >>> from superposition_theory.pentagon import Region, exclusion_excess
    >>> from sympy import Rational
    >>> exclusion_excess(Region.off, Rational(1, 6))
    1/6
    """
    overlap = overlap_piece(region).subs(OVERLAP, NORM)
    return together(own_piece(region) + overlap - sympify(bound))


def zero_column_excess(bound: Any) -> Expr:
    """Return D(0, b), b >= 0, less a bound; 1/12 is the best bound.

    Parameters
    ----------
    bound : Rational

    Returns
    -------
    Expr
        In b.

    Examples
    --------
    >>> from superposition_theory.pentagon import zero_column_excess
    >>> from sympy import Rational
    >>> zero_column_excess(Rational(1, 12)).factor()
    (2*b - 1)**2/4
    """
    return expand(own_piece(Region.on).subs(NORM, 0) - sympify(bound))


def symmetrisation_residue(factor: Any = 1) -> Expr:
    """Return cos A cos B - cos^2((A + B)/2) + sin^2((A - B)/2), which is 0.

    With A = u + v and B = u - v it is a polynomial in the cosines and sines of u and v; it is
    reduced by cos^2 + sin^2 = 1.

    Parameters
    ----------
    factor : Rational
        Of the last term.

    Returns
    -------
    Expr
        A polynomial in cos u, sin u, cos v, sin v; 0 for the factor 1.

    Examples
    --------
    >>> from superposition_theory.pentagon import symmetrisation_residue
    >>> symmetrisation_residue()
    0
    """
    cu, su, cv, sv = (Symbol(name, real=True) for name in ("cos_u", "sin_u", "cos_v", "sin_v"))
    of_sum, of_difference = cu * cv - su * sv, cu * cv + su * sv
    residue = of_sum * of_difference - cu**2 + sympify(factor) * sv**2
    return reduced(expand(residue), [cu**2 + su**2 - 1, cv**2 + sv**2 - 1], cu, su, cv, sv)[1]
