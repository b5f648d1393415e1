"""Minima of the toy model: search, names, branches and phase diagrams."""

from .branches import Branch as Branch
from .branches import BranchEnd as BranchEnd
from .branches import BranchPoint as BranchPoint
from .branches import follow as follow
from .branches import separation as separation
from .crossing import Crossing as Crossing
from .crossing import crossing as crossing
from .descent import minimise as minimise
from .diagram import phase_diagram as phase_diagram
from .grid import Axis as Axis
from .grid import Diagram as Diagram
from .naming import EQUAL_NORMS as EQUAL_NORMS
from .naming import Component as Component
from .naming import Phase as Phase
from .naming import phase_of as phase_of
from .newton import hessians as hessians
from .newton import lowest_curvature as lowest_curvature
from .newton import polish as polish
from .problem import Descent as Descent
from .search import Minimum as Minimum
from .search import global_minimum as global_minimum
from .search import local_minima as local_minima
from .setting import Parameter as Parameter
from .setting import Setting as Setting
from .starts import random_starts as random_starts
from .starts import structured_starts as structured_starts

__all__ = [
    "EQUAL_NORMS",
    "Axis",
    "Branch",
    "BranchEnd",
    "BranchPoint",
    "Component",
    "Crossing",
    "Descent",
    "Diagram",
    "Minimum",
    "Parameter",
    "Phase",
    "Setting",
    "crossing",
    "follow",
    "global_minimum",
    "hessians",
    "local_minima",
    "lowest_curvature",
    "minimise",
    "phase_diagram",
    "phase_of",
    "polish",
    "random_starts",
    "separation",
    "structured_starts",
]
