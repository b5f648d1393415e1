"""The phase of two features in one dimension at a point, or near a line, with its certificate.

Floats propose: the importance I* at which a pair takes over from dropping is the least value of
l_1/(v - l_2) over all pairs, and is approached from above by the pairs that are best at I = 1, at
the ratio of that pair, and so on (Dinkelbach's method). The theorems decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from superposition_numerics.certify import FLOATS, Proved
from superposition_numerics.landscape import Setting, global_minimum
from superposition_theory.errors import InputError
from superposition_theory.phases import critical_importance

from ..theorems import Decision, decide_theorem
from .dropped import dropped_theorem
from .outputs import output_loss, silent_loss
from .pair import Pair, antipodal_theorem

_ROUNDS = 6
_STARTS = 12
_BITS = 30  # of a density that is no integer over a power of two; of the coordinates of a pair
_MOST_BOXES = 200_000


@cache
def proposed_boundary(density: Fraction) -> float:
    """Return the importance at which a pair takes over from dropping, by floats, from above."""
    soft = float(critical_importance(density))
    importance = 1.0
    for _ in range(_ROUNDS):
        pair = proposed_pair(density, importance)
        if pair is None:
            break
        found = ratio(density, pair)
        if not found < importance - 1e-9:
            break
        importance = found
    return min(soft, importance)


@cache
def proposed_pair(density: Fraction, importance: float) -> tuple[Fraction, ...] | None:
    """Return the best weights (u, -v) and biases by a search in floats; None for dropping.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.certificates.phases.decided import proposed_pair
    >>> proposed_pair(Fraction(1, 10), 0.01) is None
    True
    """
    setting = Setting(2, 1, float(density), (1.0, importance))
    found = global_minimum(setting, starts=_STARTS)
    (u, v), biases = found.W[0], found.biases
    pair = tuple(_dyadic(x) for x in (abs(u), abs(v), *biases))
    if u * v >= 0 or pair[1] == 0 or not ratio(density, pair) < importance:
        return None
    return pair


def ratio(density: Fraction, pair: tuple[Fraction, ...]) -> float:
    """Return the importance at which a pair is as good as dropping, from above.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.certificates.phases.decided import ratio
    >>> round(ratio(Fraction(1, 10), (Fraction(1), Fraction(1), Fraction(0), Fraction(0))), 6)
    0.057143
    """
    p = FLOATS.number(density)
    u, v, b1, b2 = (FLOATS.number(x) for x in pair)
    first = output_loss(p, u**2, u * v, b1).bounds()[1]
    second = output_loss(p, v**2, u * v, b2).bounds()[1]
    return float(first / (silent_loss(p).bounds()[0] - second))


@dataclass(frozen=True)
class PhaseCertificate:
    """The phase that is proved to be globally optimal at a point.

    Attributes
    ----------
    phase : str
        "drop 2", "drop 1" (for I > 1), "antipodal" or "undecided".
    density, importance : Fraction
    decision : Decision
        Of the theorem that was tried; for I > 1 with the features exchanged.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.certificates.phases import certify_phase
    >>> certify_phase(Fraction(3, 10), Fraction(2)).phase
    'antipodal'
    """

    phase: str
    density: Fraction
    importance: Fraction
    decision: Decision

    @property
    def boundary(self) -> float:
        """Where the two phases meet at this density, by floats: not a part of the proof."""
        boundary = proposed_boundary(self.density)
        return 1 / boundary if self.importance > 1 else boundary

    @property
    def boxes(self) -> int:
        """How many boxes the proof has."""
        return sum(v.boxes for v in self.decision.verdicts.values() if isinstance(v, Proved))

    def render(self) -> str:
        """Return the lines for a reader."""
        verdicts = self.decision.verdicts.items()
        return "\n".join(
            [
                f"{self.phase}: p = {self.density}, I = {self.importance}",
                self.decision.theorem.statement,
                *(f"  {name}: {verdict.answer}" for name, verdict in verdicts),
                f"by floats the phases meet at I = {self.boundary:.9f}",
            ]
        )

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON data."""
        return {
            "schema": "superposition.phase-certificate",
            "version": 1,
            "phase": self.phase,
            "density": str(self.density),
            "importance": str(self.importance),
            "boundary_in_floats": self.boundary,
            "statement": self.decision.theorem.statement,
            "parts": {name: v.answer for name, v in self.decision.verdicts.items()},
            "boxes": self.boxes,
        }


def certify_phase(density: Fraction | float, importance: Fraction | float) -> PhaseCertificate:
    """Prove which phase of two features in one dimension is globally optimal.

    Parameters
    ----------
    density, importance : Fraction or float
        0 < p < 1 and I > 0 of the second feature, exactly as given; the first has importance 1.

    Returns
    -------
    PhaseCertificate

    Raises
    ------
    InputError
        Other numbers.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.certificates.phases import certify_phase
    >>> certify_phase(Fraction(1, 10), Fraction(1)).phase
    'antipodal'
    """
    p, i = Fraction(density), Fraction(importance)
    if not 0 < p < 1:
        raise InputError(f"density is {density!r}; accepted: 0 < p < 1")
    if i <= 0:
        raise InputError(f"importance is {importance!r}; accepted: I > 0")
    mirrored = i > 1
    inner = 1 / i if mirrored else i
    densities = _around(p)
    pair = proposed_pair(p, float(inner))
    if pair is not None:
        theorem = antipodal_theorem(densities, inner, Pair.constant(*pair))
        phase = "antipodal"
    elif inner == 1:
        raise InputError(f"density is {density!r}; accepted: where a search finds a pair at I = 1")
    else:
        theorem = dropped_theorem(densities, inner)
        phase = "drop 1" if mirrored else "drop 2"
    decision = decide_theorem(theorem, FLOATS, most_boxes=_MOST_BOXES)
    if decision.answer != "proved":
        phase = "undecided"
    return PhaseCertificate(phase, p, i, decision)


def _around(density: Fraction) -> tuple[Fraction, Fraction]:
    """Return the tightest interval of integers over 2^30 that holds a density."""
    scaled = density * 2**_BITS
    low = scaled.numerator // scaled.denominator
    unit = Fraction(1, 2**_BITS)
    if low == 0 or low + 1 >= 2**_BITS:
        raise InputError(f"density is {float(density)}; accepted: 1e-9 < p < 1 - 1e-9")
    return low * unit, (low + 1) * unit


def _dyadic(x: float) -> Fraction:
    return Fraction(round(x * 2**_BITS), 2**_BITS)
