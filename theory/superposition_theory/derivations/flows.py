"""The derivations about gradient flow, by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .derivation import Derivation
from .dimensionality_flow import dimensionality_flow
from .gram_flow import gradient_by_gram, gram_and_frame_flow, range_conserved
from .spectral_flow import (
    eigenvalue_flow,
    frozen_projectors,
    projector_flow,
    reduced_flow,
)

FLOW_DERIVATIONS: Mapping[str, Callable[[], Derivation]] = MappingProxyType(
    {
        "gradient_by_gram": gradient_by_gram,
        "gram_and_frame_flow": gram_and_frame_flow,
        "range_conserved": range_conserved,
        "eigenvalue_flow": eigenvalue_flow,
        "projector_flow": projector_flow,
        "frozen_projectors": frozen_projectors,
        "reduced_flow": reduced_flow,
        "dimensionality_flow": dimensionality_flow,
    }
)
"""Every derivation about gradient flow, built by a call without arguments."""
