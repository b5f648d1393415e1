"""From a Gram matrix in floats to relations, their coherent closure, its algebra and a verdict."""

from .algebra import Algebra as Algebra
from .algebra import adjacency_algebra as adjacency_algebra
from .cleaning import Vectors as Vectors
from .cleaning import clean_gram as clean_gram
from .cleaning import clean_weights as clean_weights
from .closure import Closure as Closure
from .closure import coherent_closure as coherent_closure
from .colours import Levels as Levels
from .colours import candidate_levels as candidate_levels
from .colours import parallel_groups as parallel_groups
from .components import Components as Components
from .components import orthogonal_components as orthogonal_components
from .isomorphism import SearchLimitError as SearchLimitError
from .isomorphism import isomorphism as isomorphism
from .naming import Name as Name
from .naming import cyclic_order as cyclic_order
from .naming import name_of as name_of
from .projection import Level as Level
from .projection import Projection as Projection
from .projection import matrix_levels as matrix_levels
from .projection import project as project
from .projection import scheme_levels as scheme_levels
from .projection import tightness as tightness
from .recognise import recognise as recognise
from .recognise import recognise_gram as recognise_gram
from .results import Component as Component
from .results import Recognition as Recognition
from .results import Verdict as Verdict

__all__ = [
    "Algebra",
    "Closure",
    "Component",
    "Components",
    "Level",
    "Levels",
    "Name",
    "Projection",
    "Recognition",
    "SearchLimitError",
    "Vectors",
    "Verdict",
    "adjacency_algebra",
    "candidate_levels",
    "clean_gram",
    "clean_weights",
    "coherent_closure",
    "cyclic_order",
    "isomorphism",
    "matrix_levels",
    "name_of",
    "orthogonal_components",
    "parallel_groups",
    "project",
    "recognise",
    "recognise_gram",
    "scheme_levels",
    "tightness",
]
