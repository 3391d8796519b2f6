"""Pages of a list that is longer than one: which is asked for, what is on it, and the addresses of the others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from server.descriptions.addresses import current_address, current_parameters, with_parameters
from server.http.errors import HttpError, shown
from server.http.numbers import whole_number
from server.http.parameters import Parameters

LAST = 1_000_000
"""The highest number that a page may have."""


@dataclass(frozen=True)
class Pager:
    """A page of a list: its number, how many things a page holds, and how many there are."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, one at least."""
        return max(1, -(-self.total // self.size))

    @property
    def start(self) -> int:
        """Return how many things are on the pages before it."""
        return (self.number - 1) * self.size

    @property
    def here(self) -> slice:
        """Return the place of the page's things in the list."""
        return slice(self.start, self.start + self.size)

    @property
    def window(self) -> str:
        """Return the end of a query for the page's things alone."""
        return f"LIMIT {self.size} OFFSET {self.start}"

    def turn(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return to([*(each for each in current() if each[0] != "page"), ("page", str(number))])


def number(parameters: Parameters) -> int:
    """Return the number of the page that is asked for; 400 where it is none."""
    asked = parameters.one("page") or "1"
    found = whole_number(asked)
    if found is None or not 0 < found <= LAST:
        raise HttpError(400, f"The parameter 'page' is '{shown(asked)}': expected a number from 1 to {LAST}.")
    return found


def kind(parameters: Parameters, known: Collection[str]) -> str:
    """Return the kind of things that is asked for, empty for all; 400 where it is not one that is known."""
    asked = parameters.one("kind") or ""
    if asked and asked not in known:
        raise HttpError(400, f"The parameter 'kind' is '{asked}': expected one of {', '.join(known)}.")
    return asked


def current() -> list[tuple[str, str]]:
    """Return the parameters of the present address, but for the format."""
    return [(key, value) for key, value in current_parameters() if value and key not in ("format", "output")]


def to(pairs: list[tuple[str, str]]) -> str:
    """Return the present address with other parameters."""
    return with_parameters(current_address(), pairs)
