"""Rigorous global minimisation: statements about every point of a box, decided and recorded."""

from .definite import is_positive_definite as is_positive_definite
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
from .questions import Centred as Centred
from .questions import Concave as Concave
from .questions import Convex as Convex
from .questions import Definite as Definite
from .questions import Infeasible as Infeasible
from .questions import InfeasibleCentred as InfeasibleCentred
from .questions import Inside as Inside
from .questions import Natural as Natural
from .questions import Positive as Positive
from .questions import Question as Question
from .questions import Rule as Rule
from .questions import Tangent as Tangent
from .questions import ordered as ordered
from .search import Progress as Progress
from .search import decide as decide
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
    "Enclosure",
    "Fixed",
    "Floats",
    "Formula",
    "Function",
    "Infeasible",
    "InfeasibleCentred",
    "Inside",
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
    "decide",
    "enclose_zero",
    "is_positive_definite",
    "leaves",
    "ordered",
    "pi_enclosure",
]
