"""Strict parsing of the requests to the reconciliation service (Reconciliation Service API 0.2, sections 4 and 7)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rdflib import SKOS

from kg.namespaces import CQ, SCHEMA
from kg.reconciliation.known_things import KINDS_OF_THINGS
from server.http.errors import HttpError

MAX_BATCH = 50
"""The number of queries in a batch; a data extension query may have ten times as many things."""
MAX_EXTENDED = 10 * MAX_BATCH
MAX_CANDIDATES, DEFAULT_LIMIT = 100, 10
QUERY_FIELDS = {"query", "type", "limit", "properties", "type_strict"}
POST_PROPERTY, DATE_PROPERTY = str(CQ.holds), str(CQ.asOf)
NEIGHBOUR_PROPERTIES = {str(CQ[name]) for name in ("affiliatedWith", "memberOf", "partOf", "within", "postIn")}
PROPERTY_NAMES: Mapping[str, str] = {
    POST_PROPERTY: "post",
    str(CQ.affiliatedWith): "affiliated with",
    str(CQ.memberOf): "member of",
    str(CQ.partOf): "part of",
    str(CQ.within): "within",
    str(CQ.postIn): "post in",
    DATE_PROPERTY: "as of",
    str(CQ.alias): "alias",
    str(CQ.kind): "kind",
    str(SCHEMA.sameAs): "the same elsewhere",
    str(SKOS.editorialNote): "note",
}
"""The properties of the service; candidates are weighed by those of posts, dates and what a thing belongs to."""
MATCHED_PROPERTIES = {POST_PROPERTY, DATE_PROPERTY, *NEIGHBOUR_PROPERTIES}
PROPERTIES_OF_KINDS: Mapping[str, Sequence[str]] = {
    "person": ("holds", "affiliatedWith", "memberOf", "alias"),
    "organization": ("partOf", "affiliatedWith", "memberOf", "alias", "kind"),
    "group": ("partOf", "affiliatedWith", "memberOf", "kind"),
    "place": ("within", "alias", "kind"),
    "post": ("postIn",),
}


@dataclass(frozen=True)
class ReconciliationQuery:
    """A query: the name to look up, the kinds of things, and other known values by property."""

    name: str
    kinds: tuple[str, ...]
    strictness: str
    limit: int
    properties: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class ExtensionQuery:
    """The things and properties whose values are requested."""

    things: tuple[str, ...]
    properties: tuple[str, ...]


def read_batch(text: str) -> dict[str, ReconciliationQuery]:
    """Return the queries of a batch by key. Raises HttpError 400 if one is malformed, 413 if there are too many."""
    batch = _object(text, "queries")
    if len(batch) > MAX_BATCH:
        sentence = f"The batch has {len(batch):,} queries: the limit 'batch' is {MAX_BATCH}."
        raise HttpError(413, sentence, limit="batch", value=MAX_BATCH)
    return {key: _query(key, fields) for key, fields in batch.items()}


def read_extension(text: str) -> ExtensionQuery:
    """Return a data extension query. Raises HttpError 400 if it is malformed, 413 if it has too many things."""
    fields = _object(text, "extend")
    things, properties = fields.get("ids"), fields.get("properties")
    if not isinstance(things, list) or not all(isinstance(thing, str) for thing in things):
        raise _fault("extend", "ids", things, "a list of IRIs")
    if not isinstance(properties, list) or not all(isinstance(entry, dict) for entry in properties):
        raise _fault("extend", "properties", properties, "a list of objects with an id")
    if len(things) > MAX_EXTENDED:
        sentence = f"The query is of {len(things):,} things: the limit 'extended' is {MAX_EXTENDED}."
        raise HttpError(413, sentence, limit="extended", value=MAX_EXTENDED)
    return ExtensionQuery(tuple(things), tuple(property_iri("extend", entry.get("id")) for entry in properties))


def property_iri(key: str, name: object) -> str:
    """Return the IRI of a property, given the IRI or its last part. Raises HttpError 400 if the service has none."""
    for iri in PROPERTY_NAMES:
        if name in (iri, _end(iri)):
            return iri
    raise _fault(key, "property", name, f"one of {', '.join(map(_end, PROPERTY_NAMES))}")


def kind_of_type(key: str, name: object) -> str:
    """Return the kind of a class, given its IRI, its last part or the kind. Raises HttpError 400 if there is none."""
    for iri, kind in KINDS_OF_THINGS.items():
        if name in (iri, _end(iri), kind):
            return kind
    raise _fault(key, "type", name, f"one of {', '.join(map(_end, KINDS_OF_THINGS))}")


def _query(key: str, fields: object) -> ReconciliationQuery:
    if not isinstance(fields, dict):
        raise _fault(key, "query", fields, 'an object such as {"query": "Ada Brandt"}')
    if unknown := sorted({*fields} - QUERY_FIELDS):
        raise _fault(key, "field", unknown[0], f"one of {', '.join(sorted(QUERY_FIELDS))}")
    name = fields.get("query", "")
    if not isinstance(name, str):
        raise _fault(key, "query", name, "a string")
    properties = _properties(key, fields.get("properties", []))
    if not name.strip() and not properties:
        raise HttpError(400, f"The query '{key}' has neither a 'query' nor 'properties': expected one of them.")
    types = fields.get("type") or []
    # A single type may be given without a list (section 4.2).
    types = types if isinstance(types, list) else [types]
    strictness = fields.get("type_strict", "any")
    if strictness not in ("any", "should", "all"):
        raise _fault(key, "type_strict", strictness, "any, should or all")
    kinds = tuple(dict.fromkeys(kind_of_type(key, name) for name in types))
    return ReconciliationQuery(name.strip(), kinds, strictness, _limit(key, fields.get("limit")), properties)


def _limit(key: str, value: object) -> int:
    if value is None:
        return DEFAULT_LIMIT
    # A JSON boolean would pass for a number, since Python's bool is an int.
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 or value < 1:
        raise _fault(key, "limit", value, "a number from 1")
    return min(int(value), MAX_CANDIDATES)


def _properties(key: str, entries: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(entries, list):
        raise _fault(key, "properties", entries, 'a list such as [{"pid": "holds", "v": "mayor"}]')
    properties: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "pid" not in entry or "v" not in entry:
            raise _fault(key, "properties", entry, "objects with 'pid' and 'v'")
        iri = property_iri(key, entry["pid"])
        if iri not in MATCHED_PROPERTIES:
            raise _fault(key, "property", entry["pid"], f"one of {', '.join(sorted(map(_end, MATCHED_PROPERTIES)))}")
        # A single value, too, may be given without a list.
        values = entry["v"] if isinstance(entry["v"], list) else [entry["v"]]
        properties[iri] = (*properties.get(iri, ()), *(_value(key, value) for value in values))
    return {iri: values for iri, values in properties.items() if any(values)}


def _value(key: str, value: object) -> str:
    """Return a property value as text: for an entity, its name, or its IRI if it has no name."""
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return str(value.get("name") or value["id"]).strip()
    if isinstance(value, str | int | float):
        return str(value).strip()
    raise _fault(key, "v", value, "a string, a number, a boolean or an object with an id")


def _object(text: str, parameter: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair could not be sent back
    except (ValueError, RecursionError) as error:
        reason = "it nests too deep" if isinstance(error, RecursionError) else str(error)
        raise HttpError(400, f"The parameter '{parameter}' is not JSON: {reason}.") from error
    if not isinstance(value, dict):
        raise HttpError(400, f"The parameter '{parameter}' is not a JSON object: expected one such as {{…}}.")
    return value


def _fault(key: str, field: str, value: object, expected: str) -> HttpError:
    shown = json.dumps(value, ensure_ascii=False)[:200]
    return HttpError(400, f"The {field} of '{key}' is {shown}: expected {expected}.")


def _end(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2]
