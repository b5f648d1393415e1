"""Evidence by exact decisions on the cases of a stated family, or of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from superposition_proofs.ledger import Context, Evidence, Outcome, Status

from .algebra import Steps, decide_steps

Cases = Callable[[Context], Iterable[tuple[str, Any]]]
CaseLaw = Callable[[Any], bool | None]


@dataclass(frozen=True)
class Family:
    """A law, and the cases that it is decided on.

    Parameters
    ----------
    law : callable
        case -> holds, or None where the case does not meet the hypotheses.
    cases : callable
        Context -> pairs of a name and a case.
    """

    law: CaseLaw
    cases: Cases


def on_cases(
    law: CaseLaw,
    near_misses: Mapping[str, CaseLaw | Family],
    cases: Cases,
    *uses: str,
    description: str,
    name: str = "exact cases",
) -> Evidence[Family]:
    """Return evidence by exact decisions, case by case.

    Parameters
    ----------
    law : callable
        case -> holds, or None where the case does not meet the hypotheses.
    near_misses : mapping of str to callable or Family
        Laws that are false for some of the cases, or families with a case for which one is false.
    cases : callable
        Context -> pairs of a name and a case.
    *uses : str
        Ids of claims taken for granted.
    description : str
    name : str
        Unique in its claim.

    Returns
    -------
    Evidence of kind ``checked``

    Examples
    --------
    >>> from superposition_proofs.claims.cases import on_cases
    >>> squares = lambda context: [(str(k), k * k) for k in range(4)]
    >>> on_cases(lambda s: s % 4 < 2, {"even": lambda s: s % 2 == 0}, squares, description="x").kind
    <Status.checked: 'checked'>
    """
    return Evidence(
        name,
        Status.checked,
        check_cases,
        Family(law, cases),
        {
            miss: wrong if isinstance(wrong, Family) else Family(wrong, cases)
            for miss, wrong in near_misses.items()
        },
        uses,
        description=description,
    )


def check_cases(family: Family, context: Context) -> Outcome:
    """Decide a law on every case that meets its hypotheses, up to the first that fails.

    Examples
    --------
    >>> from superposition_proofs.claims.cases import Family, check_cases
    >>> from superposition_proofs.ledger import Context, Level
    >>> odd = Family(lambda k: k % 2 == 1, lambda context: [("one", 1), ("two", 2)])
    >>> check_cases(odd, Context(Level.quick, 0)).reason
    'fails for two'
    """
    cases = effective = 0
    for name, case in family.cases(context):
        cases += 1
        holds = family.law(case)
        if holds is None:
            continue
        effective += 1
        if not holds:
            reason = f"fails for {name}"
            return Outcome(False, reason, cases=cases, effective=effective, witness={"name": name})
    return Outcome(True, f"exact in {effective} cases", cases=cases, effective=effective)


def by_steps(
    steps: Steps, near_misses: Mapping[str, Steps], *uses: str, description: str
) -> Evidence[Steps]:
    """Return evidence by exact decisions about given objects: no size or symbol is free in it.

    Parameters
    ----------
    steps : tuple of Identity, PositiveOn or Decided
    near_misses : mapping of str to steps
    *uses : str
        Ids of claims taken for granted.
    description : str

    Returns
    -------
    Evidence of kind ``checked``

    Examples
    --------
    >>> from superposition_proofs.claims.algebra import Decided
    >>> from superposition_proofs.claims.cases import by_steps
    >>> no = {"false": (Decided("no", lambda: False),)}
    >>> by_steps((Decided("yes", lambda: True),), no, description="x").kind
    <Status.checked: 'checked'>
    """
    return Evidence(
        "exact steps",
        Status.checked,
        decide_steps,
        steps,
        near_misses,
        uses,
        description=description,
    )
