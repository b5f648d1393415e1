"""Taylor polynomials of rational functions, by division of power series."""

from sympy import Expr, Poly, Symbol, cancel, fraction, together


def taylor(function: Expr, variable: Symbol, order: int) -> list[Expr]:
    """Return the coefficients of a rational function at 0, from power 0 to `order`.

    Parameters
    ----------
    function : Expr
        Rational in the variable and regular at 0.
    variable : Symbol
    order : int

    Returns
    -------
    list of Expr

    Raises
    ------
    ArithmeticError
        If the function has a pole at 0.

    Examples
    --------
    >>> from sympy.abc import x
    >>> taylor(1 / (1 - x), x, 3)
    [1, 1, 1, 1]
    """
    above, below = (
        Poly(part, variable).all_coeffs()[::-1] for part in fraction(cancel(together(function)))
    )
    if below[0] == 0:
        raise ArithmeticError(f"{function} has a pole at {variable} = 0")
    above += [0] * (order + 1)
    below += [0] * (order + 1)
    found: list[Expr] = []
    for k in range(order + 1):
        known = sum(found[i] * below[k - i] for i in range(k))
        found.append(cancel((above[k] - known) / below[0]))
    return found
