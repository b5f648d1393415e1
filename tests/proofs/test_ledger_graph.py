"""DOT text and colours."""

import itertools
import shutil
import subprocess

import pytest
from proofs.ledger_samples import claim
from superposition_proofs.ledger import (
    STATUS_COLOURS,
    ClaimKind,
    Reference,
    Registry,
    Status,
    UnknownClaimError,
    text_colour,
    to_dot,
)
from superposition_theory.errors import InputError

TITLE = 'A "title" with \\ and &amp; and more words than fit on a line'
REGISTRY = Registry(
    [
        claim("lemma", title="Lemma"),
        claim("folk", kind=ClaimKind.folklore, title="Folk"),
        claim(
            "guess",
            Reference(Status.cited, source="paper", uses=("lemma", "folk")),
            kind=ClaimKind.conjecture,
            title=TITLE,
        ),
    ]
)
STATUSES = {"guess": Status.refuted, "lemma": Status.formal, "folk": Status.open}


def luminance(colour: str) -> float:
    channels = (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
    red, green, blue = (
        c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


DOT = r"""digraph claims {
  rankdir=LR;
  node [style=filled, fontname="Helvetica"];
  "lemma" [label="Lemma\nformal", shape=box, fillcolor="#332288", fontcolor="#FFFFFF"];
  "folk" [label="Folk\nopen", shape=hexagon, fillcolor="#DDDDDD", fontcolor="#000000"];
  "guess" [label="LABEL", shape=ellipse, fillcolor="#882255", fontcolor="#FFFFFF"];
  "guess" -> "lemma";
  "guess" -> "folk";
}
"""
LABEL = r"A \"title\" with \\ and &amp;amp; and\nmore words than fit on a line\nrefuted"


def test_dot() -> None:
    assert to_dot(REGISTRY, STATUSES) == DOT.replace("LABEL", LABEL)


def test_only_claims_with_a_status_are_drawn() -> None:
    dot = to_dot(REGISTRY, {"guess": Status.open, "folk": Status.open})
    assert '"lemma"' not in dot
    assert '"guess" -> "folk";' in dot


def test_bad_statuses() -> None:
    with pytest.raises(UnknownClaimError, match=r"no claim 'lemmo'; close matches: lemma"):
        to_dot(REGISTRY, {"lemmo": Status.open})
    with pytest.raises(InputError, match=r"statuses\['lemma'\] must be one of .* got 'open'"):
        to_dot(REGISTRY, {"lemma": "open"})  # type: ignore[dict-item]


def test_every_status_has_its_own_colour() -> None:
    assert set(STATUS_COLOURS) == set(Status)
    # The ten colours of Paul Tol's scheme "muted".
    assert set(STATUS_COLOURS.values()) == {
        *("#CC6677", "#332288", "#DDCC77", "#117733", "#88CCEE"),
        *("#882255", "#44AA99", "#999933", "#AA4499", "#DDDDDD"),
    }
    assert len(STATUS_COLOURS) == 10


@pytest.mark.parametrize("status", Status)
def test_text_is_readable_on_every_colour(status: Status) -> None:
    colour = STATUS_COLOURS[status]
    chosen = text_colour(colour)
    assert contrast(colour, chosen) >= 4.5  # the bar of the W3C guidelines for text
    assert contrast(colour, chosen) == max(contrast(colour, c) for c in ("#000000", "#FFFFFF"))


@pytest.mark.parametrize(
    "colour",
    [f"#{r:02X}{g:02X}{b:02X}" for r, g, b in itertools.product((0, 9, 118, 255), repeat=3)],
)
def test_text_colour_is_the_one_of_higher_contrast(colour: str) -> None:
    other = {"#000000": "#FFFFFF", "#FFFFFF": "#000000"}[text_colour(colour)]
    assert contrast(colour, text_colour(colour)) >= contrast(colour, other)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_reads_it() -> None:
    drawn = subprocess.run(
        ["dot", "-Tplain"],
        input=to_dot(REGISTRY, STATUSES),
        capture_output=True,
        text=True,
        check=True,
    )
    assert drawn.stdout.count("node ") == 3
    assert drawn.stdout.count("edge ") == 2
