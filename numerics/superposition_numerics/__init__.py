"""What we computed: floats with error budgets, files, decisions with margins."""

from superposition_numerics.decisions import Decision as Decision
from superposition_numerics.matrices import Columns as Columns
from superposition_numerics.matrices import columns_of as columns_of

__all__ = ["Columns", "Decision", "columns_of"]
