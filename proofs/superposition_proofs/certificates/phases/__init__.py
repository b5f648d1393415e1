"""Phases of two features in one dimension, certified as global optima."""

from .decided import PhaseCertificate as PhaseCertificate
from .decided import certify_phase as certify_phase
from .dropped import Line as Line
from .dropped import dropped_theorem as dropped_theorem
from .pair import Pair as Pair
from .pair import antipodal_theorem as antipodal_theorem

__all__ = [
    "Line",
    "Pair",
    "PhaseCertificate",
    "antipodal_theorem",
    "certify_phase",
    "dropped_theorem",
]
