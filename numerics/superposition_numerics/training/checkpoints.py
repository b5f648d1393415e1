"""Checkpoints: from which a run that was killed goes on as if nothing had happened."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..matrices import FloatArray
from .files import Arrays, environment, read_file, run_of, write_file
from .models import Array
from .objectives.objective import State
from .plan import Plan
from .run import Run
from .settings import differences


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A run at one of its records.

    Attributes
    ----------
    losses : ndarray, shape (records so far, instances)
    flat : ndarray, shape (records so far, instances, size)
    endings : tuple of str
        ``completed`` where an instance has not ended yet.
    ended : ndarray of int, shape (instances,)
    active : ndarray of int
        The instances that learn.
    motion, objective : dict of ndarray
        The states of the method and of the source, of the instances that learn.
    """

    losses: FloatArray
    flat: Array
    endings: tuple[str, ...]
    ended: npt.NDArray[np.int64]
    active: npt.NDArray[np.int64]
    motion: State
    objective: State


class Checkpoint:
    """The file that holds the latest snapshot of a run, and in the end the run.

    Parameters
    ----------
    file : Path
    plan : Plan
    every : float
        Seconds between writes.
    """

    def __init__(self, file: Path, plan: Plan, every: float) -> None:
        self.file, self.plan, self.every = file, plan, every
        self.waiting: Snapshot | None = None
        self.due = -np.inf

    def read(self) -> Run | Snapshot | None:
        """Return what the file holds; None where there is no file.

        Raises
        ------
        InputError
            A file that is damaged, of another plan, or of other software and unfinished.
        """
        if not self.file.exists():
            return None
        header, arrays = read_file(self.file)
        here = json.loads(json.dumps(self.plan.to_dict()))
        other = differences(header["plan"], here)
        if other:
            raise InputError(
                f"checkpoint {self.file} is of another plan: {other}; accepted: the same plan, or "
                "another file"
            )
        if header["finished"]:
            return run_of(self.file, self.plan, header, arrays)
        other = differences(header["environment"], environment(self.plan.backend))
        if other:
            raise InputError(
                f"checkpoint {self.file} was begun with other software: {other}; accepted: the "
                "same versions, or another file"
            )
        return Snapshot(
            arrays["losses"],
            arrays["flat"],
            tuple(header["endings"]),
            arrays["ended"],
            arrays["active"],
            _under("motion/", arrays),
            _under("objective/", arrays),
        )

    def offer(self, snapshot: Snapshot) -> None:
        """Write a snapshot if it is time, otherwise keep it."""
        self.waiting = snapshot
        if time.monotonic() >= self.due:
            self.flush()

    def flush(self) -> None:
        """Write the snapshot that waits, if any."""
        if self.waiting is None:
            return
        now = self.waiting
        arrays: Arrays = {"losses": now.losses, "flat": now.flat}
        arrays |= {"ended": now.ended, "active": now.active}
        arrays |= {f"motion/{name}": values for name, values in now.motion.items()}
        arrays |= {f"objective/{name}": values for name, values in now.objective.items()}
        header = {"plan": self.plan.to_dict(), "finished": False, "endings": list(now.endings)}
        write_file(self.file, header, arrays)
        self.waiting = None
        self.due = time.monotonic() + self.every


def _under(prefix: str, arrays: Arrays) -> State:
    """Return the arrays whose names begin so, by the rest of their names."""
    return {
        name.removeprefix(prefix): values
        for name, values in arrays.items()
        if name.startswith(prefix)
    }
