"""Pagination of lists: the requested page, its slice of the list, and the URLs of the other pages."""

from __future__ import annotations

from dataclasses import dataclass

from server.descriptions.addresses import current_address, current_parameters, with_parameters
from server.http.parameters import Parameters

MAX_PAGE_NUMBER = 1_000_000


@dataclass(frozen=True)
class Pager:
    """A page of a list: its number, the page size, and the length of the list."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def start(self) -> int:
        """Return the number of items on the pages before this one."""
        return (self.number - 1) * self.size

    @property
    def here(self) -> slice:
        """Return the slice of the list that this page shows."""
        return slice(self.start, self.start + self.size)

    @property
    def window(self) -> str:
        """Return the LIMIT and OFFSET of the page's query."""
        return f"LIMIT {self.size} OFFSET {self.start}"

    def turn(self, number: int) -> str:
        """Return the URL of another page of the list."""
        return address_with([*((key, value) for key, value in current_pairs() if key != "page"), ("page", str(number))])


def page_number(parameters: Parameters) -> int:
    """Return the number of the requested page. Raises HttpError 400 if it is not a number in range."""
    return parameters.number("page", 1, MAX_PAGE_NUMBER)


def current_pairs() -> list[tuple[str, str]]:
    """Return the parameters of the current URL except the format."""
    return [(key, value) for key, value in current_parameters() if value and key not in ("format", "output")]


def address_with(pairs: list[tuple[str, str]]) -> str:
    """Return the current URL with other parameters."""
    return with_parameters(current_address(), pairs)
