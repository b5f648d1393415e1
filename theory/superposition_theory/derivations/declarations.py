"""What a derivation declares by being written down: its parts, its letters and its names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from types import NoneType
from typing import Any

import sympy

from superposition_theory.errors import InputError

from .expectations import Expectation
from .polynomials import Polynomial, collected
from .traces import TracePolynomial, trace
from .words import Letter

_PLAIN = (tuple, Letter, Expectation, Polynomial, TracePolynomial)
_LEAVES = (str, int, Fraction, sympy.Basic, NoneType)


def nodes_of(value: object) -> Iterator[object]:
    """Yield everything in a nest of tuples and dataclasses, the nest itself included.

    Parameters
    ----------
    value : object
        A hypothesis, a step, a polynomial, or a tuple of such.

    Yields
    ------
    object
        The value and what its fields or items contain; letters are not taken apart.

    Examples
    --------
    >>> list(nodes_of((1, ("a",))))
    [(1, ('a',)), 1, ('a',), 'a']
    """
    yield value
    if isinstance(value, tuple):
        for item in value:
            yield from nodes_of(item)
    elif is_dataclass(value) and not isinstance(value, Letter):
        for field in fields(value):
            yield from nodes_of(getattr(value, field.name))


def letters_of(*values: object) -> tuple[Letter, ...]:
    """Return the letters that occur, each once and without star.

    Parameters
    ----------
    *values : object
        Hypotheses, steps, polynomials, or tuples of such.

    Returns
    -------
    tuple of Letter
        Sorted by name.

    Raises
    ------
    InputError
        If one name stands for two letters: of different shapes, or one declared self-adjoint
        and one not.

    Examples
    --------
    >>> W = Letter("W", False, "m", "n")
    >>> letters_of((W, W.adjoint)) == (W,)
    True
    """
    seen: dict[str, Letter] = {}
    for node in nodes_of(values):
        if isinstance(node, Letter):
            plain = node.adjoint if node.starred else node
            first = seen.setdefault(plain.name, plain)
            if first != plain:
                raise InputError(
                    f"the letter {plain.name} occurs with two shapes ({shape_text(first)}; "
                    f"{shape_text(plain)}); accepted: one letter for each name"
                )
    return tuple(sorted(seen.values()))


def shape_text(letter: Letter) -> str:
    """Return the shape of a letter in words.

    Parameters
    ----------
    letter : Letter
        Not starred.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> shape_text(Letter("P", False, "m", "m", self_adjoint=True))
    'm x m, self-adjoint'
    """
    return f"{letter.rows} x {letter.cols}" + (", self-adjoint" if letter.self_adjoint else "")


def require_known_parts(whole: Any, members: Mapping[str, frozenset[type]]) -> None:
    """Raise unless a derivation is built from the types of this package alone.

    What a step decides is as good as its type, so subclasses and look-alikes are refused, and so
    is a polynomial whose words are not as arithmetic leaves them.

    Parameters
    ----------
    whole : Derivation, hypothesis, step or other member
        A dataclass.
    members : mapping of str to frozenset of type
        The types accepted in the fields of these names, all of which are tuples.

    Raises
    ------
    InputError
        If something else occurs.

    Examples
    --------
    >>> require_known_parts(Letter("W", False, "m", "n"), {})
    >>> require_known_parts(Letter("W", False, "m", "n"), {"name": frozenset({Letter})})
    Traceback (most recent call last):
        ...
    superposition_theory.errors.InputError: name is 'W'; accepted: a tuple of Letter
    """
    for field in fields(whole):
        value = getattr(whole, field.name)
        if field.name not in members:
            for node in nodes_of(value):
                _require_plain(node)
            continue
        accepted = members[field.name]
        if type(value) is not tuple or any(type(item) not in accepted for item in value):
            listed = ", ".join(sorted(kind.__name__ for kind in accepted))
            raise InputError(f"{field.name} is {value!r}; accepted: a tuple of {listed}")
        for item in value:
            require_known_parts(item, members)


def _require_plain(node: object) -> None:
    """Raise unless this is a scalar, a name, or part of a polynomial in its usual form."""
    if type(node) not in _PLAIN and not isinstance(node, _LEAVES):
        raise InputError(
            f"a derivation contains {node!r} of the type {type(node).__name__}; accepted: exact "
            "scalars, names, polynomials, traces and tuples"
        )
    if isinstance(node, Polynomial):
        usual = Polynomial.of(*node.shape, dict(node.terms)).terms
    elif isinstance(node, TracePolynomial):
        words = (word for word, _ in node.terms if word)
        cycles = (Polynomial.of(word[0].rows, word[0].rows, {word: 1}) for word in words)
        least = [word for cycle in cycles for word, _ in trace(cycle).terms]
        usual = collected(node.terms)
        if least != [word for word, _ in node.terms if word]:
            raise InputError(f"{node} contains a word that is not the least of its class")
    else:
        return
    if [word for word, _ in usual] != [word for word, _ in node.terms]:
        raise InputError(
            f"the terms of {node} are not in order; accepted: distinct words, the greatest first, "
            "with nonzero coefficients"
        )


def require_distinct_meanings(
    whole: object, notation: Iterable[str], random: Iterable[str]
) -> None:
    """Raise where one name has two meanings, or the name of a scalar is not an identifier.

    The name of a dimension is also the scalar that is its size; no other name is shared.

    Parameters
    ----------
    whole : object
        The derivation.
    notation, random : iterable of str
        Names of abbreviations and of random variables.

    Raises
    ------
    InputError
        If a name is shared, or a scalar or dimension has a name such as "E[x]", which reads like
        a moment.

    Examples
    --------
    >>> W = Letter("W", False, "m", "n")
    >>> require_distinct_meanings((W,), ("G",), ())
    >>> require_distinct_meanings((W,), ("W",), ())  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    superposition_theory.errors.InputError: W is the name of a letter and of an abbreviation; ...
    """
    abbreviations, variables = list(notation), set(random)
    letters = {letter.name for letter in letters_of(whole)}
    dimensions, scalars = set[str](), set[str]()
    for node in nodes_of(whole):
        if isinstance(node, Letter | Polynomial):
            dimensions |= {node.rows, node.cols} - {"1"}
        elif isinstance(node, sympy.Basic):
            scalars |= {atom.name for atom in node.free_symbols}
    for name in sorted(scalars | dimensions):
        if not name.isidentifier():
            raise InputError(f"a scalar or dimension is named {name!r}; accepted: an identifier")
    numbers = scalars | dimensions | variables
    for first, second, shared in (
        ("a random variable", "a dimension", variables & dimensions),
        ("a letter", "an abbreviation", letters & set(abbreviations)),
        ("a letter", "a scalar", letters & numbers),
        ("an abbreviation", "a scalar", numbers & set(abbreviations)),
        ("an abbreviation", "another", {x for x in abbreviations if abbreviations.count(x) > 1}),
    ):
        if shared:
            raise InputError(
                f"{min(shared)} is the name of {first} and of {second}; accepted: one meaning for "
                "each name"
            )
