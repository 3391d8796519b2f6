"""Sets of a version's statements with a byte for each: large ones are intersected, compared and counted at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from itertools import compress, count


class StatementSet(Collection[int]):
    """A set of statements, by number, out of all of a version."""

    def __init__(self, mask: bytes) -> None:
        self.mask = mask
        """A byte for each statement of the version: 1 for those in the set, 0 for the others."""

    @classmethod
    def of(cls, numbers: Iterable[int], total: int) -> StatementSet:
        """Return the set of these statements, out of `total`."""
        mask = bytearray(total)
        for number in numbers:
            mask[number] = 1
        return cls(bytes(mask))

    @classmethod
    def all(cls, total: int) -> StatementSet:
        """Return the set of all statements."""
        return cls(b"\1" * total)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[int]:
        return compress(count(), self.mask)

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and 0 <= number < len(self.mask) and bool(self.mask[number])

    def __and__(self, other: StatementSet) -> StatementSet:
        return self._with(self._bits & other._bits)

    def __or__(self, other: StatementSet) -> StatementSet:
        return self._with(self._bits | other._bits)

    def __sub__(self, other: StatementSet) -> StatementSet:
        return self._with(self._bits & ~other._bits)

    @property
    def is_all(self) -> bool:
        """Return whether every statement is in the set."""
        return len(self) == len(self.mask)

    def complement(self) -> StatementSet:
        """Return the set of the other statements."""
        return self.all(len(self.mask)) - self

    def in_order(self, numbers: Iterable[int]) -> Iterator[int]:
        """Yield those of the numbers that are in the set, in the order given."""
        in_turn = [*numbers]
        return compress(in_turn, map(self.mask.__getitem__, in_turn))

    @cached_property
    def _size(self) -> int:
        return self._bits.bit_count()

    @property
    def _bits(self) -> int:
        # A number with as many bits as there are members: each of them is a byte 1.
        return int.from_bytes(self.mask, "little")

    def _with(self, bits: int) -> StatementSet:
        return StatementSet(bits.to_bytes(len(self.mask), "little"))
