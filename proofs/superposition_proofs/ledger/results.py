"""What a run of evidence found, and the verdicts that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from superposition_theory.errors import InputError

from .json_values import Json, finite_or_none
from .records import ClaimKind, Level, Outcome, Reference, Status


@dataclass(frozen=True)
class EvidenceResult:
    """One evidence, run: the outcome on its subject and on each of its near misses.

    Two results are equal when they agree in everything but the time that they took.

    Parameters
    ----------
    claim, evidence : str
        The id of the claim and the name of the evidence within it.
    kind : Status
        The kind of the evidence.
    outcome : Outcome or None
        On the subject; None when the check crashed there.
    controls : Mapping[str, Outcome]
        On the near misses, by name.
    seconds : float
        Wall time of all of it.
    key : str
        Hash of everything that affects the result.
    error : str or None
        Type, message and last frames of an exception, or None.

    Raises
    ------
    InputError
        If there is neither an outcome nor an error.

    Examples
    --------
    >>> result = EvidenceResult("c", "e", Status.checked, Outcome(True, "holds"),
    ...                         {"off by one": Outcome(True, "holds too")}, 0.1, "key")
    >>> result.errors
    ('control passed: off by one',)
    """

    claim: str
    evidence: str
    kind: Status
    outcome: Outcome | None
    controls: Mapping[str, Outcome]
    seconds: float = field(compare=False)
    key: str
    error: str | None = None

    def __post_init__(self) -> None:
        """Require an outcome or the error that prevented it."""
        if self.outcome is None and self.error is None:
            raise InputError("EvidenceResult.outcome is None and EvidenceResult.error too")

    @property
    def controls_passed(self) -> tuple[str, ...]:
        """Names of the near misses that the check accepted."""
        return tuple(name for name, control in self.controls.items() if control.holds)

    @property
    def errors(self) -> tuple[str, ...]:
        """Why this evidence cannot be relied on; empty when it can."""
        found = [] if self.error is None else [self.error]
        if self.outcome is not None and self.outcome.effective == 0:
            found.append(f"vacuous: none of {self.outcome.cases} cases met the hypotheses")
        for name, control in self.controls.items():
            if control.effective == 0:
                found.append(f"control vacuous: {name}")
            if control.holds:
                found.append(f"control passed: {name}")
            elif control.holds is None:
                found.append(f"control inconclusive: {name}")
        return tuple(found)

    def to_dict(self) -> dict[str, Json]:
        """Return the result as plain JSON data, with the fields as keys."""
        return {
            "claim": self.claim,
            "evidence": self.evidence,
            "kind": str(self.kind),
            "outcome": None if self.outcome is None else self.outcome.to_dict(),
            "controls": {name: control.to_dict() for name, control in self.controls.items()},
            "seconds": finite_or_none(self.seconds),
            "key": self.key,
            "error": self.error,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> EvidenceResult:
        """Return the result that `to_dict` wrote; KeyError, TypeError or ValueError if not one."""
        outcome = data["outcome"]
        return cls(
            claim=data["claim"],
            evidence=data["evidence"],
            kind=Status(data["kind"]),
            outcome=None if outcome is None else Outcome(**outcome),
            controls={name: Outcome(**control) for name, control in data["controls"].items()},
            seconds=float(data["seconds"]),
            key=data["key"],
            error=data["error"],
        )


@dataclass(frozen=True)
class Verdict:
    """The computed status of a claim, and why.

    Two verdicts are equal when they agree in everything but the time that they took.

    Parameters
    ----------
    id, title : str
        Of the claim.
    kind : ClaimKind
        Of the claim.
    status : Status
        Computed from the evidence.
    modulo : tuple[str, ...]
        Ids of the used claims that are weaker than the deciding evidence, and weaken it.
    reason : str
        That of the deciding evidence, or why there is none.
    margin : float or None
        That of the deciding evidence.
    witness : Json
        That of the deciding evidence.
    decided_by : str or None
        Name of the deciding evidence; None when a reference decided, or nothing.
    cases, effective : int
        Cases tried, and those that met the hypotheses, summed over the subjects of all evidence
        that was run (near misses are not counted).
    seconds : float
        Wall time of the evidence, summed.
    seed : int
        Of the run.
    level : Level
        Of the run.
    results : tuple[EvidenceResult, ...]
        Of the evidence that was run, in the order of the claim.
    not_run : tuple[str, ...]
        Names of the evidence that belongs to a higher level.
    references : tuple[Reference, ...]
        Of the claim.
    errors : tuple[str, ...]
        Errors of the ledger, each with the name of the evidence at fault.

    Examples
    --------
    >>> verdict = Verdict("b", "B", ClaimKind.theorem, Status.checked, ("a",), "by a", None, None,
    ...                   "exact", 3, 3, 0.0, 0, Level.quick, (), (), (), ())
    >>> verdict.label, verdict.reproduce
    ('checked, modulo a', 'superposition verify b --level quick --seed 0')
    """

    id: str
    title: str
    kind: ClaimKind
    status: Status
    modulo: tuple[str, ...]
    reason: str
    margin: float | None
    witness: Json
    decided_by: str | None
    cases: int
    effective: int
    seconds: float = field(compare=False)
    seed: int
    level: Level
    results: tuple[EvidenceResult, ...]
    not_run: tuple[str, ...]
    references: tuple[Reference, ...]
    errors: tuple[str, ...]

    @property
    def upheld(self) -> bool:
        """Whether the claim is supported at all."""
        return self.status.upheld

    @property
    def label(self) -> str:
        """The status, with the claims that weaken it."""
        return (
            f"{self.status}, modulo {', '.join(self.modulo)}" if self.modulo else str(self.status)
        )

    @property
    def reproduce(self) -> str:
        """The command that computes this verdict again."""
        return f"superposition verify {self.id} --level {self.level} --seed {self.seed}"

    @property
    def controls_passed(self) -> tuple[str, ...]:
        """The near misses that were accepted, as ``evidence: near miss``."""
        return tuple(
            f"{result.evidence}: {name}"
            for result in self.results
            for name in result.controls_passed
        )

    def to_dict(self) -> dict[str, Json]:
        """Return the verdict as plain JSON data."""
        return {
            "id": self.id,
            "title": self.title,
            "kind": str(self.kind),
            "status": str(self.status),
            "modulo": list(self.modulo),
            "reason": self.reason,
            "margin": self.margin,
            "witness": self.witness,
            "decided_by": self.decided_by,
            "cases": self.cases,
            "effective": self.effective,
            "seconds": finite_or_none(self.seconds),
            "seed": self.seed,
            "level": str(self.level),
            "evidence": [result.to_dict() for result in self.results],
            "not_run": list(self.not_run),
            "references": [reference.to_dict() for reference in self.references],
            "reproduce": self.reproduce,
            "errors": list(self.errors),
        }


@dataclass(frozen=True)
class Report:
    """The verdicts of one run.

    Two reports are equal when they agree in everything but the time that they took.

    Parameters
    ----------
    verdicts : tuple[Verdict, ...]
        One for each claim that was asked for and each that these use, in the registry's order.
    environment : Mapping[str, str]
        Versions and platform.
    level : Level
        Of the run.
    seed : int
        Of the run.
    seconds : float
        Wall time of the whole run.

    Examples
    --------
    >>> report = Report((), {"python": "3.11"}, Level.quick, 0, 0.0)
    >>> report.exit_code, report.to_dict()["schema"]
    (0, 'superposition.verify')
    """

    verdicts: tuple[Verdict, ...]
    environment: Mapping[str, str]
    level: Level
    seed: int
    seconds: float = field(compare=False)

    @property
    def statuses(self) -> dict[str, Status]:
        """The status of each claim, by id."""
        return {verdict.id: verdict.status for verdict in self.verdicts}

    @property
    def theorems_not_upheld(self) -> tuple[str, ...]:
        """Ids of the theorems without support, but for those left to the full level."""
        deferred = self.deferred
        return tuple(
            verdict.id
            for verdict in self.verdicts
            if verdict.kind is ClaimKind.theorem
            and not verdict.upheld
            and verdict.id not in deferred
        )

    @property
    def deferred(self) -> tuple[str, ...]:
        """Ids of the claims that are open because evidence was not run at this level.

        It is their own, or that of a claim that their references use.
        """
        unsupported = [verdict for verdict in self.verdicts if verdict.status is Status.open]
        found = {verdict.id for verdict in unsupported if verdict.not_run}
        for _ in unsupported:
            for verdict in unsupported:
                used = {name for reference in verdict.references for name in reference.uses}
                if used & found:
                    found.add(verdict.id)
        return tuple(verdict.id for verdict in unsupported if verdict.id in found)

    @property
    def controls_passed(self) -> tuple[str, ...]:
        """The near misses that were accepted, as ``claim: evidence: near miss``."""
        return tuple(
            f"{verdict.id}: {control}"
            for verdict in self.verdicts
            for control in verdict.controls_passed
        )

    @property
    def errors(self) -> tuple[str, ...]:
        """All errors of the ledger, each with the id of the claim."""
        return tuple(
            f"{verdict.id}: {error}" for verdict in self.verdicts for error in verdict.errors
        )

    @property
    def exit_code(self) -> int:
        """1 when a theorem is not upheld or the ledger has an error, such as a control that passes.

        A refuted conjecture is a result: 0.
        """
        return 1 if self.theorems_not_upheld or self.errors else 0

    def to_dict(self) -> dict[str, Json]:
        """Return the report as plain JSON data.

        Returns
        -------
        dict
            With `schema`, `version`, `level`, `seed`, `seconds`, `exit_code`, `environment`,
            `claims` (the verdicts) and `summary`: the number of claims of each status under
            `statuses`, and the lists `theorems_not_upheld`, `controls_passed` and `errors`.
        """
        counts = Counter(verdict.status for verdict in self.verdicts)
        return {
            "schema": "superposition.verify",
            "version": 1,
            "level": str(self.level),
            "seed": self.seed,
            "seconds": finite_or_none(self.seconds),
            "exit_code": self.exit_code,
            "environment": dict(self.environment),
            "claims": [verdict.to_dict() for verdict in self.verdicts],
            "summary": {
                "statuses": {str(status): counts[status] for status in Status},
                "theorems_not_upheld": list(self.theorems_not_upheld),
                "controls_passed": list(self.controls_passed),
                "errors": list(self.errors),
            },
        }
