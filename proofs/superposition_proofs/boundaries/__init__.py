"""Boundaries without a closed form: located in floats, then solved exactly from there.

The float route bisects for where the best minimum changes its kind, follows both minima across,
and finds where their losses are equal. Its point is the start of Newton's method, in exact
rationals, on the polynomial system that the theory derives for the same boundary. The two routes
share no formula, and agree where both are right.
"""

from .pairs import drop_to_pair as drop_to_pair
from .pairs import drop_to_pair_by_penalty as drop_to_pair_by_penalty
from .pairs import drop_weak_strong as drop_weak_strong
from .pairs import pair_merges as pair_merges
from .pairs import pair_merges_by_penalty as pair_merges_by_penalty
from .pairs import strong_pair_on_soft_line as strong_pair_on_soft_line
from .pairs import symmetric_to_asymmetric as symmetric_to_asymmetric
from .pairs import weak_to_strong as weak_to_strong
from .polygons import polygons_cross as polygons_cross
from .polygons import sparser_feature as sparser_feature
from .routes import Located as Located

__all__ = [
    "Located",
    "drop_to_pair",
    "drop_to_pair_by_penalty",
    "drop_weak_strong",
    "pair_merges",
    "pair_merges_by_penalty",
    "polygons_cross",
    "sparser_feature",
    "strong_pair_on_soft_line",
    "symmetric_to_asymmetric",
    "weak_to_strong",
]
