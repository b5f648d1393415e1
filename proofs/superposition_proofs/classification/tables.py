"""The LaTeX table of a classification."""

from __future__ import annotations

from typing import Any

import sympy
from superposition_numerics.recognition import Component
from superposition_theory.geometries import Geometry, catalogue

from ..tables import cell, escape, latex, long_table, table
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


def catalogue_table() -> str:
    """Return the exact parameters of every geometry of the catalogue.

    Returns
    -------
    str
        LaTeX: n, d, D, tightness, design strength, and the cosines with their numbers.
    """
    heads = ["geometry", "$n$", "$d$", "$D$", "tight", "$t$", "cosines (from one vector)"]
    caption = (
        "Geometries: $n$ unit vectors in $d$ dimensions, fractional dimensionality $D$ of each "
        "vector, strength $t$ as a spherical design, and the cosines between one vector and the "
        "others with their numbers. All entries are exact, those after $\\approx$ rounded."
    )
    rows = [_geometry_row(geometry) for geometry in catalogue()]
    return long_table(caption, "lrrllrl", heads, rows)


def _geometry_row(geometry: Geometry) -> list[str]:
    """Return the cells of one geometry."""
    values = dict.fromkeys(map(_entry, geometry.fractional_dimensionalities))
    return [
        cell(0.24, escape(geometry.name)),
        str(geometry.order),
        str(geometry.dimension),
        ", ".join(values),
        "yes" if geometry.is_tight else "no",
        f"${latex(geometry.design_strength)}$",
        cell(0.38, _cosines(geometry)),
    ]


def _cosines(geometry: Geometry) -> str:
    """Return the distinct cosines, decreasing, with their numbers; the number of them if many."""
    fibres = len(geometry.fractional_dimensionalities)
    if fibres > 1:
        return "orthogonal blocks"
    counts: dict[Any, int] = {}
    for cosine, valency in zip(geometry.cosines[1:], geometry.valencies[1:], strict=True):
        counts[cosine] = counts.get(cosine, 0) + valency
    if len(counts) > 8:
        return f"{len(counts)} cosines"
    ordered = sorted(counts, key=sympy.N, reverse=True)
    return ", ".join(f"{_entry(cosine)} ({counts[cosine]})" for cosine in ordered)


def _entry(value: Any) -> str:
    """Return a number in LaTeX, rounded where it is only a root of a polynomial."""
    if value.has(sympy.CRootOf):
        return f"$\\approx {sympy.N(value, 6)}$"
    return f"${latex(value)}$"
