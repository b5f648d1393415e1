"""Where a gradient comes from: fresh samples, a data set, or an exact loss."""

from __future__ import annotations

from ..sampling import Samples as Samples
from .data_set import DataSet as DataSet
from .objective import Objective as Objective
from .one_active import OneActive as OneActive
from .population import Population as Population
from .source import Source as Source

# Those that JSON data describe in full.
SOURCES = {"samples": Samples, "population": Population, "one-active": OneActive}

__all__ = ["SOURCES", "DataSet", "Objective", "OneActive", "Population", "Samples", "Source"]
