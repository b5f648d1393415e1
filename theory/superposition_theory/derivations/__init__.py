"""A proof checker for identities between matrices of unspecified size, and what it proves."""

from .capacity import RankFactorisation as RankFactorisation
from .capacity import capacity_bound as capacity_bound
from .capacity import rank_factorisation as rank_factorisation
from .capacity import saturation_iff_localization as saturation_iff_localization
from .classical import frame_potential as frame_potential
from .classical import stieltjes_poles as stieltjes_poles
from .classical import welch_bound as welch_bound
from .context import Context as Context
from .context import Fact as Fact
from .context import Value as Value
from .deciding import Outcome as Outcome
from .deciding import Using as Using
from .deficit import deficit_identity as deficit_identity
from .deficit import near_saturation as near_saturation
from .derivation import Case as Case
from .derivation import Derivation as Derivation
from .derivation import check as check
from .dimensionality_flow import dimensionality_flow as dimensionality_flow
from .equiangular import equiangular_from_graph as equiangular_from_graph
from .equiangular import graph_from_equiangular as graph_from_equiangular
from .expectations import Expectation as Expectation
from .flows import FLOW_DERIVATIONS as FLOW_DERIVATIONS
from .gram_flow import gradient_by_gram as gradient_by_gram
from .gram_flow import gram_and_frame_flow as gram_and_frame_flow
from .gram_flow import range_conserved as range_conserved
from .matrix_steps import Equality as Equality
from .matrix_steps import Square as Square
from .matrix_steps import TraceEquality as TraceEquality
from .polynomials import Polynomial as Polynomial
from .polynomials import identity as identity
from .polynomials import matrix as matrix
from .polynomials import scalar as scalar
from .polynomials import zero as zero
from .results import Result as Result
from .results import StepResult as StepResult
from .rewriting import Rule as Rule
from .rewriting import Theory as Theory
from .rewriting import TraceRule as TraceRule
from .scalar_steps import Averaged as Averaged
from .scalar_steps import Nonnegative as Nonnegative
from .scalar_steps import Product as Product
from .scalar_steps import ScalarIdentity as ScalarIdentity
from .scalars import EXPECTATION as EXPECTATION
from .scalars import symbol as symbol
from .schemes import SCHEME_DERIVATIONS as SCHEME_DERIVATIONS
from .schemes import bose_mesner_duality as bose_mesner_duality
from .schemes import component_capacity as component_capacity
from .schemes import krein_condition as krein_condition
from .schemes import one_level as one_level
from .spectral import SPECTRAL_DERIVATIONS as SPECTRAL_DERIVATIONS
from .spectral_flow import eigenvalue_flow as eigenvalue_flow
from .spectral_flow import frozen_projectors as frozen_projectors
from .spectral_flow import projector_flow as projector_flow
from .spectral_flow import reduced_flow as reduced_flow
from .tightness import projective_linearity as projective_linearity
from .tightness import range_of_D as range_of_D
from .tightness import tight_decomposition as tight_decomposition
from .traces import TracePolynomial as TracePolynomial
from .traces import constant as constant
from .traces import trace as trace
from .words import Letter as Letter

__all__ = [
    "EXPECTATION",
    "FLOW_DERIVATIONS",
    "SCHEME_DERIVATIONS",
    "SPECTRAL_DERIVATIONS",
    "Averaged",
    "Case",
    "Context",
    "Derivation",
    "Equality",
    "Expectation",
    "Fact",
    "Letter",
    "Nonnegative",
    "Outcome",
    "Polynomial",
    "Product",
    "RankFactorisation",
    "Result",
    "Rule",
    "ScalarIdentity",
    "Square",
    "StepResult",
    "Theory",
    "TraceEquality",
    "TracePolynomial",
    "TraceRule",
    "Using",
    "Value",
    "bose_mesner_duality",
    "capacity_bound",
    "check",
    "component_capacity",
    "constant",
    "deficit_identity",
    "dimensionality_flow",
    "eigenvalue_flow",
    "equiangular_from_graph",
    "frame_potential",
    "frozen_projectors",
    "gradient_by_gram",
    "gram_and_frame_flow",
    "graph_from_equiangular",
    "identity",
    "krein_condition",
    "matrix",
    "near_saturation",
    "one_level",
    "projective_linearity",
    "projector_flow",
    "range_conserved",
    "range_of_D",
    "rank_factorisation",
    "reduced_flow",
    "saturation_iff_localization",
    "scalar",
    "stieltjes_poles",
    "symbol",
    "tight_decomposition",
    "trace",
    "welch_bound",
    "zero",
]
