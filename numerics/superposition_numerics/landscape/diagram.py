"""Phase diagrams: the best minimum that is known at every cell of a grid of two parameters.

Every cell descends from structured and random starts. Then every cell also descends from the two
best points of its neighbours, again and again where a neighbour has improved, so that in the end no
cell is worse than what its neighbours know.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..matrices import FloatArray
from ..part_store import PartStore, part_key
from ..toy_model.arguments import check_type, integer
from .descent import minimise
from .grid import Axis, Diagram
from .naming import Phase, phase_of
from .search import MOST_FEATURES, SAME_LOSS
from .setting import Setting
from .starts import random_starts, structured_starts

_SCHEMA = "superposition.landscape"
_VERSION = 1  # of what a stored chunk holds and how it is computed
_INSTANCES = 2048  # about so many descents make a chunk
_IMPROVED = 1e-13  # over the silent loss

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class _Point:
    """A stationary point as lists of numbers, for files and other processes."""

    loss: float
    W: list[list[float]]
    biases: list[float]


_Cell = list[_Point]  # the best point and the runner-up, if there is one


@dataclass(frozen=True)
class _Task:
    """Cells to be solved together: their settings, and where each descends from."""

    settings: tuple[Setting, ...]
    seeds: tuple[tuple[int, ...], ...] = ()  # for starts of their own, or
    known: tuple[tuple[_Point, ...], ...] = ()  # given points
    starts: int = 0
    most_structured: int = 0

    @property
    def key(self) -> str:
        """The hash of the task."""
        return part_key(_VERSION, asdict(self))


def phase_diagram(
    setting: Setting,
    rows: Axis,
    columns: Axis,
    *,
    starts: int = 6,
    most_structured: int = 32,
    seed: int = 0,
    executor: Executor | None = None,
    store: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Diagram:
    """Find the best minimum at every cell of a grid.

    Parameters
    ----------
    setting : Setting
        At most 6 features; the two parameters are replaced by the values of the axes.
    rows, columns : Axis
        Of different parameters.
    starts : int
        Random starts of a cell, at least 0.
    most_structured : int
        Largest number of structured starts of a cell, at least 1.
    seed : int
        The result depends on it, and on nothing else that is not in the settings.
    executor : concurrent.futures.Executor, optional
        Chunks of cells are submitted to it; without one they are computed here.
    store : path, optional
        A file to which every finished chunk is appended, and in which chunks are looked up: a run
        that was killed goes on from there.
    progress : callable, optional
        Called with the stage ("search", "sweep 1", ...), chunks done and chunks in all.

    Returns
    -------
    Diagram

    Raises
    ------
    InputError
        Axes of the same parameter, values outside the range of a parameter, too many features;
        and if no start of a cell ended in a stationary point: with more starts one will.

    Examples
    --------
    >>> from superposition_numerics.landscape import Axis, Parameter, Setting, phase_diagram
    >>> importances = Axis(Parameter("importance"), (0.02, 1.0))
    >>> diagram = phase_diagram(
    ...     Setting(2, 1, 0.1), Axis(Parameter("density"), (0.1,)), importances
    ... )
    >>> diagram.kinds.tolist()
    [['1 dedicated + 1 dropped', 'antipodal pair']]
    """
    check_type("setting", setting, Setting)
    check_type("rows", rows, Axis)
    check_type("columns", columns, Axis)
    if setting.features > MOST_FEATURES:
        raise InputError(f"features is {setting.features}; accepted: at most {MOST_FEATURES}")
    starts = integer("starts", starts, least=0)
    most_structured = integer("most_structured", most_structured, least=1)
    seed = integer("seed", seed, least=0)
    if setting.same(rows.parameter, columns.parameter):
        raise InputError(f"columns vary the {columns.parameter} as the rows do; accepted: another")
    settings = [
        setting.vary(rows.parameter, row).vary(columns.parameter, column)
        for row in rows.values
        for column in columns.values
    ]
    shape = len(rows.values), len(columns.values)
    known = PartStore(store, _SCHEMA, _VERSION) if store is not None else None
    run = _Run(executor, known, progress)
    chunk = max(1, _INSTANCES // (starts + min(most_structured, 4**setting.dimensions)))
    tasks = [
        _Task(
            tuple(settings[i] for i in part),
            seeds=tuple((seed, *divmod(i, shape[1])) for i in part),
            starts=starts,
            most_structured=most_structured,
        )
        for part in _parts(range(len(settings)), chunk)
    ]
    cells = [cell for answer in run("search", tasks) for cell in answer]
    changed = set(range(len(cells)))
    sweep = 0
    while changed:
        sweep += 1
        around = {i: [k for k in _neighbours(i, shape) if k in changed] for i in range(len(cells))}
        visited = [i for i, neighbours in around.items() if neighbours]
        parts = _parts(visited, max(1, _INSTANCES // 8))
        tasks = [
            _Task(
                tuple(settings[i] for i in part),
                known=tuple(tuple(p for k in around[i] for p in cells[k]) for i in part),
            )
            for part in parts
        ]
        answers = [cell for answer in run(f"sweep {sweep}", tasks) for cell in answer]
        changed = set()
        for i, answer in zip(visited, answers, strict=True):
            merged = _best_two(settings[i], [*cells[i], *answer])
            if merged[0].loss < cells[i][0].loss - _IMPROVED * settings[i].silent_loss:
                changed.add(i)
            cells[i] = merged
    return _diagram(setting, rows, columns, cells)


@dataclass(frozen=True)
class _Run:
    """How tasks are carried out."""

    executor: Executor | None
    store: PartStore | None
    progress: Progress | None

    def __call__(self, stage: str, tasks: Sequence[_Task]) -> list[list[_Cell]]:
        """Return the answers of all tasks, from the store or computed."""
        answers: dict[int, list[_Cell]] = {}
        for i, task in enumerate(tasks):
            stored = self.store.get(task.key) if self.store else None
            if stored is not None:
                answers[i] = [[_Point(**point) for point in cell] for cell in stored]
        if self.progress:
            self.progress(stage, len(answers), len(tasks))
        missing = [i for i in range(len(tasks)) if i not in answers]
        for i, answer in self._computed(tasks, missing):
            answers[i] = answer
            if self.store:
                self.store.append(tasks[i].key, [[asdict(p) for p in cell] for cell in answer])
            if self.progress:
                self.progress(stage, len(answers), len(tasks))
        return [answers[i] for i in range(len(tasks))]

    def _computed(
        self, tasks: Sequence[_Task], missing: Sequence[int]
    ) -> Iterable[tuple[int, list[_Cell]]]:
        """Compute tasks, in the order in which they are done."""
        if self.executor is None:
            for i in missing:
                yield i, _solve(tasks[i])
            return
        futures = {self.executor.submit(_solve, tasks[i]): i for i in missing}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            for future in futures:
                future.cancel()


def _parts(indices: Iterable[int], size: int) -> list[list[int]]:
    """Cut indices into parts."""
    every = list(indices)
    return [every[at : at + size] for at in range(0, len(every), size)]


def _neighbours(index: int, shape: tuple[int, int]) -> list[int]:
    """Return the up to four cells next to a cell."""
    row, column = divmod(index, shape[1])
    around = ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1))
    return [r * shape[1] + c for r, c in around if 0 <= r < shape[0] and 0 <= c < shape[1]]


def _solve(task: _Task) -> list[_Cell]:
    """Descend in all cells of a task at once, and keep the two best points of each."""
    W: list[FloatArray] = []
    biases: list[FloatArray] = []
    owner: list[int] = []
    for i, setting in enumerate(task.settings):
        if task.known:
            W.append(np.array([point.W for point in task.known[i]]))
            biases.append(np.array([point.biases for point in task.known[i]]))
        else:
            rng = np.random.default_rng(task.seeds[i])
            for starts in (
                structured_starts(setting, task.most_structured, rng),
                random_starts(setting, task.starts, rng),
            ):
                W.append(starts[0])
                biases.append(starts[1])
        owner += [i] * (sum(map(len, biases)) - len(owner))
    every_W, every_b, cell_of = (
        np.concatenate(W),
        np.concatenate(biases),
        np.array(owner, dtype=np.intp),
    )
    points: list[list[_Point]] = [[] for _ in task.settings]
    penalties = np.array([setting.penalty for setting in task.settings])[cell_of]
    for penalty in np.unique(penalties):
        rows = np.flatnonzero(penalties == penalty)
        here = [task.settings[i] for i in cell_of[rows]]
        end = minimise(
            every_W[rows],
            every_b[rows],
            np.array([setting.densities for setting in here]),
            importances=np.array([setting.importances for setting in here]),
            penalty=float(penalty),
        )
        for k in np.flatnonzero(end.converged):
            point = _Point(float(end.loss[k]), end.W[k].tolist(), end.biases[k].tolist())
            points[cell_of[rows[k]]].append(point)
    return [_best_two(*pair) for pair in zip(task.settings, points, strict=True)]


def _best_two(setting: Setting, points: Sequence[_Point]) -> _Cell:
    """Return the lowest point, and the lowest one of another loss and name."""
    if not points:
        raise InputError(
            f"starts are too few: none ended in a stationary point of {setting}; accepted: more"
        )
    ordered = sorted(points, key=lambda point: point.loss)
    best = ordered[0]
    last, name = best.loss, phase_of(best.W).name
    apart = SAME_LOSS * setting.silent_loss
    for point in ordered[1:]:
        if point.loss > last + apart:
            if phase_of(point.W).name != name:
                return [best, point]
            last = point.loss
    return [best]


def _diagram(setting: Setting, rows: Axis, columns: Axis, cells: Sequence[_Cell]) -> Diagram:
    """Put the cells into arrays."""
    shape = len(rows.values), len(columns.values)

    def phases(found: Iterable[Phase | None]) -> npt.NDArray[np.object_]:
        return np.fromiter(found, dtype=object, count=len(cells)).reshape(shape)

    W = np.array([cell[0].W for cell in cells])
    return Diagram(
        setting,
        rows,
        columns,
        np.array([cell[0].loss for cell in cells]).reshape(shape),
        W.reshape(*shape, *W.shape[1:]),
        np.array([cell[0].biases for cell in cells]).reshape(*shape, setting.features),
        phases(phase_of(cell[0].W) for cell in cells),
        np.array([cell[1].loss if len(cell) > 1 else np.inf for cell in cells]).reshape(shape),
        phases(phase_of(cell[1].W) if len(cell) > 1 else None for cell in cells),
    )
