"""Documents about single things, or about all, in the formats based on lookups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.errors import RequestError
from kg.formats import FRAMED, NANOPUBLICATION, SCHEMA_ORG, THING_FORMATS, Format
from kg.lookups.framed_jsonld import write_framed
from kg.lookups.nanopublications import write_nanopublications
from kg.lookups.property_values import Values
from kg.lookups.schema_org import write_schema_org


def export_things(values: Values, iris: Iterable[str] | None, format_: Format) -> Iterator[bytes]:
    """Yield a document about the given things, or about all (None), in one of THING_FORMATS.

    Raises RequestError for another format, or if the format has nothing about a given thing.
    """
    writers = {SCHEMA_ORG: write_schema_org, FRAMED: write_framed, NANOPUBLICATION: write_nanopublications}
    if format_ not in writers:
        offered = ", ".join(known.name for known in THING_FORMATS)
        raise RequestError(f"{format_.label} is not a format of single things: expected one of {offered}.")
    return writers[format_](values, iris)
