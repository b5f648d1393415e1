"""Settings in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from superposition_numerics.training import Instance


def describe(settings: Sequence[Instance]) -> tuple[str, ...]:
    """Return densities, importances and correlations in a line each, without what all share.

    Examples
    --------
    >>> from superposition_numerics.training import Instance
    >>> from superposition_proofs.training.wording import describe
    >>> describe([Instance(0.1, (1.0, 0.9, 0.81, 0.729), "correlated", 2)])
    ('density 0.1, importance 1, 0.9, ..., 0.729, correlated in 2 sets',)
    >>> describe([Instance(0.1, 0.5), Instance(0.2, 0.5)])
    ('density 0.1', 'density 0.2')
    """
    rows = [_parts(setting) for setting in settings]
    kept = [part for part in range(3) if len(rows) == 1 or len({row[part] for row in rows}) > 1]
    return tuple(", ".join(filter(None, (row[part] for part in kept))) for row in rows)


def _parts(setting: Instance) -> tuple[str, str, str]:
    """Return density, importance and correlation in words; nothing of independent features."""
    sets = "1 set" if setting.sets == 1 else f"{setting.sets} sets"
    correlated = setting.correlation != "independent"
    return (
        f"density {_shown(setting.density)}",
        f"importance {_shown(setting.importance)}",
        f"{setting.correlation} in {sets}" if correlated else "",
    )


def named(settings: Mapping[str, Any]) -> str:
    """Return the name of a source or a method with its settings."""
    rest = [
        f"{key.replace('_', ' ')} {_plain(value)}"
        for key, value in settings.items()
        if key not in ("name", "sha256") and value is not None
    ]
    return f"{settings['name']} ({', '.join(rest)})" if rest else str(settings["name"])


def _plain(value: Any) -> str:
    """Return a setting: a number, several, or a schedule."""
    if isinstance(value, dict):
        warmup = f" after {value['warmup']} steps" if value["warmup"] else ""
        return f"{value['shape']}{warmup}"
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_plain, value))})"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _shown(value: float | Sequence[float]) -> str:
    """Return a number, or the first two and the last of several."""
    if isinstance(value, int | float):
        return f"{value:.4g}"
    shown = [f"{x:.4g}" for x in value]
    return ", ".join(shown if len(shown) <= 3 else [*shown[:2], "...", shown[-1]])
