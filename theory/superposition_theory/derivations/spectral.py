"""The derivations of the spectral theory of features, by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .capacity import capacity_bound, saturation_iff_localization
from .classical import frame_potential, stieltjes_poles, welch_bound
from .deficit import deficit_identity, near_saturation
from .derivation import Derivation
from .tightness import projective_linearity, range_of_D, tight_decomposition

SPECTRAL_DERIVATIONS: Mapping[str, Callable[[], Derivation]] = MappingProxyType(
    {
        "capacity_bound": capacity_bound,
        "deficit_identity": deficit_identity,
        "saturation_iff_localization": saturation_iff_localization,
        "near_saturation": near_saturation,
        "tight_decomposition": tight_decomposition,
        "projective_linearity": projective_linearity,
        "range_of_D": range_of_D,
        "frame_potential": frame_potential,
        "welch_bound": welch_bound,
        "stieltjes_poles": stieltjes_poles,
    }
)
"""Every derivation of this package, built by a call without arguments."""
