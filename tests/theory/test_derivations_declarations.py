"""What is declared by being written down: letters, names, and the types that are trusted."""

import pytest
from superposition_theory.derivations.deciding import Using
from superposition_theory.derivations.declarations import (
    letters_of,
    nodes_of,
    require_distinct_meanings,
    require_known_parts,
    shape_text,
)
from superposition_theory.derivations.polynomials import Polynomial, identity, matrix
from superposition_theory.derivations.rewriting import Rule, TraceRule
from superposition_theory.derivations.scalars import symbol
from superposition_theory.derivations.traces import trace
from superposition_theory.derivations.words import Letter
from superposition_theory.errors import InputError

W, P = matrix("W", "m", "n"), matrix("P", "m", "m", self_adjoint=True)
LETTER_W = Letter("W", False, "m", "n")
LETTER_P = Letter("P", False, "m", "m", self_adjoint=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (W, (LETTER_W,)),
        (W.star, (LETTER_W,)),
        (trace(W * W.star * P), (LETTER_P, LETTER_W)),
        (Rule("r", W * W.star, P, because=""), (LETTER_P, LETTER_W)),
        (TraceRule("t", trace(P), 1, because=""), (LETTER_P,)),
        (Using("r", left=P), (LETTER_P,)),
        ((("name", W), (1, None, (P,))), (LETTER_P, LETTER_W)),
        (identity("m"), ()),
        (symbol("W"), ()),
    ],
)
def test_letters_are_found_at_any_depth(value: object, expected: tuple[Letter, ...]) -> None:
    assert letters_of(value) == expected


def test_letters_of_several_values_must_agree() -> None:
    assert letters_of(W, P, W.star) == (LETTER_P, LETTER_W)
    message = r"letter P occurs with two shapes \(m x m, self-adjoint; m x m\); accepted: one"
    with pytest.raises(InputError, match=message):
        letters_of(P, matrix("P", "m", "m"))
    with pytest.raises(InputError, match=r"\(m x n; n x m\)"):
        letters_of(W, matrix("W", "n", "m"))


def test_nodes_are_the_value_and_all_its_parts() -> None:
    using = Using("r", left=W)
    nodes = list(nodes_of((using,)))
    assert nodes[:4] == [(using,), using, "r", W]
    assert ("m" in nodes, LETTER_W in nodes, "W" in nodes) == (True, True, False)
    assert list(nodes_of("name")) == ["name"]


def test_shapes_in_words() -> None:
    assert shape_text(LETTER_W) == "m x n"
    assert shape_text(LETTER_P) == "m x m, self-adjoint"


def test_members_are_exactly_of_the_accepted_types() -> None:
    class Mine(Polynomial):
        """A polynomial in name."""

    require_known_parts(Using("r", left=W), {})
    require_known_parts(Using("r"), {"using": frozenset({Using})})
    with pytest.raises(InputError, match="of the type Mine; accepted: exact scalars"):
        require_known_parts(Using("r", left=Mine("m", "n", W.terms)), {})
    with pytest.raises(InputError, match=r"of the type list; accepted: exact scalars"):
        require_known_parts(Using("r", left=[W]), {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("whole", "notation", "random", "message"),
    [
        ((W,), ("W",), (), "W is the name of a letter and of an abbreviation"),
        ((W,), (), ("m",), "m is the name of a random variable and of a dimension"),
        ((identity("m"),), (), ("m",), "m is the name of a random variable and of a dimension"),
        ((W, symbol("W")), (), (), "W is the name of a letter and of a scalar"),
        ((W * 2, W * symbol("W")), (), (), "W is the name of a letter and of a scalar"),
        ((W,), ("m",), (), "m is the name of an abbreviation and of a scalar"),
        ((W,), (), ("W",), "W is the name of a letter and of a scalar"),
        ((W,), ("x",), ("x",), "x is the name of an abbreviation and of a scalar"),
        ((W,), ("x", "y", "x"), (), "x is the name of an abbreviation and of another"),
        ((symbol("E[x]"),), (), (), "named 'E.x.'; accepted: an identifier"),
        ((matrix("A", "n+1", "m"),), (), (), "named 'n.1'; accepted: an identifier"),
    ],
)
def test_shared_names_are_refused(
    whole: object, notation: tuple[str, ...], random: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        require_distinct_meanings(whole, notation, random)


def test_other_names_are_accepted() -> None:
    vector = matrix("v", "m", "1")
    whole = (W * symbol("m"), vector, symbol("lambda"))
    require_distinct_meanings(whole, ("G", "F^+"), ("lambda", "mu"))
