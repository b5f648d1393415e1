"""Certificates as files: what is written, what is read, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from proofs.certificate_samples import TOY
from superposition_numerics.certify import (
    FLOATS,
    Balls,
    Enclosure,
    Fixed,
    Question,
    Rule,
    leaves,
)
from superposition_proofs.certificates import (
    Certificate,
    Decision,
    certificate_of,
    decide_theorem,
    read_certificate,
    write_certificate,
)
from superposition_proofs.certificates import check as checker
from superposition_proofs.certificates.files import packed, render, stored
from superposition_theory import InputError

STORED = sorted(stored("pentagon").parent.glob("*.json"))


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return certificate_of(decide_theorem(TOY, FLOATS), FLOATS)


def test_what_is_written_is_read(certificate: Certificate, tmp_path: Path) -> None:
    path = write_certificate(certificate, tmp_path / "toy.json")
    assert read_certificate(path) == certificate
    assert read_certificate(str(path)).parts == certificate.parts
    assert [p.name for p in tmp_path.iterdir()] == ["toy.json"]  # no temporary file is left


def test_the_content_of_a_file(certificate: Certificate) -> None:
    content = json.loads(render(certificate))
    assert (content["schema"], content["version"]) == ("superposition.certificate", 1)
    assert content["constants"] == {
        "third": ["0." + "3" * 59 + "2", "0." + "3" * 59 + "5"],
        "half": ["0.4" + "9" * 59, "0.5" + "0" * 58 + "1"],
    }
    assert content["conditions"] == ["1/3 < 1/2"]
    assert [part["kind"] for part in content["parts"]] == ["positive", "positive", "convex"]
    away = content["parts"][1]
    assert away["domain"] == [["0", "1"], ["0", "1"]]
    assert away["left_out"] == [["0", "1/4"], ["0", "1/4"]]
    assert away["rules"]["x"] == "The box lies in the part of the domain that is left out."
    assert away["tree"]["encoding"] == "plain"
    assert set(content["versions"]) == {"python", "numpy", "python-flint", "spectral-superposition"}
    assert content["sha256"] == checker.digest(content)


@pytest.mark.parametrize(
    ("arithmetic", "name", "bits"),
    [(FLOATS, "floats", 53), (Fixed(96), "integers", 96), (Balls(128), "balls", 128)],
)
def test_the_arithmetic_is_named(arithmetic: Fixed | Balls, name: str, bits: int) -> None:
    made = certificate_of(decide_theorem(TOY, arithmetic), arithmetic)
    assert (made.arithmetic, made.bits) == (name, bits)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # a unit beyond the bound rounded outward, whatever the signs
        (
            Enclosure(Fraction(1, 3), Fraction(2, 3)),
            ("0." + "3" * 59 + "2", "0." + "6" * 59 + "8"),
        ),
        (
            Enclosure(Fraction(-2, 3), Fraction(-1, 3)),
            ("-0." + "6" * 59 + "8", "-0." + "3" * 59 + "2"),
        ),
        (
            Enclosure(Fraction(-5, 2), Fraction(7)),
            ("-2.5" + "0" * 58 + "1", "7." + "0" * 59 + "1"),
        ),
        (Enclosure(Fraction(0), Fraction(0)), ("-0." + "0" * 59 + "1", "0." + "0" * 59 + "1")),
    ],
)
def test_constants_are_rounded_outward(value: Enclosure, expected: tuple[str, str]) -> None:
    decision = decide_theorem(replace(TOY, constants={"x": value}), FLOATS)
    made = certificate_of(decision, FLOATS)
    assert tuple(made.to_dict()["constants"]["x"]) == expected
    assert made.constants["x"].contains(value)


def test_long_trees_are_compressed_and_come_back(certificate: Certificate, tmp_path: Path) -> None:
    tree = "0n" * 5000 + "n"
    assert packed(tree)["encoding"] == "zlib+base64"
    assert len(packed(tree)["text"]) < 200
    long = replace(certificate, parts=(replace(certificate.parts[0], tree=tree),))
    assert read_certificate(write_certificate(long, tmp_path / "a.json")).parts[0].tree == tree


class _Everything(Rule):
    code = "o"

    def closes(self, *_: object) -> bool:
        return True


class _Parity(Question):
    name, variables, domain = "parity", ("x",), ((Fraction(0), Fraction(1)),)
    rules = (_Everything(),)

    def is_refuted(self, *_: object) -> bool:
        return False


def test_other_kinds_and_rules_go_by_the_names_of_their_classes() -> None:
    decision = decide_theorem(replace(TOY, questions=(_Parity(),)), Fixed(64))
    (part,) = certificate_of(decision, Fixed(64)).parts
    assert (part.kind, part.left_out, part.tree) == ("_parity", None, "o")
    assert list(part.rules) == ["o"]


def test_only_what_is_proved_has_a_certificate() -> None:
    with pytest.raises(InputError, match="decision of 'toy' is undecided"):
        certificate_of(Decision(TOY, {}, ("1/3 < 1/2",)), FLOATS)
    undecided = decide_theorem(TOY, FLOATS, most_boxes=3)
    with pytest.raises(InputError, match="only what is proved"):
        certificate_of(undecided, FLOATS)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "which is no certificate; file: is not JSON"),
        (b"\xff", "byte 0 of it is not UTF-8"),
        (b"{}", "file: must have the entries schema, version"),
        (stored("pentagon").read_bytes().replace(b"0.0158", b"0.0159"), "sha256: does not belong"),
        (stored("pentagon").read_bytes()[:-200], "file: is not JSON"),
    ],
)
def test_what_is_no_certificate_is_refused(data: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_certificate(tmp_path / "a.json")


def test_files_that_cannot_be_read_or_written(certificate: Certificate, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_certificate(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be written"):
        write_certificate(certificate, tmp_path / "no folder" / "a.json")


def test_the_stored_certificates_are_small_and_complete() -> None:
    assert stored("pentagon") in STORED
    assert sum(path.stat().st_size for path in STORED) < 2 << 20
    for path in STORED:
        certificate = read_certificate(path)
        assert certificate.name == path.stem
        assert certificate.name in checker.STATEMENTS
        for part in certificate.parts:
            assert {code for code, _ in leaves(part.tree, part.domain)} == set(part.rules)
