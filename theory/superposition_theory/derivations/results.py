"""What the check of a derivation found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StepResult:
    """What the check found at one step.

    Parameters
    ----------
    name : str
        Name of the step.
    statement : str
        What it claims.
    decided : bool
        Whether it was proved.
    detail : str
        The common normal form, or what is left over.
    used : tuple of str
        Names of the hypotheses and earlier steps that were used, sorted.

    Examples
    --------
    >>> StepResult("P P = P", "P P = P", False, "left over: P P - P", ()).decided
    False
    """

    name: str
    statement: str
    decided: bool
    detail: str
    used: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """What the check of a derivation found.

    Parameters
    ----------
    title : str
        Title of the derivation.
    decided : bool
        Whether every step was decided, and there is at least one.
    steps : tuple of StepResult
        In order, those of the cases included.

    Examples
    --------
    >>> Result("empty", False, ()).failed
    ()
    """

    title: str
    decided: bool
    steps: tuple[StepResult, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the steps that were not decided, in order."""
        return tuple(step.name for step in self.steps if not step.decided)
