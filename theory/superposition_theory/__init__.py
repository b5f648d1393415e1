"""What is true: exact objects only (integers, rationals, algebraic numbers, sympy expressions)."""

from superposition_theory.errors import ExactnessError as ExactnessError
from superposition_theory.errors import InputError as InputError

__all__ = ["ExactnessError", "InputError"]
