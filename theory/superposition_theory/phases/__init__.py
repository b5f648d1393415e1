"""Phases of small toy models and the boundaries between them, derived from their losses."""

from .branches import Branch as Branch
from .branches import coexistence as coexistence
from .branches import dropped_branch as dropped_branch
from .branches import pair_branch as pair_branch
from .branches import polygon_branch as polygon_branch
from .frozen import Boundary as Boundary
from .frozen import Candidate as Candidate
from .frozen import dropped_bias as dropped_bias
from .frozen import dropped_loss as dropped_loss
from .frozen import frozen_boundaries as frozen_boundaries
from .frozen import frozen_candidates as frozen_candidates
from .frozen import triple_points as triple_points
from .lines import importance_line as importance_line
from .lines import penalty_line as penalty_line
from .lines import polygon_crossing as polygon_crossing
from .lines import stability_crossing as stability_crossing
from .lines import symmetric_asymmetric_point as symmetric_asymmetric_point
from .lines import triple_point as triple_point
from .lines import weak_strong_line as weak_strong_line
from .pair import BIAS as BIAS
from .pair import OVERLAP as OVERLAP
from .pair import SQUARED_NORM as SQUARED_NORM
from .pair import PairExpansion as PairExpansion
from .pair import SparseOnset as SparseOnset
from .pair import pair_loss as pair_loss
from .pair import small_density_pair as small_density_pair
from .pair import sparse_onset as sparse_onset
from .pair import symmetric_pair_loss as symmetric_pair_loss
from .polygons import COSINE as COSINE
from .polygons import THRESHOLD as THRESHOLD
from .polygons import PolygonOptimum as PolygonOptimum
from .polygons import best_polygon as best_polygon
from .polygons import polygon_optimum as polygon_optimum
from .stability import BIAS_RATE as BIAS_RATE
from .stability import DROPPED_BIAS_RATE as DROPPED_BIAS_RATE
from .stability import NORM_RATE as NORM_RATE
from .stability import DroppedExpansion as DroppedExpansion
from .stability import DroppedStability as DroppedStability
from .stability import best_bias_rate as best_bias_rate
from .stability import critical_importance as critical_importance
from .stability import dropped_expansion as dropped_expansion
from .stability import dropped_stability as dropped_stability
from .stability import frozen_bias_margin as frozen_bias_margin
from .stability import parallel_margin as parallel_margin
from .stability import penalty_expansion as penalty_expansion
from .symbols import DENSITY as DENSITY
from .symbols import IMPORTANCE as IMPORTANCE
from .symbols import PENALTY as PENALTY
from .systems import Solution as Solution
from .systems import System as System
from .tricritical import TricriticalPoint as TricriticalPoint
from .tricritical import critical_penalty as critical_penalty
from .tricritical import cubic_coefficient as cubic_coefficient
from .tricritical import cubic_on_the_boundary as cubic_on_the_boundary
from .tricritical import tricritical_importance as tricritical_importance
from .tricritical import tricritical_points as tricritical_points

__all__ = [
    "BIAS",
    "BIAS_RATE",
    "COSINE",
    "DENSITY",
    "DROPPED_BIAS_RATE",
    "IMPORTANCE",
    "NORM_RATE",
    "OVERLAP",
    "PENALTY",
    "SQUARED_NORM",
    "THRESHOLD",
    "Boundary",
    "Branch",
    "Candidate",
    "DroppedExpansion",
    "DroppedStability",
    "PairExpansion",
    "PolygonOptimum",
    "Solution",
    "SparseOnset",
    "System",
    "TricriticalPoint",
    "best_bias_rate",
    "best_polygon",
    "coexistence",
    "critical_importance",
    "critical_penalty",
    "cubic_coefficient",
    "cubic_on_the_boundary",
    "dropped_bias",
    "dropped_branch",
    "dropped_expansion",
    "dropped_loss",
    "dropped_stability",
    "frozen_bias_margin",
    "frozen_boundaries",
    "frozen_candidates",
    "importance_line",
    "pair_branch",
    "pair_loss",
    "parallel_margin",
    "penalty_expansion",
    "penalty_line",
    "polygon_branch",
    "polygon_crossing",
    "polygon_optimum",
    "small_density_pair",
    "sparse_onset",
    "stability_crossing",
    "symmetric_asymmetric_point",
    "symmetric_pair_loss",
    "tricritical_importance",
    "tricritical_points",
    "triple_point",
    "triple_points",
    "weak_strong_line",
]
