"""Theorems decided by branch and bound, and their certificates."""

from .pentagon import PolygonConstants as PolygonConstants
from .pentagon import pentagon_theorem as pentagon_theorem
from .pentagon import polygon_constants as polygon_constants
from .theorems import Condition as Condition
from .theorems import Decision as Decision
from .theorems import Theorem as Theorem
from .theorems import decide_theorem as decide_theorem

__all__ = [
    "Condition",
    "Decision",
    "PolygonConstants",
    "Theorem",
    "decide_theorem",
    "pentagon_theorem",
    "polygon_constants",
]
