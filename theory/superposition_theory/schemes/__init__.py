"""Association schemes and coherent configurations, exact."""

from .closure import coherent_closure as coherent_closure
from .configuration import CoherentConfiguration as CoherentConfiguration
from .eigenmatrices import Eigenmatrices as Eigenmatrices
from .numbers import AlgebraicNumber as AlgebraicNumber
from .numbers import NumberField as NumberField
from .parameters import IntersectionArray as IntersectionArray
from .parameters import StronglyRegularParameters as StronglyRegularParameters
from .relations import canonical as canonical
from .scheme import AssociationScheme as AssociationScheme
