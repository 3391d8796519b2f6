"""What XML cannot hold: the engine writes it all the same, into documents that no XML parser accepts or reads back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.datatypes import is_read_as_name, split_at_name
from kg.errors import NotAcceptableError

_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


def for_xml(data: bytes) -> bytes:
    """Escape the carriage returns of a piece of XML, or raise NotAcceptableError if XML forbids a character of it."""
    if found := _FORBIDDEN.search(data):
        raise NotAcceptableError(f"The answer holds {found.group().decode()!r}, a character that XML cannot hold.")
    return data.replace(b"\r", b"&#13;")


def with_names(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield the triples, or raise NotAcceptableError at a predicate that RDF/XML cannot write as an element's name."""
    named: set[str] = set()
    for triple in triples:
        predicate = triple.predicate.value
        if predicate not in named:
            if not is_read_as_name(split_at_name(predicate)[1]):
                raise NotAcceptableError(f"RDF/XML cannot write the predicate {predicate}: it ends in no XML name.")
            named.add(predicate)
        yield triple
