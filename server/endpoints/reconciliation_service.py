"""The reconciliation service: which of our things the names in a table may mean, and what is known about them.

Reconciliation Service API 0.2, a report of the W3C Entity Reconciliation Community Group, which OpenRefine implements
(https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/). It suggests candidates with scores
and reasons; `match` is true only if the name is exactly the same and no other candidate comes near it.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version as version_of
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from kg.datasets import GraphNames
from kg.formats import HTML
from kg.lookups.property_values import Values
from kg.namespaces import ONTOLOGY
from kg.reconciliation.candidates import Candidate, NamedThing, Reconciler, is_match
from kg.reconciliation.known_things import KINDS_OF_THINGS, KnownThing, read_known_things
from kg.store.interfaces import Version
from server.endpoints.reconciliation_queries import (
    DATE_PROPERTY,
    MAX_BATCH,
    MAX_CANDIDATES,
    NEIGHBOUR_PROPERTIES,
    POST_PROPERTY,
    PROPERTIES_OF_KINDS,
    PROPERTY_NAMES,
    ExtensionQuery,
    ReconciliationQuery,
    kind_of_type,
    read_batch,
    read_extension,
)
from server.http.errors import HttpError, invalid_parameter
from server.http.page_relay import relay_page
from server.http.parameters import Parameters, form_and_query_parameters, query_parameters, whole_number
from server.pages.rendering.json_responses import json_response
from server.site import once_per_version, site

bp = Blueprint("reconciliation", __name__, url_prefix="/reconcile")

PREVIEW_WIDTH, PREVIEW_HEIGHT = 400, 240
"""The size of a preview in pixels."""
SUGGESTIONS = ("entity", "property", "type")
SUGGESTED_AT_ONCE = 20
OTHER_TYPE_SHARE = 0.9
"""The factor for the score of a thing of another type, if the query's type is only preferred ("should")."""
TYPES = {kind: {"id": iri, "name": kind} for iri, kind in KINDS_OF_THINGS.items()}
JsonObject = dict[str, Any]


@bp.get("")
def by_get() -> Response:
    """Return the manifest, or answer a batch of queries or a data extension query (sections 3.1, 4.3, 7.4)."""
    return _answer(query_parameters())


@bp.post("")
def by_post() -> Response:
    """Answer a batch of queries, or a data extension query, in a form (sections 4.3, 7.4)."""
    parameters = form_and_query_parameters()
    if (relayed := relay_page(urlencode(parameters.pairs).encode())) is not None:
        return relayed
    if not {"queries", "extend"} & {name for name, _ in parameters.pairs}:
        raise HttpError(400, "The form holds neither 'queries' nor 'extend': expected one of them.")
    return _answer(parameters)


@bp.get("/suggest/<what>")
def suggest(what: str) -> Response:
    """Return things, properties or types whose names begin with `prefix` (section 6)."""
    if what not in SUGGESTIONS:
        raise HttpError(404, f"There are no suggestions of '{what}': expected one of {', '.join(SUGGESTIONS)}.")
    parameters, version = query_parameters(), site().store.current()
    prefix, start = parameters.required("prefix").strip(), parameters.get("cursor") or "0"
    skipped = whole_number(start)
    if skipped is None:
        raise invalid_parameter("cursor", start, "a number")
    rows = slice(skipped, skipped + SUGGESTED_AT_ONCE)
    if what == "entity":
        return json_response(version, lambda: {"result": [*_suggested(prefix, version)][rows]}, what, prefix, skipped)
    table = PROPERTY_NAMES if what == "property" else KINDS_OF_THINGS
    matching = [{"id": iri, "name": name} for iri, name in table.items() if _begins(prefix, iri, name)]
    return json_response(version, lambda: {"result": matching[rows]}, what, prefix, skipped)


@bp.get("/properties")
def propose() -> Response:
    """Return the properties whose values things of a `type` may have (section 7.2)."""
    parameters, version = query_parameters(), site().store.current()
    name, limit = parameters.required("type"), parameters.number("limit", MAX_CANDIDATES, MAX_CANDIDATES)
    kind = kind_of_type("type", name)
    iris = [iri for iri in PROPERTY_NAMES if iri.rpartition("#")[2] in PROPERTIES_OF_KINDS[kind]]
    return json_response(
        version,
        lambda: {"type": name, "limit": limit, "properties": [*map(_property, iris)][:limit]},
        *(name, limit),
    )


@bp.get("/preview")
def preview() -> Response:
    """Return what tells a thing from others of its name, as a card to be shown in a frame (section 5)."""
    iri, version = query_parameters().required("id"), site().store.current()
    thing = _reconciler(version).things.get(iri)
    if thing is None:
        raise HttpError(404, f"There is no person, organization, group, place or post {iri}.")
    response = Response(render_template("preview.html", thing=thing), content_type=f"{HTML.media_type}; charset=utf-8")
    # Clients show it in a frame, which no other page allows; it has no script, no form and no style.
    origins = " ".join(site().settings.origins) or "'none'"
    response.headers["Content-Security-Policy"] = f"default-src 'none'; base-uri 'none'; frame-ancestors {origins}"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _answer(parameters: Parameters) -> Response:
    version, names = site().store.current(), {name for name, _ in parameters.pairs} - {"callback"}
    if unknown := sorted(names - {"queries", "extend"}):
        raise HttpError(
            400, f"The parameter '{unknown[0]}' is not one of this service's: expected 'queries' or 'extend'."
        )
    if {"queries", "extend"} <= names:
        raise HttpError(400, "The request holds 'queries' and 'extend': expected one of them.")
    if "extend" in names:
        text = parameters.required("extend")
        extension = read_extension(text)
        return json_response(version, lambda: _extended(extension, version), "extend", text)
    if not names:
        return json_response(version, _manifest, request.host_url)
    text = parameters.required("queries")
    batch = read_batch(text)
    reconciler = _reconciler(version)
    return json_response(
        version, lambda: {key: {"result": _result(query, reconciler)} for key, query in batch.items()}, text
    )


@once_per_version
def _reconciler(version: Version) -> Reconciler:
    names = GraphNames(site().base) if site().settings.base else None
    return Reconciler(read_known_things(Values(site().store, version.name), names))


def _manifest() -> JsonObject:
    service = f"{request.host_url}reconcile"
    return {
        "versions": ["0.2"],
        "name": site().settings.title,
        "identifierSpace": site().base,
        "schemaSpace": ONTOLOGY,
        "serviceVersion": version_of("communique"),
        "defaultTypes": [*TYPES.values()],
        "view": {"url": f"{request.host_url}about?iri={{{{id}}}}"},
        "preview": {"url": f"{service}/preview?id={{{{id}}}}", "width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT},
        "suggest": {what: {"service_url": service, "service_path": f"/suggest/{what}"} for what in SUGGESTIONS},
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/properties"},
            "property_settings": [],
        },
        "batchSize": MAX_BATCH,
    }


def _result(query: ReconciliationQuery, reconciler: Reconciler) -> list[JsonObject]:
    """Return the candidates of a query, best first (section 4.2)."""
    if (thing := reconciler.things.get(query.name)) is not None:
        # It is requested by its IRI, so nothing is guessed.
        return [{**_entity(thing), "score": 100, "match": True, "features": []}]
    # If the type is only preferred ("should"), things of other types are candidates too, with a lower score.
    kinds = query.kinds if query.strictness != "should" else ()
    if query.strictness == "all" and len(kinds) > 1:
        return []  # nothing has two of the types
    named = _named(query, reconciler)
    # Two more than requested, since only their scores show whether the first is a match.
    candidates = (
        reconciler.candidates(named, MAX_CANDIDATES + 2, kinds) if query.name else reconciler.holding(named, kinds)
    )
    decided = is_match(candidates) and (not query.kinds or candidates[0].thing.kind in query.kinds)
    # Among candidates with the same score, the reconciler's order counts.
    scored = [(_score(candidate, query), -place, candidate) for place, candidate in enumerate(candidates)]
    ranked = sorted(scored, key=lambda row: row[:2], reverse=True)[: query.limit]
    return [
        {
            **_entity(candidate.thing),
            "score": score,
            "match": decided and candidate is candidates[0],
            "features": _features(candidate),
        }
        for score, _, candidate in ranked
    ]


def _named(query: ReconciliationQuery, reconciler: Reconciler) -> NamedThing:
    def named(iris: Iterable[str]) -> tuple[str, ...]:
        values = [value for iri in iris for value in query.properties.get(iri, ())]
        return tuple(reconciler.things[value].name if value in reconciler.things else value for value in values)

    days = query.properties.get(DATE_PROPERTY, ())
    return NamedThing(
        "",
        (query.name,) if query.name else (),
        posts=named([POST_PROPERTY]),
        begin=min(days, default=""),
        end=max(days, default=""),
        neighbours=named(sorted(NEIGHBOUR_PROPERTIES & {*query.properties})),
    )


def _score(candidate: Candidate, query: ReconciliationQuery) -> float:
    is_other = query.strictness == "should" and query.kinds and candidate.thing.kind not in query.kinds
    return round(candidate.score * (OTHER_TYPE_SHARE if is_other else 1.0), 1)


def _features(candidate: Candidate) -> list[JsonObject]:
    """Return how much each kind of reason adds to the score (section 4.2), and the likeness of the names."""
    features: dict[str, float] = {}
    for reason in candidate.evidence:
        features[reason.kind] = round(features.get(reason.kind, 0.0) + reason.change, 1)
    return [{"id": kind, "value": value} for kind, value in features.items()]


def _entity(thing: KnownThing) -> JsonObject:
    return {"id": thing.iri, "name": thing.name, "description": thing.description, "type": [TYPES[thing.kind]]}


def _suggested(prefix: str, version: Version) -> Iterable[JsonObject]:
    reconciler = _reconciler(version)
    things = [reconciler.things[prefix]] if prefix in reconciler.things else reconciler.beginning(prefix)
    for thing in things:
        entity = _entity(thing)
        yield {**{key: entity[key] for key in ("id", "name", "description")}, "notable": entity["type"]}


def _begins(prefix: str, iri: str, name: str) -> bool:
    lower = prefix.lower()
    return prefix == iri or any(text.lower().startswith(lower) for text in (name, iri.rpartition("#")[2]))


def _property(iri: str) -> JsonObject:
    return {"id": iri, "name": PROPERTY_NAMES[iri]}


def _extended(query: ExtensionQuery, version: Version) -> JsonObject:
    """Return the values of properties of things (section 7.5)."""
    values = Values(site().store, version.name)
    known, properties = _reconciler(version).things, " ".join(f"<{iri}>" for iri in dict.fromkeys(query.properties))
    rows: dict[str, dict[str, list[JsonObject]]] = {
        thing: {iri: [] for iri in query.properties} for thing in query.things
    }
    # For a thing that we do not know, the client may have sent anything, even an end of the IRI and more of a query.
    usable = " ".join(f"<{thing}>" for thing in rows if thing in known)
    pattern = f"VALUES ?thing {{ {usable} }} VALUES ?property {{ {properties} }}"
    # Knowledge from outside the articles is in no default graph.
    outside = f"UNION {{ GRAPH <{GraphNames(site().base).outside}> {{ ?thing ?property ?value }} }}"
    text = f"SELECT DISTINCT ?thing ?property ?value WHERE {{ {pattern} {{ ?thing ?property ?value }} {outside} }}"
    for row in values.rows(f"{text} ORDER BY ?thing ?property ?value", ("value",)) if usable and properties else ():
        value, label = row["value"], row.get("valueLabel", "")
        cell = {"id": value, "name": known[value].name} if value in known else {"str": label or value}
        rows[row["thing"]][row["property"]].append(cell)
    meta = [_property(iri) for iri in query.properties]
    return {"meta": meta, "rows": rows}
