"""The registry is a mapping and a directed acyclic graph."""

from typing import Any

import pytest
from proofs.ledger_samples import claim, evidence
from superposition_proofs.ledger import (
    ClaimKind,
    Reference,
    Registry,
    Status,
    UnknownClaimError,
    load_registry,
)
from superposition_theory.errors import InputError

from proofs import ledger_samples


def citing(*uses: str) -> Reference:
    return Reference(Status.cited, source="a paper", uses=uses)


#   top -> left -> base,  top -> right -> base,  alone
DIAMOND = Registry(
    [
        claim("top", citing("right"), evidence(uses=("left",))),
        claim("right", citing("base")),
        claim("left", citing("base"), kind=ClaimKind.conjecture, title="Left"),
        claim("alone"),
        claim("base"),
    ]
)


def test_it_is_a_mapping() -> None:
    assert list(DIAMOND) == ["top", "right", "left", "alone", "base"]
    assert len(DIAMOND) == 5
    assert DIAMOND["left"].title == "Left"
    assert "left" in DIAMOND
    assert "lift" not in DIAMOND
    assert DIAMOND.get("lift") is None
    assert [item.id for item in DIAMOND.values()] == list(DIAMOND)


def test_order_puts_dependencies_first_and_else_keeps_the_order_given() -> None:
    assert DIAMOND.order() == ("alone", "base", "right", "left", "top")


@pytest.mark.parametrize(
    ("ids", "closure"),
    [
        ([], ()),
        (["base"], ("base",)),
        (["left"], ("base", "left")),
        (["top"], ("base", "right", "left", "top")),
        (["alone", "left", "left"], ("alone", "base", "left")),
        (DIAMOND, DIAMOND.order()),
    ],
)
def test_closure(ids: Any, closure: tuple[str, ...]) -> None:
    assert DIAMOND.closure(ids) == closure


def test_select_gives_the_named_claims_only() -> None:
    assert DIAMOND.select(["base", "top", "base"]) == (DIAMOND["top"], DIAMOND["base"])


def test_graph() -> None:
    graph = DIAMOND.graph()
    assert set(graph.edges) == {
        ("top", "right"),
        ("top", "left"),
        ("right", "base"),
        ("left", "base"),
    }
    assert graph.nodes["left"] == {"kind": "conjecture", "title": "Left"}
    graph.remove_node("base")
    assert "base" in DIAMOND.graph()


def test_unknown_id_names_close_matches_and_how_to_list() -> None:
    with pytest.raises(InputError) as caught:
        DIAMOND["rigth"]
    assert str(caught.value) == (
        "there is no claim 'rigth'; close matches: right; `superposition claims` lists the ids"
    )
    assert isinstance(caught.value, KeyError)
    with pytest.raises(UnknownClaimError, match=r"there is no claim 'zzz'; `superposition claims`"):
        DIAMOND.closure(["base", "zzz"])
    with pytest.raises(UnknownClaimError, match=r"there is no claim \['base'\]"):
        DIAMOND[["base"]]  # type: ignore[index]


def test_ids_as_one_string() -> None:
    with pytest.raises(InputError, match=r"ids must be a collection of claim ids, got .* 'base'"):
        DIAMOND.select("base")


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ([claim("a"), claim("a")], r"two claims have the id 'a'"),
        ([claim("abcd"), claim("b", citing("abce"))], r"'b' uses 'abce', .*close matches: abcd"),
        ([claim("abc"), claim("abd"), claim("b", citing("abe"))], r"matches: (abc, abd|abd, abc)$"),
        ([claim("a", citing("a"))], r"in a circle: a -> a"),
        (
            [claim("d", citing("a")), claim("a", citing("b")), claim("b", citing("a"))],
            r"in a circle: (a -> b -> a|b -> a -> b)$",
        ),
        (["a"], r"each of claims must be a Claim, got 'a'"),
    ],
    ids=["twice", "unknown", "two matches", "itself", "cycle", "type"],
)
def test_bad_registries(claims: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Registry(claims)


@pytest.mark.parametrize("origin", ["module", "module:", ":x", "a b:c", "a:b:c", "", 3, ".a:b"])
def test_bad_origins(origin: Any) -> None:
    with pytest.raises(InputError, match=r"origin must have the form 'module:attribute', got"):
        Registry([], origin)


def test_load_registry() -> None:
    assert load_registry(ledger_samples.ORIGIN) is ledger_samples.REGISTRY


@pytest.mark.parametrize(
    ("origin", "message"),
    [
        ("no_such_module:X", r"'no_such_module:X' cannot be imported: No module named"),
        ("proofs.ledger_samples:X", r"cannot be imported: .* has no attribute 'X'"),
        ("proofs.ledger_samples:NOT_A_REGISTRY", r"holds a float, not a Registry"),
    ],
)
def test_bad_loads(origin: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_registry(origin)
