"""The LaTeX table of what training has learned."""

from __future__ import annotations

from superposition_numerics.matrices import FloatArray

from ..tables import cell, escape, long_table
from .learned import Learned
from .report import TrainingReport
from .wording import describe

_MOST_ROWS = 40


def training_table(report: TrainingReport) -> str:
    """Return one row for each instance, the best of each setting first, at most 40.

    Parameters
    ----------
    report : TrainingReport

    Returns
    -------
    str
        LaTeX: setting, seed, geometry, number of represented features with the ranges of their
        fractional dimensionalities and norms, capacity and losses.
    """
    model = report.run.plan.problem.model
    heads = ["setting", "seed", "geometry", "features", "$D$", "norms", "capacity"]
    heads += ["loss", "exact loss"]
    shown = report.instances[:_MOST_ROWS]
    settings = describe(report.settings)
    caption = (
        f"What {len(report.instances)} instances learned ($n = {model.features}$, "
        f"$m = {model.dimensions}$): geometry of the features, how many are represented (norm "
        "above 0.05 of the largest), smallest and largest fractional dimensionality $D$ and norm "
        f"of these, capacity $\\sum_i D_i$. Loss: {escape(report.loss_meaning)}. "
        f"Exact loss: {escape(report.exact_meaning)}."
    )
    if len(shown) < len(report.instances):
        caption += f" The best {len(shown)} are shown."
    return long_table(
        caption, "lrlrllrrr", heads, [_row(settings[one.setting], one) for one in shown]
    )


def _row(setting: str, learned: Learned) -> list[str]:
    """Return the cells of one instance."""
    on = learned.represented
    told = "" if learned.ending == "completed" else f" ({learned.ending})"
    exact = learned.exact_loss
    return [
        cell(0.15, escape(setting)),
        str(learned.instance.seed),
        cell(0.18, escape(learned.geometry + told)),
        str(int(on.sum())),
        _range(learned.dimensionality[on]),
        _range(learned.norms[on]),
        f"${learned.dimensionality.sum():.3f}$",
        _number(learned.loss, 3),
        "--" if exact is None else _number(exact, 6),
    ]


def _range(values: FloatArray) -> str:
    """Return the smallest and the largest, as one number where they agree to three decimals."""
    if not values.size:
        return "--"
    low, high = f"{values.min():.3f}", f"{values.max():.3f}"
    return f"${low}$" if low == high else f"${low}$--${high}$"


def _number(value: float, digits: int) -> str:
    """Return a number to some digits, in powers of ten where it is small or large."""
    text = f"{value:.{digits}g}"
    mantissa, separator, exponent = text.partition("e")
    return f"${mantissa} \\cdot 10^{{{int(exponent)}}}$" if separator else f"${text}$"
