"""The three vocabularies of the ledger: statuses, kinds of claims, levels of a run."""

from __future__ import annotations

import enum


class Status(enum.StrEnum):
    """What the evidence says of a claim, or the kind of one evidence.

    The members compare by strength of support: formal > proved > certified > checked > written =
    cited > supported > the three that support nothing (refuted, inconclusive, open). Neither of
    `written` and `cited` is greater than the other, and they are not equal.

    Examples
    --------
    >>> Status.proved > Status.checked, Status.written > Status.cited
    (True, False)
    >>> min(Status.formal, Status.supported)
    <Status.supported: 'supported'>
    """

    formal = "formal"
    proved = "proved"
    certified = "certified"
    checked = "checked"
    written = "written"
    cited = "cited"
    supported = "supported"
    refuted = "refuted"
    inconclusive = "inconclusive"
    open = "open"

    @property
    def rank(self) -> int:
        """Strength of support: 6 for formal down to 1 for supported, 0 for no support."""
        return _RANKS.get(self, 0)

    @property
    def upheld(self) -> bool:
        """Whether a claim of this status is supported at all."""
        return self.rank > 0

    def __lt__(self, other: str) -> bool:
        """Compare by strength of support."""
        return self.rank < other.rank if isinstance(other, Status) else NotImplemented

    def __le__(self, other: str) -> bool:
        """Compare by strength of support."""
        return self.rank <= other.rank if isinstance(other, Status) else NotImplemented

    def __gt__(self, other: str) -> bool:
        """Compare by strength of support."""
        return self.rank > other.rank if isinstance(other, Status) else NotImplemented

    def __ge__(self, other: str) -> bool:
        """Compare by strength of support."""
        return self.rank >= other.rank if isinstance(other, Status) else NotImplemented


_RANKS = {
    Status.formal: 6,
    Status.proved: 5,
    Status.certified: 4,
    Status.checked: 3,
    Status.written: 2,
    Status.cited: 2,
    Status.supported: 1,
}


class ClaimKind(enum.StrEnum):
    """What a claim is put forward as.

    A theorem must be upheld; a conjecture or a folklore statement may be refuted, and then the
    refutation is the result.

    Examples
    --------
    >>> ClaimKind("conjecture")
    <ClaimKind.conjecture: 'conjecture'>
    """

    theorem = "theorem"
    conjecture = "conjecture"
    folklore = "folklore"


class Level(enum.StrEnum):
    """How much is run: `quick` leaves out the evidence marked `full`.

    Examples
    --------
    >>> Level.full.includes(Level.quick), Level.quick.includes(Level.full)
    (True, False)
    """

    quick = "quick"
    full = "full"

    def includes(self, other: Level) -> bool:
        """Return whether evidence of the level `other` is run at this level."""
        return self is Level.full or other is Level.quick
