"""The graph of the claims as DOT text, coloured by status."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from types import MappingProxyType

from .fields import require_member
from .records import ClaimKind, Status
from .registry import Registry

# Paul Tol's "muted" qualitative scheme, which is made for colour-blind readers.
STATUS_COLOURS: Mapping[Status, str] = MappingProxyType(
    {
        Status.formal: "#332288",
        Status.proved: "#117733",
        Status.certified: "#44AA99",
        Status.checked: "#88CCEE",
        Status.written: "#999933",
        Status.cited: "#DDCC77",
        Status.supported: "#AA4499",
        Status.refuted: "#882255",
        Status.inconclusive: "#CC6677",
        Status.open: "#DDDDDD",
    }
)
_SHAPES = {
    ClaimKind.theorem: "box",
    ClaimKind.conjecture: "ellipse",
    ClaimKind.folklore: "hexagon",
}


def text_colour(background: str) -> str:
    """Return black or white, whichever stands out more on a colour.

    Parameters
    ----------
    background : str
        A colour as ``#RRGGBB``.

    Returns
    -------
    str
        ``#000000`` or ``#FFFFFF``, by the contrast ratio of the W3C accessibility guidelines.

    Examples
    --------
    >>> text_colour(STATUS_COLOURS[Status.formal]), text_colour(STATUS_COLOURS[Status.open])
    ('#FFFFFF', '#000000')
    """
    channels = [int(background[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "#FFFFFF"


def to_dot(registry: Registry, statuses: Mapping[str, Status]) -> str:
    r"""Return the graph of the claims in the DOT language.

    Parameters
    ----------
    registry : Registry
        The claims. Theorems are boxes, conjectures ellipses, folklore hexagons.
    statuses : Mapping[str, Status]
        The status of each claim that is to be drawn; the others are left out.

    Returns
    -------
    str
        A digraph with a node for each claim and an edge from a claim to each one that it uses,
        from left to right; the status is written in the node and gives its colour.

    Raises
    ------
    InputError
        If a status belongs to a claim that the registry does not hold.

    Examples
    --------
    >>> from superposition_proofs.ledger import Claim
    >>> claim = Claim("lemma", 'A "lemma"', "$a$", (), "ours", ClaimKind.theorem, ())
    >>> print(to_dot(Registry([claim]), {"lemma": Status.open}))
    digraph claims {
      rankdir=LR;
      node [style=filled, fontname="Helvetica"];
      "lemma" [label="A \"lemma\"\nopen", shape=box, fillcolor="#DDDDDD", fontcolor="#000000"];
    }
    <BLANKLINE>
    """
    for claim_id, status in statuses.items():
        require_member(f"statuses[{claim_id!r}]", status, Status, tuple(Status))
    drawn = registry.select(statuses)
    lines = ["digraph claims {", "  rankdir=LR;", '  node [style=filled, fontname="Helvetica"];']
    for claim in drawn:
        status = statuses[claim.id]
        colour = STATUS_COLOURS[status]
        label = _escape("\n".join([*textwrap.wrap(claim.title, 32), str(status)]))
        lines.append(
            f'  "{claim.id}" [label="{label}", shape={_SHAPES[claim.kind]}, '
            f'fillcolor="{colour}", fontcolor="{text_colour(colour)}"];'
        )
    lines.extend(
        f'  "{claim.id}" -> "{used}";' for claim in drawn for used in claim.uses if used in statuses
    )
    return "\n".join([*lines, "}", ""])


def _escape(label: str) -> str:
    """Escape what has a meaning in a quoted DOT label: backslash, quote, entity, line end."""
    escaped = label.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return escaped.replace("\n", "\\n")
