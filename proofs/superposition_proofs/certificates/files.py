"""Certificates as files: what was decided, and the trees that let a reader decide it again."""

from __future__ import annotations

import base64
import inspect
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from superposition_numerics.certify import (
    Arithmetic,
    Box,
    Convex,
    Enclosure,
    Positive,
    Proved,
    Question,
)
from superposition_theory.errors import InputError

from ..files import write_text
from ..ledger.environment import environment
from .check import MOST_CHARACTERS, SCHEMA, VERSION, Rejected, digest, parsed
from .theorems import Decision

_DECIMALS = 60
_PLAIN = 400  # marks up to which a tree is left readable
_VERSIONS = ("python", "numpy", "python-flint", "spectral-superposition")


@dataclass(frozen=True)
class Part:
    """One question of a certificate.

    Attributes
    ----------
    name : str
    kind : str
        "positive" or "convex".
    variables : tuple of str
    domain : tuple of (lower, upper)
    left_out : tuple of (lower, upper), optional
    rules : dict from letter to str
        What the letters that occur in the tree mean.
    tree : str
        As `superposition_numerics.certify.leaves` reads it.
    """

    name: str
    kind: str
    variables: tuple[str, ...]
    domain: Box
    left_out: Box | None
    rules: Mapping[str, str]
    tree: str


@dataclass(frozen=True)
class Certificate:
    """A theorem that was decided, with what another program needs to decide it again.

    Attributes
    ----------
    name, statement : str
        Of the theorem.
    constants : dict of str to Enclosure
        Bounds of 60 decimals, outside those of the theorem.
    conditions : tuple of str
        Inequalities between constants.
    parts : tuple of Part
    arithmetic : str
        "floats", "integers" or "balls": what it was made with.
    bits : int
        Of that arithmetic.
    versions : dict of str to str

    Examples
    --------
    >>> from superposition_proofs.certificates import read_certificate
    >>> from superposition_proofs.certificates.files import stored
    >>> certificate = read_certificate(stored("pentagon"))
    >>> [part.name for part in certificate.parts][-2:]
    ['outside', 'neighbourhood']
    """

    name: str
    statement: str
    constants: Mapping[str, Enclosure]
    conditions: tuple[str, ...]
    parts: tuple[Part, ...]
    arithmetic: str
    bits: int
    versions: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data, with schema, version and hash."""
        content: dict[str, Any] = {
            "schema": SCHEMA,
            "version": VERSION,
            "name": self.name,
            "statement": self.statement,
            "constants": {
                name: [_decimals(value.lower), _decimals(value.upper)]
                for name, value in self.constants.items()
            },
            "conditions": list(self.conditions),
            "parts": [_part_to_dict(part) for part in self.parts],
            "arithmetic": {"name": self.arithmetic, "bits": self.bits},
            "versions": dict(self.versions),
        }
        return {**content, "sha256": digest(content)}


def certificate_of(decision: Decision, arithmetic: Arithmetic) -> Certificate:
    """Return the certificate of a theorem that was proved.

    Parameters
    ----------
    decision : Decision
    arithmetic : Arithmetic
        That it was made with.

    Returns
    -------
    Certificate

    Raises
    ------
    InputError
        If a condition or a question is not proved.

    Examples
    --------
    >>> from superposition_numerics.certify import FLOATS
    >>> from superposition_proofs.certificates import (
    ...     certificate_of, decide_theorem, pentagon_theorem)
    >>> decision = decide_theorem(pentagon_theorem(), FLOATS)
    >>> certificate_of(decision, FLOATS).arithmetic
    'floats'
    """
    theorem, verdicts = decision.theorem, decision.verdicts
    if decision.answer != "proved":
        raise InputError(
            f"decision of {theorem.name!r} is {decision.answer}; only what is proved has a "
            "certificate"
        )
    versions = environment()
    parts = []
    for question in theorem.questions:
        verdict = verdicts[question.name]
        if isinstance(verdict, Proved):
            parts.append(_part(question, verdict))
    return Certificate(
        theorem.name,
        theorem.statement,
        {name: _outward(value) for name, value in theorem.constants.items()},
        tuple(condition.text for condition in theorem.conditions),
        tuple(parts),
        arithmetic.name,
        getattr(arithmetic, "bits", 53),
        {name: versions[name] for name in _VERSIONS},
    )


def write_certificate(certificate: Certificate, path: str | Path) -> Path:
    """Write a certificate under a temporary name, then rename it.

    Parameters
    ----------
    certificate : Certificate
    path : str or Path

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from superposition_proofs.certificates import read_certificate, write_certificate
    >>> from superposition_proofs.certificates.files import stored
    >>> certificate = read_certificate(stored("pentagon"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_certificate(certificate, folder + "/pentagon.json")
    ...     read_certificate(path) == certificate
    True
    """
    return write_text(Path(path), render(certificate))


def render(certificate: Certificate) -> str:
    """Return the text of a certificate's file.

    Examples
    --------
    >>> from superposition_proofs.certificates.files import render, stored
    >>> from superposition_proofs.certificates import read_certificate
    >>> render(read_certificate(stored("pentagon"))) == stored("pentagon").read_text()
    True
    """
    return json.dumps(certificate.to_dict(), indent=1) + "\n"


def read_certificate(path: str | Path) -> Certificate:
    """Read a certificate; its form and its hash are checked, its theorem is not.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Certificate

    Raises
    ------
    InputError
        If there is no such file, or it is not a complete, unchanged certificate; the message
        names the place.

    Examples
    --------
    >>> from superposition_proofs.certificates import read_certificate
    >>> from superposition_proofs.certificates.files import stored
    >>> read_certificate(stored("pentagon")).constants["F"].digits(30)
    '0.015825627074494197669821482295'
    """
    try:
        data = Path(path).read_bytes()[: MOST_CHARACTERS + 1]
        content = parsed(data.decode("utf-8"))
    except OSError as error:
        raise InputError(f"path is {str(path)!r}, which cannot be read ({error})") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"path is {str(path)!r}; byte {error.start} of it is not UTF-8, accepted is a "
            "certificate as `superposition certify` writes it"
        ) from error
    except Rejected as error:
        raise InputError(
            f"path is {str(path)!r}, which is no certificate; {error.place}: {error.reason}"
        ) from error
    return Certificate(
        content["name"],
        content["statement"],
        {
            name: Enclosure(Fraction(low), Fraction(high))
            for name, (low, high) in content["constants"].items()
        },
        tuple(content["conditions"]),
        tuple(_part_from_dict(part) for part in content["parts"]),
        content["arithmetic"]["name"],
        content["arithmetic"]["bits"],
        content["versions"],
    )


def stored(name: str) -> Path:
    """Return where the certificate of a theorem is kept in the package.

    Examples
    --------
    >>> from superposition_proofs.certificates.files import stored
    >>> stored("pentagon").name
    'pentagon.json'
    """
    return Path(__file__).parent / "stored" / f"{name}.json"


def _part(question: Question, verdict: Proved) -> Part:
    meanings = {
        rule.code: (inspect.getdoc(type(rule)) or type(rule).__name__).splitlines()[0]
        for rule in question.rules
    }
    return Part(
        question.name,
        _kind(question),
        question.variables,
        question.domain,
        question.left_out if isinstance(question, Positive) else None,
        {code: meanings[code] for code in verdict.rules},
        verdict.tree,
    )


def _kind(question: Question) -> str:
    if isinstance(question, Positive):
        return "positive"
    if isinstance(question, Convex):
        return "convex"
    return type(question).__name__.lower()


def _part_to_dict(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "kind": part.kind,
        "variables": list(part.variables),
        "domain": _sides_to_text(part.domain),
        "left_out": None if part.left_out is None else _sides_to_text(part.left_out),
        "rules": dict(part.rules),
        "tree": packed(part.tree),
    }


def _part_from_dict(part: dict[str, Any]) -> Part:
    left_out = part["left_out"]
    return Part(
        part["name"],
        part["kind"],
        tuple(part["variables"]),
        _sides_from_text(part["domain"]),
        None if left_out is None else _sides_from_text(left_out),
        part["rules"],
        part["tree"],
    )


def packed(tree: str) -> dict[str, Any]:
    """Return a tree as it stands in a file: compressed, unless it is short.

    Examples
    --------
    >>> from superposition_proofs.certificates.files import packed
    >>> packed("0nn")
    {'encoding': 'plain', 'marks': 3, 'text': '0nn'}
    """
    if len(tree) <= _PLAIN:
        return {"encoding": "plain", "marks": len(tree), "text": tree}
    packed = base64.b64encode(zlib.compress(tree.encode("ascii"), 9)).decode("ascii")
    return {"encoding": "zlib+base64", "marks": len(tree), "text": packed}


def _sides_to_text(sides: Box) -> list[list[str]]:
    return [[str(low), str(high)] for low, high in sides]


def _sides_from_text(sides: list[list[str]]) -> Box:
    return tuple((Fraction(low), Fraction(high)) for low, high in sides)


def _outward(value: Enclosure) -> Enclosure:
    """Return bounds of 60 decimals, a unit or more outside those of an enclosure.

    So that they contain what another program finds, to more digits, for an exact decimal too.
    """
    unit = 10**_DECIMALS
    return Enclosure(
        Fraction(value.lower * unit // 1 - 1, unit), Fraction(-(-value.upper * unit // 1) + 1, unit)
    )


def _decimals(value: Fraction) -> str:
    """Return a number of at most 60 decimals."""
    whole, rest = divmod(abs(value.numerator) * 10**_DECIMALS // value.denominator, 10**_DECIMALS)
    return f"{'-' if value < 0 else ''}{whole}.{rest:0{_DECIMALS}d}"
