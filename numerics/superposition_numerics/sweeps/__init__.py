"""Sweeps: plans over grids of settings, run by any executor, resumed after a kill."""

from .results import Failure as Failure
from .results import Row as Row
from .results import SweepResult as SweepResult
from .results import read_sweep as read_sweep
from .run import sweep as sweep
from .spec import Spec as Spec
from .spec import read_spec as read_spec

__all__ = ["Failure", "Row", "Spec", "SweepResult", "read_spec", "read_sweep", "sweep"]
