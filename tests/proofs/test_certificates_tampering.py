"""Changed certificates: rejected with the place named, or as true as before."""

from __future__ import annotations

import base64
import json
import random
import re
import zlib
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from superposition_proofs.certificates import check
from superposition_proofs.certificates.check import Rejected, check_text, digest, parsed
from superposition_proofs.certificates.files import stored
from superposition_proofs.claims import certified
from superposition_proofs.claims.certified import (
    Kept,
    by_certificate,
    check_certificate,
    constant_moved,
    forged,
    leaf_dropped,
    left_out_widened,
)
from superposition_proofs.ledger import Claim, ClaimKind, Context, Level, Registry, Status, verify

TEXT = stored("pentagon").read_text(encoding="utf-8")
OUTSIDE, NEIGHBOURHOOD = 3, 4
TREE = parsed(TEXT)["parts"][OUTSIDE]["tree"].encode()
MARKS = len(TREE)
FLIPS = 200
SAMPLE = 10


def part(number: int, **changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["parts"][number].update(changes)


def tree(number: int, change: Callable[[str], str]) -> Callable[[dict[str, Any]], None]:
    def forgery(content: dict[str, Any]) -> None:
        content["parts"][number]["tree"] = change(content["parts"][number]["tree"])

    return forgery


def parts(change: Callable[[list[Any]], list[Any]]) -> Callable[[dict[str, Any]], None]:
    return lambda content: content.update(parts=change(content["parts"]))


def entry(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content.update(changes)


def swapped_trees(content: dict[str, Any]) -> None:
    first, second = content["parts"][OUTSIDE], content["parts"][NEIGHBOURHOOD]
    first["tree"], second["tree"] = second["tree"], first["tree"]
    first["rules"], second["rules"] = second["rules"], first["rules"]


# what is changed -> the place that the rejection names; the hash is made right each time
FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a leaf is missing": (leaf_dropped("outside"), f"part 'outside', mark {MARKS - 1}"),
    "a leaf is missing elsewhere": (leaf_dropped("neighbourhood"), "part 'neighbourhood', mark"),
    "a leaf too many": (
        tree(OUTSIDE, lambda t: t + "n"),
        f"part 'outside', mark {MARKS}: .*complete",
    ),
    "half of the tree": (tree(OUTSIDE, lambda t: t[:300]), "part 'outside', mark 300: the tree"),
    "no tree": (tree(OUTSIDE, lambda _: ""), "parts: must have trees of 1 to"),
    "one leaf for all": (tree(OUTSIDE, lambda _: "n"), "part 'outside', leaf 1, box 0 <= t <="),
    "one leaf for the convexity": (
        tree(NEIGHBOURHOOD, lambda _: "d"),
        "part 'neighbourhood', leaf 1",
    ),
    "left out becomes positive": (
        tree(OUTSIDE, lambda t: t.replace("x", "n")),
        "part 'outside', leaf .* is not closed by rule 'n'",
    ),
    "positive becomes left out": (
        tree(OUTSIDE, lambda t: t.replace("c", "x", 1)),
        "part 'outside', leaf .* is not closed by rule 'x'",
    ),
    "positive becomes infeasible": (
        lambda content: (
            tree(OUTSIDE, lambda t: t.replace("c", "i", 1))(content),
            content["parts"][OUTSIDE]["rules"].update(i="infeasible"),
        )[0],
        "part 'outside', leaf .* is not closed by rule 'i'",
    ),
    "a rule that is not explained": (part(OUTSIDE, rules={}), "there is no rule"),
    "a rule that does not exist": (
        lambda content: (
            tree(OUTSIDE, lambda t: t.replace("c", "q"))(content),
            content["parts"][OUTSIDE]["rules"].update(q="obvious"),
        )[0],
        "part 'outside', leaf .*there is no rule 'q'",
    ),
    "a variable that does not exist": (
        tree(OUTSIDE, lambda t: t.replace("1", "2", 1)),
        "part 'outside', mark .*there is no variable 2",
    ),
    "the other variable": (
        tree(OUTSIDE, lambda t: "0" + t[1:].replace("1", "0")),
        "part 'outside'",
    ),
    "the tree of another part": (swapped_trees, "part 'outside', leaf 1"),
    "the part left out is larger": (left_out_widened("outside"), "part 'outside', left_out"),
    "nothing is left out": (part(OUTSIDE, left_out=None), "part 'outside', left_out"),
    "another tangent angle": (
        part(NEIGHBOURHOOD, domain=[["3/16", "15/64"], ["83/64", "43/32"]]),
        "part 'neighbourhood', domain",
    ),
    "a smaller domain": (
        part(OUTSIDE, domain=[["0", "23/32"], ["0", "11/8"]]),
        "part 'outside', domain",
    ),
    "a part is missing": (parts(lambda p: p[:-1]), "parts: are .*, must be"),
    "a part is there twice": (parts(lambda p: [*p, dict(p[-1])]), "parts: are .*, must be"),
    "the parts in another order": (parts(lambda p: p[::-1]), "parts: are .*, must be"),
    "a part with another name": (part(0, name="outside"), "parts: are .*, must be"),
    "another kind": (part(OUTSIDE, kind="convex"), "part 'outside', kind"),
    "variables exchanged": (part(OUTSIDE, variables=["theta", "t"]), "part 'outside', variables"),
    "the name of another theorem": (entry(name="heptagon"), "name: 'heptagon' is no theorem"),
    "another theorem that is known": (entry(name="hexagon"), "statement: is not that of hexagon"),
    "the statement of another theorem": (
        entry(statement="Gamma(a, b, theta) > 0 for all a, b and theta."),
        "statement: is not that of pentagon",
    ),
    "a condition is missing": (
        lambda content: content["conditions"].pop(),
        "conditions: must be",
    ),
    "a constant is missing": (lambda content: content["constants"].pop("mu"), "constants: are"),
    "a wide enclosure": (
        lambda content: content["constants"].update(F=["0.01", "0.02"]),
        "constant F: is enclosed less narrowly",
    ),
    "an empty enclosure": (
        lambda content: content["constants"]["F"].reverse(),
        "file, constants, F: must be a pair of numbers",
    ),
    "a later version": (entry(version=2), "schema: must be superposition.certificate, version 1"),
    "a version that is no integer": (entry(version=True), "file, version: must be of type int"),
    "another schema": (entry(schema="superposition.claim"), "schema: must be"),
    "an entry is missing": (lambda content: content.pop("arithmetic"), "file: must have"),
    "an entry too many": (entry(verified=True), "file: must have the entries"),
    "a side that is no pair": (
        part(OUTSIDE, domain=[["0", "23/32"], ["0"]]),
        "file, parts, item 3, domain, item 1: must be a pair",
    ),
    "a bound over zero": (
        part(OUTSIDE, domain=[["0", "1/0"], ["0", "1"]]),
        "file, parts, item 3, domain, item 0: must be a pair",
    ),
    "parts that are no list": (lambda content: content.update(conditions="none"), "conditions: mu"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_rejected_with_its_place(name: str) -> None:
    forgery, place = FORGERIES[name]
    with pytest.raises(Rejected, match=place):
        check_text(forged(TEXT, forgery))


@pytest.mark.parametrize("relative", [Fraction(1, 10**n) for n in (9, 6, 4)])
@pytest.mark.parametrize("name", check.pentagon_constants())
def test_a_constant_that_is_off_is_rejected_by_name(name: str, relative: Fraction) -> None:
    for sign in (1, -1):
        with pytest.raises(Rejected, match=f"^constant {name}: is "):
            check_text(forged(TEXT, constant_moved(name, sign * relative)))


HARMLESS: dict[str, Callable[[dict[str, Any]], None]] = {
    "one rule for another that says the same": tree(OUTSIDE, lambda t: t.replace("c", "n", 5)),
    "made otherwise": entry(arithmetic={"name": "slide rule", "bits": 10}, versions={}),
    "a leaf that is halved again": tree(OUTSIDE, lambda t: t[:-1] + f"0{t[-1]}{t[-1]}"),
}


@pytest.fixture(scope="module")
def report() -> check.Report:
    return check_text(TEXT)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_does_not_matter_changes_nothing_certified(name: str, report: check.Report) -> None:
    accepted = check_text(forged(TEXT, HARMLESS[name]))
    assert {**accepted.to_dict(), "leaves": None} == {**report.to_dict(), "leaves": None}
    assert set(accepted.leaves) == set(report.leaves)


# ---------------------------------------------------------------- the file itself


def with_tree(**changes: Any) -> str:
    """Return the stored certificate with entries of a tree changed as they stand in the file."""
    content = json.loads(TEXT)
    content["parts"][OUTSIDE]["tree"].update(changes)
    return json.dumps({**content, "sha256": digest(content)})


def compressed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "file: is not JSON"),
        (TEXT[: len(TEXT) // 2], "file: is not JSON"),
        (TEXT + "}", "file: is not JSON"),
        ("[" * 100_000, "file: is not JSON"),
        ("1" * 5000, "file: is not JSON"),
        ("[]", "file: must be an object"),
        (TEXT.replace('"version": 1,', '"version": NaN,'), "file: is not JSON: NaN"),
        (TEXT.replace('"version": 1,', '"version": 1, "version": 1,'), "an entry occurs twice"),
        (TEXT.replace('"name": "pentagon"', '"name": "square"'), "sha256: does not belong"),
        (" " * (check.MOST_CHARACTERS + 1), "file: has more than"),
        (with_tree(marks=MARKS - 2), "tree: is not one complete stream"),
        (with_tree(marks=MARKS - 1), f"tree: has {MARKS} marks, not the {MARKS - 1}"),
        (with_tree(marks=MARKS + 1), f"tree: has {MARKS} marks, not the {MARKS + 1}"),
        (with_tree(marks=0), "parts: must have trees of 1 to"),
        (with_tree(marks=10**9), "parts: must have trees of 1 to"),
        (with_tree(encoding="rot13"), "tree: has the unknown encoding"),
        (with_tree(text="?"), "part 'outside', tree: cannot be unpacked"),
        (with_tree(text=compressed(TREE)[:40] + "AAAA" + compressed(TREE)[44:]), "tree: cannot be"),
        (with_tree(text=compressed(b"0" * 10**7)), "tree: is not one complete stream"),  # a bomb
        (
            with_tree(text=base64.b64encode(zlib.compress(TREE) + b"more").decode()),
            "tree: is not one complete stream",
        ),
        (
            with_tree(text=base64.b64encode(zlib.compress(TREE)[:-6]).decode()),
            "tree: is not one complete stream",
        ),
        (with_tree(text=compressed("ö".encode() * 300)), "tree: cannot be unpacked"),
    ],
)
def test_a_damaged_file_is_rejected_with_its_place(text: str, place: str) -> None:
    with pytest.raises(Rejected, match=place):
        check_text(text)


def rejection(check_it: Callable[[], Any]) -> str | None:
    """Return the place that a rejection names, or None."""
    try:
        check_it()
    except Rejected as error:
        return error.place
    return None


def flipped(data: bytes, place: int) -> str | None:
    """Return the text with one bit changed, or None if it is no text any more."""
    changed = bytearray(data)
    changed[place // 8] ^= 1 << place % 8
    try:
        return changed.decode("utf-8")
    except UnicodeDecodeError:
        return None


def rejected_flips(count: int) -> int:
    """Flip bits one at a time; return how many were rejected, the others being harmless."""
    data, draw = TEXT.encode(), random.Random(2026)
    rejected = 0
    for _ in range(count):
        text = flipped(data, draw.randrange(8 * len(data)))
        if text is None or rejection(partial(parsed, text)):
            rejected += 1
        else:
            assert parsed(text) == parsed(TEXT)
    return rejected


def test_some_flipped_bits() -> None:
    assert rejected_flips(SAMPLE) >= SAMPLE - 2


@pytest.mark.slow
def test_two_hundred_flipped_bits() -> None:
    assert rejected_flips(FLIPS) >= FLIPS * 9 // 10


def test_flipped_bits_in_a_file_are_rejected(tmp_path: Any) -> None:
    data = bytearray(TEXT.encode())
    data[100] ^= 128
    (tmp_path / "a.json").write_bytes(data)
    with pytest.raises(Rejected, match="byte 100 is not UTF-8"):
        check.check_file(str(tmp_path / "a.json"))


def _replaced(new: str, _old: str) -> str:
    return new


def changed_marks(count: int, seed: int) -> int:
    """Change marks of trees one at a time, the hash made right; return how many were rejected.

    What is accepted has the same letters but for one, so that it proves the same.
    """
    draw, rejected = random.Random(seed), 0
    for _ in range(count):
        number = draw.choice((OUTSIDE, OUTSIDE, NEIGHBOURHOOD))
        position, mark = draw.randrange(700), draw.choice("01xncd")
        original = parsed(TEXT)["parts"][number]["tree"]
        changed = original[:position] + mark + original[position + 1 :]
        text = forged(TEXT, tree(number, partial(_replaced, changed)))
        place = rejection(partial(check_text, text))
        if place is not None:
            assert place.startswith("part ")
            rejected += 1
        else:
            both = {original[position], mark}
            assert len(both) == 1 or both == {"n", "c"} or both == {"0", "1"}
    return rejected


@pytest.mark.slow
def test_changed_marks_are_rejected_or_harmless() -> None:
    assert changed_marks(8, 1) >= 4


# ---------------------------------------------------------------- the ledger


NEAR_MISSES = {
    "mu off by 1e-9": constant_moved("mu", Fraction(1, 10**9)),
    "a leaf missing": leaf_dropped("outside"),
    "more left out": left_out_widened("outside"),
}


def claim(name: str = "pentagon") -> Claim:
    return Claim(
        "two-variable-inequality",
        "The inequality in two variables",
        r"\Gamma \ge 0",
        (),
        "ours",
        ClaimKind.theorem,
        (by_certificate(name, NEAR_MISSES),),
    )


def test_a_claim_with_a_certificate_is_certified() -> None:
    report = verify(Registry((claim(),)), level=Level.quick)
    (verdict,) = report.verdicts
    assert verdict.status is Status.certified
    assert verdict.cases == verdict.effective > 900
    assert [control.holds for control in verdict.results[0].controls.values()] == [False] * 3
    assert report.exit_code == 0


@pytest.mark.slow
def test_the_full_level_makes_it_anew() -> None:
    outcome = check_certificate(Kept("pentagon"), Context(Level.full, 0))
    assert outcome.holds is True
    counted = r"\d+ boxes in 5 parts"
    assert re.fullmatch(f"{counted} checked, and {counted} made anew", outcome.reason)


def test_a_forged_certificate_upholds_nothing() -> None:
    outcome = check_certificate(Kept("pentagon", leaf_dropped("outside")), Context(Level.full, 0))
    assert outcome.holds is False
    assert f"part 'outside', mark {MARKS - 1}" in outcome.reason


@pytest.mark.parametrize("name", ["full-model", "dropped-phase", "antipodal-phase", "hexagon"])
def test_a_certificate_certifies_its_own_theorem_only(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certified, "stored", lambda _: stored("pentagon"))
    outcome = check_certificate(Kept(name), Context(Level.quick, 0))
    assert outcome.holds is False
    assert outcome.reason == f"it is the certificate of pentagon, not of {name}"


def test_a_certificate_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(certified, "stored", lambda _: tmp_path / "none.json")
    outcome = check_certificate(Kept("pentagon"), Context(Level.quick, 0))
    assert outcome.holds is False
    assert outcome.reason.startswith("there is no certificate of pentagon")


def test_a_file_does_not_command_the_terminal() -> None:
    text = forged(TEXT, lambda content: content.update(name="\x1b[2K\rcertified: pentagon"))
    with pytest.raises(Rejected) as rejected:
        check_text(text)
    assert str(rejected.value).isprintable()
    assert "certified: pentagon" in str(rejected.value)


def test_trees_are_not_unpacked_beyond_the_most_marks() -> None:
    def announce(content: dict[str, Any]) -> None:
        content["parts"] = [dict(content["parts"][0]) for _ in range(3)]

    content = json.loads(forged(TEXT, announce))
    for part in content["parts"]:
        part["tree"]["marks"] = check.MOST_MARKS // 2
    content["sha256"] = digest(content)
    with pytest.raises(Rejected, match="parts: must have trees of 1 to 1000000 marks"):
        check_text(json.dumps(content))
