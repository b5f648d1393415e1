"""Numbers that settings of methods have in common."""

from __future__ import annotations

from superposition_theory import InputError

from ...toy_model.arguments import number


def positive(name: str, value: object) -> float:
    """Return the setting as a positive float.

    Raises
    ------
    InputError
        It is not a finite real number above 0.

    Examples
    --------
    >>> from superposition_numerics.training.methods.ranges import positive
    >>> positive("rate", 1)
    1.0
    """
    result = number(name, value)
    if result <= 0:
        raise InputError(f"{name} is {value!r}; accepted: a positive number")
    return result
