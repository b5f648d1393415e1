"""Evidence by algebra: identities and signs in the symbols of a statement, decided exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from superposition_theory import InputError
from sympy import Poly, Rational, Symbol, cancel, fraction, together

from superposition_proofs.ledger import Context, Evidence, Outcome, Status


@dataclass(frozen=True)
class Identity:
    """What the program derives is what the statement says, as rational functions.

    Parameters
    ----------
    name : str
    derived : callable, () -> Expr
        Computed from the losses when the evidence is run.
    stated : Expr or number
        As the statement has it.

    Examples
    --------
    >>> from superposition_proofs.claims.algebra import Identity
    >>> from superposition_theory.phases import DENSITY as p, dropped_loss
    >>> Identity("v", dropped_loss, p / 3 - p**2 / 4).decide()
    True
    """

    name: str
    derived: Callable[[], Any]
    stated: Any

    def __str__(self) -> str:
        """Return the step for a reader."""
        return f"{self.name}: {self.stated}"

    def decide(self) -> bool:
        """Decide whether the difference is 0: a rational function, or a number."""
        difference = cancel(together(self.derived() - self.stated))
        return difference == 0 or (difference.is_number and bool(difference.equals(0)))


@dataclass(frozen=True)
class PositiveOn:
    """A polynomial or rational function of one variable is positive on an open interval.

    Parameters
    ----------
    name : str
    derived : callable, () -> Expr
    variable : Symbol
    lower, upper : Rational
        The interval.

    Examples
    --------
    >>> from sympy.abc import x
    >>> from superposition_proofs.claims.algebra import PositiveOn
    >>> PositiveOn("parabola", lambda: x * (1 - x), x, Rational(0), Rational(1)).decide()
    True
    """

    name: str
    derived: Callable[[], Any]
    variable: Symbol
    lower: Rational
    upper: Rational

    def __str__(self) -> str:
        """Return the step for a reader."""
        return f"{self.name}: positive for {self.lower} < {self.variable} < {self.upper}"

    def decide(self) -> bool:
        """Decide by a point inside and the number of roots inside (Sturm)."""
        function = cancel(together(self.derived()))
        middle = function.subs(self.variable, (self.lower + self.upper) / 2)
        parts = (Poly(part, self.variable) for part in fraction(function))
        return bool(middle > 0) and all(self._roots_inside(part) == 0 for part in parts)

    def _roots_inside(self, poly: Poly) -> int:
        """Return the number of different roots in the open interval."""
        ends = sum(poly.eval(end) == 0 for end in (self.lower, self.upper))
        inside: int = poly.count_roots(self.lower, self.upper)
        return inside - int(ends)


@dataclass(frozen=True)
class Decided:
    """A yes-or-no question that the program answers exactly.

    Parameters
    ----------
    name : str
    question : callable, () -> bool

    Examples
    --------
    >>> from superposition_proofs.claims.algebra import Decided
    >>> Decided("an order", lambda: Rational(1, 3) < Rational(1, 2)).decide()
    True
    """

    name: str
    question: Callable[[], Any]

    def __str__(self) -> str:
        """Return the step for a reader."""
        return self.name

    def decide(self) -> bool:
        """Ask."""
        return bool(self.question())


Steps = tuple[Identity | PositiveOn | Decided, ...]


def are_steps(subject: Any) -> TypeGuard[Steps]:
    """Say whether the subject of an evidence is a sequence of steps.

    Examples
    --------
    >>> from superposition_proofs.claims.algebra import Decided, are_steps
    >>> are_steps((Decided("yes", lambda: True),)), are_steps(()), are_steps("text")
    (True, False, False)
    """
    return (
        isinstance(subject, tuple)
        and bool(subject)
        and all(isinstance(step, Identity | PositiveOn | Decided) for step in subject)
    )


def by_algebra(steps: Steps, near_misses: Mapping[str, Steps], *uses: str) -> Evidence[Steps]:
    """Return evidence by identities and signs that the program decides.

    Parameters
    ----------
    steps : tuple of Identity, PositiveOn or Decided
        Together they are the statement, for all values of its symbols.
    near_misses : mapping of str to steps
    *uses : str
        Ids of claims that the steps take for granted.

    Returns
    -------
    Evidence of kind ``proved``

    Examples
    --------
    >>> from superposition_proofs.claims.algebra import Identity, by_algebra
    >>> from superposition_theory.phases import DENSITY as p, dropped_loss
    >>> right = (Identity("v", dropped_loss, p / 3 - p**2 / 4),)
    >>> by_algebra(right, {"no bias": (Identity("v", dropped_loss, p / 3),)}).name
    'algebra'
    """
    return Evidence(
        "algebra",
        Status.proved,
        decide_steps,
        steps,
        near_misses,
        uses,
        description="Derived from the losses and compared as rational functions; signs by Sturm.",
    )


def decide_steps(steps: Steps, context: Context) -> Outcome:
    """Decide every step.

    Examples
    --------
    >>> from superposition_proofs.claims.algebra import Decided, decide_steps
    >>> from superposition_proofs.ledger import Context, Level
    >>> decide_steps((Decided("no", lambda: False),), Context(Level.quick, 0)).reason
    'not so: no'
    """
    results = {step.name: step.decide() for step in steps}
    failed = [name for name, holds in results.items() if not holds]
    reason = f"all {len(steps)} steps decided" if not failed else "not so: " + ", ".join(failed)
    return Outcome(
        not failed, reason, cases=len(steps), effective=len(steps), details={"steps": results}
    )


def has_decimals(bounds: tuple[Rational, Rational], text: str) -> bool:
    """Say whether every number between bounds has the decimals of a text, truncated.

    A text without decimals is refused: it would accept a whole unit.

    Examples
    --------
    >>> from superposition_proofs.claims.algebra import has_decimals
    >>> has_decimals((Rational(1, 3), Rational(1, 3)), "0.333")
    True
    >>> has_decimals((Rational(-2, 3), Rational(-2, 3)), "-0.667")
    False
    """
    if "." not in text:
        raise InputError(f"text is {text!r}; accepted: a number with decimals after a point")
    near, unit = abs(Rational(text)), Rational(1, 10 ** len(text.partition(".")[2]))
    sign = -1 if text.startswith("-") else 1
    low, high = sorted(sign * bound for bound in bounds)
    return bool(near <= low and high < near + unit)


def replaced(steps: Steps, name: str, **changes: Any) -> Steps:
    """Return the steps with fields of one of them changed: a near miss.

    Examples
    --------
    >>> from superposition_proofs.claims.algebra import Identity, replaced
    >>> steps = (Identity("two", lambda: Rational(2), 2),)
    >>> replaced(steps, "two", stated=3)[0].decide()
    False
    """
    if name not in {step.name for step in steps}:
        raise KeyError(name)
    return tuple(replace(step, **changes) if step.name == name else step for step in steps)
