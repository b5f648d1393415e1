r"""LaTeX tables (booktabs, amsmath, and longtable for those of several pages).

Each file compiles as it is, and can be read into a paper with ``\input``: it brings its own
document only where none has begun.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

import sympy
from superposition_numerics.spectral import SpectralAnalysis
from superposition_theory.frames import Frame

from .claims.samples import named_frames
from .diagnosis import Diagnosis
from .ledger import Claim, Registry, Report

_ALONE = r"""\makeatletter
\ifx\@classoptionslist\relax
\documentclass{article}
\usepackage{amsmath,booktabs,longtable}
\usepackage[margin=2cm]{geometry}
\begin{document}
\def\superpositionend{\end{document}}
\else
\def\superpositionend{\relax}
\fi
\makeatother
"""
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}

_ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"'}


def escape(text: str) -> str:
    r"""Return text in which LaTeX sees no commands.

    Examples
    --------
    >>> from superposition_proofs.tables import escape
    >>> print(escape("50% of W_dec"))
    50\% of W\_dec
    >>> print(escape("Schläfli"))
    Schl\"{a}fli
    """
    return "".join(map(_escaped, unicodedata.normalize("NFC", text)))


def _escaped(character: str) -> str:
    """Return one character; an accented letter as LaTeX's accent on it."""
    if character.isascii() and character.isprintable():
        return _SPECIAL.get(character, character)
    letter, *marks = list(unicodedata.normalize("NFD", character))
    if letter.isascii() and letter.isalpha() and len(marks) == 1 and marks[0] in _ACCENTS:
        return f"\\{_ACCENTS[marks[0]]}{{{letter}}}"
    return f"\\texttt{{U+{ord(character):04X}}}"


def table(caption: str, columns: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Return a complete booktabs table, ready to compile or to ``\input``.

    Parameters
    ----------
    caption : str
        LaTeX.
    columns : str
        Column specification of tabular.
    heads : sequence of str
        LaTeX, one for each column.
    rows : iterable of sequences of str
        LaTeX.

    Returns
    -------
    str

    Examples
    --------
    >>> from superposition_proofs.tables import table
    >>> print(table("D", "lr", ["geometry", "D"], [["digon", "1/2"]]).splitlines()[-5])
    digon & 1/2 \\
    """
    body = "\n".join(" & ".join(row) + r" \\" for row in rows)
    return (
        f"{_ALONE}\\begin{{table}}[htbp]\n\\centering\\footnotesize\\renewcommand{{\\arraystretch}}{{1.3}}\n\\caption{{{caption}}}\n"
        f"\\begin{{tabular}}{{{columns}}}\n\\toprule\n{' & '.join(heads)} \\\\\n\\midrule\n"
        f"{body}\n\\bottomrule\n\\end{{tabular}}\n\\end{{table}}\n\\superpositionend\n"
    )


def long_table(
    caption: str, columns: str, heads: Sequence[str], rows: Iterable[Sequence[str]]
) -> str:
    r"""Return a complete table that may break over pages, its heads repeated on each.

    Parameters as for `table`; a paper that reads it with ``\input`` loads the package longtable.

    Returns
    -------
    str

    Examples
    --------
    >>> from superposition_proofs.tables import long_table
    >>> text = long_table("D", "lr", ["geometry", "D"], [["digon", "1/2"]])
    >>> text.count(r"geometry & D \\")
    2
    """
    body = "\n".join(" & ".join(row) + r" \\" for row in rows)
    head = f"\\toprule\n{' & '.join(heads)} \\\\\n\\midrule\n"
    return (
        f"{_ALONE}\\begingroup\\footnotesize\\renewcommand{{\\arraystretch}}{{1.3}}\n"
        f"\\begin{{longtable}}{{{columns}}}\n\\caption{{{caption}}}\\\\\n"
        f"{head}\\endfirsthead\n{head}\\endhead\n\\bottomrule\n\\endfoot\n"
        f"{body}\n\\end{{longtable}}\n\\endgroup\n\\superpositionend\n"
    )


def ledger_table(registry: Registry, report: Report) -> str:
    """Return the ledger: each claim with its statement, status and the number of cases.

    Parameters
    ----------
    registry : Registry
    report : Report
        Of that registry.

    Returns
    -------
    str
        LaTeX.
    """
    rows = [
        [
            cell(0.19, escape(verdict.title)),
            cell(0.52, _statement(registry[verdict.id])),
            cell(0.14, escape(verdict.label)),
            str(verdict.effective),
        ]
        for verdict in report.verdicts
    ]
    caption = (
        f"The ledger at level {report.level}, seed {report.seed}. Status is computed from the "
        "evidence; cases are those that met the hypotheses."
    )
    return long_table(caption, "@{}lllr@{}", ["claim", "statement", "status", "cases"], rows)


def _statement(claim: Claim) -> str:
    """Return the statement with its hypotheses below it."""
    given = ", ".join(f"${hypothesis}$" for hypothesis in claim.hypotheses)
    statement = f"$\\displaystyle {claim.statement}$"
    return f"{statement}\\\\ {{\\scriptsize given {given}}}" if given else statement


def cell(width: float, content: str) -> str:
    """Return a left-aligned cell that breaks its lines, with room above and below."""
    return rf"\parbox[t]{{{width}\linewidth}}{{\raggedright {content}\vspace{{3pt}}}}"


def spectral_table() -> str:
    """Return the exact spectral summary of the named frames with rational eigenvalues.

    Returns
    -------
    str
        LaTeX: n, m, eigenvalues with multiplicities, dimensionalities, capacity, rank, deficit.
    """
    chosen = ((name, frame) for name, frame in named_frames() if _is_short(frame))
    rows = [
        [
            escape(name),
            str(frame.features),
            str(frame.dimensions),
            _spectrum_entry(frame),
            _dimensionality_entry(frame),
            str(frame.rank),
            f"${latex(frame.capacity)}$",
            f"${latex(frame.rank - frame.capacity)}$",
        ]
        for name, frame in chosen
    ]
    heads = ["frame", "$n$", "$m$", r"$\lambda_k$ (multiplicity)", "$D_i$ (number)", "rank"]
    return table(
        "Exact spectral summary of small frames: $n$ features in $m$ dimensions. Zero vectors are "
        "counted in $n$ and not listed under $D_i$.",
        "lrrllrrr",
        [*heads, r"$\sum_i D_i$", "deficit"],
        rows,
    )


def _spectrum_entry(frame: Frame) -> str:
    return ", ".join(
        f"${latex(e.value)}$ ({e.multiplicity})" for e in reversed(list(frame.spectrum))
    )


def _dimensionality_entry(frame: Frame) -> str:
    values = [frame.fractional_dimensionalities[i] for i in frame.represented]
    distinct = sorted(set(values), key=sympy.default_sort_key)
    return ", ".join(f"${latex(d)}$ ({values.count(d)})" for d in distinct)


def _is_short(frame: Frame) -> bool:
    """Say whether the frame has a row that fits: rational eigenvalues and few values of D."""
    rational = all(e.value.is_Rational for e in frame.spectrum)
    return bool(frame.represented) and rational and len(set(frame.fractional_dimensionalities)) <= 3


def latex(value: sympy.Expr) -> str:
    """Return an exact number in LaTeX, fractions on one line."""
    return str(sympy.latex(value, fold_short_frac=True))


def diagnosis_table(diagnosis: Diagnosis) -> str:
    """Return the summary of a diagnosis.

    Parameters
    ----------
    diagnosis : Diagnosis

    Returns
    -------
    str
        LaTeX.
    """
    analysis, null = diagnosis.analysis, diagnosis.null
    lower, upper = analysis.frame_bounds
    rows = [
        ["features, dimensions", f"{analysis.features}, {analysis.dimensions}"],
        ["represented features", str(analysis.represented)],
        ["rank", str(analysis.rank)],
        ["capacity", f"${_number(analysis.capacity)}$"],
        ["error of the capacity, at most", f"${_number(analysis.capacity_error, 2)}$"],
        [
            "saturation",
            "undefined" if analysis.saturation is None else f"${_number(analysis.saturation)}$",
        ],
        ["frame bounds", f"${_number(lower)}$, ${_number(upper)}$"],
        ["eigenspaces", str(len(analysis.eigenspaces))],
        ["tight", analysis.tight.answer],
        ["localized", analysis.localized.answer],
    ]
    if null is not None:
        rows.append(
            [f"mean of the Gaussian null ({null.trials} draws)", f"${_number(null.mean, 4)}$"]
        )
        rows.append(["its standard deviation", f"${_number(null.standard_deviation, 2)}$"])
        rows.append(
            ["$z$ of saturation", "undefined" if null.z is None else f"${_number(null.z, 2)}$"]
        )
    name = diagnosis.source if diagnosis.tensor is None else diagnosis.tensor
    caption = f"Spectral diagnosis of \\texttt{{{escape(name)}}}."
    return table(caption, "lr", ["quantity", "value"], rows)


def _number(value: float | None, digits: int = 5) -> str:
    if value is None:
        return r"\text{not representable}"
    text = f"{value:.{digits}g}"
    mantissa, separator, exponent = text.partition("e")
    return f"{mantissa} \\cdot 10^{{{int(exponent)}}}" if separator else text


def features_csv(analysis: SpectralAnalysis) -> str:
    """Return the per-feature quantities, one line a feature, in the units of the scaled matrix.

    Parameters
    ----------
    analysis : SpectralAnalysis

    Returns
    -------
    str
        CSV with a header; W = 2**exponent W_s, and norm and kappa are those of W_s.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.spectral import analyse
    >>> from superposition_proofs.tables import features_csv
    >>> print(features_csv(analyse(np.array([[0.5, 0.0]]))).splitlines()[0])
    feature,exponent,norm,D,D_error,kappa,leverage,eigenspace,largest_projection,eigenspaces,deficit
    """
    table = analysis.feature_table
    columns = (
        table.norms_scaled,
        table.fractional_dimensionality,
        table.fractional_dimensionality_error,
        table.rayleigh_scaled,
        table.leverage,
        table.dominant,
        table.largest_projection,
        table.participation_ratio,
        table.deficit,
    )
    names = "norm,D,D_error,kappa,leverage,eigenspace,largest_projection,eigenspaces,deficit"
    lines = [f"feature,exponent,{names}"]
    lines += [
        f"{i},{analysis.exponent}," + ",".join(repr(x) for x in row)
        for i, row in enumerate(zip(*(column.tolist() for column in columns), strict=True))
    ]
    return "\n".join(lines) + "\n"
