"""The pentagon theorem: five features in the plane, one active at a time."""

from . import bounds, inequality, limits, pairs, reduction, theorem

CLAIMS = (
    *pairs.CLAIMS,
    *reduction.CLAIMS,
    *inequality.CLAIMS,
    *limits.CLAIMS,
    *bounds.CLAIMS,
    *theorem.CLAIMS,
)

__all__ = ["CLAIMS"]
