"""Claims and their evidence, as data.

A claim is a record; its evidence is a function that can fail, together with near misses that the
same function must reject. Nothing in a record states a status: statuses are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from superposition_theory.errors import InputError

from .fields import (
    SLUG,
    require_ids,
    require_instance,
    require_line,
    require_mapping,
    require_member,
    require_text,
    set_field,
)
from .json_values import Json
from .kinds import ClaimKind, Level, Status
from .outcome import Context, Outcome

__all__ = [
    "Claim",
    "ClaimKind",
    "Context",
    "Evidence",
    "Level",
    "Outcome",
    "Reference",
    "Status",
]

T = TypeVar("T")

_EXECUTABLE = (Status.formal, Status.proved, Status.certified, Status.checked, Status.supported)
_PROSE = (Status.written, Status.cited)


@dataclass(frozen=True, eq=False)
class Evidence(Generic[T]):
    """A check that can fail, what it is applied to, and near misses that it must reject.

    Parameters
    ----------
    name : str
        Unique within its claim.
    kind : Status
        What the check amounts to when it holds: formal, proved, certified, checked or supported.
    check : Callable[[T, Context], Outcome]
        Decides the statement for a subject. It must not change the subject.
    subject : T
        What the statement is checked on.
    near_misses : Mapping[str, T]
        The negative control, not empty: subjects that differ from the true one by a little (a
        hypothesis dropped, a constant off, a formula sabotaged), by name. The same check on each
        must return ``holds is False``; anything else is an error of the ledger.
    uses : tuple[str, ...]
        Ids of the claims that the check takes for granted.
    level : Level
        A `full` evidence is not run at the quick level.
    against : bool
        Whether the subject is a witness against the claim: then ``holds is True`` refutes it.
    description : str
        How the check works, in a sentence.

    Raises
    ------
    InputError
        If a field is not of that form.

    Examples
    --------
    >>> def is_even(number: int, context: Context) -> Outcome:
    ...     return Outcome(number % 2 == 0, f"{number} mod 2 is {number % 2}")
    >>> evidence = Evidence("by-division", Status.checked, is_even, 4, {"odd": 5})
    >>> evidence.check(evidence.subject, Context(Level.quick, 0)).holds
    True
    """

    name: str
    kind: Status
    check: Callable[[T, Context], Outcome]
    subject: T
    near_misses: Mapping[str, T]
    uses: tuple[str, ...] = ()
    level: Level = Level.quick
    against: bool = False
    description: str = ""

    def __post_init__(self) -> None:
        """Check every field."""
        require_line("Evidence.name", self.name)
        where = f"of the evidence {self.name!r}"
        require_member(f"Evidence.kind {where}", self.kind, Status, _EXECUTABLE)
        if not callable(self.check):
            raise InputError(f"Evidence.check {where} must be callable, got {self.check!r}")
        require_mapping(f"Evidence.near_misses {where}", self.near_misses)
        if not self.near_misses:
            raise InputError(
                f"Evidence.near_misses {where} must name at least one near miss, got "
                f"{self.near_misses!r}: a check without a negative control proves nothing"
            )
        for name in self.near_misses:
            require_line(f"a name in Evidence.near_misses {where}", name)
        set_field(self, "near_misses", dict(self.near_misses))
        require_ids(f"Evidence.uses {where}", self.uses)
        require_member(f"Evidence.level {where}", self.level, Level, tuple(Level))
        require_instance(f"Evidence.against {where}", self.against, bool)
        require_instance(f"Evidence.description {where}", self.description, str)


@dataclass(frozen=True)
class Reference:
    """A proof that no program decides: written here in prose, or in the literature.

    Parameters
    ----------
    kind : Status
        `written` or `cited`.
    text : str
        The proof, or the statement as the source has it.
    source : str
        Where it is: a document of the project, or paper and theorem number. At least one of `text`
        and `source` is given.
    uses : tuple[str, ...]
        Ids of the claims that the proof takes for granted.

    Raises
    ------
    InputError
        If a field is not of that form.

    Examples
    --------
    >>> Reference(Status.cited, source="Welch 1974, equation (3)").kind
    <Status.cited: 'cited'>
    """

    kind: Status
    text: str = ""
    source: str = ""
    uses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check every field."""
        require_member("Reference.kind", self.kind, Status, _PROSE)
        require_instance("Reference.text", self.text, str)
        require_instance("Reference.source", self.source, str)
        if not (self.text.strip() or self.source.strip()):
            raise InputError(
                "Reference.text and Reference.source are both empty; give at least one"
            )
        require_ids("Reference.uses", self.uses)

    def to_dict(self) -> dict[str, Json]:
        """Return the reference as plain JSON data, with the fields as keys."""
        return {
            "kind": str(self.kind),
            "text": self.text,
            "source": self.source,
            "uses": list(self.uses),
        }


@dataclass(frozen=True, eq=False)
class Claim:
    r"""A statement, where it comes from, and what speaks for or against it.

    Parameters
    ----------
    id : str
        Readable and unique: lower-case words and digits joined by single hyphens.
    title : str
        One line.
    statement : str
        LaTeX.
    hypotheses : tuple[str, ...]
        LaTeX, one each.
    source : str
        Paper and theorem number, or "ours".
    kind : ClaimKind
        theorem, conjecture or folklore.
    evidence : tuple[Evidence[Any] | Reference, ...]
        May be empty; the names of the executable ones are distinct.

    Raises
    ------
    InputError
        If a field is not of that form.

    Examples
    --------
    >>> claim = Claim("two-is-even", "Two is even", r"$2 \mid 2$", (), "ours",
    ...               ClaimKind.theorem, (Reference(Status.written, "2 = 2 * 1."),))
    >>> claim.uses
    ()
    """

    id: str
    title: str
    statement: str
    hypotheses: tuple[str, ...]
    source: str
    kind: ClaimKind
    evidence: tuple[Evidence[Any] | Reference, ...]

    def __post_init__(self) -> None:
        """Check every field."""
        require_instance("Claim.id", self.id, str)
        if not SLUG.fullmatch(self.id):
            raise InputError(
                f"Claim.id must be lower-case letters and digits in words joined by single "
                f"hyphens, such as 'capacity-bound', got {self.id!r}"
            )
        where = f"of the claim {self.id!r}"
        require_line(f"Claim.title {where}", self.title)
        require_text(f"Claim.statement {where}", self.statement)
        require_instance(f"Claim.hypotheses {where}", self.hypotheses, tuple)
        for hypothesis in self.hypotheses:
            require_text(f"a member of Claim.hypotheses {where}", hypothesis)
        require_text(f"Claim.source {where}", self.source)
        require_member(f"Claim.kind {where}", self.kind, ClaimKind, tuple(ClaimKind))
        require_instance(f"Claim.evidence {where}", self.evidence, tuple)
        names: set[str] = set()
        for item in self.evidence:
            if not isinstance(item, Evidence | Reference):
                raise InputError(
                    f"Claim.evidence {where} must hold Evidence and Reference only, got {item!r}"
                )
            if isinstance(item, Evidence):
                if item.name in names:
                    raise InputError(
                        f"Claim.evidence {where} has two evidences named {item.name!r}; "
                        "names must be unique within a claim"
                    )
                names.add(item.name)

    @property
    def uses(self) -> tuple[str, ...]:
        """Ids that some evidence takes for granted, each once, in order of appearance."""
        return tuple(dict.fromkeys(used for item in self.evidence for used in item.uses))

    @property
    def executable(self) -> tuple[Evidence[Any], ...]:
        """The evidence that can be run."""
        return tuple(item for item in self.evidence if isinstance(item, Evidence))

    @property
    def references(self) -> tuple[Reference, ...]:
        """The evidence that cannot be run."""
        return tuple(item for item in self.evidence if isinstance(item, Reference))
