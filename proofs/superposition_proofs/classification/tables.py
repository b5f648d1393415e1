"""The LaTeX table of a classification."""

from __future__ import annotations

from superposition_numerics.recognition import Component

from ..tables import escape, table
from .report import Classification, title


def classification_table(classification: Classification) -> str:
    """Return one row for every kind of component.

    Parameters
    ----------
    classification : Classification

    Returns
    -------
    str
        LaTeX.
    """
    heads = ["geometry", "copies", "$n$", "$d$", "$D$", "tight", "valencies", "levels", "noise"]
    rows = [_row(component, copies) for component, copies in classification.kinds]
    name = classification.source if classification.tensor is None else classification.tensor
    zero = len(classification.recognition.zero_features)
    caption = (
        f"Geometries of the features of \\texttt{{{escape(name)}}}: $n$ vectors in $d$ dimensions, "
        "mean fractional dimensionality $D$, valencies of the association scheme, eigenvalues "
        "of the Gram matrix of unit vectors with their multiplicities, root mean square deviation "
        "of the cosines from the scheme."
    )
    if zero:
        caption += f" {zero} feature{'s are' if zero > 1 else ' is'} not represented."
    return table(caption, "lrrrrlp{26mm}p{26mm}r", heads, rows)


def _row(component: Component, copies: int) -> list[str]:
    """Return the cells of one kind of component."""
    algebra = component.algebra
    levels = ", ".join(f"${x.value:.4g}^{{{x.multiplicity}}}$" for x in component.levels[:6])
    return [
        escape(title(component)),
        str(copies),
        str(component.size),
        str(component.dimension),
        f"${component.fractional_dimensionality:.4g}$",
        component.tight.answer,
        "--" if algebra is None else _listed(algebra.valencies),
        levels + (", \\dots" if len(component.levels) > 6 else ""),
        "--" if component.noise is None else _power(component.noise),
    ]


def _listed(numbers: tuple[int, ...]) -> str:
    """Return up to eight numbers."""
    shown = ", ".join(map(str, numbers[:8]))
    return shown + (f", \\dots\\ ({len(numbers)})" if len(numbers) > 8 else "")


def _power(value: float) -> str:
    """Return a number in powers of ten."""
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return "0" if value == 0 else f"${mantissa} \\cdot 10^{{{int(exponent)}}}$"
