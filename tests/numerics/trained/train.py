"""Train small toy models with Adam, and store those whose geometry their own angles prove.

    python tests/numerics/trained/train.py

Numpy only, four minutes on one core. The model is x' = ReLU(W^T W x + b), its loss the importance-
weighted squared error; a feature is uniform on [0, 1] with the density as its probability and 0
otherwise. Weights start as normal numbers of variance 2 / (m + n), biases at 0; the learning rate
falls as a cosine from 0.01 to 0. The initialisations of a run see the same samples. Of each
geometry that a run is known to end in, the first model is stored in `weights.npz` at three stages:

initial
    Before the first step.
half
    The first checkpoint that has gained at least half of what training gains in the loss.
trained
    After the last step.

What a model has become is decided here by sizes and sorted cosines alone: `describe`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Single = npt.NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("weights.npz")
LEARNING_RATE = 0.01
BATCH = 1024
CHECKPOINT = 25  # steps
DROPPED = 0.1  # of the largest norm
ORTHOGONAL = 0.1  # |cos| below: training leaves 0.01, the least |cos| within a shape is 0.16
MATCHES = 0.03  # largest error of a sorted cosine; unequal importances bend a pentagon by so much


@dataclass(frozen=True)
class Run:
    """One setting, trained from many initialisations."""

    features: int
    dimensions: int
    density: float
    geometries: tuple[str, ...]
    initialisations: int = 12
    importances: tuple[float, ...] = ()
    steps: int = 8000


RUNS = (
    Run(2, 1, 0.2, ("digon",)),
    Run(3, 2, 0.55, ("triangle", "dedicated + digon")),
    Run(3, 2, 0.6, ("fan",)),
    Run(4, 2, 0.2, ("2 digon",)),
    Run(4, 3, 0.65, ("tetrahedron", "square on a cone"), initialisations=24),
    Run(5, 2, 0.1, ("pentagon",)),
    Run(5, 2, 0.1, ("pentagon",), importances=(1, 0.98, 0.96, 0.94, 0.92)),
    Run(5, 2, 0.1, ("pentagon",), importances=(1, 0.92, 0.85, 0.78, 0.72)),
    Run(5, 2, 0.2, ("2 digon + dropped",), importances=(1, 1, 1, 1, 0.25)),
    Run(5, 3, 0.15, ("dedicated + 2 digon",)),
    Run(5, 3, 0.6, ("digon + triangle",)),
    Run(6, 2, 0.1, ("dropped + pentagon",), importances=(1, 1, 1, 1, 1, 0.4)),
    Run(6, 2, 0.1, ("dropped + pentagon",), importances=(1, 0.98, 0.96, 0.94, 0.92, 0.4)),
    Run(6, 2, 0.1, ("2 digon + 2 dropped",), importances=(1, 0.9, 0.8, 0.7, 0.3, 0.2)),
    Run(6, 3, 0.1, ("3 digon",)),
    Run(6, 4, 0.6, ("2 triangle", "digon + tetrahedron", "three pairs"), initialisations=32),
    Run(7, 2, 0.02, ("dropped + hexagon",)),
    Run(7, 2, 0.1, ("2 dropped + pentagon",), importances=(1, 1, 1, 1, 1, 0.4, 0.3)),
    Run(7, 4, 0.2, ("dedicated + 3 digon",)),
    Run(7, 5, 0.6, ("tetrahedron + triangle",), initialisations=24, steps=16000),
    Run(8, 3, 0.05, ("square antiprism",), initialisations=4, steps=12000),
    Run(8, 6, 0.6, ("2 tetrahedron",), initialisations=24),
    Run(9, 3, 0.02, ("9 in 3",), initialisations=4),
    Run(9, 6, 0.6, ("3 triangle",), initialisations=24),
    Run(10, 4, 0.1, ("Petersen",), initialisations=4, steps=12000),
    Run(
        10,
        4,
        0.2,
        ("2 digon + dropped + pentagon", "2 pentagon", "digon + square antiprism"),
        steps=16000,
    ),
    Run(12, 3, 0.02, ("icosahedron",), initialisations=6, steps=12000),
    Run(12, 6, 0.2, ("6 digon",), initialisations=4),
    Run(12, 8, 0.6, ("4 triangle",), initialisations=24),
    Run(14, 6, 0.1, ("Petersen + 2 digon",), initialisations=6, steps=10000),
    Run(15, 6, 0.2, ("digon + pentagon + square antiprism", "3 pentagon"), steps=20000),
    Run(16, 5, 0.05, ("demipenteract",), initialisations=4),
    Run(20, 8, 0.2, ("digon + 2 pentagon + square antiprism",), initialisations=6, steps=20000),
    Run(20, 10, 0.15, ("10 digon",), initialisations=2),
)


def _polygon(corners: int) -> FloatArray:
    """Return the sorted cosines of a regular polygon."""
    turns = np.subtract.outer(range(corners), range(corners)) / corners
    return _sorted_cosines(np.cos(2 * np.pi * turns))


def _sorted_cosines(gram: FloatArray) -> FloatArray:
    """Return the entries above the diagonal in order."""
    return np.sort(gram[np.triu_indices(len(gram), 1)])


def _levels(*levels: tuple[float, int]) -> FloatArray:
    """Return sorted cosines from their values and numbers."""
    return np.repeat([value for value, _ in levels], [number for _, number in levels])


def _square_antiprism(cosines: FloatArray) -> FloatArray:
    """Return the sorted cosines of the antiprism with the height that the squares' diagonals have.

    With height h and radius r, h^2 + r^2 = 1: the diagonals have 2 h^2 - 1, the sides h^2, the
    pairs between the squares -h^2 +- r^2 / sqrt 2.
    """
    height = (1 + float(cosines[8:12].mean())) / 2
    slant = (1 - height) / np.sqrt(2)
    return np.sort(
        _levels((-height - slant, 8), (2 * height - 1, 4), (slant - height, 8), (height, 8))
    )


def _fan(cosines: FloatArray) -> FloatArray:
    """Return the cosines of three vectors in a plane, the middle one at equal angles."""
    near = float(cosines[1:].mean())
    return np.array([2 * near**2 - 1, near, near])


def _square_on_a_cone(cosines: FloatArray) -> FloatArray:
    """Return the cosines of a square off the centre: two diagonals and four edges."""
    return _levels((float(cosines[:2].mean()), 2), (float(cosines[2:].mean()), 4))


def _three_pairs(cosines: FloatArray) -> FloatArray:
    """Return the cosines of three pairs with one cosine within and another one between them."""
    return _levels((float(cosines[:3].mean()), 3), (float(cosines[3:].mean()), 12))


def _rigid(cosines: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Return a shape without a parameter."""
    return lambda _: cosines


# Sorted cosines of the shapes, given the sorted cosines to compare with. By size, rigid ones first.
SHAPES: dict[str, tuple[int, Callable[[FloatArray], FloatArray]]] = {
    "dedicated": (1, _rigid(_levels())),
    "digon": (2, _rigid(_levels((-1, 1)))),
    "triangle": (3, _rigid(_polygon(3))),
    "fan": (3, _fan),
    "tetrahedron": (4, _rigid(_levels((-1 / 3, 6)))),
    "square on a cone": (4, _square_on_a_cone),
    "pentagon": (5, _rigid(_polygon(5))),
    "hexagon": (6, _rigid(_polygon(6))),
    "three pairs": (6, _three_pairs),
    "square antiprism": (8, _square_antiprism),
    "Petersen": (10, _rigid(_levels((-2 / 3, 15), (1 / 6, 30)))),
    "icosahedron": (12, _rigid(_levels((-1, 6), (-1 / np.sqrt(5), 30), (1 / np.sqrt(5), 30)))),
    "demipenteract": (16, _rigid(_levels((-3 / 5, 40), (1 / 5, 80)))),
}


@dataclass(frozen=True)
class Component:
    """Features that share their directions."""

    shape: str
    features: tuple[int, ...]


def describe(W: FloatArray) -> tuple[Component, ...]:
    """Return the components with their shapes, sorted by name; one that fits none is "k in d"."""
    norms = np.linalg.norm(W, axis=0)
    kept = np.flatnonzero(norms > DROPPED * norms.max())
    unit = W / norms
    gram = unit.T @ unit
    components = [Component("dropped", (i,)) for i in range(W.shape[1]) if i not in kept]
    left = set(kept.tolist())
    while left:
        members = {min(left)}
        while True:
            near = {j for j in left for i in members if abs(gram[i, j]) > ORTHOGONAL}
            if near <= members:
                break
            members |= near
        left -= members
        features = tuple(sorted(members))
        components.append(Component(_shape(gram[np.ix_(features, features)]), features))
    return tuple(sorted(components, key=lambda component: (component.shape, component.features)))


def _shape(gram: FloatArray) -> str:
    """Return the first shape of this size with these cosines."""
    cosines = _sorted_cosines(gram)
    for name, (size, ideal) in SHAPES.items():
        if len(gram) == size and np.all(np.abs(cosines - ideal(cosines)) <= MATCHES):
            return name
    rank = np.sum(np.linalg.eigvalsh(gram) > ORTHOGONAL)
    return f"{len(gram)} in {rank}"


def geometry(components: tuple[Component, ...]) -> str:
    """Return the shapes with their numbers: "2 digon + pentagon"."""
    shapes = [component.shape for component in components]
    counts = {shape: shapes.count(shape) for shape in shapes}
    return " + ".join(f"{count} {shape}" if count > 1 else shape for shape, count in counts.items())


def _samples(run: Run, size: int, rng: np.random.Generator) -> Single:
    """Return inputs, shape (size, n)."""
    shape = (size, run.features)
    present = rng.random(shape, dtype=np.float32) < run.density
    return rng.random(shape, dtype=np.float32) * present


def _outputs(W: FloatArray, b: FloatArray, x: Single) -> Single:
    """Return x' for all models, shape (samples, models, n)."""
    models, _, n = W.shape
    gram = np.swapaxes(W, 1, 2) @ W
    before = x @ gram.astype(np.float32).transpose(1, 0, 2).reshape(n, models * n)
    before += b.astype(np.float32).ravel()
    return np.asarray(np.maximum(before, 0, out=before).reshape(-1, models, n))


def _adam(
    values: FloatArray, gradient: FloatArray, moments: FloatArray, step: int, rate: float
) -> None:
    """Take a step of Adam with decay rates 0.9 and 0.999, in place."""
    moments[0] += 0.1 * (gradient - moments[0])
    moments[1] += 0.001 * (gradient**2 - moments[1])
    mean, square = moments[0] / (1 - 0.9 ** (step + 1)), moments[1] / (1 - 0.999 ** (step + 1))
    values -= rate * mean / (np.sqrt(square) + 1e-12)


def train(run: Run, seed: int) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return W (models, m, n) and b (models, n) at the three stages."""
    rng = np.random.default_rng(seed)
    n, m, models = run.features, run.dimensions, run.initialisations
    importances = np.array(run.importances or (1.0,) * n, dtype=np.float32)
    W = rng.standard_normal((models, m, n)) * np.sqrt(2 / (m + n))
    b = np.zeros((models, n))
    moments = (np.zeros((2, *W.shape)), np.zeros((2, *b.shape)))
    test = _samples(run, 8192, rng)
    losses, checkpoints = [], []
    for step in range(run.steps + 1):
        if step % CHECKPOINT == 0:
            errors = _outputs(W, b, test) - test[:, None]
            losses.append((importances * errors**2).sum(axis=2).mean(axis=0))
            checkpoints.append((W.copy(), b.copy()))
        x = _samples(run, BATCH, rng)
        outputs = _outputs(W, b, x)
        slopes = (outputs - x[:, None]) * (outputs > 0) * (2 / BATCH * importances)
        products = (x.T @ slopes.reshape(BATCH, -1)).reshape(n, models, n).transpose(1, 0, 2)
        gradients = (W @ (products + np.swapaxes(products, 1, 2)), slopes.sum(axis=0))
        rate = LEARNING_RATE * (1 + np.cos(np.pi * step / run.steps)) / 2
        _adam(W, gradients[0], moments[0], step, rate)
        _adam(b, gradients[1], moments[1], step, rate)
    curve = np.array(losses)
    half = np.argmax(curve <= (curve[0] + curve[-1]) / 2, axis=0)
    stages = {"initial": [0] * models, "half": half.tolist(), "trained": [-1] * models}
    return {
        stage: (
            np.stack([checkpoints[place][0][k] for k, place in enumerate(places)]),
            np.stack([checkpoints[place][1][k] for k, place in enumerate(places)]),
        )
        for stage, places in stages.items()
    }


def main() -> None:
    """Train all runs and store the models that were sought."""
    models: list[dict[str, object]] = []
    arrays: dict[str, Single] = {}
    for seed, run in enumerate(RUNS):
        stages = train(run, seed)
        ends = [describe(W) for W in stages["trained"][0]]
        found = [geometry(end) for end in ends]
        for sought in run.geometries:
            if sought not in found:
                raise SystemExit(f"run {seed} found no {sought}, but {sorted(set(found))}")
            k = found.index(sought)
            name = f"{len(models):02d} {sought}"
            models.append(
                {
                    "name": name,
                    "setting": asdict(run) | {"seed": seed, "initialisation": k},
                    "components": [asdict(component) for component in ends[k]],
                }
            )
            for stage, (W, b) in stages.items():
                arrays[f"{name}/{stage}/W"] = W[k].astype(np.float32)
                arrays[f"{name}/{stage}/b"] = b[k].astype(np.float32)
            print(name)
    settings = {"schema": "trained-toy-models", "version": 1, "models": models}
    np.savez_compressed(WEIGHTS, allow_pickle=False, settings=json.dumps(settings), **arrays)


if __name__ == "__main__":
    main()
