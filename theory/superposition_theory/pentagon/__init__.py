"""One feature active at a time: the steps of the pentagon theorem, exactly."""

from .lemmas import exclusion_excess as exclusion_excess
from .lemmas import symmetrisation_residue as symmetrisation_residue
from .lemmas import zero_column_excess as zero_column_excess
from .pieces import Region as Region
from .pieces import overlap_loss as overlap_loss
from .pieces import overlap_piece as overlap_piece
from .pieces import own_loss as own_loss
from .pieces import own_piece as own_piece
from .pieces import sum_over_pairs as sum_over_pairs
from .reduction import LEVEL as LEVEL
from .reduction import Quadratic as Quadratic
from .reduction import along_ray as along_ray
from .reduction import excess as excess
from .reduction import stationarity as stationarity
from .reduction import tangent_slope as tangent_slope
from .reduction import vanishes_at_the_pentagon as vanishes_at_the_pentagon

__all__ = [
    "LEVEL",
    "Quadratic",
    "Region",
    "along_ray",
    "excess",
    "exclusion_excess",
    "overlap_loss",
    "overlap_piece",
    "own_loss",
    "own_piece",
    "stationarity",
    "sum_over_pairs",
    "symmetrisation_residue",
    "tangent_slope",
    "vanishes_at_the_pentagon",
    "zero_column_excess",
]
