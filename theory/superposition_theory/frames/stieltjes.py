"""The Stieltjes transform of a Gram matrix."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from sympy import Expr, Float, Integer, Rational, sympify

from superposition_theory.errors import InputError

from .spectrum import Spectrum


@dataclass(frozen=True)
class StieltjesTransform:
    """s(z) = (1/n) tr (M - z I)^{-1} of a Gram matrix M of n >= 1 features and rank r.

    ``s(z) = sum_k (m_k/n)/(lambda_k - z) - (1 - r/n)/z`` over the distinct positive eigenvalues,
    m_k their multiplicities: poles lambda_k with residue -m_k/n, and 0 with residue -(n - r)/n
    where r < n. The residues add up to -1.

    Parameters
    ----------
    features : int
        n, at least 1.
    spectrum : Spectrum
        Of M.

    Examples
    --------
    >>> from sympy import Symbol
    >>> from superposition_theory.frames import Frame
    >>> transform = Frame([[1, -1]]).stieltjes
    >>> dict(transform.poles)
    {2: -1/2, 0: -1/2}
    >>> transform.expression(Symbol("z"))
    -1/(2*(z - 2)) - 1/(2*z)
    """

    features: int
    spectrum: Spectrum

    @property
    def poles(self) -> Mapping[Any, Any]:
        """The residue at each pole: the positive eigenvalues, increasing, then 0 if it is one."""
        residues = {
            eigenvalue.value: Rational(-eigenvalue.multiplicity, self.features)
            for eigenvalue in self.spectrum
        }
        rest = -1 - sum(residues.values())
        return MappingProxyType(residues | ({Integer(0): rest} if rest else {}))

    def expression(self, z: Any) -> Any:
        """Return s(z) as a sympy expression.

        Parameters
        ----------
        z : sympy expression, int or Fraction
            A symbol or an exact number that is not a pole.

        Returns
        -------
        sympy expression

        Raises
        ------
        InputError
            If z is a float, or a number that is written as one of the poles (every rational pole
            is recognized).

        Examples
        --------
        >>> from superposition_theory.frames import Frame
        >>> Frame([[1, -1]]).stieltjes.expression(1)
        0
        """
        if isinstance(z, bool) or not isinstance(z, (int, Fraction, Expr)):
            raise InputError(f"z is of type {type(z).__name__}; accepted is exact input of sympy")
        point = sympify(z)
        if point.has(Float) or point in self.poles:
            raise InputError(
                f"z = {z}; accepted are symbols and exact numbers other than the poles "
                f"{list(self.poles)}"
            )
        return sum(residue / (point - pole) for pole, residue in self.poles.items())
