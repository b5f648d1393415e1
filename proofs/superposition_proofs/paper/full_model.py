r"""The numbers of the written proof for the full model, as LaTeX macros.

``proofs/pentagon/full_model.tex`` holds no number that a program found: they are in
``numbers_full_model.tex``, which ``python -m superposition_proofs.paper`` writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from superposition_numerics.certify import Box, Enclosure

from ..certificates.check import parsed
from ..certificates.files import stored
from ..certificates.full_model.crossover import pentagon_pairs_crossover
from ..certificates.full_model.formulas import LEAST
from ..certificates.full_model.losses import SIZES
from ..certificates.full_model.theorem import (
    ANGLES,
    DENSITY,
    EDGES,
    FORM,
    NEAR,
    NORMS,
    SINGLE_ANGLES,
    THRESHOLDS,
    full_model_theorem,
    several_active,
)
from .macros import HEADER, hash_in_groups, macro, rational

_SIZE_NAMES = dict(zip(SIZES, ("Two", "Three", "Four", "Five"), strict=True))


def numbers() -> str:
    r"""Return the macros, one ``\newcommand`` a line."""
    lines = [HEADER]
    lines += [macro(f"fm{name}", value) for name, value in _values()]
    return "\n".join(lines) + "\n"


def _values() -> Iterator[tuple[str, object]]:
    several, theorem = several_active(), full_model_theorem()
    yield "Density", rational(DENSITY)
    yield "DensityDecimal", float(DENSITY)
    yield "Ratio", rational(several.ratio)
    for size, term in zip(SIZES, several.terms, strict=True):
        yield f"T{_SIZE_NAMES[size]}", term.digits(12)
    yield "Excess", several.excess.digits(8)
    yield "SlopeS", several.norm_slope.middle.__round__(3).__float__()
    yield "SlopeT", several.threshold_slope.middle.__round__(3).__float__()
    for name, weight in zip(("S", "T", "Theta"), several.weights, strict=True):
        yield f"Weight{name}", Enclosure(weight, weight).digits(5)
    yield from _sets()
    rows = [
        f"{_in_latex(condition.text)} & {_lower(condition.difference)} \\\\"
        for condition in theorem.conditions
    ]
    yield "Conditions", "%\n".join(rows)
    yield from _certificate()
    crossover = pentagon_pairs_crossover(digits=30)
    yield "Crossover", crossover.density.digits(20)
    yield "CrossoverLoss", crossover.loss.digits(12)
    yield "CrossoverGain", crossover.gain.digits(6)
    for name, value in zip(("Norm", "Threshold"), crossover.pentagon, strict=True):
        yield f"CrossoverPentagon{name}", value.digits(10)
    for name, value in zip(("Norm", "Bias"), crossover.pair, strict=True):
        yield f"CrossoverPair{name}", value.digits(10)


def _sets() -> Iterator[tuple[str, str]]:
    sides: Box = (NORMS, THRESHOLDS, ANGLES, SINGLE_ANGLES, *NEAR)
    names = ("Norms", "Thresholds", "Angles", "SingleAngles", "NearThresholds", "NearAngles")
    for name, (low, high) in zip(names, sides, strict=True):
        yield name, rf"\bigl[{rational(low)}, {rational(high)}\bigr]"
    least, largest = EDGES
    yield (
        "NearNorms",
        (
            rf"{rational(least.constant)} \le a \le {rational(largest.constant)} + "
            rf"{rational(largest.rate)} t"
        ),
    )
    cross = rational(-2 * FORM.st)
    yield "Form", rf"{rational(FORM.ss)} ds^2 - {cross} ds\,dt + {rational(FORM.tt)} dt^2"
    yield "Least", rational(LEAST)


def _certificate() -> Iterator[tuple[str, object]]:
    content = parsed(stored("full-model").read_text(encoding="utf-8"))
    rows, closed = [], 0
    for part in content["parts"]:
        counts = Counter(mark for mark in part["tree"] if not mark.isdigit())
        closed += counts.total()
        rows.append(f"{_in_latex(part['name'])} & {counts.total()} \\\\")
    yield "Leaves", closed
    yield "Parts", len(rows)
    yield "PartRows", "%\n".join(rows)
    yield "Hash", hash_in_groups(str(content["sha256"]))


def _lower(value: Enclosure) -> str:
    """Return decimals of the lower bound."""
    return Enclosure(value.lower, value.lower).digits(5)


_SYMBOLS = {
    "F*": r"$F^*$",
    "a*": r"$a^*$",
    "t*": r"$t^*$",
    "pi": r"$\pi$",
    "mu": r"$\mu$",
    "<": "$<$",
    "beta^0": r"$\beta^0$",
    "beta^1": r"$\beta^1$",
    "beta^2": r"$\beta^2$",
    "t)^2/12": "t)$^2$/12",
    "Psi": r"$\Psi$",
}


def _in_latex(text: str) -> str:
    """Return a plain text with its symbols in LaTeX, word by word."""
    return (
        " ".join(_SYMBOLS.get(word, word) for word in text.split())
        .replace("pi/5", r"$\pi$/5")
        .replace("pi/2", r"$\pi$/2")
    )
