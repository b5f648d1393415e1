"""The ledger: claims as data, evidence that can fail, and statuses that are computed.

A `Claim` holds `Evidence`, each with near misses that its own check must reject, and `Reference`.
A `Registry` holds claims as a directed acyclic graph; `verify` runs the evidence and returns a
`Report` of `Verdict`.
"""

from .environment import environment as environment
from .environment import fingerprint as fingerprint
from .environment import has_source as has_source
from .graph import STATUS_COLOURS as STATUS_COLOURS
from .graph import text_colour as text_colour
from .graph import to_dot as to_dot
from .json_values import Json as Json
from .json_values import json_value as json_value
from .records import Claim as Claim
from .records import ClaimKind as ClaimKind
from .records import Context as Context
from .records import Evidence as Evidence
from .records import Level as Level
from .records import Outcome as Outcome
from .records import Reference as Reference
from .records import Status as Status
from .registry import Registry as Registry
from .registry import UnknownClaimError as UnknownClaimError
from .registry import load_registry as load_registry
from .results import EvidenceResult as EvidenceResult
from .results import Report as Report
from .results import Verdict as Verdict
from .run import Progress as Progress
from .run import verify as verify
from .status import judge as judge
from .store import ResultStore as ResultStore
from .store import result_key as result_key

__all__ = [
    "STATUS_COLOURS",
    "Claim",
    "ClaimKind",
    "Context",
    "Evidence",
    "EvidenceResult",
    "Json",
    "Level",
    "Outcome",
    "Progress",
    "Reference",
    "Registry",
    "Report",
    "ResultStore",
    "Status",
    "UnknownClaimError",
    "Verdict",
    "environment",
    "fingerprint",
    "has_source",
    "json_value",
    "judge",
    "load_registry",
    "result_key",
    "text_colour",
    "to_dot",
    "verify",
]
