"""What a report of training says, against losses and geometries found by other routes."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from superposition_numerics.toy_model import population_loss
from superposition_numerics.training import (
    DataSet,
    Instance,
    Model,
    Plan,
    Problem,
    Samples,
    Sgd,
    spectral_trace,
    train,
)
from superposition_numerics.training.objectives import Population
from superposition_proofs.tables import escape
from superposition_proofs.training import (
    Learned,
    TrainingReport,
    figures,
    train_report,
    training_plan,
)
from superposition_proofs.training.figures import (
    chosen,
    draw_dimensionality,
    shown_order,
    training_figures,
)
from superposition_proofs.training.tables import training_table


def report_of(**options: Any) -> TrainingReport:
    return train_report(training_plan(**{"steps": 20, "records": 4, "batch": 16, **options}))


@pytest.fixture(scope="module")
def pairs() -> TrainingReport:
    """Two features in one dimension, at two densities, by five seeds."""
    return report_of(
        features=2,
        dims=1,
        density=["0.1", "0.9"],
        importance=["0.5^i"],
        instances=5,
        source="population",
        batch=None,
        rate=0.03,
        weight_decay=0.0,
        steps=800,
        records=20,
    )


def test_the_best_of_each_setting_come_first(pairs: TrainingReport) -> None:
    found = pairs.instances
    assert [(one.rank, one.setting) for one in found] == [
        (r, s) for r in range(1, 6) for s in (0, 1)
    ]
    assert sorted(one.number for one in found) == list(range(10))
    for setting in (0, 1):
        losses = [one.exact_loss or 0.0 for one in found if one.setting == setting]
        assert losses == sorted(losses)
    assert [setting.density for setting in pairs.settings] == [0.1, 0.9]


def test_losses_and_geometries_of_the_population(pairs: TrainingReport) -> None:
    # At p = .1 an antipodal pair beats dropping feature 2 from I = .0487 on; at p = .9 dropping
    # does up to I = .9409.
    assert [one.geometry for one in pairs.instances[:2]] == ["digon", "dedicated + 1 zero"]
    for one in pairs.instances:
        b = pairs.run.final["b"][one.number].astype(np.float64)
        loss = population_loss(one.W, b, one.instance.density, importances=[1.0, 0.5])
        assert one.exact_loss == pytest.approx(float(loss), rel=1e-12)
    dropped = pairs.instances[1]
    assert dropped.exact_loss == pytest.approx(0.5 * (0.9 / 3 - 0.9**2 / 4), rel=1e-4)
    assert dropped.represented.tolist() == [True, False]
    assert not pairs.sampled
    assert pairs.loss_meaning == "mean over the last 40 steps, each exact"


def test_sampled_losses_are_called_estimates() -> None:
    report = report_of(features=3, dims=2, density=["0.3"])
    assert report.sampled
    assert report.loss_meaning == "mean over the last 5 steps, each of a batch: an estimate"
    assert report.exact_meaning == "population, at the end"
    (one,) = report.instances
    b = report.run.final["b"][0].astype(np.float64)
    exact = float(population_loss(one.W, b, 0.3))
    assert one.exact_loss == pytest.approx(exact, rel=1e-12)
    assert one.loss != one.exact_loss
    assert one.loss == report.run.losses[-1, 0]


@pytest.mark.parametrize(
    ("correlation", "sets", "exact"),
    [
        # Antipodal pairs (1, -1) without biases lose min(x, y)^2 on both, E min^2 = 1/6, where both
        # are on: with probability p^2 = .09, p = .3 and 0.
        ("independent", 1, 4 * 0.09 / 6),
        ("correlated", 2, 4 * 0.3 / 6),
        ("anticorrelated", 2, 0.0),
    ],
)
def test_samples_and_population_have_one_law(correlation: str, sets: int, exact: float) -> None:
    plan = Plan(
        Problem(Model("relu", 4, 2), [Instance(0.3, 1.0, correlation, sets)]),
        Samples(2**16),
        Sgd(1e-12),
        steps=1,
        records=1,
        initial={"W": np.array([[[1, -1, 0, 0], [0, 0, 1, -1]]]), "b": np.zeros((1, 4))},
    )
    (one,) = train_report(plan).instances
    assert one.exact_loss == pytest.approx(exact, rel=1e-9, abs=1e-15)
    assert one.loss == pytest.approx(exact, rel=0.03, abs=1e-9)  # of 65,536 samples


@pytest.mark.parametrize(
    "options",
    [
        {"features": 11, "dims": 2},  # one feature more than is enumerated
        {"features": 3, "dims": 2, "model": "relu-hidden"},
        {"features": 3, "dims": 2, "model": "absolute", "tied": False},
    ],
)
def test_no_exact_loss_is_invented(options: dict[str, Any]) -> None:
    report = report_of(**options)
    assert report.instances[0].exact_loss is None
    assert report.exact_meaning == "none at hand"
    assert report.instances[0].loss == report.run.losses[-1, 0]


def test_a_linear_model_has_an_exact_loss_of_second_moments() -> None:
    report = report_of(features=12, dims=3, model="linear", density=["0.4"])
    (one,) = report.instances
    b = report.run.final["b"][0].astype(np.float64)
    # x has mean p/2 and covariance (p/3 - p^2/4) I: E |Ax - b|^2 with A = I - W'W.
    A = np.eye(12) - one.W.T @ one.W
    expected = (0.4 / 3 - 0.4**2 / 4) * (A**2).sum() + ((A @ np.full(12, 0.2) - b) ** 2).sum()
    assert one.exact_loss == pytest.approx(expected, rel=1e-12)


def test_data_in_batches_have_an_exact_loss_over_all_rows(tmp_path: Path) -> None:
    rows = np.random.default_rng(3).random((30, 4))
    np.save(tmp_path / "rows.npy", rows)
    report = report_of(features=4, dims=2, data=tmp_path / "rows.npy", batch=8)
    assert report.sampled
    (one,) = report.instances
    b = report.run.final["b"][0].astype(np.float64)
    outputs = np.maximum(rows @ one.W.T @ one.W + b, 0)
    assert one.exact_loss == pytest.approx(((rows - outputs) ** 2).sum(axis=1).mean(), rel=1e-12)
    whole = train_report(Plan(report.run.plan.problem, DataSet(rows), steps=5, records=1))
    assert not whole.sampled


def test_of_an_untied_model_the_decoder_is_shown() -> None:
    report = report_of(features=3, dims=4, model="absolute", tied=False)
    np.testing.assert_array_equal(report.instances[0].W, report.run.final["W2"][0].T)
    assert report.instances[0].dimensionality.shape == (3,)


def test_a_single_feature() -> None:
    report = report_of(features=1, dims=1, steps=2)
    assert report.instances[0].geometry == "dedicated"


@pytest.fixture(scope="module")
def lost() -> TrainingReport:
    """Instances that diverge, of importance 1e6, beside those that do not."""
    return report_of(
        features=3, dims=2, importance=["1e6", "1"], instances=2, method="sgd", rate=0.01
    )


def test_those_that_diverged_are_told_and_come_last(lost: TrainingReport) -> None:
    assert lost.run.endings == ("diverged", "diverged", "completed", "completed")
    assert lost.diverged == 2
    report = report_of(features=3, dims=2, method="sgd", rate=0.01, importance=["1"], instances=2)
    healthy = [one for one in lost.instances if one.setting == 1]
    assert [one.loss for one in healthy] == [one.loss for one in report.instances]
    text = lost.render()
    assert "4: 2 diverged, 2 completed" in text
    assert text.count("(diverged at step") == 2
    assert training_table(lost).count("(diverged)") == 2


def test_report_as_json(lost: TrainingReport, pairs: TrainingReport) -> None:
    for report in (lost, pairs):
        data = json.loads(json.dumps(report.to_dict(), allow_nan=False))
        assert (data["schema"], data["version"]) == ("superposition.training-report", 1)
        assert Plan.from_dict(data["plan"]) == report.run.plan
        assert len(data["instances"]) == report.run.plan.problem.count
        for entry, one in zip(data["instances"], report.instances, strict=True):
            assert entry["instance"] == one.instance.to_dict()
            assert entry["capacity"] == pytest.approx(sum(entry["dimensionality"]))
            assert entry["ending"] == one.ending
        assert all("seed" not in setting for setting in data["settings"])


def test_text_lists_every_instance(pairs: TrainingReport) -> None:
    text = pairs.render()
    lines = text.splitlines()
    start = lines.index("density 0.1, importance 1, 0.5")
    best = lines[start + 2].split()
    assert best[:3] == [
        str(pairs.instances[0].instance.seed),
        f"{pairs.instances[0].loss:.3g}",
        f"{pairs.instances[0].exact_loss:.6g}",
    ]
    assert best[4:] == ["digon"]
    assert len(lines) - lines.index("density 0.9, importance 1, 0.5") == 2 + 5


def test_long_lists_are_cut() -> None:
    report = report_of(features=2, dims=1, instances=43, steps=2, records=1)
    assert report.render().splitlines()[-1] == "... 3 more (--json lists all)"
    table = training_table(report)
    assert "The best 40 are shown." in table
    assert table.count(" & digon") + table.count(r"\vspace{3pt}} & ") >= 40
    assert len(chosen(report)) == 12
    many = report_of(features=2, dims=1, density=["1..0.1:50"], steps=1, records=1).render()
    assert many.splitlines()[-1] == "... 10 more (--json lists all)"
    assert many.count("\nseed ") == 40


def test_table_has_a_row_for_each_instance(pairs: TrainingReport) -> None:
    table = training_table(pairs)
    rows = [line for line in table.splitlines() if r"\parbox" in line]
    assert len(rows) == 10
    assert all(row.count(" & ") == 8 for row in rows)
    assert "density 0.9" in rows[1]
    assert "importance" not in rows[1]  # which all share
    assert "dedicated + 1 zero" in rows[1]
    assert escape(pairs.loss_meaning) in table


def joining() -> Plan:
    """Return a plan in which feature 1 leaves a saddle and joins feature 0 in its dimension."""
    return Plan(
        Problem(Model("relu", 2, 1), [Instance(0.3)]),
        Population(),
        Sgd(0.1),
        steps=3000,
        records=100,
        initial={"W": [[[1.0, -1e-3]]], "b": [[0.0, 0.15]]},
        dtype="float64",
    )


def test_jumps_are_reported() -> None:
    report = train_report(joining())
    data = report.to_dict()["jumps"]
    assert [(jump["feature"], jump["origin"], jump["target"]) for jump in data] == [
        (0, 1.0, 0.5),
        (1, 0.0, 0.5),
    ]
    (line,) = [line for line in report.render().splitlines() if line.startswith("energy-level")]
    assert line.split()[-1] == "2"


def test_jumps_are_drawn() -> None:
    from matplotlib.figure import Figure

    def marked(report: TrainingReport) -> list[tuple[float, ...]]:
        axes = Figure().subplots()
        draw_dimensionality(axes, report, report.instances[0])
        lines = [line for line in axes.lines if line.get_marker() == "o"]
        return [tuple(np.ravel(line.get_ydata()).tolist()) for line in lines]

    assert marked(train_report(joining())) == [(1.0, 0.5), (0.0, 0.5)]
    assert marked(train_report(replace(joining(), steps=100))) == []


# ---------------------------------------------------------------- pictures


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Draw the pictures once, small and without files; return them by name."""
    kept: dict[str, Any] = {}

    def keep(figure: Any, stem: Path) -> list[Path]:
        figure.set_dpi(40)
        figure.savefig(io.BytesIO(), format="png", dpi=40)
        kept[stem.name] = figure
        return []

    monkeypatch.setattr(figures, "save", keep)
    return kept


@pytest.mark.parametrize(
    ("options", "panels", "kind"),
    [
        pytest.param({"features": 1, "dims": 1}, 1, "quiver", id="one feature"),
        pytest.param({"features": 3, "dims": 1, "instances": 2}, 2, "quiver", id="a line"),
        pytest.param({"features": 14, "dims": 2, "density": ["1..0.1:3"]}, 3, "quiver", id="plane"),
        pytest.param({"features": 6, "dims": 3, "instances": 2}, 2, "points", id="space"),
        pytest.param({"features": 9, "dims": 5, "model": "relu-hidden"}, 1, "gram", id="matrix"),
    ],
)
def test_pictures_by_the_dimensions(
    tmp_path: Path, drawn: dict[str, Any], options: dict[str, Any], panels: int, kind: str
) -> None:
    report = report_of(**options)
    training_figures(report, tmp_path)
    assert set(drawn) == {"geometry", "dimensionality", "spectrum", "losses"}
    axes = drawn["geometry"].axes
    assert len(axes) == panels
    for one, learned in zip(axes, report.instances, strict=True):
        if kind == "quiver":
            (arrows,) = (item for item in one.collections if hasattr(item, "U"))
            np.testing.assert_allclose(arrows.U, learned.W[0], rtol=1e-6)
        elif kind == "points":
            np.testing.assert_allclose(np.array(one.collections[0]._offsets3d), learned.W)
        else:
            W = learned.W[:, shown_order(learned)]
            np.testing.assert_allclose(one.images[0].get_array(), W.T @ W)
    curves = drawn["dimensionality"].axes[0].lines
    first = report.instances[0]
    shown = [
        line.get_ydata()[-1] for line in curves if len(line.get_xdata()) == len(report.run.steps)
    ]
    np.testing.assert_allclose(shown, first.dimensionality)


@pytest.mark.parametrize(
    ("importance", "order"),
    [
        # 0 and its partner 3; 5, whose product with 3 is -.15, before its partner 1, with .05; then
        # 2. Feature 4 is zero.
        (1.0, [0, 3, 5, 1, 2]),
        ((1.0, 0.9, 0.8, 0.7, 0.6, 0.5), [0, 1, 2, 3, 4, 5]),  # by importance
    ],
)
def test_the_order_of_a_matrix(importance: Any, order: list[int]) -> None:
    W = np.array([[1.0, 0, 0, -1, 0, 0.1], [0, 1, 0, 0.05, 0, -1], [0, 0, 1, 0, 0, 0]])
    D = np.zeros(6)
    one = Learned(0, 0, 1, Instance(1.0, importance), W, "", 0.0, None, D, "completed", 1)
    assert shown_order(one) == order


def test_pictures_of_what_diverged(
    tmp_path: Path, drawn: dict[str, Any], lost: TrainingReport
) -> None:
    training_figures(lost, tmp_path)
    titles = [axes.get_title().splitlines()[-1] for axes in drawn["geometry"].axes]
    assert titles.count("diverged") == 2
    losses = [line.get_ydata() for line in drawn["losses"].axes[0].lines]
    assert len(losses) == 4
    assert np.isfinite(losses).all()


@pytest.mark.parametrize(
    ("settings", "instances", "panels"),
    [
        (1, 5, 5),  # all of them
        (1, 20, 12),
        (5, 4, 10),  # the two best of each
        (12, 2, 12),
        (13, 2, 12),  # the best of the first twelve
    ],
)
def test_which_instances_have_panels(settings: int, instances: int, panels: int) -> None:
    report = report_of(
        features=2, dims=1, density=[f"1..0.1:{settings}"], instances=instances, steps=1, records=1
    )
    shown = chosen(report)
    assert len(shown) == panels
    assert shown == report.instances[:panels]
    if settings <= 12:
        assert {one.rank for one in shown} == set(range(1, panels // settings + 1))


def test_the_trace_is_of_the_run(pairs: TrainingReport) -> None:
    np.testing.assert_array_equal(
        pairs.trace.dimensionality, spectral_trace(train(pairs.run.plan)).dimensionality
    )
