"""Functions of an infinitesimal t > 0: polynomials, their signs, and quotients as power series."""

from typing import Any

from superposition_theory.frames import OrderedField


class Germs:
    """Polynomials in t over an ordered field, ordered by their values at small t > 0.

    The sign of a polynomial is that of its lowest nonzero coefficient, so that the sign of every
    breakpoint is decided exactly along any direction, at kinks and at walls of cells too.

    Parameters
    ----------
    field : OrderedField
    order : int
        The highest power of t that quotients keep.

    Examples
    --------
    >>> from sympy import QQ
    >>> germs = Germs(OrderedField(QQ), 2)
    >>> t = germs.polynomial([0, QQ(1)])
    >>> germs.is_positive(t - t**2), germs.is_positive(-t + 1)
    (True, True)
    >>> germs.coefficients(germs.divide(t, t + t**2)) == [1, -1, 1]
    True
    """

    def __init__(self, field: OrderedField, order: int) -> None:
        self.field = field
        self.order = order
        self.domain = field.domain.poly_ring("t")

    def polynomial(self, rising: list[Any]) -> Any:
        """Return the polynomial with these coefficients, lowest power first."""
        return self.domain.ring.from_dict({(k,): c for k, c in enumerate(rising) if c})

    def coefficients(self, germ: Any) -> list[Any]:
        """Return the coefficients of 1, t, ..., t^order."""
        found = _by_power(germ)
        return [found.get(k, self.field.domain.zero) for k in range(self.order + 1)]

    def is_positive(self, germ: Any) -> bool:
        """Whether a polynomial is positive for all small t > 0."""
        found = _by_power(germ)
        return bool(found) and self.field.sign(found[min(found)]) > 0

    def divide(self, numerator: Any, denominator: Any) -> Any:
        """Return the quotient as a power series up to t^order; it must have no pole at 0."""
        above, below = _by_power(numerator), _by_power(denominator)
        lowest, zero = min(below), self.field.domain.zero
        if above and min(above) < lowest:
            raise ArithmeticError(f"({numerator})/({denominator}) has a pole at t = 0")
        series: list[Any] = []
        for k in range(self.order + 1):
            carried = sum((below.get(lowest + k - i, zero) * c for i, c in enumerate(series)), zero)
            series.append((above.get(lowest + k, zero) - carried) / below[lowest])
        return self.polynomial(series)


def _by_power(germ: Any) -> dict[int, Any]:
    """Return the nonzero coefficients of a polynomial by power of t."""
    return {power: coefficient for (power,), coefficient in germ.terms() if coefficient}
