"""Sources of gradients for tests of sweeps: they note what begins, wait for a kill, or fail."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from superposition_numerics.training import Problem, Samples


@dataclass(frozen=True)
class Watched(Samples):
    """Samples that note which runs begin; the first run with a certain seed waits to be killed.

    They are the same source as `Samples` in the settings of a run.
    """

    folder: str = ""
    trap: int | None = None

    def objective(self, problem: Problem, *, dtype: str, backend: str) -> Any:
        """Note the beginning, and wait."""
        seeds = [instance.seed for instance in problem.instances]
        log, trapped = Path(self.folder, "log"), Path(self.folder, "trapped")
        with log.open("a") as file:
            file.write(f"{seeds}\n")
        if self.trap in seeds and not trapped.exists():
            writing = trapped.with_suffix(".writing")
            writing.write_text(str(os.getpid()))
            writing.replace(trapped)
            time.sleep(60)
            raise TimeoutError("nobody has killed this process")
        return super().objective(problem, dtype=dtype, backend=backend)


@dataclass(frozen=True)
class Failing(Samples):
    """Samples that cannot be had for some seeds, or for several instances at once."""

    seeds: tuple[int, ...] = ()
    most: int = 1000

    def objective(self, problem: Problem, *, dtype: str, backend: str) -> Any:
        """Raise an error or return the objective."""
        for instance in problem.instances:
            if instance.seed in self.seeds:
                raise ZeroDivisionError(f"seed {instance.seed}")
        if problem.count > self.most:
            raise MemoryError
        return super().objective(problem, dtype=dtype, backend=backend)


def trapped_process(folder: Path) -> int:
    """Wait until a run waits to be killed, and return the id of its process."""
    path = folder / "trapped"
    for _ in range(1200):
        if path.exists():
            return int(path.read_text())
        time.sleep(0.05)
    raise TimeoutError("no run has reached the trap")
