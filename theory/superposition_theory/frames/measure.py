"""Spectral measures of features, held in the coefficient field by traces."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from sympy import Expr, Float, Poly, fraction, nan, oo, sympify, together, zoo
from sympy.polys.polyerrors import CoercionFailed, PolynomialError

from superposition_theory.errors import InputError

from .algebraic import VARIABLE, OrderedField, coefficients, polynomial
from .spectrum import Eigenvalue, SpectralFactor, Spectrum


@dataclass(frozen=True)
class Atom:
    """One atom of a spectral measure.

    Parameters
    ----------
    eigenvalue : Eigenvalue
        lambda_k.
    weight : sympy number
        p_ik = |P_k w_i|^2 / |w_i|^2, positive.

    Examples
    --------
    >>> from superposition_theory.frames import Frame
    >>> [atom.weight for atom in Frame([[1, 0, 1], [0, 1, 1]]).spectral_measure(0).atoms]
    [1/2, 1/2]
    """

    eigenvalue: Eigenvalue
    weight: Any


@dataclass(frozen=True)
class SpectralMeasure:
    """The spectral measure mu_i = sum_k p_ik delta(lambda_k) of a feature w_i != 0.

    With F = sum_k lambda_k P_k over the distinct positive eigenvalues,
    p_ik = |P_k w_i|^2 / |w_i|^2. It is a probability measure, and it depends on eigenspaces only,
    not on a choice of eigenvectors. Every expectation of a rational function over K is an element
    of K, found as a sum of traces.

    Parameters
    ----------
    feature : int
        The index i.
    spectrum : Spectrum
        The spectrum of the whole frame.
    weights : tuple of (SpectralFactor, Poly)
        For each irreducible factor that carries weight, the polynomial that takes the value p_ik
        at its roots.

    References
    ----------
    Ivanov et al. 2026, "Spectral Superposition", spectral measure of a feature.

    Examples
    --------
    >>> from sympy import Symbol
    >>> from superposition_theory.frames import Frame
    >>> measure = Frame([[1, 0, 1], [0, 1, 1]]).spectral_measure(0)
    >>> measure.mean, measure.variance, measure.inverse_mean, measure.is_localized
    (2, 1, 2/3, False)
    >>> measure.expectation(1 / (Symbol("t") + 1))
    3/8
    """

    feature: int
    spectrum: Spectrum
    weights: tuple[tuple[SpectralFactor, Poly], ...]

    @property
    def field(self) -> OrderedField:
        """The coefficient field K."""
        return self.weights[0][0].field

    @cached_property
    def atoms(self) -> tuple[Atom, ...]:
        """The atoms of positive weight, by increasing eigenvalue."""
        weights = {factor.polynomial: weight for factor, weight in self.weights}
        return tuple(
            Atom(e, e.source.evaluate(weights[e.factor], e.position))
            for e in self.spectrum
            if e.factor in weights
        )

    @property
    def is_localized(self) -> bool:
        """Whether mu_i is a Dirac mass, that is, w_i is an eigenvector of F."""
        return bool(sum(factor.polynomial.degree() for factor, _ in self.weights) == 1)

    @cached_property
    def mean(self) -> Any:
        """The mean, which is the Rayleigh quotient kappa_i = w_i^T F w_i / |w_i|^2."""
        return self.field.to_sympy(self.mean_in_field)

    @cached_property
    def variance(self) -> Any:
        """The variance of lambda under mu_i."""
        return self.field.to_sympy(self.variance_in_field)

    @cached_property
    def inverse_mean(self) -> Any:
        """The mean of 1/lambda, which is the leverage score over |w_i|^2."""
        return self.field.to_sympy(self.expectation_in_field(_poly(self.field, 1), self._identity))

    def expectation(self, function: Any) -> Any:
        """Return the expectation of a rational function of lambda.

        Parameters
        ----------
        function : sympy expression, int or Fraction
            A rational function in at most one symbol, with coefficients in the coefficient field
            and no pole at an atom.

        Returns
        -------
        sympy number

        Raises
        ------
        InputError
            If it is not such a function.

        Examples
        --------
        >>> from sympy import Symbol
        >>> from superposition_theory.frames import Frame
        >>> t = Symbol("t")
        >>> Frame([[1, 0, 1], [0, 1, 1]]).spectral_measure(0).expectation(t**3)
        14
        """
        numerator, denominator = self._quotient(function)
        if any(denominator.rem(factor.polynomial).is_zero for factor, _ in self.weights):
            raise InputError(
                f"function = {function} has a pole at an eigenvalue to which feature "
                f"{self.feature} gives weight; accepted are functions that are finite there"
            )
        return self.field.to_sympy(self.expectation_in_field(numerator, denominator))

    def expectation_in_field(self, numerator: Poly, denominator: Poly) -> Any:
        """Return E[numerator/denominator] as an element of K, for polynomials over K.

        Parameters
        ----------
        numerator, denominator : Poly
            In `VARIABLE`; the denominator is nonzero at every atom.

        Returns
        -------
        element of K
        """
        return sum(
            (
                factor.trace(numerator * weight * denominator.invert(factor.polynomial))
                for factor, weight in self.weights
            ),
            self.field.domain.zero,
        )

    @cached_property
    def mean_in_field(self) -> Any:
        """The mean as an element of K."""
        return self.expectation_in_field(self._identity, _poly(self.field, 1))

    @cached_property
    def variance_in_field(self) -> Any:
        """The variance as an element of K."""
        return self.expectation_in_field(self.centred_square, _poly(self.field, 1))

    @property
    def centred_square(self) -> Poly:
        """The polynomial (x - kappa_i)^2."""
        return _poly(self.field, 1, -self.mean_in_field) ** 2

    @property
    def _identity(self) -> Poly:
        """The polynomial x."""
        return _poly(self.field, 1, 0)

    def _quotient(self, function: Any) -> tuple[Poly, Poly]:
        """Read a rational function as numerator and denominator over the coefficient field."""
        accepted = (
            "accepted is a rational function in at most one symbol, with exact coefficients in "
            f"the field {self.field.domain}"
        )
        if isinstance(function, bool) or not isinstance(function, (int, Fraction, Expr)):
            raise InputError(f"function is of type {type(function).__name__}; {accepted}")
        expression = sympify(function)
        symbols = expression.free_symbols
        if len(symbols) > 1 or expression.has(Float, nan, oo, zoo):
            raise InputError(f"function = {function} is not accepted; {accepted}")
        variable = next(iter(symbols), VARIABLE)
        try:
            numerator, denominator = (
                Poly(part, variable, domain=self.field.domain)
                for part in fraction(together(expression))
            )
        except (CoercionFailed, PolynomialError) as error:
            raise InputError(f"function = {function} is not accepted; {accepted}") from error
        return numerator.replace(variable, VARIABLE), denominator.replace(variable, VARIABLE)


def spectral_measure(
    feature: int, moments: Sequence[Any], spectrum: Spectrum, field: OrderedField
) -> SpectralMeasure:
    """Return the spectral measure of one feature from its moments s_j = w^T F^j w.

    With mu the product of the distinct irreducible factors, of degree d, the projector on the
    eigenspace of a root is P = [mu(x)/(x - lambda)](F) / mu'(lambda). Dividing by Horner's rule,
    |P w|^2 mu'(lambda) = sum_e lambda^e sum_j c_{j+e+1} s_j where mu = sum_k c_k x^k.

    Parameters
    ----------
    feature : int
        Its index, kept in the result.
    moments : sequence of elements of K
        s_0, ..., s_{d-1}, with s_0 nonzero.
    spectrum : Spectrum
    field : OrderedField

    Returns
    -------
    SpectralMeasure

    Examples
    --------
    >>> from superposition_theory.frames import Frame
    >>> spectrum = Frame([[1, 0, 1], [0, 1, 1]]).spectrum
    >>> field = spectrum.factors[0].field
    >>> spectral_measure(0, [1, 2], spectrum, field).mean
    2
    """
    rising = coefficients(spectrum.annihilator)[::-1]
    degree = len(rising) - 1
    numerator = polynomial(
        [
            sum((rising[j + e + 1] * moments[j] for j in range(degree - e)), field.domain.zero)
            / moments[0]
            for e in reversed(range(degree))
        ],
        field.domain,
    )
    weights = (
        (factor, (numerator * inverse).rem(factor.polynomial))
        for factor, inverse in spectrum.derivative_inverses
    )
    return SpectralMeasure(
        feature, spectrum, tuple((factor, w) for factor, w in weights if not w.is_zero)
    )


def _poly(field: OrderedField, *falling: Any) -> Poly:
    """Return the polynomial with these coefficients, highest power first."""
    return polynomial([field.domain.convert(c) for c in falling], field.domain)
