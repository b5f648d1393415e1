"""Training in parts, through any executor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Executor, Future, wait
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from superposition_theory import InputError

from .checkpoints import Checkpoint
from .files import save_run
from .loop import Progress, train_whole
from .plan import Plan
from .run import Run, joined

_POLL = 0.25  # seconds between looks at how far the parts are


def train_parts(
    plan: Plan,
    file: Path | None,
    every: float,
    executor: Executor,
    parts: int,
    progress: Progress | None,
) -> Run:
    """Train parts of the instances of a plan in jobs of an executor, and join them.

    How far the parts are they note in files of a temporary folder: an executor on other machines
    shows progress only where parts end.

    Parameters
    ----------
    plan : Plan
    file : Path, optional
        The checkpoint; each part has its own beside it until all have ended.
    every : float
    executor : Executor
    parts : int
        From 1 to the number of instances.
    progress : callable, optional

    Returns
    -------
    Run
    """
    files = [None if file is None else part_file(file, k, parts) for k in range(parts)]
    before = None if file is None else Checkpoint(file, plan, every).read()
    if isinstance(before, Run):
        return before
    if before is not None:
        raise InputError(
            f"checkpoint {file} was begun in one part without an executor; accepted: to go on "
            "like that, or another file"
        )
    # Dealt out, not cut: neighbours often cost alike, as along an axis of densities.
    plans = [plan.part(slice(k, None, parts)) for k in range(parts)]
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        notes = [Path(folder, str(k)) for k in range(parts)]
        futures = [
            executor.submit(_train_part, part, path, every, None if progress is None else note)
            for part, path, note in zip(plans, files, notes, strict=True)
        ]
        try:
            runs = _results(plan, plans, futures, notes, progress)
        finally:
            for future in futures:
                future.cancel()
    run = joined(plan, runs)
    if file is not None:
        save_run(run, file)
        for path in filter(None, files):
            path.unlink(missing_ok=True)
    return run


def part_file(file: Path, part: int, parts: int) -> Path:
    """Return the name of the checkpoint of a part.

    Examples
    --------
    >>> from pathlib import Path
    >>> from superposition_numerics.training.parts import part_file
    >>> part_file(Path("run.npz"), 0, 2).name
    'run.part-0-of-2.npz'
    """
    return file.with_name(f"{file.stem}.part-{part}-of-{parts}{file.suffix}")


def check_siblings(file: Path, parts: int) -> None:
    """Refuse to begin anew beside the checkpoints of a run that was begun in other parts.

    Parameters
    ----------
    file : Path
    parts : int
        0 for a run without an executor.

    Raises
    ------
    InputError
        There are such files.
    """
    expected = {part_file(file, k, parts) for k in range(parts)}
    other = sorted(path.name for path in _part_files(file) if path not in expected)
    if other:
        raise InputError(
            f"checkpoint {file} was begun in other parts, of which {other[0]} is left; accepted: "
            "as many parts, with an executor, or another file"
        )


def _part_files(file: Path) -> list[Path]:
    """Return the checkpoints of parts that are there."""
    name = re.compile(rf"{re.escape(file.stem)}\.part-\d+-of-\d+{re.escape(file.suffix)}")
    return [path for path in file.parent.glob(f"*{file.suffix}") if name.fullmatch(path.name)]


def _train_part(plan: Plan, file: Path | None, every: float, note: Path | None) -> Run:
    """Train a part, noting how far it is where that is asked for."""
    if note is None:
        return train_whole(plan, file, every, None)
    written = note.with_suffix(".writing")

    def write(done: int, _: int, loss: float) -> None:
        if note.parent.is_dir():
            written.write_text(f"{done} {loss!r}", encoding="utf-8")
            written.replace(note)

    return train_whole(plan, file, every, write)


def _results(
    plan: Plan,
    plans: Sequence[Plan],
    futures: Sequence[Future[Run]],
    notes: Sequence[Path],
    progress: Progress | None,
) -> list[Run]:
    """Wait for the parts, telling how far they are; return their runs."""
    counts = np.array([part.problem.count for part in plans])
    told = 0
    pending = set(futures)
    while pending:
        ended, pending = wait(pending, None if progress is None else _POLL, FIRST_EXCEPTION)
        for future in ended:
            future.result()
        if progress is not None:
            both = zip(futures, notes, strict=True)
            done, losses = np.array([_standing(plan, one, note) for one, note in both]).T
            weights = np.where(done > 0, counts, 0)
            steps = int(done @ counts) // plan.problem.count
            if steps > told:
                progress(steps, plan.steps, float(losses @ weights / weights.sum()))
                told = steps
    return [future.result() for future in futures]


def _standing(plan: Plan, future: Future[Run], note: Path) -> tuple[int, float]:
    """Return how many steps a part has done, and its mean loss."""
    if future.done():
        return plan.steps, float(future.result().losses[-1].mean())
    if note.exists():
        done, loss = note.read_text(encoding="utf-8").split()
        return int(done), float(loss)
    return 0, 0.0
