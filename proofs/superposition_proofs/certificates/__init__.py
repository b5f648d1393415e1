"""Theorems decided by branch and bound, and their certificates."""

from .catalogue import CATALOGUE as CATALOGUE
from .catalogue import Certification as Certification
from .catalogue import certify_theorem as certify_theorem
from .files import Certificate as Certificate
from .files import certificate_of as certificate_of
from .files import read_certificate as read_certificate
from .files import write_certificate as write_certificate
from .pentagon import PolygonConstants as PolygonConstants
from .pentagon import pentagon_theorem as pentagon_theorem
from .pentagon import polygon_constants as polygon_constants
from .pentagon import tangency as tangency
from .pentagon_dual import pentagon_dual_theorem as pentagon_dual_theorem
from .theorems import Condition as Condition
from .theorems import Decision as Decision
from .theorems import Identity as Identity
from .theorems import Theorem as Theorem
from .theorems import decide_theorem as decide_theorem

__all__ = [
    "CATALOGUE",
    "Certificate",
    "Certification",
    "Condition",
    "Decision",
    "Identity",
    "PolygonConstants",
    "Theorem",
    "certificate_of",
    "certify_theorem",
    "decide_theorem",
    "pentagon_dual_theorem",
    "pentagon_theorem",
    "polygon_constants",
    "read_certificate",
    "tangency",
    "write_certificate",
]
