"""The exceptions of the project: input that is not accepted, exactness that cannot be had."""


class InputError(ValueError):
    """Input that is not accepted: the message names it, says what is wrong and what is accepted.

    Examples
    --------
    >>> from superposition_theory import InputError
    >>> issubclass(InputError, ValueError)
    True
    """


class ExactnessError(ArithmeticError):
    """Exact coefficients cannot be had here: the message says what stands in the way.

    Examples
    --------
    >>> from superposition_theory import ExactnessError
    >>> issubclass(ExactnessError, ArithmeticError)
    True
    """
