"""The parameters and formats of each route, as a table for /openapi.json."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.formats import (
    CARD_FORMATS,
    CITATION_FORMATS,
    COLLECTION_FORMATS,
    CSV,
    FORM,
    GRAPH_FORMATS,
    HTML,
    JSON,
    MULTIPART,
    PROPERTY_GRAPH_FORMATS,
    QUERY,
    RESULT_FORMATS,
    SCRIPTED,
    TEXT,
    UPDATE,
    Format,
)
from server.pages.network.network_page import PROJECTION_CONTENTS
from server.search.statement_facets import FACETS

READ_PARAMETERS = ("format", "output", "version")
QUERY_PARAMETERS = (
    "default-graph-uri",
    "named-graph-uri",
    "timeout",
    "sparql",
    "optimize",
    "explain",
    *READ_PARAMETERS,
)
UPDATE_PARAMETERS = ("using-graph-uri", "using-named-graph-uri")
GRAPH_PARAMETERS = ("graph", "default")
FACET_PARAMETERS = tuple(facet.name for facet in FACETS)
LIST_FORMATS = (HTML, CSV, JSON, *GRAPH_FORMATS)


@dataclass(frozen=True)
class Operation:
    """What a method of a route accepts and returns."""

    parameters: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    takes: tuple[Format, ...] = ()
    answers: tuple[Format, ...] = (HTML, *GRAPH_FORMATS)
    statuses: tuple[int, ...] = (200,)
    role: str = ""
    """The role that the method needs, if not that of reading."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of an address or a form."""

    description: str
    repeated: bool = False
    json_type: str = "string"
    values: Sequence[str] = ()


_DESCRIBED = tomllib.loads(Path(__file__).with_name("openapi_parameters.toml").read_text("utf-8"))
PARAMETERS: Mapping[str, Parameter] = {
    **{facet.name: Parameter(f"{facet.title}: a value of the statements.", repeated=True) for facet in FACETS},
    **{name: Parameter(**row) for name, row in _DESCRIBED.items()},
    # Its values are those that the page offers, which are defined there.
    "projection": Parameter("What the property graph shows.", values=tuple(PROJECTION_CONTENTS)),
}
NETWORK_PARAMETERS = ("real", "relation", "since", "until")
WRITE = Operation(
    GRAPH_PARAMETERS, takes=(*GRAPH_FORMATS, MULTIPART), answers=(), statuses=(200, 201, 204), role="write"
)
PAGE = Operation(("format",))
EXPLANATION_FORMATS = (HTML, SCRIPTED, *GRAPH_FORMATS)
PAGED_LIST = Operation(("page", "format"), answers=LIST_FORMATS)
LIST_WITH_KINDS = Operation(("kind", "page", "format"), answers=LIST_FORMATS)

OPERATIONS: Mapping[str, Operation] = {
    "admin.queries": Operation(answers=(SCRIPTED,), role="admin"),
    "admin.stop": Operation(answers=(SCRIPTED,), statuses=(204,), role="admin"),
    "citations.card": Operation(("other", "version", "format"), required=("iri",), answers=CARD_FORMATS),
    "citations.citation": Operation(
        ("other", "version", "format"), required=("iri",), answers=(HTML, *CITATION_FORMATS)
    ),
    "claims.claims": Operation((*FACET_PARAMETERS, "q", "sort", "page", "format"), answers=LIST_FORMATS),
    "collecting.form": Operation(("iri",), answers=(HTML,)),
    "collecting.removal_form": Operation(answers=(HTML,)),
    "collection_writes.collect": Operation(
        ("collection", "name", "note", "disputed"), takes=(FORM,), answers=(), statuses=(201, 303), role="write"
    ),
    "collection_writes.remove": Operation(answers=(), statuses=(201, 303), role="write"),
    "collections.collection": Operation(("page", "version", "format"), answers=COLLECTION_FORMATS),
    "collections.collections": Operation(("version",), answers=(HTML,)),
    "collections.disputed": Operation(("version",), answers=(HTML,)),
    "corpus.articles": PAGED_LIST,
    "dataset.dataset": Operation(("from", "to", "graph", "page", "format")),
    "disagreements.disagreements": PAGED_LIST,
    "editor.names": Operation(("start", "end", "version"), answers=(SCRIPTED,)),
    "editor.overview": Operation(answers=(SCRIPTED,)),
    "editor.question": Operation(("who", "what", "where"), answers=(QUERY,), statuses=(200, 303)),
    "editor.terms": Operation(answers=(SCRIPTED,)),
    "editor.things": Operation(("q",), answers=(SCRIPTED,)),
    "events.events": LIST_WITH_KINDS,
    "examples.examples": PAGE,
    "examples.example": Operation(("format",), answers=(HTML, QUERY, CSV, *GRAPH_FORMATS)),
    "graph_writes.merge": WRITE,
    "graph_writes.patch": Operation(GRAPH_PARAMETERS, takes=(UPDATE,), answers=(), statuses=(204,), role="write"),
    "graph_writes.remove": Operation(GRAPH_PARAMETERS, answers=(), statuses=(200, 204), role="write"),
    "graph_writes.replace": WRITE,
    "graphs.dump": Operation(("version",), answers=GRAPH_FORMATS),
    "graphs.dereference": Operation(READ_PARAMETERS, answers=GRAPH_FORMATS, statuses=(200, 303)),
    "graphs.read": Operation((*GRAPH_PARAMETERS, *READ_PARAMETERS), answers=GRAPH_FORMATS),
    "health.health": Operation(answers=(SCRIPTED,)),
    "health.ready": Operation(answers=(SCRIPTED,), statuses=(200, 503)),
    "home.home": PAGE,
    "metrics.metrics": Operation(answers=(TEXT,)),
    "network.chain": Operation(
        ("from", "to", *NETWORK_PARAMETERS, "format"), answers=EXPLANATION_FORMATS, statuses=(200, 303)
    ),
    "network.graph": Operation(("around", "most", *NETWORK_PARAMETERS), answers=(SCRIPTED,)),
    "network.network": Operation(
        ("around", "projection", *NETWORK_PARAMETERS, "format"), answers=(*LIST_FORMATS, *PROPERTY_GRAPH_FORMATS)
    ),
    "openapi.description": Operation(answers=(SCRIPTED,)),
    "people.people": LIST_WITH_KINDS,
    "reconciliation.by_get": Operation(("queries", "extend"), answers=(SCRIPTED,)),
    "reconciliation.by_post": Operation(("extend",), takes=(FORM,), answers=(SCRIPTED,)),
    "reconciliation.preview": Operation(("id",), required=("id",), answers=(HTML,)),
    "reconciliation.propose": Operation(("type", "limit"), required=("type",), answers=(SCRIPTED,)),
    "reconciliation.suggest": Operation(("prefix", "cursor"), required=("prefix",), answers=(SCRIPTED,)),
    "search.search": Operation(("q", "format"), answers=LIST_FORMATS),
    "sparql.by_get": Operation(("query", *QUERY_PARAMETERS), answers=(*RESULT_FORMATS, *GRAPH_FORMATS, HTML)),
    "sparql.describe_updates": Operation(("format",), answers=(HTML, *GRAPH_FORMATS)),
    "sparql.by_post": Operation(
        (*QUERY_PARAMETERS, *UPDATE_PARAMETERS),
        takes=(QUERY, UPDATE, FORM),
        answers=(*RESULT_FORMATS, *GRAPH_FORMATS, HTML),
        statuses=(200, 204),
    ),
    "things.about": Operation(("iri", *READ_PARAMETERS)),
    "timeline.timeline": Operation(("person", "side", "kind", "from", "to", "format"), answers=LIST_FORMATS),
    "updates.update": Operation(UPDATE_PARAMETERS, takes=(UPDATE, FORM), answers=(), statuses=(204,), role="write"),
    "vocabulary.ontology": PAGE,
    "vocabulary.relations": PAGE,
    "vocabulary.schemes": PAGE,
    "vocabulary.shapes": PAGE,
    "void.base": Operation(answers=(), statuses=(303,)),
    "void.describe": Operation(READ_PARAMETERS, answers=GRAPH_FORMATS),
    "why.why": Operation(
        ("subject", "predicate", "value", "text", "language", "datatype", "format"),
        ("subject", "predicate"),
        answers=EXPLANATION_FORMATS,
    ),
}
"""All routes except that of the pages' assets, by endpoint."""
