"""Fresh samples with numba: kernels against the plain reference, their law, streams, memory."""

from __future__ import annotations

import builtins
import os
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from superposition_numerics.training import Instance, Model, Plan, Problem, Samples, train
from superposition_numerics.training.sampling import compiling, samples
from superposition_numerics.training.sampling.choice import cheapest, numba_costs
from superposition_numerics.training.sampling.law import Law, laws_of
from superposition_numerics.training.sampling.samples import SampledGradient
from superposition_theory import InputError

from .training_batches import (
    KINDS,
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

pytest.importorskip("numba")

WAYS = ("fused", "sparse")
# by the map as a whole, with remainders of blocks of four and without; in two steps
SIZES = [(2, 1), (7, 3), (8, 4), (20, 2)]


def ways_of(model: Model) -> tuple[str, ...]:
    """Return the ways that a model has."""
    return WAYS[:1] if model.hidden_relu else WAYS


KIND_AND_WAY = [(kind, way) for kind in KINDS for way in ways_of(Model(kind, 1, 1))]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("n", "m"), SIZES)
def test_a_given_batch_gives_the_plain_gradient(n: int, m: int, dtype: str) -> None:
    for model in models(n, m):
        rng = np.random.default_rng(1)
        problem = Problem(
            model, [Instance(0.3, tuple(rng.random(n).tolist()), seed=k) for k in range(3)]
        )
        flat = parameters(model, 3).astype(dtype)
        x = sparse_batch(model, (3, 1200)).astype(dtype)  # more than a block
        for way in ways_of(model):
            gradient = np.full_like(flat, np.nan)
            objective = SampledGradient(problem, 1200, dtype, "numba", [way] * 3)
            losses = objective.given(flat, gradient, x)
            off = excess(model, flat, x, problem.importances, losses, gradient)
            assert off < 1, (named(model), way)


@pytest.mark.parametrize("way", WAYS)
def test_another_batch_is_noticed(way: str) -> None:
    model = Model("relu", 7, 3)
    problem = Problem(model, [Instance(0.3)])
    flat, x = parameters(model), sparse_batch(model, (1, 1200))
    gradient = np.empty_like(flat)
    objective = SampledGradient(problem, 1200, "float64", "numba", [way])
    losses = objective.given(flat, gradient, x)
    x[0, -1] += 1e-6  # one sample, by a little
    assert excess(model, flat, x, problem.importances, losses, gradient) > 10


def test_both_backends_agree_on_a_batch() -> None:
    model = Model("relu", 6, 2)
    problem = Problem(model, [Instance(0.2, seed=1), Instance(0.01, seed=2)])
    flat, x = parameters(model, 2).astype(np.float32), sparse_batch(model, (2, 300))
    x = x.astype(np.float32)
    slopes = np.empty((2, *flat.shape), np.float32)
    losses = [
        SampledGradient(problem, 300, "float32", backend).given(flat, slope, x)
        for backend, slope in zip(("numpy", "numba"), slopes, strict=True)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert abs(slopes[0] - slopes[1]).max() < 1e-5 * abs(slopes[0]).max()


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("kind", "way"), KIND_AND_WAY)
def test_the_mean_of_sampled_gradients_is_the_expectation(kind: str, way: str, law: str) -> None:
    assert law_deviation(kind, law, way, "numba", steps=1000) < 4.5


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("density", "rejected"),
    [(0.3, False), (0.3 * 1.02, True)],  # near miss: the density off by 2 %
)
def test_a_density_that_is_off_is_noticed(way: str, density: float, rejected: bool) -> None:
    assert (density_deviation(density, way, "numba", steps=1000) >= 4.5) == rejected


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("silent", [True, False], ids=["all", "open"])
def test_supports_and_values(silent: bool, law: str) -> None:
    from superposition_numerics.training.sampling import kernels

    problem = Problem(Model("relu", 4, 2), [LAWS[law]])
    one, rows = laws_of(problem)[0], 200_000
    x = np.empty((4, rows), np.float32)
    kernels.draw_inputs(
        _state(11),
        x,
        one.densities,
        one.densities if silent else one.hazards,
        ["independent", "correlated", "anticorrelated"].index(one.correlation),
        False,
        np.empty(5 * rows + 320, np.uint32),
        np.empty(rows, np.float32),
        np.empty(rows, np.float32),
    )
    counts = np.bincount((1 << np.arange(4)) @ (x > 0), minlength=16)
    expected = problem.activity().probabilities[0] * rows
    if not silent:  # the law given that a gate is open
        expected[0] = 0
        expected *= rows / expected.sum()
    assert not counts[expected == 0].any()
    some = expected > 0
    z = (counts - expected)[some] / np.sqrt(expected * (1 - expected / rows))[some]
    assert abs(z).max() < 4.5
    for values in (row[row > 0].astype(np.float64) for row in x):
        if len(values):
            assert abs(values.mean() - 0.5) < 4.5 / np.sqrt(12 * len(values))
            assert abs(values.var() - 1 / 12) < 4.5 / np.sqrt(180 * len(values))
    if law == "correlated":  # values within a set are independent, and of the next set's gate
        both = (x[0] > 0) & (x[2] > 0)
        for i, j in ((0, 1), (1, 2), (0, 2)):
            r = np.corrcoef(x[i, both], x[j, both])[0, 1]
            assert abs(r) < 4.5 / np.sqrt(both.sum())


@pytest.mark.parametrize("density", [1e-5, 1e-9])
@pytest.mark.parametrize("behind", [True, False], ids=["behind an open gate", "in front"])
def test_a_rare_gate_is_open_below_its_density_by_two_words(behind: bool, density: float) -> None:
    from superposition_numerics.training.sampling import kernels

    first, rest = divmod(density * 2.0**32, 1)
    finer = (np.array([0.01, 0.5, 0.99, 1.01]) * rest * 2.0**32).astype(np.uint32)
    row, seen = np.zeros(4), np.full(4, 1.0 if behind else 0.0)
    kernels.open_rare_gate(
        row,
        seen,
        np.full(4, first, np.uint32),
        finer,
        density if behind else 1.0,
        1.0 if behind else density,
    )
    expected = 1 - (first + finer * 2.0**-32) * 2.0**-32 / density
    np.testing.assert_allclose(row[:3], expected[:3], rtol=0, atol=1e-15)
    assert (row[:3] > 0).all()
    assert row[3] == 0  # near miss: beyond the density by 1 % of what is left of a word
    np.testing.assert_array_equal(seen, row + (1.0 if behind else 0.0))


@pytest.mark.parametrize(("factor", "opened"), [(0.99, False), (1.01, True)])
def test_a_small_density_is_not_rounded_up_to_a_word(factor: float, opened: bool) -> None:
    # behind an open gate: the first word is 0, so that the second decides
    from superposition_numerics.training.sampling import kernels

    state = np.zeros((4, 64), np.uint32)
    state[0], state[3] = 2**32 - 2047, 1  # its second word is 0
    drawn, words, room = np.empty(192, np.uint32), np.empty(192, np.uint32), np.empty(64)
    kernels.fill_words(state.copy(), drawn)
    assert not drawn[64:128].any()
    assert drawn[128:].all()
    densities, x = np.array([1.0, factor * 2.0**-64 * float(drawn[128])]), np.empty((2, 64))
    kernels.draw_inputs(state, x, densities, densities, 0, False, words, room, room.copy())
    assert (x[0] > 0).all()
    assert ((x[1] > 0) == opened).all()


@pytest.mark.parametrize(("fourth", "features"), [(2**31, [1]), (2**23, [0, 1])])
def test_thinning_goes_by_two_words(fourth: int, features: list[int]) -> None:
    # The greatest density is 1: every gate is visited. At the first one the third word is 0, and
    # the fourth is 1/2 or 1/512 of a word: 1.2e-10 or 4.5e-13.
    from superposition_numerics.training.sampling import kernels

    state = _state(3)
    state[:, 2:4] = 0
    state[1, 2], state[0, 3] = 1, fourth
    words, starts, found = np.empty(64, np.uint32), np.empty(2, np.int32), np.empty(9, np.int32)
    densities = np.array([1e-12, 1.0])
    _, entries = kernels.draw_active(state, densities, 1, 1, 0, words, starts, found)
    assert found[:entries].tolist() == features


def _state(seed: int) -> npt.NDArray[np.uint32]:
    """Return the state of a stream."""
    return np.random.SeedSequence(seed).generate_state(256).astype(np.uint32).reshape(4, 64)


def test_words_are_those_of_xoshiro128plus() -> None:
    from superposition_numerics.training.sampling import kernels

    def rotated(word: int, by: int) -> int:
        return (word << by | word >> (32 - by)) & 0xFFFFFFFF

    state = _state(0)
    words, lane = [], [int(word) for word in state[:, 5]]
    for _ in range(8):  # the generator in integers, as published
        words.append((lane[0] + lane[3]) & 0xFFFFFFFF)
        shifted = (lane[1] << 9) & 0xFFFFFFFF
        lane[2] ^= lane[0]
        lane[3] ^= lane[1]
        lane[1] ^= lane[2]
        lane[0] ^= lane[3]
        lane[2] ^= shifted
        lane[3] = rotated(lane[3], 11)
    out = np.empty(8 * 64, np.uint32)
    kernels.fill_words(state, out)
    assert out.reshape(8, 64)[:, 5].tolist() == words
    assert state[:, 5].tolist() == lane


@pytest.mark.parametrize("shape", [(1, 1, 64), (4, 4, 64), (5, 7, 128), (9, 6, 64), (3, 12, 192)])
def test_products(shape: tuple[int, int, int]) -> None:
    from superposition_numerics.training.sampling.products import add_inner, add_multiple

    r, s, columns = shape
    rng = np.random.default_rng(2)
    small, long, out = (rng.standard_normal(z) for z in ((r, s), (s, columns), (r, columns)))
    expected = out + small @ long
    inner = small + out @ long.T
    add_inner(out, long, small_too := small.copy())
    assert np.allclose(small_too, inner, rtol=0, atol=1e-12)
    add_multiple(small, long, out)
    assert np.allclose(out, expected, rtol=0, atol=1e-12)


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
def test_densities_at_the_ends(way: str, instance: Instance) -> None:
    model = Model("relu", 2, 1)
    problem = Problem(model, [instance])
    flat = np.array([[1.0, 0.0, -0.5, 0.25]])
    objective = SampledGradient(problem, 4096, "float64", "numba", [way])
    z = scores(objective, flat, expectation(problem, flat), steps=40)
    assert not len(z) or abs(z).max() < 4.5


MIXED = [
    Instance(0.3, seed=3),
    Instance(0.01, 0.5, seed=4),
    Instance(0.3, 1.0, "correlated", 2, seed=5),
    Instance(1e-5, seed=6),
    Instance(0.2, 1.0, "anticorrelated", 3, seed=7),
    Instance(0.7, seed=8),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n", [6, 24])
@pytest.mark.parametrize("way", [*WAYS, "mixed"])
def test_an_instance_is_alone_what_it_is_among_others(way: str, n: int, dtype: str) -> None:
    problem = Problem(Model("relu", n, 2), MIXED)
    ways = ["fused", "sparse"] * 3 if way == "mixed" else [way] * 6
    flat = parameters(problem.model, 6).astype(dtype)
    gradient = np.empty_like(flat)
    together = SampledGradient(problem, 200, dtype, "numba", ways)
    losses = [together(flat, gradient) for _ in range(3)][-1]
    for k in range(6):
        alone = SampledGradient(problem.part(slice(k, k + 1)), 200, dtype, "numba", [ways[k]])
        slope = np.empty_like(flat[:1])
        loss = [alone(flat[k : k + 1], slope) for _ in range(3)][-1]
        assert loss[0] == losses[k]
        assert (slope[0] == gradient[k]).all()


@pytest.mark.parametrize("way", WAYS)
def test_a_restored_stream_goes_on_bitwise(way: str) -> None:
    problem = Problem(Model("linear", 6, 2), [MIXED[0], MIXED[2]])
    flat = parameters(problem.model, 2).astype(np.float32)
    first, second = (SampledGradient(problem, 99, "float32", "numba", [way] * 2) for _ in "ab")
    there, here = np.empty_like(flat), np.empty_like(flat)
    first(flat, there)
    state = {name: values.copy() for name, values in first.state().items()}
    losses = first(flat, there)
    assert (losses != second(flat, here)).all()
    second.restore(state)
    assert (losses == second(flat, here)).all()
    assert (there == here).all()


def test_a_batch_that_outgrows_its_room_is_drawn_again_alike() -> None:
    from superposition_numerics.training.sampling.with_numba import EntryDraws

    law = Law("correlated", 6, np.array([0.3, 0.1]), signed=False)
    roomy, narrow = (EntryDraws(law, _state(3), 500, "float32") for _ in "ab")
    narrow.features, narrow.values = np.empty(7, np.int32), np.empty(7, np.float32)
    for _ in range(2):
        one, other = roomy(), narrow()
        assert (one.starts == other.starts).all()
        assert (one.features == other.features).all()
        assert (one.values == other.values).all()
    assert (roomy.stream == narrow.stream).all()


@pytest.mark.parametrize(("kind", "way"), KIND_AND_WAY)
def test_what_is_not_finite_shows_in_the_loss(kind: str, way: str) -> None:
    model = Model(kind, 5, 2)
    problem = Problem(model, [Instance(0.3)] * 3)
    flat = parameters(model, 3)
    flat[0, 0], flat[1, 0] = np.nan, np.inf
    objective = SampledGradient(problem, 64, "float64", "numba", [way] * 3)
    with np.errstate(invalid="ignore", over="ignore"):
        losses = objective(flat, np.empty_like(flat))
    assert np.isfinite(losses).tolist() == [False, False, True]


def test_a_diverging_run_is_seen() -> None:
    from superposition_numerics.training import Sgd

    plan = Plan(
        Problem(Model("relu", 3, 2), [Instance(0.5, seed=1)]),
        Samples(64),
        Sgd(1e6),
        steps=200,
        records=10,
        backend="numba",
    )
    assert train(plan).endings == ("diverged",)


@pytest.mark.parametrize(
    ("model", "density", "way"),
    [
        (Model("relu", 5, 2), 0.05, "fused"),
        (Model("relu", 80, 20), 0.5, "fused"),
        (Model("relu", 400, 30), 0.01, "sparse"),
        (Model("relu-hidden", 400, 30), 0.01, "fused"),  # no other way
    ],
    ids=["few", "active", "wide", "hidden"],
)
def test_the_rule(model: Model, density: float, way: str) -> None:
    problem = Problem(model, [Instance(density)])
    assert cheapest(numba_costs(model, laws_of(problem)[0], 1024)) == way
    assert Samples(1024).objective(problem, dtype="float32", backend="numba").ways == [way]


@pytest.mark.parametrize(
    ("model", "count", "batch", "way"),
    [
        (Model("relu", 5, 2), 10, 1024, "fused"),
        (Model("relu", 400, 30), 1, 4096, "fused"),
        (Model("relu", 400, 30), 1, 65_536, "sparse"),
    ],
    ids=["A", "C fused", "C large"],
)
def test_memory_is_what_is_stated(model: Model, count: int, batch: int, way: str) -> None:
    problem = Problem(model, [Instance(0.01, seed=k) for k in range(count)])
    flat = parameters(model, count).astype(np.float32)
    gradient = np.empty_like(flat)
    SampledGradient(problem, batch, "float32", "numba", [way] * count)(flat, gradient)  # compiles
    tracemalloc.start()
    try:
        objective = SampledGradient(problem, batch, "float32", "numba", [way] * count)
        objective(flat, gradient)
        objective(flat, gradient)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= 1.5 * objective.nbytes
    assert peak < 2**31


def test_without_a_directory_for_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    from numba.core import caching

    monkeypatch.setattr(caching.CompileResultCacheImpl, "_locator_classes", [])

    def double(x: float) -> float:
        return 2 * x

    assert compiling.compiled(double)(1.5) == 3.0


def _twice(x: float) -> float:
    return 2 * x


def test_machine_code_without_a_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    directory = compiling._directory.__wrapped__
    monkeypatch.setattr(Path, "home", nowhere)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert directory("") is None
    kept = directory(str(tmp_path))  # near miss: a folder that is given needs no home
    assert kept is not None
    assert kept.parent == tmp_path
    monkeypatch.setattr(compiling, "_directory", directory)
    assert compiling.compiled(_twice)(1.5) == 3.0


def test_machine_code_in_a_folder_that_cannot_be_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from numba import config

    (tmp_path / "file").touch()
    monkeypatch.setitem(vars(config), "CACHE_DIR", str(tmp_path / "file"))
    function: Any = compiling.compiled(_twice)
    assert function(1.5) == 3.0
    assert type(function._cache).__name__ == "NullCache"  # not one beside the sources
    monkeypatch.setitem(vars(config), "CACHE_DIR", str(tmp_path / "folder"))  # near miss
    kept: Any = compiling.compiled(_twice)
    assert kept(1.5) == 3.0
    assert list((tmp_path / "folder").rglob("*.nbi"))


def test_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "numba":
            raise ImportError(name)
        return real(name, *rest)

    for name in ("with_numba", "kernels", "fused", "products"):
        monkeypatch.delitem(sys.modules, f"{samples.__package__}.{name}", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"pip install spectral-superposition\[fast\]"):
        Samples(8).objective(Problem(Model("relu", 2, 1)), dtype="float32", backend="numba")
