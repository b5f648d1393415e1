"""Checks of the fields of records: an error names the field, its value and what is accepted."""

from __future__ import annotations

import enum
import operator
import re
from collections.abc import Mapping

from superposition_theory.errors import InputError

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def set_field(record: object, name: str, value: object) -> None:
    """Set a field of a frozen dataclass while it is being made."""
    object.__setattr__(record, name, value)


def require_text(name: str, value: object) -> None:
    """Require text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{name} must be a non-empty string, got {value!r}")


def require_line(name: str, value: object) -> None:
    """Require one line of text that is not blank."""
    require_text(name, value)
    if len(str(value).splitlines()) != 1:
        raise InputError(f"{name} must be a single line, got {value!r}")


def require_member(
    name: str, value: object, kind: type, accepted: tuple[enum.StrEnum, ...]
) -> None:
    """Require a member of an enumeration, out of those accepted."""
    if not isinstance(value, kind) or value not in accepted:
        choices = ", ".join(f"{kind.__name__}.{choice.name}" for choice in accepted)
        raise InputError(f"{name} must be one of {choices}, got {value!r}")


def require_ids(name: str, value: object) -> None:
    """Require a tuple of claim ids, each once."""
    if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
        raise InputError(f"{name} must be a tuple of claim ids, got {value!r}")
    for item in value:
        if not SLUG.fullmatch(item):
            raise InputError(f"{name} holds {item!r}, which is not a claim id")
    if len(set(value)) != len(value):
        raise InputError(f"{name} names a claim twice: {value!r}")


def require_count(name: str, value: object) -> int:
    """Return a non-negative integer as an int."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise InputError(f"{name} must be an integer, at least 0, got {value!r}")
    number = operator.index(value)
    if number < 0:
        raise InputError(f"{name} must be an integer, at least 0, got {number}")
    return number


def require_mapping(name: str, value: object) -> None:
    """Require a mapping."""
    if not isinstance(value, Mapping):
        raise InputError(f"{name} must be a mapping, got {value!r}")


def require_instance(name: str, value: object, accepted: type) -> None:
    """Require an instance of a type."""
    if not isinstance(value, accepted):
        raise InputError(f"{name} must be a {accepted.__name__}, got {value!r}")
