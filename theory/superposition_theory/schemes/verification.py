"""Whether a colouring of the pairs of points is coherent, decided exactly, with a witness if not.

All path counts between two points are added up at once: row z of the matrix becomes one integer
that holds, in a field of whole bytes for every point y and colour j, whether (z, y) has colour j.
The sum of these integers over the points z that (x, z) joins by colour i then holds the numbers of
paths of colours (i, j) from x to every y; no field overflows, since no count exceeds n.
"""

from collections.abc import Iterator

from superposition_theory.errors import InputError

from .relations import Relation

_CHUNK_BYTES = 1 << 28


class PathCounts:
    """The numbers of paths of two steps in a coherent colouring, by their three colours.

    Parameters
    ----------
    blocks : dict
        For colours (i, k), the counts p_ij^k for all j, each in `width` bytes; absent where i does
        not start where k starts.
    rank, width : int
    """

    def __init__(self, blocks: dict[tuple[int, int], bytes], rank: int, width: int) -> None:
        self._blocks, self._rank, self._width = blocks, rank, width

    def number(self, i: int, j: int, k: int) -> int:
        """Return p_ij^k: the points z with (x, z) of colour i and (z, y) of colour j."""
        block = self._blocks.get((i, k))
        if block is None:
            return 0
        return int.from_bytes(block[j * self._width : (j + 1) * self._width], "little")

    def row(self, i: int, k: int) -> tuple[int, ...]:
        """Return p_ij^k for all j."""
        block = self._blocks.get((i, k))
        if block is None:
            return (0,) * self._rank
        if self._width == 1:
            return tuple(block)
        return tuple(self.number(i, j, k) for j in range(self._rank))


def transposed_colours(relation: Relation, rank: int) -> tuple[int, ...]:
    """Return the colour of (y, x) as a function of the colour of (x, y), or raise InputError."""
    transpose = [-1] * rank
    witness: list[tuple[int, int]] = [(0, 0)] * rank
    for x, (row, column) in enumerate(zip(relation, zip(*relation, strict=True), strict=True)):
        for y, (colour, opposite) in enumerate(zip(row, column, strict=True)):
            if transpose[colour] == -1:
                transpose[colour], witness[colour] = opposite, (x, y)
            elif transpose[colour] != opposite:
                raise InputError(
                    f"relation is not a coherent configuration: the pairs {witness[colour]} and "
                    f"{(x, y)} have colour {colour}, but their transposes have colours "
                    f"{transpose[colour]} and {opposite}"
                )
    return tuple(transpose)


def path_counts(relation: Relation, rank: int) -> PathCounts:
    """Decide whether a canonical colouring is coherent and return its path counts.

    Raises
    ------
    InputError
        With two pairs of one colour that see different paths, or a colour that is on the diagonal
        and off it.
    """
    order = len(relation)
    _check_diagonal(relation)
    _check_rows(relation)
    width = (order.bit_length() + 7) // 8
    blocks: dict[tuple[int, int], bytes] = {}
    seen: dict[tuple[int, int], tuple[int, int]] = {}
    for x, start, i, counts in _sums(relation, rank, width):
        size = rank * width
        row = relation[x]
        for offset in range(len(counts) // size):
            y = start + offset
            block = counts[offset * size : (offset + 1) * size]
            known = blocks.setdefault((i, row[y]), block)
            if known != block:
                other = seen[i, row[y]]
                j = next(c for c in range(size) if known[c] != block[c]) // width
                fields = [
                    int.from_bytes(b[j * width : (j + 1) * width], "little") for b in (known, block)
                ]
                raise InputError(
                    f"relation is not a coherent configuration: the pairs {other} and {(x, y)} "
                    f"have colour {row[y]}, but {fields[0]} and {fields[1]} paths of colours "
                    f"({i}, {j})"
                )
            seen.setdefault((i, row[y]), (x, y))
    return PathCounts(blocks, rank, width)


def _sums(relation: Relation, rank: int, width: int) -> Iterator[tuple[int, int, int, bytes]]:
    """Yield point x, first point y of a chunk, colour i and the packed counts of its paths."""
    order = len(relation)
    chunk = max(1, min(order, _CHUNK_BYTES // (order * rank * width)))
    for start in range(0, order, chunk):
        columns = range(start, min(start + chunk, order))
        size = len(columns) * rank * width
        packed = []
        for row in relation:
            field = bytearray(size)
            for offset, y in enumerate(columns):
                field[(offset * rank + row[y]) * width] = 1
            packed.append(int.from_bytes(field, "little"))
        for x, row in enumerate(relation):
            sums: dict[int, int] = {}
            for z, colour in enumerate(row):
                sums[colour] = sums.get(colour, 0) + packed[z]
            for i, total in sums.items():
                yield x, start, i, total.to_bytes(size, "little")


def _check_diagonal(relation: Relation) -> None:
    """Refuse a colour that occurs on the diagonal and off it."""
    diagonal = {row[x]: x for x, row in reversed(list(enumerate(relation)))}
    for x, row in enumerate(relation):
        for y, colour in enumerate(row):
            if x != y and colour in diagonal:
                raise InputError(
                    f"relation is not a coherent configuration: colour {colour} is on the diagonal "
                    f"at {diagonal[colour]} and off it at {(x, y)}"
                )


def _check_rows(relation: Relation) -> None:
    """Refuse rows whose numbers of the colours are not decided by their diagonal colour.

    A colour that starts at points of two diagonal colours is refused too.
    """
    first: dict[int, tuple[int, list[int]]] = {}
    start: dict[int, int] = {}
    for x, row in enumerate(relation):
        for colour in dict.fromkeys(row):
            if relation[start.setdefault(colour, x)][start[colour]] != row[x]:
                raise InputError(
                    f"relation is not a coherent configuration: colour {colour} starts at the "
                    f"points {start[colour]} and {x}, which have two diagonal colours"
                )
        other, known = first.setdefault(row[x], (x, sorted(row)))
        if known != sorted(row):
            raise InputError(
                f"relation is not a coherent configuration: the points {other} and {x} have one "
                "diagonal colour, but their rows hold different numbers of some colour"
            )
