"""Moments of a rectified sum of uniform variables, over any commutative ring with signs.

With F_k(t) = max(t, 0)^k / k! and F_0 the indicator of t > 0, one variable is integrated by

    int_0^1 x^r F_k(d + g x) dx = ( sum_{s=0}^r (-1)^s r!/(r-s)! g^(r-s) F_{k+1+s}(d+g)
                                    - (-1)^r r! F_{k+1+r}(d) ) / g^(r+1)        (g != 0).

Iterated, a moment is a sum over subsets B of the active features, divided once at the end; signs
enter only as those of the breakpoints b_j + sum_{i in B} g_ij.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from math import factorial, perm
from typing import Any

from sympy import QQ, Function, Integer, Symbol
from sympy.core.function import ArgumentIndexError

Support = tuple[int, ...]


class TruncatedPower(Function):  # type: ignore[misc]
    """F_k(t) = max(t, 0)^k / k! for integer k >= 0, with F_0 the indicator of t > 0.

    It is kept unevaluated, and it knows the one rule that integration needs: dF_k/dt = F_{k-1}
    (for k = 1, except at t = 0, where F_1 is continuous).

    Parameters
    ----------
    k, t : sympy expression

    Examples
    --------
    >>> from sympy.abc import k, t
    >>> TruncatedPower(k, 2 * t).diff(t)
    2*TruncatedPower(k - 1, 2*t)
    """

    nargs = 2

    def fdiff(self, argindex: int = 2) -> Any:
        """Return the derivative in t, the second argument.

        Parameters
        ----------
        argindex : int
            Only 2 has a value; the derivative in k stays unevaluated.

        Returns
        -------
        sympy expression

        Examples
        --------
        >>> from sympy.abc import k, t
        >>> TruncatedPower(k, t).fdiff()
        TruncatedPower(k - 1, t)
        """
        if argindex != 2:
            raise ArgumentIndexError(self, argindex)  # sympy then leaves the derivative formal
        order, argument = self.args
        return TruncatedPower(order - 1, argument)


def integration_step(power: int) -> tuple[Any, Any]:
    """Return x^r F_k(d + g x) and an antiderivative in x, the step on which the kernel rests.

    The antiderivative is continuous in x, as all its orders are at least k + 1 >= 1; so that its
    derivative is the integrand (off one point) gives the integral over [0, 1]. The kernel uses
    the coefficients of this very sum.

    Parameters
    ----------
    power : int
        r >= 0.

    Returns
    -------
    integrand, antiderivative : sympy expression
        In the symbols x, k, d, g, for g != 0.

    Examples
    --------
    >>> integrand, antiderivative = integration_step(1)
    >>> integrand
    x*TruncatedPower(k, d + g*x)
    >>> (antiderivative.diff("x") - integrand).expand()
    0
    """
    x, k, d, g = (Symbol(name) for name in "xkdg")
    antiderivative = sum(
        coefficient * x ** (power - s) * TruncatedPower(k + 1 + s, d + g * x) / g ** (s + 1)
        for s, coefficient in enumerate(_coefficients(power))
    )
    return x**power * TruncatedPower(k, d + g * x), antiderivative


def supports(features: int) -> Iterator[Support]:
    """Yield all sets of features, as increasing tuples, by size.

    Parameters
    ----------
    features : int

    Yields
    ------
    tuple of int

    Examples
    --------
    >>> list(supports(2))
    [(), (0,), (1,), (0, 1)]
    """
    for size in range(features + 1):
        yield from combinations(range(features), size)


class Moments:
    """Conditional moments of the preactivations z_j = b_j + sum_i g_ij x_i.

    Given that exactly the features of A are active, x_i is uniform on [0, 1] for i in A and 0
    otherwise, independently.

    Parameters
    ----------
    gram : sequence of rows of ring elements, shape (n, n)
        g_ij.
    biases : sequence of n ring elements
    domain : sympy domain
        The commutative ring, which contains the rationals.
    is_positive : callable (j, B, breakpoint) -> bool
        Whether b_j + sum_{i in B} g_ij > 0; B is an increasing tuple.
    divide : callable (numerator, denominator) -> ring element
        The division, used once for each moment.

    Examples
    --------
    The second moment of max(x_0 - x_1, 0), for both features active:

    >>> gram, biases = [[QQ(1), QQ(-1)], [QQ(-1), QQ(1)]], [QQ(0), QQ(0)]
    >>> moments = Moments(gram, biases, QQ, lambda j, B, value: value > 0, QQ.quo)
    >>> QQ.to_sympy(2 * moments(0, (0, 1), 2))
    1/12
    """

    def __init__(
        self,
        gram: Sequence[Sequence[Any]],
        biases: Sequence[Any],
        domain: Any,
        is_positive: Callable[[int, Support, Any], bool],
        divide: Callable[[Any, Any], Any],
    ) -> None:
        self.features = len(biases)
        self.domain = domain
        self._gram = gram
        self._biases = biases
        self._is_positive = is_positive
        self._divide = divide
        self._breakpoints: dict[tuple[int, Support], Any] = {}
        self._powers: dict[tuple[int, Support, int], Any] = {}

    def __call__(self, output: int, active: Support, order: int, factors: Support = ()) -> Any:
        """Return E_A[ F_order(z_j) prod_{i in factors} x_i ] for output j and active set A.

        Parameters
        ----------
        output : int
            j.
        active : tuple of int
            A, increasing.
        order : int
            k >= 0.
        factors : tuple of int
            The variables that multiply F_k, each as often as its power.

        Returns
        -------
        ring element
        """
        domain = self.domain
        if any(i not in active for i in factors):
            return domain.zero
        terms: dict[tuple[Support, int], Any] = {((), order): domain.one}
        denominator = domain.one
        for i in active:
            slope, power = self._gram[i][output], factors.count(i)
            if slope:
                terms = _step(terms, i, slope, power, domain.zero)
                denominator *= slope ** (power + 1)
            else:
                denominator *= power + 1
        numerator = domain.zero
        for (chosen, k), coefficient in terms.items():
            value = self._power(output, chosen, k)
            if value:
                numerator += coefficient * value
        return self._divide(numerator, denominator)

    def loss(self, output: int, active: Support) -> Any:
        """Return E_A (x_j - max(z_j, 0))^2 for output j and active set A.

        Parameters
        ----------
        output : int
        active : tuple of int

        Returns
        -------
        ring element
        """
        square = 2 * self(output, active, 2)
        if output not in active:
            return square
        return self._rational(1, 3) - 2 * self(output, active, 1, (output,)) + square

    def mean(self, density: Sequence[Any], value: Callable[[Support], Any]) -> Any:
        """Return the mean of a function of the active set; sets of probability 0 are skipped.

        Parameters
        ----------
        density : sequence of n ring elements
            The probability that each feature is active.
        value : callable, tuple of int -> ring element

        Returns
        -------
        ring element
        """
        total = self.domain.zero
        for active in supports(self.features):
            probability = self.domain.one
            for i, p in enumerate(density):
                probability *= p if i in active else 1 - p
            if probability:
                total += probability * value(active)
        return total

    def _power(self, output: int, chosen: Support, order: int) -> Any:
        """Return F_order at a breakpoint."""
        key = (output, chosen, order)
        if key not in self._powers:
            at = self._breakpoint(output, chosen)
            self._powers[key] = (
                at**order * self._rational(1, factorial(order))
                if self._is_positive(output, chosen, at)
                else self.domain.zero
            )
        return self._powers[key]

    def _breakpoint(self, output: int, chosen: Support) -> Any:
        """Return b_j + sum_{i in B} g_ij."""
        key = (output, chosen)
        if key not in self._breakpoints:
            self._breakpoints[key] = (
                self._breakpoint(output, chosen[:-1]) + self._gram[chosen[-1]][output]
                if chosen
                else self._biases[output]
            )
        return self._breakpoints[key]

    def _rational(self, numerator: int, denominator: int) -> Any:
        """Return a rational number in the ring."""
        return self.domain.convert_from(QQ(numerator, denominator), QQ)


def _coefficients(power: int) -> list[Any]:
    """Return (-1)^s r!/(r-s)! for s = 0, ..., r."""
    return [Integer(-1) ** s * perm(power, s) for s in range(power + 1)]


def _step(
    terms: dict[tuple[Support, int], Any], feature: int, slope: Any, power: int, zero: Any
) -> dict[tuple[Support, int], Any]:
    """Integrate one variable with a nonzero slope, the denominator slope^(power+1) left out."""
    coefficients = [int(c) for c in _coefficients(power)]
    stepped: dict[tuple[Support, int], Any] = defaultdict(lambda: zero)
    for (chosen, order), coefficient in terms.items():
        for s, c in enumerate(coefficients):
            key = ((*chosen, feature), order + 1 + s)
            stepped[key] += coefficient * slope ** (power - s) * c
        stepped[chosen, order + 1 + power] -= coefficient * coefficients[-1]
    return dict(stepped)
