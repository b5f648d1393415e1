"""Three-valued answers: yes, no or undecided, each with its reason and its margin."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Decision:
    """The answer to a question that floating-point data may leave undecided.

    Attributes
    ----------
    value : bool or None
        None where the data do not decide.
    reason : str
        What decided it, in words.
    margin : float
        In [0, 1]: how far the deciding quantity lies from its threshold, relative to the larger
        of the two. 0 is on the threshold, 1 is as far as can be.

    Examples
    --------
    >>> from superposition_numerics.decisions import Decision
    >>> Decision.at_most(1e-9, 1e-6, "spread").value
    True
    """

    value: bool | None
    reason: str
    margin: float

    @property
    def answer(self) -> str:
        """The value in a word: yes, no or undecided."""
        return {True: "yes", False: "no", None: "undecided"}[self.value]

    @classmethod
    def at_most(cls, quantity: float, threshold: float, what: str) -> Decision:
        """Decide ``quantity <= threshold`` for two nonnegative numbers.

        Examples
        --------
        >>> from superposition_numerics.decisions import Decision
        >>> Decision.at_most(4.0, 1.0, "spread")
        Decision(value=False, reason='spread 4 exceeds 1', margin=0.75)
        """
        holds = quantity <= threshold
        larger = max(quantity, threshold)
        margin = abs(threshold - quantity) / larger if larger > 0 else 0.0
        relation = "is within" if holds else "exceeds"
        return cls(holds, f"{what} {quantity:.3g} {relation} {threshold:.3g}", margin)
