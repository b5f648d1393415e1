"""Published schemes, configurations, graphs and frames, to compare results with; see SOURCES.md."""

from .characters import CharacterTable as CharacterTable
from .characters import character_table as character_table
from .characters import is_character as is_character
from .records import ConfigurationRecord as ConfigurationRecord
from .records import RealFrameRecord as RealFrameRecord
from .records import SchemeRecord as SchemeRecord
from .records import StronglyRegularRecord as StronglyRegularRecord
from .records import association_schemes as association_schemes
from .records import coherent_configurations as coherent_configurations
from .records import real_etf_parameters as real_etf_parameters
from .records import strongly_regular_parameters as strongly_regular_parameters

__all__ = [
    "CharacterTable",
    "ConfigurationRecord",
    "RealFrameRecord",
    "SchemeRecord",
    "StronglyRegularRecord",
    "association_schemes",
    "character_table",
    "coherent_configurations",
    "is_character",
    "real_etf_parameters",
    "strongly_regular_parameters",
]
