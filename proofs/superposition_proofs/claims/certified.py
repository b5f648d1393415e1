"""Evidence from certificates: checked again quickly, made anew at the full level."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from superposition_numerics.certify import FLOATS, Arithmetic

from superposition_proofs.certificates import (
    Theorem,
    certificate_of,
    certify_theorem,
    decide_theorem,
)
from superposition_proofs.certificates.catalogue import ARITHMETICS
from superposition_proofs.certificates.check import Rejected, Report, check_text, digest, parsed
from superposition_proofs.certificates.files import packed, render, stored
from superposition_proofs.ledger import Context, Evidence, Level, Outcome, Status

Forgery = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Kept:
    """The certificate of a theorem, as it is kept, or with something in it forged.

    Parameters
    ----------
    name : str
        Of the theorem in the catalogue.
    forgery : callable, optional
        Changes the content of the file in place, the trees unpacked; the hash is made right again.
    """

    name: str
    forgery: Forgery | None = None

    def text(self) -> str:
        """Return what is to be checked."""
        text = stored(self.name).read_text(encoding="utf-8")
        return text if self.forgery is None else forged(text, self.forgery)


def by_certificate(name: str, near_misses: Mapping[str, Forgery], *uses: str) -> Evidence[Kept]:
    """Return evidence by a certificate that is kept with the project.

    The quick level checks the certificate with the checker that stands alone; the full level
    makes it anew by branch and bound too, and checks that.

    Parameters
    ----------
    name : str
        Of a theorem in the catalogue, whose certificate is kept.
    near_misses : mapping of str to callable
        Forgeries: each changes the content of the certificate in place.
    *uses : str
        Ids of the claims that reduce the statement to what is certified.

    Returns
    -------
    Evidence of kind ``certified``

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.claims.certified import by_certificate, constant_moved
    >>> by_certificate("pentagon", {"mu off": constant_moved("mu", Fraction(1, 10**6))}).name
    'certificate'
    """
    return Evidence(
        "certificate",
        Status.certified,
        check_certificate,
        Kept(name),
        {miss: Kept(name, forgery) for miss, forgery in near_misses.items()},
        uses,
        description=(
            "A branch and bound whose every leaf is decided again in integers by the checker that "
            "stands alone."
        ),
    )


def check_certificate(kept: Kept, context: Context) -> Outcome:
    """Check a certificate; at the full level also make one and check it.

    Examples
    --------
    >>> from superposition_proofs.claims.certified import Kept, check_certificate
    >>> from superposition_proofs.ledger import Context, Level
    >>> check_certificate(Kept("pentagon"), Context(Level.quick, 0)).holds
    True
    """
    try:
        report = check_text(kept.text())
    except Rejected as error:
        return Outcome(False, f"rejected: {error}", witness={"place": error.place})
    except (OSError, UnicodeDecodeError) as error:
        return Outcome(False, f"there is no certificate of {kept.name}: {error}")
    if report.name != kept.name:
        return Outcome(False, f"it is the certificate of {report.name}, not of {kept.name}")
    if context.level is Level.quick:
        return _accepted(report, f"{_counted(report)} checked")
    certification = certify_theorem(kept.name)
    decision = certification.decision
    if decision.answer != "proved":
        return Outcome(False, f"the certificate stands, but anew the theorem is {decision.answer}")
    arithmetic = ARITHMETICS[certification.arithmetic]
    try:
        anew = check_text(render(certificate_of(decision, arithmetic)))
    except Rejected as error:
        return Outcome(False, f"made anew it is rejected: {error}", witness={"place": error.place})
    return _accepted(anew, f"{_counted(report)} checked, and {_counted(anew)} made anew")


def decided_anew(
    theorem: Theorem,
    arithmetics: tuple[Arithmetic, ...] = (FLOATS,),
    *,
    most_boxes: int = 10_000_000,
) -> Outcome:
    """Decide a theorem by branch and bound, in each of some arithmetics.

    Parameters
    ----------
    theorem : Theorem
    arithmetics : tuple of Arithmetic
    most_boxes : int
        As for `decide_theorem`.

    Returns
    -------
    Outcome
        It holds where every answer is "proved"; cases are boxes.

    Examples
    --------
    >>> from superposition_proofs.certificates import pentagon_theorem
    >>> from superposition_proofs.claims.certified import decided_anew
    >>> decided_anew(pentagon_theorem()).reason
    'proved: 1827 boxes in floats'
    """
    told, total = [], 0
    for arithmetic in arithmetics:
        decision = decide_theorem(theorem, arithmetic, most_boxes=most_boxes)
        if decision.failed:
            return Outcome(False, f"not so: {', '.join(decision.failed)}")
        boxes = sum(verdict.boxes for verdict in decision.verdicts.values())
        total += boxes
        told.append(f"{boxes} boxes in {arithmetic.name}")
        if decision.answer != "proved":
            reason = f"{decision.answer}: {told[-1]}"
            return Outcome(False, reason, cases=total, effective=total)
    return Outcome(True, f"proved: {', '.join(told)}", cases=total, effective=total)


def forged(text: str, forgery: Forgery) -> str:
    """Return the text of a certificate with its content changed and its hash made right.

    Examples
    --------
    >>> from superposition_proofs.certificates.check import parsed
    >>> from superposition_proofs.certificates.files import stored
    >>> from superposition_proofs.claims.certified import forged
    >>> text = forged(stored("pentagon").read_text(), lambda content: content.update(name="square"))
    >>> parsed(text)["name"]
    'square'
    """
    content = parsed(text)
    forgery(content)
    for part in content["parts"]:
        part["tree"] = packed(part["tree"])
    return json.dumps({**content, "sha256": digest(content)})


def constant_moved(name: str, relative: Fraction) -> Forgery:
    """Return the forgery that moves both bounds of a constant.

    Parameters
    ----------
    name : str
    relative : Fraction
        By how much, relative to the bound.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.claims.certified import constant_moved
    >>> content = {"constants": {"c": ["0.50", "0.75"]}}
    >>> constant_moved("c", Fraction(1, 25))(content)
    >>> content
    {'constants': {'c': ['13/25', '39/50']}}
    """

    def forgery(content: dict[str, Any]) -> None:
        bounds = content["constants"][name]
        content["constants"][name] = [str(Fraction(x) * (1 + relative)) for x in bounds]

    return forgery


def leaf_dropped(part: str) -> Forgery:
    """Return the forgery that leaves out the last leaf of a part's tree.

    Examples
    --------
    >>> from superposition_proofs.claims.certified import leaf_dropped
    >>> content = {"parts": [{"name": "outside", "tree": "0nn"}]}
    >>> leaf_dropped("outside")(content)
    >>> content["parts"][0]["tree"]
    '0n'
    """

    def forgery(content: dict[str, Any]) -> None:
        found = next(p for p in content["parts"] if p["name"] == part)
        found["tree"] = found["tree"][:-1]

    return forgery


def left_out_widened(part: str) -> Forgery:
    """Return the forgery that leaves a box out which reaches to the next integers.

    Examples
    --------
    >>> from superposition_proofs.claims.certified import left_out_widened
    >>> content = {"parts": [{"name": "outside", "left_out": [["3/16", "15/64"]]}]}
    >>> left_out_widened("outside")(content)
    >>> content["parts"][0]["left_out"]
    [['0', '1']]
    """

    def forgery(content: dict[str, Any]) -> None:
        found = next(p for p in content["parts"] if p["name"] == part)
        found["left_out"] = [
            [str(Fraction(low).__floor__()), str(Fraction(high).__ceil__())]
            for low, high in found["left_out"]
        ]

    return forgery


def _accepted(report: Report, reason: str) -> Outcome:
    leaves = sum(report.leaves.values())
    return Outcome(True, reason, cases=leaves, effective=leaves, details=report.to_dict())


def _counted(report: Report) -> str:
    return f"{sum(report.leaves.values())} boxes in {len(report.leaves)} parts"
