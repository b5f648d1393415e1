"""Phase diagrams: cells, labels and picture."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from superposition_numerics.landscape import phase_of
from superposition_numerics.toy_model import population_loss
from superposition_proofs.phases import diagram as diagram_module
from superposition_proofs.phases.curves import Curve, Curves, Mark
from superposition_proofs.phases.diagram import COLUMNS, PhaseDiagram, label, phase_diagram
from superposition_proofs.phases.figures import PALETTE, REST, phase_colours, phase_diagram_figure
from superposition_proofs.phases.report import best_frozen
from superposition_theory import InputError

SKETCH = Curves(  # a line of every order and a point of every kind, anywhere
    tuple(
        Curve("a | b", order, np.array([0.1, 0.9]), np.array([0.2, 2.0]))
        for order in ("first", "second", "frozen")
    ),
    tuple(
        Mark(kind, 0.6, 1.2) for kind in ("tricritical", "triple", "end of a line", "frozen triple")
    ),
    {},
    {},
    {},
    {},
    (),
)


@pytest.fixture(scope="module")
def two() -> PhaseDiagram:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diagram_module, "phase_curves", lambda *_, **__: SKETCH)
        return phase_diagram(2, 1, 12)


@pytest.fixture(scope="module")
def four() -> PhaseDiagram:
    return phase_diagram(4, 3, 3)


def rows(diagram: PhaseDiagram) -> list[dict[str, str]]:
    """Return the lines of the CSV file."""
    return list(csv.DictReader(io.StringIO(diagram.to_csv())))


# ---------------------------------------------------------------- cells


@pytest.mark.parametrize("name", ["two", "four"])
def test_csv_agrees_with_losses_computed_anew(name: str, request: pytest.FixtureRequest) -> None:
    diagram: PhaseDiagram = request.getfixturevalue(name)
    setting = diagram.optimum.setting
    n, m = setting.features, setting.dimensions
    cells = rows(diagram)
    assert tuple(cells[0]) == COLUMNS
    assert len(cells) == diagram.optimum.loss.size
    for cell in cells:
        p, importance = float(cell["density"]), float(cell["importance"])
        W, biases = np.array(json.loads(cell["weights"])), np.array(json.loads(cell["biases"]))
        assert W.shape == (m, n)
        weights = np.array([1.0] * (n - 1) + [importance])
        loss = float(population_loss(W, biases, p, importances=weights))
        assert float(cell["loss"]) == pytest.approx(loss, rel=1e-12)
        assert cell["name"] == phase_of(W).name
        assert cell["phase"] == label(phase_of(W))
        frozen = float(cell["frozen_loss"])
        assert float(cell["excess"]) == pytest.approx(1 - loss / frozen, abs=1e-12)
        assert float(cell["excess"]) > -1e-12  # the optimum is never above a frozen candidate
        if cell["runner_up"]:
            assert float(cell["runner_up_loss"]) > loss
        else:
            assert cell["runner_up_loss"] == ""


def test_frozen_cells_agree_with_one_setting_at_a_time(two: PhaseDiagram) -> None:
    for cell in rows(two)[::17]:
        p, importance = float(cell["density"]), float(cell["importance"])
        candidate, loss = best_frozen(2, 1, p, importance)
        assert cell["frozen"] == candidate.name
        assert float(cell["frozen_loss"]) == pytest.approx(loss, rel=1e-12)


def test_frozen_phases_follow_the_closed_forms(two: PhaseDiagram) -> None:
    for i, importance in enumerate(two.optimum.rows.values):
        for j, p in enumerate(two.optimum.columns.values):
            low, high = 2 * p / (4 - 5 * p), 2 / p - 5 / 2
            if p < 4 / 7 and low < importance < high:
                expected = "strong pair"
            else:
                expected = "drop 2" if importance < 1 else "drop 1"
            assert two.frozen_labels[i, j] == expected


def test_diagram_as_json(two: PhaseDiagram, four: PhaseDiagram) -> None:
    data: dict[str, Any] = json.loads(json.dumps(two.to_dict(), allow_nan=False))
    assert (data["schema"], data["version"]) == ("superposition.phase-diagram", 1)
    assert (data["features"], data["dims"], data["seed"]) == (2, 1, 0)
    assert (data["density"][0], data["density"][-1]) == pytest.approx((0.01, 1.0))
    importances = data["importance_of_the_last_feature"]
    assert (importances[0], importances[-1]) == pytest.approx((0.1, 10.0))
    assert sum(data["cells"].values()) == sum(data["frozen_cells"].values()) == 144
    assert [curve["order"] for curve in data["curves"]] == ["first", "second", "frozen"]
    assert data["points"][0] == {"kind": "tricritical", "density": 0.6, "importance": 1.2}
    assert four.to_dict()["curves"] is None


@pytest.mark.parametrize(
    ("W", "text"),
    [
        ([[1, 0]], "drop 2"),
        ([[0, 1]], "drop 1"),
        ([[0.0]], "drop 1"),
        ([[1.0]], "all dedicated"),
        ([[1, -1]], "strong pair"),
        ([[1, -0.4]], "weak pair"),
        ([[1, -1, 0], [0, 0, 1]], "strong pair, 3 alone"),
        ([[0, 1, -1], [1, 0, 0]], "strong pair with 3"),
        ([[1, 0, -1], [0, 1, 0]], "strong pair with 3"),  # exchange of the first two
        ([[0, 1, 0], [0, 0, 1]], "drop 1 of 1-2"),
        ([[1, -1, 0, 0], [0, 0, 1, -1]], "2 strong pairs"),
        ([[1, -1, 0, 0, 0], [0, 0, 1, -1, 0]], "2 strong pairs, drop 5"),
        ([[1, 0, 0, -1, 0], [0, 0, 1, 0, -1]], "2 strong pairs with 5, drop 1 of 1-4"),
        # A triangle of 1, 2, 5 and a pair of 3, 4: the last feature is in the triangle.
        (
            [[1, -0.5, 0, 0, -0.5], [0, 0.8660254, 0, 0, -0.8660254], [0, 0, 1, -1, 0]],
            "triangle with 5, strong pair",
        ),
    ],
)
def test_labels(W: list[list[float]], text: str) -> None:
    assert label(phase_of(W)) == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1, 4), "features is 0; accepted: 1 to 6"),
        ((7, 1, 4), "features is 7; accepted: 1 to 6"),
        ((2, 3, 4), "dims is 3; accepted: 1 to features = 2"),
        ((2, 1, 1), "grid is 1; accepted: at least 2"),
    ],
)
def test_bad_input(arguments: tuple[int, int, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        phase_diagram(*arguments)


# ---------------------------------------------------------------- picture


def magic(paths: tuple[Path, ...]) -> None:
    """Check the files of a picture."""
    assert [path.name for path in paths] == ["phase-diagram.pdf", "phase-diagram.png"]
    assert paths[0].read_bytes().startswith(b"%PDF-")
    assert b"CreationDate" not in paths[0].read_bytes()
    assert paths[1].read_bytes().startswith(b"\x89PNG")


def test_pictures_with_lines_are_deterministic(two: PhaseDiagram, tmp_path: Path) -> None:
    first = phase_diagram_figure(two, tmp_path)
    magic(first)
    data = [path.read_bytes() for path in first]
    assert [path.read_bytes() for path in phase_diagram_figure(two, tmp_path)] == data


def test_pictures_without_lines(four: PhaseDiagram, tmp_path: Path) -> None:
    magic(phase_diagram_figure(four, tmp_path))


def test_phases_at_density_1_alone_share_a_colour(two: PhaseDiagram, four: PhaseDiagram) -> None:
    for diagram in (two, four):
        colours = phase_colours(diagram)
        inner = {
            *diagram.labels[:, :-1].ravel().tolist(),
            *diagram.frozen_labels[:, :-1].ravel().tolist(),
        }
        assert {name for name, colour in colours.items() if colour != REST} == inner
        assert len({colours[name] for name in inner}) == len(inner)
        assert set(colours) >= set(diagram.labels.ravel().tolist())
    assert REST not in PALETTE
