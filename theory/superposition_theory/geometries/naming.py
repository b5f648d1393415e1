"""Words for numbers of corners."""

_CORNERS = {
    3: ("triangle", "triangular"),
    4: ("square", "square"),
    5: ("pentagon", "pentagonal"),
    6: ("hexagon", "hexagonal"),
    7: ("heptagon", "heptagonal"),
    8: ("octagon", "octagonal"),
}


def polygon_name(n: int) -> str:
    """Return the name of the regular n-gon.

    Examples
    --------
    >>> polygon_name(5), polygon_name(17)
    ('pentagon', '17-gon')
    """
    return _CORNERS[n][0] if n in _CORNERS else f"{n}-gon"


def polygonal(n: int) -> str:
    """Return the adjective of the regular n-gon.

    Examples
    --------
    >>> polygonal(5), polygonal(17)
    ('pentagonal', '17-gonal')
    """
    return _CORNERS[n][1] if n in _CORNERS else f"{n}-gonal"
