"""Phase diagrams and the store of their parts."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from superposition_numerics.landscape import (
    Axis,
    Diagram,
    Parameter,
    Setting,
    diagram,
    minimise,
    phase_diagram,
)
from superposition_theory import InputError

ROWS = Axis.linear(Parameter("density"), 0.05, 0.95, 7)
COLUMNS = Axis.logarithmic(Parameter("importance"), 0.1, 10, 7)
SETTING = Setting(2, 1, 0.5)


def assert_equal(one: Diagram, other: Diagram) -> None:
    np.testing.assert_array_equal(one.loss, other.loss)
    np.testing.assert_array_equal(one.W, other.W)
    np.testing.assert_array_equal(one.biases, other.biases)
    np.testing.assert_array_equal(one.names, other.names)
    np.testing.assert_array_equal(one.runner_up_loss, other.runner_up_loss)
    np.testing.assert_array_equal(one.runner_up_names, other.runner_up_names)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "_INSTANCES", 100)


def test_no_cell_is_higher_than_brute_force() -> None:
    found = phase_diagram(SETTING, ROWS, COLUMNS)
    rng = np.random.default_rng(7)
    density = np.array(ROWS.values)[:, None, None, None]
    importance = np.ones((1, 7, 1, 2))
    importance[0, :, 0, 1] = COLUMNS.values
    W = rng.normal(size=(7, 7, 64, 1, 2)) * rng.choice([0.1, 0.5, 1], size=(7, 7, 64, 1, 1))
    biases = rng.uniform(-0.3, 0.5, (7, 7, 64, 2))
    brute = minimise(W, biases, density, importances=importance)
    lowest = np.where(brute.converged, brute.loss, np.inf).min(axis=2)
    assert (found.loss <= lowest * (1 + 1e-12)).all()
    np.testing.assert_allclose(found.loss, lowest, rtol=1e-9)


def test_the_diagram_is_symmetric_in_the_exchange_of_features() -> None:
    # L with importances (1, I) is I times L with (1/I, 1): rows of I and 1/I mirror each other
    found = phase_diagram(SETTING, ROWS, COLUMNS)
    importances = np.array(COLUMNS.values)
    np.testing.assert_allclose(found.loss, importances * found.loss[:, ::-1], rtol=1e-11)
    np.testing.assert_array_equal(found.kinds, found.kinds[:, ::-1])
    low, high = found.names[0, 0], found.names[0, -1]
    assert low == "features 1, 2 antipodal pair"
    dropped = found.names[4]
    assert dropped[0] == "feature 1 dedicated; feature 2 dropped"
    assert dropped[-1] == "feature 2 dedicated; feature 1 dropped"
    assert high == low


def test_cells_hold_what_they_say() -> None:
    found = phase_diagram(SETTING, ROWS, COLUMNS)
    for i, row in enumerate(ROWS.values):
        for j, column in enumerate(COLUMNS.values):
            here = SETTING.vary(ROWS.parameter, row).vary(COLUMNS.parameter, column)
            loss = here.loss(found.W[i, j], found.biases[i, j])
            assert float(loss) == pytest.approx(found.loss[i, j], rel=1e-13)
    known = found.runner_up_names != ""
    assert known.any()
    assert (found.runner_up_loss[known] > found.loss[known]).all()
    assert np.isinf(found.runner_up_loss[~known]).all()
    assert (found.runner_up_names[known] != found.names[known]).all()


@pytest.mark.parametrize("executor", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_an_executor_changes_nothing(executor: Any) -> None:
    with executor(2) as pool:
        assert_equal(
            phase_diagram(SETTING, ROWS, COLUMNS, executor=pool),
            phase_diagram(SETTING, ROWS, COLUMNS),
        )


def test_the_sweep_brings_minima_to_cells_that_missed_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full = phase_diagram(SETTING, ROWS, COLUMNS)

    def poor_starts(setting: Setting, most: int, rng: Any) -> tuple[np.ndarray, np.ndarray]:
        """Start on the saddle where feature 2 is dropped, but for one corner of the diagram."""
        del most, rng
        p, importance = setting.density, setting.kinds[1][0]
        if (p, importance) == (ROWS.values[0], COLUMNS.values[0]):
            return np.array([[[1.0, -1.0]]]), np.zeros((1, 2))
        return np.array([[[1.0, 0.0]]]), np.array([[0.0, p / 2]])

    monkeypatch.setattr(diagram, "structured_starts", poor_starts)
    stages: set[str] = set()
    poor = phase_diagram(
        SETTING, ROWS, COLUMNS, starts=0, progress=lambda stage, *_: stages.add(stage)
    )
    assert set(full.kinds[0]) == {"antipodal pair"}
    np.testing.assert_allclose(poor.loss[0], full.loss[0], rtol=1e-12)
    assert "sweep 2" in stages
    column = Axis(COLUMNS.parameter, COLUMNS.values[1:2])
    alone = phase_diagram(SETTING, Axis(ROWS.parameter, ROWS.values[:1]), column, starts=0)
    assert alone.loss[0, 0] > full.loss[0, 1] * 1.01


class KilledError(Exception):
    """What a progress callback raises in the middle of a run."""


def test_a_killed_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "parts" / "diagram.jsonl"
    seen: list[tuple[str, int, int]] = []

    def kill(stage: str, done: int, total: int) -> None:
        seen.append((stage, done, total))
        if done == 3:
            raise KilledError

    with pytest.raises(KilledError):
        phase_diagram(SETTING, ROWS, COLUMNS, store=path, progress=kill)
    assert seen[0][:2] == ("search", 0)
    assert len(path.read_bytes().splitlines()) == 3
    with path.open("ab") as file:  # the kill cuts off a line
        file.write(path.read_bytes().splitlines()[0][:100])

    first: list[tuple[str, int, int]] = []
    resumed = phase_diagram(
        SETTING, ROWS, COLUMNS, store=path, progress=lambda *step: first.append(step)
    )
    assert first[0][:2] == ("search", 3)
    assert_equal(resumed, phase_diagram(SETTING, ROWS, COLUMNS))

    def never(_: Any) -> Any:
        raise AssertionError("everything is in the store")

    monkeypatch.setattr(diagram, "_solve", never)
    assert_equal(phase_diagram(SETTING, ROWS, COLUMNS, store=path), resumed)
    with pytest.raises(AssertionError, match="everything"):  # another seed is another run
        phase_diagram(SETTING, ROWS, COLUMNS, store=path, seed=1)


def test_a_penalty_axis() -> None:
    penalties = Axis(Parameter("penalty"), (0.0, 0.0143, 0.0152))  # lambda_c = 0.014705 at p = 0.05
    found = phase_diagram(Setting(2, 1, 0.05), Axis(Parameter("importance"), (1.0,)), penalties)
    assert [kind.endswith("pair") for kind in found.kinds[0]] == [True, True, False]


def test_one_line_of_pentagons() -> None:
    densities = Axis(Parameter("density"), (0.2, 0.24))  # the transition is at 0.2249
    found = phase_diagram(
        Setting(5, 2, 0.5), Axis(Parameter("importance"), (1.0,)), densities, starts=2
    )
    assert found.kinds.tolist() == [["pentagon", "2 antipodal pairs + 1 dropped"]]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"columns": ROWS}, "columns vary the density as the rows do"),
        ({"setting": Setting(7, 1, 0.5)}, "features is 7; accepted: at most 6"),
        ({"rows": Axis(Parameter("density"), (1.5,))}, "density is 1.5; accepted"),
        # of two features the last one is that with the index 1
        (
            {"rows": Axis(Parameter("importance", 1), (1.0,))},
            "columns vary the importance of the last feature as the rows do",
        ),
        ({"rows": (0.1, 0.2)}, r"rows is \(0.1, 0.2\); accepted: Axis"),
        ({"columns": None}, "columns is None; accepted: Axis"),
        ({"setting": None}, "setting is None; accepted: Setting"),
        ({"starts": 1.5}, "starts is 1.5; accepted"),
        ({"seed": -1}, "seed is -1; accepted: an integer of at least 0"),
        ({"seed": None}, "seed is None; accepted"),
        ({"starts": -1}, "starts is -1"),
        ({"most_structured": 0}, "most_structured is 0"),
    ],
)
def test_refusals(change: dict[str, Any], match: str) -> None:
    arguments: dict[str, Any] = {"setting": SETTING, "rows": ROWS, "columns": COLUMNS, **change}
    with pytest.raises(InputError, match=match):
        phase_diagram(**arguments)


def test_a_cell_without_a_stationary_point_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: Setting, __: int, ___: Any) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((0, 1, 2)), np.zeros((0, 2))

    monkeypatch.setattr(diagram, "structured_starts", none)
    with pytest.raises(InputError, match=r"none ended in a stationary .*; accepted: more"):
        phase_diagram(SETTING, ROWS, COLUMNS, starts=0)


DENSITY: Any = Parameter("density")


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: Axis(DENSITY, ()), r"values is \(\); accepted: a list of at least one number"),
        (lambda: Axis(DENSITY, cast(Any, 0.5)), "values is 0.5; accepted: a list"),
        (lambda: Axis(DENSITY, (0.1, np.nan)), "values holds NaN or infinite entries"),
        (lambda: Axis(DENSITY, cast(Any, ("a",))), "values is .*; accepted: an array of real"),
        (lambda: Axis(cast(Any, "density"), (0.1,)), "parameter is 'density'; accepted: Param"),
        (lambda: Axis.logarithmic(DENSITY, 0.0, 1.0, 3), "accepted: above 0"),
        (lambda: Axis.logarithmic(DENSITY, 1.0, -1.0, 3), "accepted: above 0"),
        *(
            (lambda f=f, c=c: f(DENSITY, 0.1, 0.9, c), f"count is {c!r}; accepted: an integer of")
            for f in (Axis.linear, Axis.logarithmic)
            for c in (-1, 0, 1.5, True, None)
        ),
        *(
            (lambda f=f, e=e: f(DENSITY, e, 0.9, 3), f"first is {e!r}; accepted: a finite number")
            for f in (Axis.linear, Axis.logarithmic)
            for e in (np.nan, np.inf, "a", None)
        ),
        *(
            (lambda f=f: f(DENSITY, 0.1, np.inf, 3), "last is inf; accepted: a finite number")
            for f in (Axis.linear, Axis.logarithmic)
        ),
    ],
)
def test_axes_refused(call: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        call()


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello\n")
    with pytest.raises(InputError, match="line 1 is not of this store"):
        phase_diagram(SETTING, ROWS, COLUMNS, store=path)
    assert path.read_text() == "hello\n"
