"""The one exception for input that the project cannot accept."""


class InputError(ValueError):
    """Input that is not accepted: the message names it, says what is wrong and what is accepted.

    Examples
    --------
    >>> from superposition_theory import InputError
    >>> issubclass(InputError, ValueError)
    True
    """
