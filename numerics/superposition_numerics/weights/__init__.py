"""Reading weight matrices from files: named orientation, no needless copy, one kind of error."""

from .checks import TensorInfo as TensorInfo
from .reader import LAYOUTS as LAYOUTS
from .reader import WeightMatrix as WeightMatrix
from .reader import list_tensors as list_tensors
from .reader import read_weights as read_weights

__all__ = ["LAYOUTS", "TensorInfo", "WeightMatrix", "list_tensors", "read_weights"]
