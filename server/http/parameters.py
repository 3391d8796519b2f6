"""The parameters of a request, read strictly: UTF-8 or an error, and never a guess between two values.

SPARQL 1.1 Protocol, section 2.1 (https://www.w3.org/TR/sparql11-protocol/#query-operation).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request

from kg.sparql.protocol import RequestDataset
from server.http.errors import HttpError
from server.http.urlencoded import pairs

MOST_FIELDS = 1000


@dataclass(frozen=True)
class Parameters:
    """Names and values in the order sent."""

    pairs: tuple[tuple[str, str], ...]

    def __contains__(self, key: str) -> bool:
        return any(name == key for name, _ in self.pairs)

    def get_all(self, key: str) -> tuple[str, ...]:
        """Return every value of a parameter that may be repeated."""
        return tuple(value for name, value in self.pairs if name == key)

    def get(self, key: str) -> str | None:
        """Return the value of a parameter, None where it is not given; 400 where it is given twice."""
        values = self.get_all(key)
        if len(values) > 1:
            raise HttpError(400, f"The parameter '{key}' is given {len(values)} times: expected once.")
        return values[0] if values else None

    def required(self, key: str) -> str:
        """Return the value of a parameter; 400 where it is missing or given twice."""
        value = self.get(key)
        if value is None:
            raise HttpError(400, f"The parameter '{key}' is missing.")
        return value

    def formats(self) -> tuple[str, ...]:
        """Return the formats that `format` and `output` name, the preferred first; widespread clients repeat them."""
        values = (*self.get_all("format"), *self.get_all("output"))
        named = (name.strip().lower() for value in values for name in value.split(","))
        return tuple(name.replace(" ", "+") for name in named if name)

    def dataset(self) -> RequestDataset:
        """Return the dataset that the request names (section 2.1.4)."""
        return RequestDataset(self.get_all("default-graph-uri"), self.get_all("named-graph-uri"))


def utf8(octets: bytes, what: str) -> str:
    """Return the text that the bytes spell; 400 where they are not UTF-8."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as error:
        octet = octets[error.start]
        raise HttpError(400, f"{what} is not UTF-8: byte {octet:#04x} at offset {error.start}.") from error


def require_utf8() -> None:
    """Refuse a body that says of itself that it is written in another charset (415)."""
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise HttpError(415, f"The request's charset is '{charset}': expected utf-8.")


def query_parameters() -> Parameters:
    """Read the parameters after the `?` of the request's address."""
    return _parsed(request.query_string, "query string")


def form_parameters() -> Parameters:
    """Read the parameters of an `application/x-www-form-urlencoded` body."""
    return _parsed(request.get_data(cache=False), "form")


def joined(parameters: Iterable[Parameters]) -> Parameters:
    """Return the parameters of several sources as one, so that a name given in two of them is given twice."""
    return Parameters(tuple(pair for each in parameters for pair in each.pairs))


def _parsed(octets: bytes, what: str) -> Parameters:
    if octets.count(b"&") >= MOST_FIELDS:
        raise HttpError(400, f"The {what} has more than {MOST_FIELDS} parameters.")
    utf8(octets, f"The {what}")
    try:
        return Parameters(tuple((name.decode(), value.decode()) for name, value in pairs(octets)))
    except UnicodeDecodeError as error:
        raise HttpError(400, f"A percent-encoded value in the {what} is not UTF-8.") from error
