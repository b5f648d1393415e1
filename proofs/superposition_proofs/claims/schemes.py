"""Association schemes: duality of the eigenmatrices, Krein parameters, coherence of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import numpy as np
from superposition_numerics import recognition
from superposition_theory import InputError
from superposition_theory.derivations import bose_mesner_duality, krein_condition, symbol
from superposition_theory.schemes import (
    AssociationScheme,
    CoherentConfiguration,
    Eigenmatrices,
    StronglyRegularParameters,
    canonical,
)

from superposition_proofs.ledger import Claim, ClaimKind, Context
from superposition_proofs.reference import (
    ConfigurationRecord,
    SchemeRecord,
    association_schemes,
    character_table,
    coherent_configurations,
    is_character,
)

from .cases import Family, on_cases
from .checks import derived
from .scheme_samples import commutative_schemes, tabulated_schemes

_BANNAI_ITO = "Bannai and Ito 1984, Algebraic Combinatorics I"
_SCHEME = (
    r"\text{commutative association scheme on } n \text{ points}: \ A_0 = I, \ldots, A_d \text{ "
    r"its adjacency matrices},\ \allowbreak E_0 = \tfrac1n J, \ldots, E_d \text{ its primitive "
    r"idempotents}"
)
_EIGENMATRICES = r"A_i = \sum_j P_{ji} E_j,\quad E_j = \tfrac1n \sum_i Q_{ij} A_i"


@cache
def _eigenmatrices(record: SchemeRecord) -> Eigenmatrices:
    """Return the eigenmatrices of a tabulated scheme, computed once."""
    return AssociationScheme(record.relation).eigenmatrices


# ---------------------------------------------------------------- laws


def duality(tables: Eigenmatrices, *, order: int = 0) -> bool:
    """State P Q = (n + order) I, and Q_0j = m_j: positive integers of sum n."""
    n, size = tables.order + order, range(tables.rank)
    P, Q, zero = tables.P, tables.Q, tables.field.number(0)
    return (
        sum(tables.multiplicities) == tables.order
        and min(tables.multiplicities) > 0
        and all(x == m for x, m in zip(Q[0], tables.multiplicities, strict=True))
        and all(
            sum((P[j][i] * Q[i][k] for i in size), start=zero) == (n if j == k else 0)
            for j in size
            for k in size
        )
    )


def rows_are_characters(scheme: AssociationScheme, *, shift: int = 0) -> bool:
    """State P_ji P_jl = sum_k p_il^k P_jk for the rows of P, and A_i 1 = (k_i + shift) 1."""
    P, size = scheme.eigenmatrices.P, range(scheme.rank)
    if not all(x == k + shift for x, k in zip(P[0], scheme.valencies, strict=True)):
        return False
    for i in range(1, scheme.rank):
        table = scheme.intersection_matrix(i)
        for row in P:
            for j in size:
                terms = (row[k] * p for k, p in enumerate(table[j]) if p)
                if row[i] * row[j] != sum(terms, start=row[0] * 0):
                    return False
    return True


def eigenmatrices_of(scheme: AssociationScheme, *, order: int = 0, shift: int = 0) -> bool:
    """State that the rows of P are characters and that P and Q are dual."""
    return rows_are_characters(scheme, shift=shift) and duality(scheme.eigenmatrices, order=order)


def agrees_with_the_table(record: SchemeRecord, *, order: int = 0) -> bool | None:
    """State that P is the tabulated character table, up to the order of rows, and duality.

    That the rows of the table are characters is decided exactly; which row of P each one is, by
    floats, and only one row may be near. With the row goes its multiplicity.
    """
    if not record.commutative:
        return None
    scheme = AssociationScheme(record.relation)
    tables = _eigenmatrices(record)
    column = dict(_renumbered(record.relation, scheme))
    matrices = [scheme.intersection_matrix(i) for i in range(scheme.rank)]
    table = character_table(record.character_table)
    rows = [tuple(row[column[i]] for i in range(scheme.rank)) for row in table.rows]
    if not all(is_character(row, table.conductor, matrices) for row in rows):
        return False
    ours = np.array([[complex(x.enclosure(64).mid()) for x in row] for row in tables.P])
    for values, multiplicity in zip(table.approximate(), table.multiplicities, strict=True):
        own = [values[column[i]] for i in range(scheme.rank)]
        near = np.flatnonzero(np.abs(ours - own).max(axis=1) < 1e-9)
        if near.size != 1 or tables.multiplicities[int(near[0])] != multiplicity:
            return False
    return duality(tables, order=order)


def _renumbered(
    relation: tuple[tuple[int, ...], ...], scheme: AssociationScheme
) -> Iterator[tuple[int, int]]:
    """Yield each colour of a scheme and what it was before it was numbered canonically."""
    for i, (x, y) in enumerate(scheme.representatives):
        yield i, relation[x][y]


def krein_parameters_are_nonnegative(tables: Eigenmatrices, *, strict: bool = False) -> bool:
    """State q_ij^k >= 0 (strict: > 0) for all Krein parameters."""
    size = range(tables.rank)
    return all(
        q.sign() >= (1 if strict else 0)
        for i in size
        for j in size[i:]
        for q in tables.krein_parameters(i, j)
    )


def krein_parameters_multiply(tables: Eigenmatrices, *, factor: int = 1) -> bool:
    """State Q_li Q_lj = factor sum_k q_ij^k Q_lk for all l: they multiply the idempotents."""
    Q, size = tables.Q, range(tables.rank)
    for i in size:
        for j in size[i:]:
            krein = tables.krein_parameters(i, j)
            for row in Q:
                total = sum((q * x for q, x in zip(krein, row, strict=True)), start=row[0] * 0)
                if row[i] * row[j] != total * factor:
                    return False
    return True


def krein_condition_of(tables: Eigenmatrices, *, strict: bool = False, factor: int = 1) -> bool:
    """State that the Krein parameters multiply the idempotents and are nonnegative."""
    return krein_parameters_multiply(tables, factor=factor) and krein_parameters_are_nonnegative(
        tables, strict=strict
    )


def is_its_own_closure(
    record: SchemeRecord | ConfigurationRecord, *, altered: bool = False, flags: bool = True
) -> bool | None:
    """State that a tabulated colouring is coherent, and its tabulated flags.

    That is decided by the axioms, and beside them by refinement in floats, which finds nothing to
    split. Near misses: the colours of two pairs exchanged, or with its flags negated.
    """
    rows = [list(row) for row in record.relation]
    if altered:
        pair = next(((x, y) for x, y in _pairs(len(rows)) if rows[x][y] != rows[0][1]), None)
        if pair is None:
            return None
        x, y = pair
        rows[x][y], rows[0][1] = rows[0][1], rows[x][y]
    given = canonical(rows)
    if canonical(recognition.coherent_closure(given).relation) != given:
        return False
    try:
        closure = CoherentConfiguration(given)
    except InputError:
        return False
    return _has_the_tabulated_flags(closure, record) is flags


def _pairs(n: int) -> Iterator[tuple[int, int]]:
    """Yield the ordered pairs of different points."""
    return ((x, y) for x in range(n) for y in range(n) if x != y)


def _has_the_tabulated_flags(
    closure: CoherentConfiguration, record: SchemeRecord | ConfigurationRecord
) -> bool:
    """Say whether rank and fibres, or symmetry, commutativity and valencies, are as tabulated."""
    if isinstance(record, ConfigurationRecord):
        return (closure.rank, len(closure.fibres)) == (record.rank, record.fibres)
    return (
        closure.is_homogeneous
        and closure.is_symmetric is record.symmetric
        and closure.is_commutative is record.commutative
        and sorted(closure.valencies) == sorted(record.valencies)
    )


# ---------------------------------------------------------------- cases


def _tables_of_families(context: Context) -> Iterator[tuple[str, Eigenmatrices]]:
    """Yield the eigenmatrices of the schemes of the families."""
    for name, scheme in commutative_schemes(context):
        if scheme.rank <= 16:
            yield name, scheme.eigenmatrices


def _tables_of_records(context: Context) -> Iterator[tuple[str, Eigenmatrices]]:
    """Yield the eigenmatrices of the tabulated commutative schemes."""
    for name, record in tabulated_schemes(25)(context):
        if record.commutative:
            yield name, _eigenmatrices(record)


def _graphs_that_do_not_exist(context: Context) -> Iterator[tuple[str, Eigenmatrices]]:
    """Yield the tables that a graph of parameters (28, 9, 0, 4) would have."""
    yield "(28, 9, 0, 4)", StronglyRegularParameters(28, 9, 0, 4).eigenmatrices


def _records(
    context: Context,
) -> Iterator[tuple[str, SchemeRecord | ConfigurationRecord]]:
    """Yield the tabulated schemes and configurations."""
    for scheme in association_schemes():
        yield f"number {scheme.index} of {scheme.order} points", scheme
    for record in coherent_configurations():
        yield f"configuration {record.index} of {record.order} points", record


# ---------------------------------------------------------------- claims

DUALITY = Claim(
    "bose-mesner-duality",
    "The two eigenmatrices of a commutative association scheme are inverse up to the order",
    r"P Q = Q P = n I, \quad \sum_i \frac{P_{ji} \overline{P_{li}}}{k_i} = \frac{n}{m_j} "
    r"\delta_{jl}, \quad \sum_j m_j P_{ji} \overline{P_{jl}} = n k_i \delta_{il}, \quad "
    r"\frac{Q_{ij}}{m_j} = \frac{\overline{P_{ji}}}{k_i}, \quad \sum_j m_j = n",
    (_SCHEME, _EIGENMATRICES, r"k_i = P_{0i},\ m_j = Q_{0j} = \operatorname{rank} E_j"),
    f"{_BANNAI_ITO}, chapter II",
    ClaimKind.theorem,
    (
        derived(
            bose_mesner_duality(),
            {
                "n + 1 in place of n": bose_mesner_duality(order=symbol("n") + 1),
                "idempotents that are not orthogonal": bose_mesner_duality().without("E*E = M"),
            },
        ),
        on_cases(
            eigenmatrices_of,
            {
                "P Q = (n + 1) I": partial(eigenmatrices_of, order=1),
                "valencies off by 1": partial(eigenmatrices_of, shift=1),
            },
            commutative_schemes,
            name="exact families",
            description="P and Q over their number fields, for schemes of every family.",
        ),
        on_cases(
            agrees_with_the_table,
            {"P Q = (n + 1) I": partial(agrees_with_the_table, order=1)},
            tabulated_schemes(25),
            name="tabulated schemes",
            description="P beside published character tables; a seeded sample at the quick level.",
        ),
    ),
)

KREIN = Claim(
    "krein-conditions",
    "The Krein parameters of a commutative association scheme are nonnegative",
    r"E_i \circ E_j = \tfrac1n \sum_k q_{ij}^k E_k, \quad q_{ij}^k \ge 0",
    (_SCHEME, r"\circ \text{ the product entry by entry}"),
    "Scott 1973, A condition on Higman's parameters",
    ClaimKind.theorem,
    (
        derived(
            krein_condition(),
            {
                "the other sign": krein_condition(sign=-1),
                "a product of matrices that are not projectors": krein_condition().without("B B"),
            },
        ),
        on_cases(
            krein_condition_of,
            {
                "strictly positive": partial(krein_condition_of, strict=True),
                "twice the products": partial(krein_condition_of, factor=2),
                "a graph (28, 9, 0, 4)": Family(krein_condition_of, _graphs_that_do_not_exist),
            },
            _tables_of_families,
            name="exact families",
            description="Signs over the number field, for the schemes of rank at most 16.",
        ),
        on_cases(
            krein_parameters_are_nonnegative,
            {"strictly positive": partial(krein_parameters_are_nonnegative, strict=True)},
            _tables_of_records,
            name="tabulated schemes",
            description="The commutative schemes of the table; a seeded sample at the quick level.",
        ),
    ),
)

COHERENT = Claim(
    "tabulated-schemes-are-coherent",
    "Every tabulated scheme and coherent configuration is its own coherent closure",
    r"\operatorname{WL}_2(R) = R, \allowbreak \text{ with its tabulated rank and fibres} "
    r"\allowbreak \text{ or valencies, symmetry, commutativity}",
    (
        r"R \text{ one of 1897 association schemes of 3 to 30 points}",
        r"\text{or one of 492 coherent configurations of 1 to 10 points}",
    ),
    "Hanaki and Miyamoto, classification of small association schemes; Klin, Pech and Reichard, "
    "COCO2P",
    ClaimKind.theorem,
    (
        on_cases(
            is_its_own_closure,
            {
                "the colours of two pairs exchanged": partial(is_its_own_closure, altered=True),
                "another flag": partial(is_its_own_closure, flags=False),
            },
            _records,
            description="The axioms, exactly, and refinement in floats with random weights.",
        ),
    ),
)

CLAIMS = (DUALITY, KREIN, COHERENT)
