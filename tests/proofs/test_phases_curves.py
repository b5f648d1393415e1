"""The lines of phase diagrams, and their table."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from superposition_proofs.phases import curves as curves_module
from superposition_proofs.phases.curves import Curve, Curves, phase_curves
from superposition_proofs.phases.diagram import PhaseDiagram, phase_diagram
from superposition_proofs.phases.tables import boundaries_table

pytestmark = pytest.mark.slow  # each point of a line takes seconds

FEW = {  # densities at which the lines are located here
    "STRONG": (Fraction(1, 10), Fraction(2, 5)),
    "MERGING": (Fraction(3, 5),),
    "WEAK": (Fraction(24, 25),),
    "WEAK_STRONG": (Fraction(3, 5),),
}


@pytest.fixture(scope="module")
def two() -> PhaseDiagram:
    with pytest.MonkeyPatch.context() as patch:
        for name, densities in FEW.items():
            patch.setattr(curves_module, name, densities)
        return phase_diagram(2, 1, 12)


@pytest.fixture(scope="module")
def lines(two: PhaseDiagram) -> Curves:
    assert two.curves is not None
    return two.curves


# ---------------------------------------------------------------- lines


def value(curve: Curve, p: float) -> float:
    """Return the importance on a line, in log p and log I."""
    return float(np.exp(np.interp(np.log(p), np.log(curve.densities), np.log(curve.importances))))


def test_optimum_changes_on_the_lines(two: PhaseDiagram, lines: Curves) -> None:
    # Dropping where both the line of dropping and its mirror image say so, and only there.
    below = [c for c in lines.curves if c.name.startswith("drop |") and c.importances[0] < 1]
    found: list[bool] = []
    for j, p in enumerate(two.optimum.columns.values):
        for curve in below:
            if not curve.densities[0] < p < min(curve.densities[-1], 0.99):
                continue
            for i, importance in enumerate(two.optimum.rows.values):
                line = value(curve, p)
                if abs(np.log(min(importance, 1 / importance) / line)) > 0.05:
                    dropped = min(importance, 1 / importance) < line
                    assert two.labels[i, j].startswith("drop") == dropped
                    found.append(dropped)
    assert min(found.count(True), found.count(False)) > 15


def test_lines_end_in_the_special_points(lines: Curves) -> None:
    places = {mark.kind: [] for mark in lines.marks}  # type: dict[str, list[tuple[float, float]]]
    for mark in lines.marks:
        places[mark.kind].append((mark.density, mark.importance))
    assert places["end of a line"] == [pytest.approx((0.7064036927, 1.0))]
    assert places["triple"][0] == pytest.approx((0.511738032118, 0.564131365348))
    assert places["tricritical"][:2] == [
        pytest.approx((0.5202477368, 0.5740419074)),
        pytest.approx((0.8373195801, 0.8964406084)),
    ]
    assert places["frozen triple"] == [pytest.approx((4 / 7, 1.0))]
    # Every point but the last three has its mirror image.
    assert places["triple"][1] == pytest.approx((0.511738032118, 1 / 0.564131365348))
    second = next(c for c in lines.curves if c.order == "second")
    assert second.densities[[0, -1]] == pytest.approx([0.5202477368, 0.8373195801])
    assert second.importances[[0, -1]] == pytest.approx([0.5740419074, 0.8964406084])


def test_the_second_order_line_is_where_branches_merge(lines: Curves) -> None:
    second = next(c for c in lines.curves if c.order == "second")
    merging = float(lines.merging[Fraction(3, 5)].value)
    assert value(second, 0.6) == pytest.approx(merging, rel=1e-3)  # between drawn points
    assert merging == pytest.approx(0.6653988485, rel=1e-9)


def test_frozen_lines_are_the_closed_forms(lines: Curves) -> None:
    frozen = {c.name: c for c in lines.curves if c.order == "frozen"}
    p = frozen["drop 2 | pair 1-2"].densities
    assert frozen["drop 2 | pair 1-2"].importances == pytest.approx(2 * p / (4 - 5 * p))
    p = frozen["pair 1-2 | drop 1"].densities
    assert frozen["pair 1-2 | drop 1"].importances == pytest.approx(2 / p - 5 / 2)


def test_lines_of_three_features_stop_at_the_triangle() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curves_module, "STRONG", (Fraction(1, 10), Fraction(3, 10), Fraction(1, 2)))
        curves = phase_curves(3, 2)
    assert curves is not None
    drop, upright, level, *_ = curves.curves
    assert drop.densities[[0, -1]] == pytest.approx([0.1, 0.5])
    assert len(drop.densities) == 60  # a line that is smooth to the eye
    assert upright.importances.min() > 1.0
    assert level.densities[-1] == pytest.approx(0.52183765907)
    table = boundaries_table(curves, 3, 2)
    assert "0.521837659" in table
    assert "drop 3 $|$ strong pair" in table


# ---------------------------------------------------------------- table


def test_table_holds_the_values(lines: Curves) -> None:
    table = boundaries_table(lines, 2, 1)
    for number in (
        "0.520247736799",  # tricritical points
        "0.837319580135",
        "0.511738032118",  # triple point
        "0.706403692673",  # end of weak | strong
        "0.337280468558",  # I*(2/5)
        "0.665398848542",  # I_c(3/5)
        "0.973641376453",  # by a jump, p = 0.96
        r"\frac{2 p}{4 - 5 p}",
        r"\frac{4 - 5 p}{2 p}",
        r"\frac{4}{7}",
    ):
        assert number in table
    row = next(r for r in table.splitlines() if r.startswith("drop 2 $|$ strong pair & $0.4$"))
    assert " & first & " in row
    assert table.isascii()


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_table_compiles_alone_and_inside_a_paper(lines: Curves, tmp_path: Path) -> None:
    (tmp_path / "boundaries.tex").write_text(boundaries_table(lines, 2, 1), encoding="utf-8")
    (tmp_path / "host.tex").write_text(
        "\\documentclass{article}\n\\usepackage{booktabs,amsmath}\n\\usepackage[margin=2cm]"
        "{geometry}\n\\begin{document}\n\\input{boundaries}\n\\typeout{reached the end}\n"
        "\\end{document}\n",
        encoding="utf-8",
    )
    for name in ("boundaries", "host"):
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            timeout=120,
        )
        log = (tmp_path / f"{name}.log").read_text(encoding="latin1")
        assert done.returncode == 0, [line for line in log.splitlines() if line.startswith("!")]
        assert "Overfull" not in log
    assert "reached the end" in log
