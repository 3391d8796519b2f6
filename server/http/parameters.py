"""The parameters of a request, read strictly: values that are not UTF-8 or given twice are errors.

SPARQL 1.1 Protocol, section 2.1 (https://www.w3.org/TR/sparql11-protocol/#query-operation).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from flask import request

from kg.sparql.protocol import RequestDataset
from server.http.errors import HttpError, invalid_parameter
from server.http.urlencoded import pairs

MAX_PARAMETERS = 1000
SHORT_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class Parameters:
    """The names and values of parameters, in the order of the request."""

    pairs: tuple[tuple[str, str], ...]

    def __contains__(self, key: str) -> bool:
        return any(name == key for name, _ in self.pairs)

    def get_all(self, key: str) -> tuple[str, ...]:
        """Return all values of a parameter that may be repeated."""
        return tuple(value for name, value in self.pairs if name == key)

    def get(self, key: str) -> str | None:
        """Return the value of a parameter, None if absent. Raises HttpError 400 if it is given twice."""
        values = self.get_all(key)
        if len(values) > 1:
            raise HttpError(400, f"The parameter '{key}' is given {len(values)} times: expected once.")
        return values[0] if values else None

    def required(self, key: str) -> str:
        """Return the value of a parameter. Raises HttpError 400 if it is missing or given twice."""
        value = self.get(key)
        if value is None:
            raise HttpError(400, f"The parameter '{key}' is missing.")
        return value

    def choice(self, key: str, known: Collection[str], default: str = "") -> str:
        """Return the value of a parameter, the default if absent or empty. Raises HttpError 400 if it is not known."""
        value = self.get(key) or default
        if value != default and value not in known:
            raise invalid_parameter(key, value, f"one of {', '.join(filter(None, known))}")
        return value

    def number(self, key: str, default: int, highest: int) -> int:
        """Return a number from 1, the default if absent. Raises HttpError 400 if not a number, or above `highest`."""
        value = self.get(key)
        number = default if value is None else whole_number(value)
        if number is None or not 0 < number <= highest:
            raise invalid_parameter(key, value or "", f"a number from 1 to {highest}")
        return number

    def formats(self) -> tuple[str, ...]:
        """Return the names in `format` and `output`, the preferred first; common clients repeat these parameters."""
        values = (*self.get_all("format"), *self.get_all("output"))
        names = (name.strip().lower() for value in values for name in value.split(","))
        return tuple(name.replace(" ", "+") for name in names if name)  # the + of rdf+xml, decoded as a space

    def dataset(self) -> RequestDataset:
        """Return the dataset that the request names (section 2.1.4)."""
        return RequestDataset(self.get_all("default-graph-uri"), self.get_all("named-graph-uri"))


def query_parameters() -> Parameters:
    """Return the parameters in the query string."""
    return _parse(request.query_string, "query string")


def form_parameters() -> Parameters:
    """Return the parameters in an `application/x-www-form-urlencoded` body."""
    return _parse(request.get_data(cache=False), "form")


def form_and_query_parameters() -> Parameters:
    """Return the parameters of the form and the query string together, so that a name in both counts as given twice."""
    require_utf8()
    return Parameters((*query_parameters().pairs, *form_parameters().pairs))


def body_text(label: str) -> str:
    """Return the body as text. Raises HttpError 415 for another charset, 400 if it is not UTF-8."""
    require_utf8()
    return _decode(request.get_data(cache=False), label)


def require_utf8() -> None:
    """Raise HttpError 415 if the request declares another charset than UTF-8."""
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise HttpError(415, f"The request's charset is '{charset}': expected utf-8.")


def whole_number(text: str) -> int | None:
    """Return the number that up to 15 ASCII digits spell, None for any other text.

    Python's `int` also accepts digits of other scripts, and raises an error of its own for more than 4,300.
    """
    return int(text) if SHORT_NUMBER.fullmatch(text) else None


def _decode(octets: bytes, label: str) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as error:
        octet = octets[error.start]
        raise HttpError(400, f"{label} is not UTF-8: byte {octet:#04x} at offset {error.start}.") from error


def _parse(octets: bytes, label: str) -> Parameters:
    # Counted before anything is split, and decoded as a whole first: the error then has the offset.
    if octets.count(b"&") >= MAX_PARAMETERS:
        raise HttpError(400, f"The {label} has more than {MAX_PARAMETERS} parameters.")
    _decode(octets, f"The {label}")
    try:
        return Parameters(tuple((name.decode(), value.decode()) for name, value in pairs(octets)))
    except UnicodeDecodeError as error:
        raise HttpError(400, f"A percent-encoded value in the {label} is not UTF-8.") from error
