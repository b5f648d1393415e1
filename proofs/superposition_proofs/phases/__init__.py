"""The phases of small toy models: one setting, a diagram, its lines, figure and table."""

from .curves import Curves as Curves
from .curves import phase_curves as phase_curves
from .diagram import PhaseDiagram as PhaseDiagram
from .diagram import phase_diagram as phase_diagram
from .report import PhaseReport as PhaseReport
from .report import best_frozen as best_frozen
from .report import phase as phase

__all__ = [
    "Curves",
    "PhaseDiagram",
    "PhaseReport",
    "best_frozen",
    "phase",
    "phase_curves",
    "phase_diagram",
]
