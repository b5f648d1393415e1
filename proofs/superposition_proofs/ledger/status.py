"""Computed statuses: the best, over the evidence, of its kind and of what it uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .records import Claim, Evidence, Level, Outcome, Reference, Status
from .results import EvidenceResult, Verdict


@dataclass(frozen=True)
class _Finding:
    """What one evidence, or none, says of the claim."""

    status: Status
    reason: str
    modulo: tuple[str, ...] = ()
    outcome: Outcome | None = None
    kind: Status = Status.open
    name: str | None = None


def judge(
    claim: Claim,
    results: Mapping[str, EvidenceResult],
    statuses: Mapping[str, Status],
    *,
    level: Level,
    seed: int,
) -> Verdict:
    """Compute the verdict on a claim.

    The rules:

    - Evidence with an error (a crash, no effective case, a near miss that is not rejected) decides
      nothing, and neither does evidence that uses a claim that is not upheld.
    - Evidence that holds supports the claim with its own kind or, where a claim that it uses is
      weaker, with the weakest of their statuses, *modulo* the weaker ones. A reference supports
      the claim with its kind in the same way.
    - Evidence that does not hold, or evidence *against* the claim that holds, refutes it. When
      there is support beside it, the evidences disagree: an error of the ledger, and the claim
      counts as refuted.
    - The status is `refuted` if something refutes, else the strongest support, else
      `inconclusive` if evidence was run and could not decide or had an error, else `open`.

    Parameters
    ----------
    claim : Claim
        The claim.
    results : Mapping[str, EvidenceResult]
        What was run of its evidence, by name.
    statuses : Mapping[str, Status]
        Of at least the claims that it uses.
    level, seed : Level, int
        Of the run.

    Returns
    -------
    Verdict
        With the reason, margin and witness of the deciding evidence: the refuting one of the
        strongest kind, or the one that gives the strongest support (on a tie, the one modulo
        fewer claims, then the first).

    Examples
    --------
    >>> from superposition_proofs.ledger import ClaimKind
    >>> proof = Reference(Status.written, "By a.", uses=("a",))
    >>> claim = Claim("b", "B", "$b$", (), "ours", ClaimKind.theorem, (proof,))
    >>> judge(claim, {}, {"a": Status.supported}, level=Level.quick, seed=0).label
    'supported, modulo a'
    """
    ran = tuple(results[item.name] for item in claim.executable if item.name in results)
    findings = [
        _of_reference(item, statuses)
        if isinstance(item, Reference)
        else _of_evidence(item, results[item.name], statuses)
        for item in claim.evidence
        if isinstance(item, Reference) or item.name in results
    ]
    support = [finding for finding in findings if finding.status.upheld]
    refutations = [finding for finding in findings if finding.status is Status.refuted]
    undecided = [finding for finding in findings if finding.status is Status.inconclusive]

    not_run = tuple(item.name for item in claim.executable if item.name not in results)
    errors = [f"{result.evidence}: {error}" for result in ran for error in result.errors]
    if refutations and support:
        errors.append(
            f"evidences disagree: {_names(support)} for the claim, {_names(refutations)} against it"
        )
    if refutations:
        decision = max(refutations, key=lambda found: found.kind.rank)
    elif support:
        decision = max(support, key=lambda found: (found.status.rank, -len(found.modulo)))
    else:
        decision = next(iter(undecided or findings), _nothing(not_run, level))
    outcomes = [result.outcome for result in ran if result.outcome is not None]
    return Verdict(
        id=claim.id,
        title=claim.title,
        kind=claim.kind,
        status=decision.status,
        modulo=decision.modulo,
        reason=decision.reason,
        margin=None if decision.outcome is None else decision.outcome.margin,
        witness=None if decision.outcome is None else decision.outcome.witness,
        decided_by=decision.name,
        cases=sum(outcome.cases for outcome in outcomes),
        effective=sum(outcome.effective for outcome in outcomes),
        seconds=sum(result.seconds for result in ran),
        seed=seed,
        level=level,
        results=ran,
        not_run=not_run,
        references=claim.references,
        errors=tuple(errors),
    )


def _of_reference(item: Reference, statuses: Mapping[str, Status]) -> _Finding:
    """Return what a reference says: its kind, or the weakest claim that it uses."""
    missing = _missing(item, statuses)
    if missing:
        return _Finding(Status.open, f"the {item.kind} proof {missing}")
    status, modulo = _weakest(item, statuses)
    return _Finding(status, item.source or item.text, modulo, kind=item.kind)


def _of_evidence(
    item: Evidence[Any], result: EvidenceResult, statuses: Mapping[str, Status]
) -> _Finding:
    """Return what an evidence says; `open` when it says nothing."""
    outcome = result.outcome
    if result.errors or outcome is None:
        return _Finding(Status.inconclusive, f"{item.name}: {'; '.join(result.errors)}")
    missing = _missing(item, statuses)
    if missing:
        return _Finding(Status.open, f"{item.name} {missing}")
    if item.against and outcome.holds is False:
        return _Finding(Status.open, f"{item.name}: the witness does not refute: {outcome.reason}")
    modulo: tuple[str, ...] = ()
    if outcome.holds is None:
        status = Status.inconclusive
    elif outcome.holds is item.against:
        status = Status.refuted
    else:
        status, modulo = _weakest(item, statuses)
    return _Finding(status, outcome.reason, modulo, outcome, item.kind, item.name)


def _missing(item: Evidence[Any] | Reference, statuses: Mapping[str, Status]) -> str:
    """Return a phrase that names what is used and not upheld, or nothing."""
    missing = [f"{used} ({statuses[used]})" for used in item.uses if not statuses[used].upheld]
    return f"uses what is not upheld: {', '.join(missing)}" if missing else ""


def _weakest(
    item: Evidence[Any] | Reference, statuses: Mapping[str, Status]
) -> tuple[Status, tuple[str, ...]]:
    """Return the weakest of the kind and of what is used, and the used claims that weaken it."""
    weaker = tuple(used for used in item.uses if statuses[used] < item.kind)
    return min((item.kind, *(statuses[used] for used in weaker))), weaker


def _nothing(not_run: tuple[str, ...], level: Level) -> _Finding:
    """Return the finding of a claim for which there is nothing to go by."""
    if not_run:
        return _Finding(Status.open, f"no evidence at level {level}; {', '.join(not_run)} not run")
    return _Finding(Status.open, "no evidence")


def _names(findings: list[_Finding]) -> str:
    """Return the names of the evidences behind some findings; references by their kind."""
    return ", ".join(finding.name or f"a reference ({finding.status})" for finding in findings)
