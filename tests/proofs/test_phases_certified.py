"""The certified phase diagram: columns, area, resuming, the figure and the subcommands."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from superposition_numerics.json_lines import append_line
from superposition_proofs.certificates.phases import Line
from superposition_proofs.cli import main
from superposition_proofs.phases.certified import (
    CertifiedDiagram,
    Column,
    antipodal_line,
    certified_diagram,
    dropped_line,
)
from superposition_proofs.phases.certified_figure import certified_figure
from superposition_theory import InputError
from superposition_theory.phases import critical_importance

HALF, QUARTER, ONE = Fraction(1, 2), Fraction(1, 4), Fraction(1)
UNIT = (Fraction(0), ONE)


def column(low: Fraction, high: Fraction, below: Line | None, above: Line | None) -> Column:
    return Column((low, high), below, above, 1, 0.5)


# The part of importances in [0, 1] that is proved, by hand.
@pytest.mark.parametrize(
    ("below", "above", "proved"),
    [
        (Line(QUARTER), Line(HALF), 0.75),
        (Line(Fraction(0), ONE), Line(Fraction(0), ONE), 1.0),  # lines that meet
        (Line(Fraction(0), HALF), Line(ONE), 0.125),  # a triangle: from 0 to 1/4 on [0, 1/2]
        (None, Line(HALF), 0.5),
        (Line(QUARTER), None, 0.25),
        (None, None, 0.0),
    ],
)
def test_proved_part(below: Line | None, above: Line | None, proved: float) -> None:
    found = column(Fraction(0), HALF, below, above)
    assert found.proved(UNIT) == pytest.approx(proved, abs=1e-6)
    diagram = CertifiedDiagram((found,))
    assert diagram.proved(UNIT, UNIT) == pytest.approx(proved / 2, abs=1e-6)


def test_columns_survive_json() -> None:
    diagram = CertifiedDiagram(
        (
            column(QUARTER, HALF, Line(Fraction(1, 3), Fraction(1, 7)), None),
            column(HALF, ONE, None, Line(Fraction(2, 3))),
        )
    )
    assert CertifiedDiagram.from_dict(json.loads(json.dumps(diagram.to_dict()))) == diagram


def test_columns_are_taken_from_the_store(tmp_path: Path) -> None:
    densities = (Fraction(5, 16), Fraction(15, 16))
    store = tmp_path / "columns.jsonl"
    known = [
        column(low, high, Line(QUARTER), Line(HALF))
        for low, high in ((HALF, 3 * QUARTER), (QUARTER, HALF), (3 * QUARTER, Fraction(63, 64)))
    ]
    for one in known:
        append_line(store, one.to_dict())
    with store.open("a") as file:
        file.write('{"densities": ["1/2"')
    found = certified_diagram(4, densities=densities, store=store)
    assert [c.densities for c in found.columns] == sorted(c.densities for c in known)
    assert found.proved(densities, UNIT) == pytest.approx(0.75)


def test_lines_enclose_the_boundary() -> None:
    densities = (Fraction(3, 5) - Fraction(3, 5) % Fraction(1, 1024), Fraction(615, 1024))
    above, _ = antipodal_line(densities)
    assert above is not None
    for p in densities:
        assert float(critical_importance(p)) < above(p) < 1.02 * float(critical_importance(p))


@pytest.mark.slow
def test_dropping_is_proved_close_to_the_boundary() -> None:
    densities = (Fraction(614, 1024), Fraction(615, 1024))
    below, boxes, _ = dropped_line(densities)
    assert below is not None
    assert boxes > 0
    for p in densities:
        assert 0.98 * float(critical_importance(p)) < below(p) < float(critical_importance(p))


@pytest.mark.parametrize(
    ("columns", "densities", "message"),
    [
        (3, UNIT, "columns is 3"),
        (1, UNIT, "columns is 1"),
        (4, UNIT, "densities are"),
        (4, (HALF, HALF), "densities are"),
    ],
)
def test_invalid_input(columns: int, densities: tuple[Fraction, Fraction], message: str) -> None:
    with pytest.raises(InputError, match=message):
        certified_diagram(columns, densities=densities)


def test_figure(tmp_path: Path) -> None:
    diagram = CertifiedDiagram(
        (
            column(QUARTER, HALF, Line(Fraction(0), HALF), Line(HALF)),
            column(HALF, ONE, None, None),
        )
    )
    paths = certified_figure(diagram, tmp_path)
    assert {path.name for path in paths} == {"certified-phases.pdf", "certified-phases.png"}
    assert all(path.stat().st_size > 1000 for path in paths)


def test_certify_phase_subcommand() -> None:
    arguments = ["certify-phase", "--density", "3/10", "--importance", "0.5"]
    text = CliRunner().invoke(main, arguments)
    assert text.exit_code == 0
    assert text.output.startswith("antipodal: p = 3/10, I = 1/2\nL < I v(p)")
    data = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).output)
    assert (data["phase"], data["density"]) == ("antipodal", "3/10")
    assert data["boundary_in_floats"] == pytest.approx(0.2046990764, abs=1e-8)


def test_certify_phase_subcommand_refuses_words() -> None:
    result = CliRunner().invoke(main, ["certify-phase", "--density", "low", "--importance", "1"])
    assert result.exit_code != 0
    assert "density is 'low'" in result.output + str(result.exception)
