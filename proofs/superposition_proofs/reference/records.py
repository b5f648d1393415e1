"""Readers of the tables in this package. Where each comes from is in SOURCES.md beside them."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

Relation = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class SchemeRecord:
    """An association scheme, not necessarily commutative, of the classification of small ones.

    Attributes
    ----------
    order, index : int
        Number of points, and the number of the scheme among those of this order, from 1.
    symmetric, commutative : bool
    valencies : tuple of int
        Of the colours, in their numbering here.
    relation : tuple of tuple of int, shape (order, order)
        Colours of the pairs of points; 0 is the diagonal.
    character_table : str
        Rows are irreducible characters, columns the colours, then the multiplicity; see
        `character_table`.

    Examples
    --------
    >>> from superposition_proofs.reference import association_schemes
    >>> triangle = next(association_schemes())
    >>> triangle.relation, triangle.character_table
    (((0, 1, 1), (1, 0, 1), (1, 1, 0)), '[[1,2,1],[1,-1,2]]')
    """

    order: int
    index: int
    symmetric: bool
    commutative: bool
    valencies: tuple[int, ...]
    relation: Relation
    character_table: str


@dataclass(frozen=True)
class ConfigurationRecord:
    """A coherent configuration of few points.

    Attributes
    ----------
    order, index : int
        Number of points, and the number of the configuration among those of this order, from 1.
    rank, fibres : int
        Numbers of colours and of colours of the diagonal.
    relation : tuple of tuple of int, shape (order, order)
        Colours of the pairs of points.

    Examples
    --------
    >>> from superposition_proofs.reference import coherent_configurations
    >>> [record.rank for record in coherent_configurations() if record.order == 3]
    [2, 3]
    """

    order: int
    index: int
    rank: int
    fibres: int
    relation: Relation


@dataclass(frozen=True)
class StronglyRegularRecord:
    """Parameters of strongly regular graphs that pass the elementary conditions.

    Attributes
    ----------
    order, valency, lambda_, mu : int
        Numbers of vertices, of neighbours, and of common neighbours of two vertices that are and
        that are not adjacent.
    status : str
        "exists", "impossible" or "open", as of the release of the table in 2025.
    multiplicities : tuple of two ints
        Of the larger and the smaller eigenvalue beside the valency.

    Examples
    --------
    >>> from superposition_proofs.reference import strongly_regular_parameters
    >>> next(strongly_regular_parameters())
    StronglyRegularRecord(order=5, valency=2, lambda_=0, mu=1, status='exists',
        multiplicities=(2, 2))
    """

    order: int
    valency: int
    lambda_: int
    mu: int
    status: str
    multiplicities: tuple[int, int]


@dataclass(frozen=True)
class RealFrameRecord:
    """A real equiangular tight frame that is equivalent to a strongly regular graph.

    Attributes
    ----------
    dimensions, vectors : int
        d and n, with n > d + 1.
    status : str
        "exists", "impossible" or "open", that of the graph.
    graph : tuple of four ints
        Order n - 1, valency, lambda and mu of the graph; its valency is 2 mu.

    Examples
    --------
    >>> from superposition_proofs.reference import real_etf_parameters
    >>> next(real_etf_parameters())
    RealFrameRecord(dimensions=3, vectors=6, status='exists', graph=(5, 2, 0, 1))
    """

    dimensions: int
    vectors: int
    status: str
    graph: tuple[int, int, int, int]


def association_schemes() -> Iterator[SchemeRecord]:
    """Yield association schemes of 3 to 30 points, most of those that there are.

    Yields
    ------
    SchemeRecord

    References
    ----------
    Hanaki and Miyamoto 2003, "Classification of association schemes of small order"; Bamberg,
    Hanaki and Lansdown, "AssociationSchemes", DOI 10.5281/zenodo.2634954.

    Examples
    --------
    >>> from superposition_proofs.reference import association_schemes
    >>> schemes = list(association_schemes())
    >>> len(schemes), sum(scheme.commutative for scheme in schemes)
    (1897, 1565)
    """
    for line in _lines("association_schemes.jsonl.gz"):
        fields = json.loads(line)
        fields["valencies"] = tuple(fields["valencies"])
        fields["relation"] = _relation(fields["relation"])
        yield SchemeRecord(**fields)


def coherent_configurations() -> Iterator[ConfigurationRecord]:
    """Yield coherent configurations of 1 to 10 points; beyond one point no fibre is a single point.

    Yields
    ------
    ConfigurationRecord

    References
    ----------
    Klin, Pech and Reichard, "COCO2P", a GAP package.

    Examples
    --------
    >>> from superposition_proofs.reference import coherent_configurations
    >>> sum(1 for _ in coherent_configurations())
    492
    """
    for line in _lines("coherent_configurations.jsonl.gz"):
        fields = json.loads(line)
        fields["relation"] = _relation(fields["relation"])
        yield ConfigurationRecord(**fields)


def strongly_regular_parameters() -> Iterator[StronglyRegularRecord]:
    """Yield the feasible parameters of strongly regular graphs on at most 1300 vertices.

    Yields
    ------
    StronglyRegularRecord

    References
    ----------
    Brouwer, "Parameters of strongly regular graphs".

    Examples
    --------
    >>> from superposition_proofs.reference import strongly_regular_parameters
    >>> [r.order for r in strongly_regular_parameters() if (r.lambda_, r.mu) == (0, 1)]
    [5, 10, 50]
    """
    for row in _rows("srg_parameters.csv.gz"):
        order, valency, lambda_, mu, status, larger, smaller = row
        yield StronglyRegularRecord(
            int(order), int(valency), int(lambda_), int(mu), status, (int(larger), int(smaller))
        )


def real_etf_parameters() -> Iterator[RealFrameRecord]:
    """Yield the real equiangular tight frames of n > d + 1 vectors whose graph is in the table.

    Yields
    ------
    RealFrameRecord

    References
    ----------
    Waldron 2009, "On the construction of equiangular frames from graphs".

    Examples
    --------
    >>> from superposition_proofs.reference import real_etf_parameters
    >>> [(f.dimensions, f.vectors) for f in real_etf_parameters() if f.vectors < 16]
    [(3, 6), (5, 10), (7, 14)]
    """
    for dimensions, vectors, status, *graph in _rows("etf_real_from_srg.csv.gz"):
        order, valency, lambda_, mu = map(int, graph)
        yield RealFrameRecord(int(dimensions), int(vectors), status, (order, valency, lambda_, mu))


def _lines(name: str) -> Iterator[str]:
    """Yield the lines of a compressed file of this package."""
    path = files(__package__).joinpath(name)
    with path.open("rb") as packed, gzip.open(packed, "rt", encoding="ascii") as text:
        yield from text


def _rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of a compressed table of this package, without its head."""
    rows = csv.reader(_lines(name))
    next(rows)
    yield from rows


def _relation(rows: list[str]) -> Relation:
    """Decode rows of characters, "0" for colour 0 and so on in the order of ASCII."""
    return tuple(tuple(ord(character) - ord("0") for character in row) for row in rows)
