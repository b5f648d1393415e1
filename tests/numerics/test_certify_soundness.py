"""No bound of any arithmetic is violated by any sampled value, slope or second derivative."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt
from typing import Any

import numpy as np
import pytest
from numerics.certify_samples import Case, cases
from superposition_numerics.certify import FLOATS, Arithmetic, Balls, Fixed, Formula
from superposition_numerics.certify.intervals import balls, fixed, floats
from superposition_numerics.certify.jets import Jet, _times

pytestmark = pytest.mark.skipif(
    np.finfo(np.longdouble).nmant < 63, reason="extended precision is no finer than float64 here"
)

# Coarse enough that extended precision, of 64 bits, is far finer than the last bit of a bound.
COARSE = (Fixed(44), Balls(44))


def violations(arithmetic: Arithmetic, case: Case, *, derivatives: bool = True) -> int:
    """Count the boxes of which a sampled number lies outside its bounds."""
    function = Formula(case.expression)
    count = 0
    with arithmetic.working(), np.errstate(invalid="ignore"):
        for portion, lower, upper in arithmetic.batches(case.lower, case.upper):
            x = arithmetic.values(lower, upper)
            sampled = case.sampled[..., portion]
            defined = np.isfinite(sampled[0])
            undefined, somewhere = ~defined.all(axis=0), defined.any(axis=0)
            value = function.value(x)
            wrong = outside(value, sampled[0]) | (undefined & ~is_everything(value))
            if derivatives:
                gradient, hessian = function.gradient(x), function.hessian(x)
                second = [hessian[0][0], hessian[1][0], hessian[1][1]]
                for enclosure, numbers in zip([*gradient, *second], sampled[1:], strict=True):
                    wrong |= outside(enclosure, numbers)
                # along an unused variable the slope is 0; one of the used ones must give warning
                warned = is_everything(gradient[0]) | is_everything(gradient[1])
                wrong |= undefined & somewhere & ~warned
            count += int(wrong.sum())
    return count


def outside(enclosure: Any, numbers: Any) -> Any:
    low, high = enclosure.bounds()
    return (np.isfinite(numbers) & ((numbers < low) | (numbers > high))).any(axis=0)


def is_everything(enclosure: Any) -> Any:
    low, high = enclosure.bounds()
    return np.isneginf(low) & np.isposinf(high)


def total(arithmetic: Arithmetic, family: Iterator[Case], *, derivatives: bool = True) -> int:
    return sum(violations(arithmetic, case, derivatives=derivatives) for case in family)


@pytest.mark.parametrize(("arithmetic", "boxes"), [(FLOATS, 30), (COARSE[0], 3), (COARSE[1], 8)])
def test_a_sample(arithmetic: Arithmetic, boxes: int) -> None:
    assert total(arithmetic, cases(1, 200, boxes)) == 0


def cosine_between_ends(angle: Any, _: Any) -> Any:
    return floats._cosine_at(angle.lower).hull(floats._cosine_at(angle.upper))


def hull_without_bounds(x: Any, y: Any) -> Any:
    return fixed.FixedInterval(x.ring, min(x.lower, y.lower), max(x.upper, y.upper))


def root_rounded_down(x: Any) -> Any:
    if not x.bounded or x.lower < 0:
        return x.ring.everything
    return fixed.FixedInterval(x.ring, *(isqrt(end << x.ring.bits) for end in (x.lower, x.upper)))


def without_products_of_slopes(jet: Any, value: Any, first: Any, _: Any) -> Any:
    hessian = None if jet.hessian is None else [[_times(first, h) for h in r] for r in jet.hessian]
    return Jet(value, [_times(first, part) for part in jet.gradient], hessian)


UNSOUND = [
    (FLOATS, floats, "_outward", floats.FloatInterval),  # bounds rounded to nearest
    (FLOATS, floats, "_cosine_range", cosine_between_ends),  # extremes inside forgotten
    (FLOATS, Jet, "__rtruediv__", lambda jet, c: jet * c),  # c/x taken for c x
    (COARSE[0], fixed.FixedInterval, "hull", hull_without_bounds),  # no bound taken for 0
    (COARSE[0], fixed.FixedInterval, "sqrt", root_rounded_down),  # the upper end rounded down
    (COARSE[1], balls.Ball, "cos", lambda x: balls.Ball(x.arb.mid().cos())),  # radius forgotten
    (COARSE[1], Jet, "_map", without_products_of_slopes),  # f'' u'^2 forgotten in (f(u))''
]


@pytest.mark.parametrize(("arithmetic", "owner", "name", "wrong"), UNSOUND)
def test_an_unsound_copy_is_caught(
    arithmetic: Arithmetic, owner: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, wrong)
    assert total(arithmetic, cases(1, 100, 8)) > 0


@pytest.mark.slow
def test_floats_on_a_hundred_thousand_boxes() -> None:
    assert total(FLOATS, cases(0, 200, 500)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("arithmetic", COARSE, ids=lambda ring: ring.name)
def test_single_intervals_on_a_hundred_thousand_boxes(arithmetic: Arithmetic) -> None:
    assert total(arithmetic, cases(2, 500, 10)) == 0
    assert total(arithmetic, cases(3, 500, 190, depth=3), derivatives=False) == 0
