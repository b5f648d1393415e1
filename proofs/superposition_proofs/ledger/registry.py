"""The registry of claims: a directed acyclic graph of statements and what they use."""

from __future__ import annotations

import difflib
import importlib
import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import networkx as nx
from superposition_theory.errors import InputError

from .fields import require_instance
from .records import Claim

_ORIGIN = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


class UnknownClaimError(InputError, KeyError):
    """The id of a claim that the registry does not hold; a KeyError too, as mappings require.

    Examples
    --------
    >>> issubclass(UnknownClaimError, InputError)
    True
    """

    def __str__(self) -> str:
        """Return the message as it is: a KeyError would show it quoted."""
        return str(self.args[0])


class Registry(Mapping[str, Claim]):
    """Claims by id, in the order given; iteration runs over the ids.

    Parameters
    ----------
    claims : Iterable[Claim]
        With distinct ids; every id that an evidence uses is among them, and no claim uses itself,
        directly or through others.
    origin : str, optional
        ``"module:attribute"`` from which another process can import this same registry. Without it
        the registry can only be run in this process.

    Raises
    ------
    InputError
        If an id appears twice, a used id is unknown, or the claims use each other in a circle.

    Examples
    --------
    >>> from superposition_proofs.ledger import ClaimKind, Reference, Status
    >>> lemma = Claim("lemma", "Lemma", "$a$", (), "ours", ClaimKind.theorem, ())
    >>> proof = Reference(Status.written, "By the lemma.", uses=("lemma",))
    >>> theorem = Claim("theorem", "Theorem", "$b$", (), "ours", ClaimKind.theorem, (proof,))
    >>> registry = Registry([theorem, lemma])
    >>> list(registry), registry.order()
    (['theorem', 'lemma'], ('lemma', 'theorem'))
    """

    def __init__(self, claims: Iterable[Claim], origin: str | None = None) -> None:
        if origin is not None and not _ORIGIN.fullmatch(str(origin)):
            raise InputError(f"origin must have the form 'module:attribute', got {origin!r}")
        self.origin = origin
        self._claims: dict[str, Claim] = {}
        for claim in claims:
            require_instance("each of claims", claim, Claim)
            if claim.id in self._claims:
                raise InputError(f"two claims have the id {claim.id!r}; ids must be unique")
            self._claims[claim.id] = claim
        for claim in self._claims.values():
            for used in claim.uses:
                if used not in self._claims:
                    raise InputError(
                        f"the claim {claim.id!r} uses {used!r}, which is not in the registry"
                        f"{self._suggestion(used)}"
                    )
        self._graph = self._build_graph()
        self._order = self._sort()

    def __getitem__(self, claim_id: str) -> Claim:
        """Return the claim of an id; an unknown id is an InputError with close matches."""
        try:
            return self._claims[claim_id]
        except (KeyError, TypeError):
            raise UnknownClaimError(
                f"there is no claim {claim_id!r}{self._suggestion(claim_id)}; "
                "`superposition claims` lists the ids"
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._claims)

    def __len__(self) -> int:
        return len(self._claims)

    def graph(self) -> Any:
        """Return the graph of the claims.

        Returns
        -------
        networkx.DiGraph
            A node for each id, with attributes `kind` and `title`, and an edge from a claim to
            each claim that it uses. The graph is a copy.
        """
        return self._graph.copy()

    def order(self) -> tuple[str, ...]:
        """Return all ids, dependencies first, and otherwise in the order of the registry."""
        return self._order

    def closure(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return the given ids and all that they use, directly or not, dependencies first.

        Parameters
        ----------
        ids : Iterable[str]
            Ids of claims.

        Returns
        -------
        tuple[str, ...]
            In the order of `order`.

        Raises
        ------
        InputError
            If an id is unknown.
        """
        wanted: set[str] = set()
        for claim in self.select(ids):
            wanted |= {claim.id, *nx.descendants(self._graph, claim.id)}
        return tuple(claim_id for claim_id in self._order if claim_id in wanted)

    def select(self, ids: Iterable[str]) -> tuple[Claim, ...]:
        """Return the claims of the given ids and no others, each once, in the registry's order.

        Parameters
        ----------
        ids : Iterable[str]
            Ids of claims, not one string.

        Returns
        -------
        tuple[Claim, ...]
            Without the claims that these use: see `closure`.

        Raises
        ------
        InputError
            If an id is unknown or `ids` is a string.
        """
        if isinstance(ids, str):
            raise InputError(f"ids must be a collection of claim ids, got the string {ids!r}")
        wanted = {self[claim_id].id for claim_id in ids}
        return tuple(claim for claim in self._claims.values() if claim.id in wanted)

    def _suggestion(self, claim_id: object) -> str:
        """Return a phrase with the ids that look like the one given, or nothing."""
        close = difflib.get_close_matches(str(claim_id), self._claims)
        return f"; close matches: {', '.join(close)}" if close else ""

    def _build_graph(self) -> Any:
        """Return the graph with its attributes."""
        graph = nx.DiGraph()
        for claim in self._claims.values():
            graph.add_node(claim.id, kind=str(claim.kind), title=claim.title)
        for claim in self._claims.values():
            graph.add_edges_from((claim.id, used) for used in claim.uses)
        return graph

    def _sort(self) -> tuple[str, ...]:
        """Sort topologically, or raise with the cycle."""
        position = {claim_id: index for index, claim_id in enumerate(self._claims)}
        try:
            return tuple(
                nx.lexicographical_topological_sort(self._graph.reverse(), key=position.__getitem__)
            )
        except nx.NetworkXUnfeasible:
            edges = nx.find_cycle(self._graph)
            path = " -> ".join([edges[0][0], *(target for _, target in edges)])
            raise InputError(f"the claims use each other in a circle: {path}") from None


def load_registry(origin: str) -> Registry:
    """Import the registry that an origin names.

    Parameters
    ----------
    origin : str
        ``"module:attribute"``.

    Returns
    -------
    Registry
        The object found there.

    Raises
    ------
    InputError
        If the module or the attribute is not found, or is not a Registry.

    Examples
    --------
    >>> load_registry("math:pi")
    Traceback (most recent call last):
    ...
    superposition_theory.errors.InputError: origin 'math:pi' holds a float, not a Registry
    """
    module, _, attribute = origin.partition(":")
    try:
        found = operator.attrgetter(attribute)(importlib.import_module(module))
    except (ImportError, AttributeError) as error:
        raise InputError(f"origin {origin!r} cannot be imported: {error}") from error
    if not isinstance(found, Registry):
        raise InputError(f"origin {origin!r} holds a {type(found).__name__}, not a Registry")
    return found
