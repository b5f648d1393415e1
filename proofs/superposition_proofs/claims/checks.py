"""The three ways to check a claim: derived, exactly on a family, in floats."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from superposition_numerics.spectral import SpectralAnalysis, analyse
from superposition_theory.derivations import Derivation, check
from superposition_theory.frames import Frame

from superposition_proofs.ledger import Context, Evidence, Outcome, Status

from .samples import Sample, exact_frames, float_samples

ExactLaw = Callable[[Frame], bool | None]
FloatLaw = Callable[[Sample, SpectralAnalysis], float | None]


def derived(
    derivation: Derivation, near_misses: Mapping[str, Derivation], *uses: str
) -> Evidence[Derivation]:
    """Return evidence by a size-free derivation, every step of which the program decides.

    Parameters
    ----------
    derivation : Derivation
    near_misses : mapping of str to Derivation
        Sabotaged copies: a constant off, a hypothesis dropped.
    *uses : str
        Ids of claims that lead from the hypotheses of the claim to those of the derivation.

    Returns
    -------
    Evidence of kind ``proved``

    Examples
    --------
    >>> from superposition_proofs.claims.checks import derived
    >>> from superposition_theory.derivations import welch_bound
    >>> derived(welch_bound(), {"bound too large": welch_bound(excess=1)}).kind
    <Status.proved: 'proved'>
    """
    return Evidence(
        "derivation",
        Status.proved,
        decide_derivation,
        derivation,
        near_misses,
        uses,
        description="A derivation for matrices of any size; every step is decided exactly.",
    )


def decide_derivation(derivation: Derivation, context: Context) -> Outcome:
    """Decide every step of a derivation.

    Examples
    --------
    >>> from superposition_proofs.claims.checks import decide_derivation
    >>> from superposition_proofs.ledger import Context, Level
    >>> from superposition_theory.derivations import welch_bound
    >>> decide_derivation(welch_bound(), Context(Level.quick, 0)).holds
    True
    """
    result = check(derivation)
    steps = len(result.steps)
    if result.decided:
        reason = f"all {steps} steps decided from {len(derivation.assumptions)} hypotheses"
    else:
        reason = "not derived; undecided: " + ", ".join(result.failed)
    return Outcome(
        result.decided,
        reason,
        cases=steps,
        effective=steps,
        details={
            "steps": {step.name: step.decided for step in result.steps},
            "hypotheses": list(derivation.hypothesis_names),
        },
    )


def on_exact_family(law: ExactLaw, near_misses: Mapping[str, ExactLaw]) -> Evidence[ExactLaw]:
    """Return evidence by exact arithmetic on the family of ``exact_frames``.

    Parameters
    ----------
    law : callable
        Frame -> holds, or None where the frame does not meet the hypotheses.
    near_misses : mapping of str to callable

    Returns
    -------
    Evidence of kind ``checked``

    Examples
    --------
    >>> from superposition_proofs.claims.checks import on_exact_family
    >>> on_exact_family(lambda f: f.capacity <= f.rank, {"strict": lambda f: f.capacity < 0}).name
    'exact family'
    """
    return Evidence(
        "exact family",
        Status.checked,
        check_exact_family,
        law,
        near_misses,
        description="Exact arithmetic on named frames and on all small ones with entries -1, 0, 1.",
    )


def check_exact_family(law: ExactLaw, context: Context) -> Outcome:
    """Check a law exactly on every frame of the family that meets its hypotheses.

    Examples
    --------
    >>> from superposition_proofs.claims.checks import check_exact_family
    >>> from superposition_proofs.ledger import Context, Level
    >>> check_exact_family(lambda f: f.capacity <= f.rank, Context(Level.quick, 0)).effective
    52
    """
    frames = exact_frames(context)
    effective = 0
    for name, frame in frames:
        holds = law(frame)
        if holds is None:
            continue
        effective += 1
        if not holds:
            return Outcome(
                False,
                f"fails for {name}",
                cases=len(frames),
                effective=effective,
                witness=witness_of(name, frame),
            )
    return Outcome(True, "exact on the family", cases=len(frames), effective=effective)


def witness_of(name: str, frame: Frame) -> dict[str, Any]:
    """Return the Gram matrix of a frame as text, row by row.

    Examples
    --------
    >>> from superposition_proofs.claims.checks import witness_of
    >>> from superposition_theory.frames import Frame
    >>> witness_of("digon", Frame([[1, -1]]))
    {'name': 'digon', 'gram': [['1', '-1'], ['-1', '1']]}
    """
    return {"name": name, "gram": [[str(x) for x in row] for row in frame.gram.tolist()]}


def in_floats(law: FloatLaw, near_misses: Mapping[str, FloatLaw]) -> Evidence[FloatLaw]:
    """Return evidence from the float code on seeded random matrices.

    Parameters
    ----------
    law : callable
        (sample, analysis) -> violation relative to its error bound (at most 1 where the law
        holds), or None where the sample does not meet the hypotheses.
    near_misses : mapping of str to callable

    Returns
    -------
    Evidence of kind ``supported``

    Examples
    --------
    >>> from superposition_proofs.claims.checks import in_floats
    >>> in_floats(lambda sample, a: 0.0, {"off": lambda sample, a: 2.0}).kind
    <Status.supported: 'supported'>
    """
    return Evidence(
        "random matrices",
        Status.supported,
        check_in_floats,
        law,
        near_misses,
        description="The float analysis on seeded random matrices, each to its stated error bound.",
    )


def relative_to(bound: float, amount: float) -> float:
    """Return an amount relative to its error bound; finite, so that a failure has a margin.

    Against a bound of 0, nothing is 0 and anything is the largest float.

    Examples
    --------
    >>> from superposition_proofs.claims.checks import relative_to
    >>> relative_to(2.0, 1.0), relative_to(0.0, 0.0), relative_to(0.0, 1e-300) > 1e308
    (0.5, 0.0, True)
    """
    if bound > 0:
        return amount / bound
    return 0.0 if amount <= 0 else sys.float_info.max


def check_in_floats(law: FloatLaw, context: Context) -> Outcome:
    """Check a law on the random matrices of the context.

    Examples
    --------
    >>> from superposition_proofs.claims.checks import check_in_floats
    >>> from superposition_proofs.ledger import Context, Level
    >>> law = lambda sample, a: (a.capacity - a.rank) / (a.capacity_error + 1e-15)
    >>> check_in_floats(law, Context(Level.quick, 0)).holds
    True
    """
    worst, cases, effective = 0.0, 0, 0
    for sample in float_samples(context):
        cases += 1
        violation = law(sample, analyse(sample.W))
        if violation is None:
            continue
        effective += 1
        if not violation <= 1:
            reason = f"violated by {violation:.3g} times the error bound: {sample.name}"
            return Outcome(
                False, reason, 1 - violation, cases, effective, witness={"name": sample.name}
            )
        worst = max(worst, violation)
    reason = f"largest violation {worst:.2g} of the error bound"
    return Outcome(True, reason, 1 - worst, cases, effective)
