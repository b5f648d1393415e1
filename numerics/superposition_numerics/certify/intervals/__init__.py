"""Three interval arithmetics behind one interface."""

from .arithmetic import Arithmetic as Arithmetic
from .arithmetic import Value as Value
from .balls import Balls as Balls
from .enclosure import Enclosure as Enclosure
from .fixed import Fixed as Fixed
from .floats import FLOATS as FLOATS
from .floats import Floats as Floats
from .pi import pi_enclosure as pi_enclosure

__all__ = [
    "FLOATS",
    "Arithmetic",
    "Balls",
    "Enclosure",
    "Fixed",
    "Floats",
    "Value",
    "pi_enclosure",
]
