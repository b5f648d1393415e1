"""Rigorous global minimisation: statements about every point of a box, decided and recorded."""

from .decisions import decide as decide
from .definite import is_positive_definite as is_positive_definite
from .forms import centred_value as centred_value
from .functions import Differentiable as Differentiable
from .functions import Formula as Formula
from .functions import Function as Function
from .intervals import FLOATS as FLOATS
from .intervals import Arithmetic as Arithmetic
from .intervals import Balls as Balls
from .intervals import Enclosure as Enclosure
from .intervals import Fixed as Fixed
from .intervals import Floats as Floats
from .intervals import Value as Value
from .intervals import pi_enclosure as pi_enclosure
from .newton import enclose_zero as enclose_zero
from .questions import Convex as Convex
from .questions import Positive as Positive
from .questions import Question as Question
from .rules import Centred as Centred
from .rules import Concave as Concave
from .rules import Definite as Definite
from .rules import Infeasible as Infeasible
from .rules import InfeasibleCentred as InfeasibleCentred
from .rules import Inside as Inside
from .rules import Lagrangian as Lagrangian
from .rules import Natural as Natural
from .rules import Rule as Rule
from .rules import Tangent as Tangent
from .search import Progress as Progress
from .symmetry import ordered as ordered
from .symmetry import quotient as quotient
from .trees import Box as Box
from .trees import leaves as leaves
from .verdicts import Proved as Proved
from .verdicts import Refuted as Refuted
from .verdicts import Undecided as Undecided
from .verdicts import Verdict as Verdict

__all__ = [
    "FLOATS",
    "Arithmetic",
    "Balls",
    "Box",
    "Centred",
    "Concave",
    "Convex",
    "Definite",
    "Differentiable",
    "Enclosure",
    "Fixed",
    "Floats",
    "Formula",
    "Function",
    "Infeasible",
    "InfeasibleCentred",
    "Inside",
    "Lagrangian",
    "Natural",
    "Positive",
    "Progress",
    "Proved",
    "Question",
    "Refuted",
    "Rule",
    "Tangent",
    "Undecided",
    "Value",
    "Verdict",
    "centred_value",
    "decide",
    "enclose_zero",
    "is_positive_definite",
    "leaves",
    "ordered",
    "pi_enclosure",
    "quotient",
]
