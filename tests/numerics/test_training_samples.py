"""Fresh samples with numpy: every way against the plain reference, its law, streams, memory."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from superposition_numerics.matrices import FloatArray
from superposition_numerics.training import Instance, Model, Problem, Samples, instances_of
from superposition_numerics.training.sampling import with_numpy
from superposition_numerics.training.sampling.choice import cheapest, numpy_costs
from superposition_numerics.training.sampling.draws import (
    Uniforms,
    draw_entries,
    entries_of,
    open_places,
)
from superposition_numerics.training.sampling.law import laws_of
from superposition_numerics.training.sampling.samples import SampledGradient
from superposition_theory import InputError

from .training_batches import (
    LAWS,
    density_deviation,
    excess,
    expectation,
    law_deviation,
    models,
    named,
    parameters,
    scores,
    sparse_batch,
)

WAYS = ("dense", "rows", "sparse")
# few features, by a matrix product, by einsum; many, by the map as a whole and in two steps
SIZES = [(2, 1), (7, 3), (20, 2)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("n", "m"), SIZES)
def test_a_given_batch_gives_the_plain_gradient(way: str, n: int, m: int, dtype: str) -> None:
    for model in models(n, m):
        rng = np.random.default_rng(1)
        problem = Problem(
            model, [Instance(0.3, tuple(rng.random(n).tolist()), seed=k) for k in range(3)]
        )
        flat = parameters(model, 3).astype(dtype)
        x = sparse_batch(model, (3, 150)).astype(dtype)
        gradient = np.full_like(flat, np.nan)
        objective = SampledGradient(problem, 150, dtype, "numpy", [way] * 3)
        losses = objective.given(flat, gradient, x)
        off = excess(model, flat, x, problem.importances, losses, gradient)
        assert off < 1, named(model)
        x[0, 0] += 1  # near miss: one sample of another batch
        assert excess(model, flat, x, problem.importances, losses, gradient) > 10, named(model)


@pytest.mark.parametrize("columns", [64, 150])
@pytest.mark.parametrize("way", WAYS)
def test_blocks_add_up(way: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_numpy, "DENSE", columns * 4)
    monkeypatch.setattr(with_numpy, "SPARSE", columns * 4)
    model = Model("relu-hidden", 4, 3)
    problem = Problem(model, [Instance(0.3)])
    flat, x = parameters(model), sparse_batch(model, (1, 150))
    gradient = np.empty_like(flat)
    losses = SampledGradient(problem, 150, "float64", "numpy", [way]).given(flat, gradient, x)
    assert excess(model, flat, x, problem.importances, losses, gradient) < 1


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["relu", "absolute"])
def test_the_mean_of_sampled_gradients_is_the_expectation(kind: str, way: str, law: str) -> None:
    assert law_deviation(kind, law, way, "numpy", steps=250) < 4.5


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("density", "rejected"),
    [(0.3, False), (0.3 * 1.02, True)],  # near miss: the density off by 2 %
)
def test_a_density_that_is_off_is_noticed(way: str, density: float, rejected: bool) -> None:
    assert (density_deviation(density, way, "numpy", steps=300) >= 4.5) == rejected


@pytest.mark.parametrize("way", WAYS)
def test_linear_models_by_closed_form(way: str) -> None:
    # E x = p/2, E x_i^2 = p/3, E x_i x_j = p^2/4: the loss of y = M x + b is a quadratic form
    model, p = Model("linear", 3, 2, tied=False), 0.2
    problem = Problem(model, [Instance(p, (1.0, 0.5, 0.25), seed=4)])
    flat = parameters(model, seed=5)
    one = {name: values[0] for name, values in model.views(flat).items()}
    second = np.full((3, 3), p * p / 4) + np.eye(3) * (p / 3 - p * p / 4)
    first, off = np.full(3, p / 2), one["W2"] @ one["W1"] - np.eye(3)
    I = problem.importances[0]  # noqa: E741
    total = np.einsum("i,ij,jk,ik", I, off, second, off) + 2 * (I * one["b"]) @ off @ first
    total += I @ one["b"] ** 2
    A = 2 * I[:, None] * (off @ second + np.outer(one["b"], first))
    slopes = {
        "W1": one["W2"].T @ A,
        "W2": A @ one["W1"].T,
        "b": 2 * I * (off @ first + one["b"]),
    }
    expected = np.append(total, model.flatten(slopes)), np.zeros(1 + model.size)
    objective = SampledGradient(problem, 512, "float64", "numpy", [way])
    assert abs(scores(objective, flat, expected, steps=250)).max() < 4.5


def _supports(x: FloatArray) -> npt.NDArray[np.int64]:
    """Return how often each support occurs among rows, by the number with these bits."""
    n = x.shape[1]
    return np.bincount((x != 0) @ (1 << np.arange(n)), minlength=2**n)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("way", ["uniforms", "entries"])
def test_supports_and_values(way: str, law: str) -> None:
    problem = Problem(Model("relu", 4, 2), [LAWS[law]])
    laws, rng, rows = laws_of(problem), np.random.Generator(np.random.SFC64(3)), 100_000
    x = np.zeros((rows, 4))
    if way == "uniforms":
        block = np.empty((1, 4, rows), np.float32)
        Uniforms(laws, [rng], "float32").draw(block)
        x[...] = block[0].T
    else:
        entries = draw_entries(laws[0], rng, rows, np.float64)
        each = np.diff(entries.starts)
        assert (each > 0).all()
        x[np.repeat(np.arange(entries.rows), each), entries.features] = entries.values
    counts = _supports(x)
    expected = problem.activity().probabilities[0] * rows
    assert not counts[expected == 0].any()
    some = expected > 0
    z = (counts - expected)[some] / np.sqrt(expected * (1 - expected / rows))[some]
    assert abs(z).max() < 4.5
    for i in range(4):  # values are uniform: mean and variance
        values = x[:, i][x[:, i] != 0]
        if len(values):
            assert abs(values.mean() - 0.5) < 4.5 / np.sqrt(12 * len(values))
            assert abs(values.var() - 1 / 12) < 4.5 / np.sqrt(180 * len(values))


def test_open_places() -> None:
    rng, p, draws = np.random.default_rng(6), 0.4, 20_000
    counts = np.zeros(8)
    for _ in range(draws):
        counts[(1 << open_places(rng, 3, p)).sum()] += 1
    size = np.array([k.bit_count() for k in range(8)])
    expected = draws * p**size * (1 - p) ** (3 - size)
    assert abs((counts - expected) / np.sqrt(expected)).max() < 4.5
    assert open_places(rng, 5, 1.0).tolist() == [0, 1, 2, 3, 4]
    assert open_places(rng, 5, 0.0).tolist() == []


def test_open_places_go_on_where_gaps_are_short() -> None:
    class Shortest:
        def standard_exponential(self, count: int) -> FloatArray:
            return np.zeros(count)

    places = open_places(Shortest(), 1000, 0.01)  # type: ignore[arg-type]
    assert places.tolist() == list(range(1000))


@pytest.mark.parametrize("density", [1e-4, 1e-7])
def test_small_densities_keep_their_law_in_float32(density: float) -> None:
    problem = Problem(Model("relu", 2, 1), [Instance(density)])
    laws, rows, found = laws_of(problem), 500_000, []
    uniforms = Uniforms(laws, [np.random.Generator(np.random.SFC64(5))], "float32")
    block = np.empty((1, 2, rows), np.float32)
    for _ in range(4):
        uniforms.draw(block)
        found.append(block[block > 0])
    values = np.concatenate(found)
    mean = 4 * block.size * density
    assert abs(len(values) - mean) < 4.5 * np.sqrt(mean) + 1
    if mean > 100:  # the values are not on a coarse grid
        assert len(np.unique(values)) > 0.99 * len(values)


@pytest.mark.parametrize(
    "instance",
    [
        Instance(0.0),
        Instance(1.0),
        Instance((0.0, 1.0)),
        Instance(1.0, correlation="correlated"),
        Instance((1e-13, 1.0)),
        Instance((1e-300, 0.5)),
        Instance(1e-310),
        Instance((1e-40, 0.5)),
    ],
    ids=["never", "always", "one", "together", "seldom", "hardly ever", "subnormal", "as float32"],
)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_densities_at_the_ends(way: str, instance: Instance, dtype: str) -> None:
    model = Model("relu", 2, 1)
    problem = Problem(model, [instance])
    flat = np.array([[1.0, 0.0, -0.5, 0.25]], dtype)
    objective = SampledGradient(problem, 4096, dtype, "numpy", [way])
    z = scores(objective, flat, expectation(problem, flat), steps=40)
    assert not len(z) or abs(z).max() < 4.5


MIXED = [
    Instance(0.3, seed=3),
    Instance(0.01, 0.5, seed=4),
    Instance(0.3, 1.0, "correlated", 2, seed=5),
    Instance(0.0005, seed=6),  # its uniforms are of 53 bits
    Instance(0.2, 1.0, "anticorrelated", 3, seed=7),
    Instance(0.7, seed=8),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n", [6, 24])
@pytest.mark.parametrize("way", [*WAYS, "mixed"])
def test_an_instance_is_alone_what_it_is_among_others(way: str, n: int, dtype: str) -> None:
    problem = Problem(Model("relu", n, 2), MIXED)
    ways = ["dense", "rows", "sparse", "dense", "dense", "dense"] if way == "mixed" else [way] * 6
    flat = parameters(problem.model, 6).astype(dtype)
    gradient = np.empty_like(flat)
    together = SampledGradient(problem, 200, dtype, "numpy", ways)
    losses = [together(flat, gradient) for _ in range(3)][-1]
    for k in range(6):
        alone = SampledGradient(problem.part(slice(k, k + 1)), 200, dtype, "numpy", [ways[k]])
        one, slope = flat[k : k + 1], np.empty_like(flat[:1])
        loss = [alone(one, slope) for _ in range(3)][-1]
        assert loss[0] == losses[k]
        assert (slope[0] == gradient[k]).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_long_rows_of_few_features_are_alone_what_they_are_among_others(n: int, dtype: str) -> None:
    # einsum goes through long sums in stretches, that begin anew where the stack does
    batch, count = 10_000, 5
    problem = Problem(Model("relu", n, 2), [Instance(0.3, seed=k) for k in range(count)])
    flat = parameters(problem.model, count).astype(dtype)
    x = sparse_batch(problem.model, (count, batch)).astype(dtype)
    gradient, slope = np.empty_like(flat), np.empty_like(flat[:1])
    backend = with_numpy.NumpyWays(problem, batch, dtype)
    losses = backend.path("dense", list(range(count))).given(flat, gradient, x)
    for k in range(count):
        alone = with_numpy.NumpyWays(problem.part([k]), batch, dtype).path("dense", [0])
        assert alone.given(flat[k : k + 1], slope, x[k : k + 1])[0] == losses[k]
        assert (slope[0] == gradient[k]).all()


def test_how_instances_are_stacked_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem(Model("relu", 2, 1), [Instance(0.3, seed=k) for k in range(5)])
    flat, results = parameters(problem.model, 5).astype(np.float32), []
    for together in (1, 2, 5):
        monkeypatch.setattr(with_numpy, "STACK", together * 2 * 100)
        gradient = np.empty_like(flat)
        objective = SampledGradient(problem, 100, "float32", "numpy", ["dense"] * 5)
        assert len(objective.paths) == -(-5 // together)
        results.append(np.append(objective(flat, gradient), gradient))
    assert (results[0] == results[1]).all()
    assert (results[0] == results[2]).all()


@pytest.mark.parametrize("way", WAYS)
def test_a_restored_stream_goes_on_bitwise(way: str) -> None:
    problem = Problem(Model("absolute", 6, 2), [MIXED[0], MIXED[2]])
    flat = parameters(problem.model, 2).astype(np.float32)
    first, second = (SampledGradient(problem, 99, "float32", "numpy", [way] * 2) for _ in "ab")
    there, here = np.empty_like(flat), np.empty_like(flat)
    first(flat, there)
    state = {name: values.copy() for name, values in first.state().items()}
    losses = first(flat, there)
    assert (losses != second(flat, here)).all()
    second.restore(state)
    assert (losses == second(flat, here)).all()
    assert (there == here).all()


@pytest.mark.parametrize("way", WAYS)
def test_what_is_not_finite_shows_in_the_loss(way: str) -> None:
    model = Model("relu", 5, 2)
    problem = Problem(model, [Instance(0.3), Instance(0.3)])
    flat = parameters(model, 2)
    flat[0, 0] = np.nan
    objective = SampledGradient(problem, 64, "float64", "numpy", [way] * 2)
    assert np.isnan(objective(flat, np.empty_like(flat))).tolist() == [True, False]


@pytest.mark.parametrize(
    ("model", "density", "batch", "way"),
    [
        (Model("relu", 5, 2), 0.05, 1024, "dense"),  # few numbers: nothing to gain
        (Model("relu", 20, 5), 0.01, 4096, "rows"),  # four in five samples are silent
        (Model("relu", 400, 30), 0.01, 4096, "sparse"),  # four active features of 400
        (Model("relu", 400, 30), 0.5, 4096, "dense"),
        (Model("relu", 5, 2), 0.0, 10**6, "rows"),  # all are silent
    ],
    ids=["few", "silent", "wide", "active", "never"],
)
def test_the_rule(model: Model, density: float, batch: int, way: str) -> None:
    problem = Problem(model, [Instance(density)])
    assert cheapest(numpy_costs(model, laws_of(problem)[0], batch)) == way
    assert Samples(batch).objective(problem, dtype="float32", backend="numpy").ways == [way]


@pytest.mark.parametrize(
    ("model", "instances", "batch", "ways"),
    [
        (Model("relu", 5, 2), instances_of(densities=(1.0, 0.3, 0.1)), 1024, ["dense"] * 3),
        (Model("relu", 80, 20), instances_of(densities=(1.0, 0.1)), 1024, ["dense"] * 2),
        (Model("absolute", 30, 40), (Instance(0.01),), 4096, ["rows"]),
        (Model("relu", 400, 30), (Instance(0.01),), 4096, ["dense"]),
        (Model("relu", 400, 30), (Instance(0.01),), 65_536, ["sparse"]),
    ],
    ids=["A", "B", "rows", "C dense", "C large"],
)
def test_memory_is_what_is_stated(
    model: Model, instances: tuple[Instance, ...], batch: int, ways: list[str]
) -> None:
    problem = Problem(model, instances)
    flat = parameters(model, len(instances)).astype(np.float32)
    gradient = np.empty_like(flat)
    tracemalloc.start()
    try:
        objective = SampledGradient(problem, batch, "float32", "numpy", ways)
        objective(flat, gradient)
        objective(flat, gradient)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= 1.5 * objective.nbytes
    assert peak < 2**31


def test_entries_of_a_batch() -> None:
    entries = entries_of(np.array([[0.0, 0.0], [0.5, 0.0], [0.25, 1.0]]))
    assert entries.starts.tolist() == [0, 1, 3]
    assert entries.features.tolist() == [0, 0, 1]
    assert entries.values.tolist() == [0.5, 0.25, 1.0]
    assert entries.part(1, 2).starts.tolist() == [0, 2]
    assert entries.with_silent_row().starts.tolist() == [0, 1, 3, 3]


@pytest.mark.parametrize(
    ("batch", "match"),
    [
        (0, "batch is 0; accepted: an integer of at least 1"),
        (1.5, "batch is 1.5"),
        (True, "batch is True"),
    ],
)
def test_batches_that_are_refused(batch: float, match: str) -> None:
    with pytest.raises(InputError, match=match):
        Samples(batch)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=match):
        replace(Samples(), batch=batch)  # type: ignore[arg-type]
