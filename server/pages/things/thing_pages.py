"""The page of a thing, selected by its class; places, posts, topics, passages and propositions have theirs here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from flask import Response, request
from markupsafe import Markup
from rdflib import RDF, SKOS

from kg.iterables import grouped
from kg.lookups.property_values import Values
from kg.lookups.schema_org import embedded_node
from kg.namespaces import CONDITIONAL_HALVES, CQ, ONTOLOGY, SCHEMA
from kg.store.interfaces import Version
from kg.store.label_columns import LABEL_PROPERTIES, preferred_label
from server.descriptions.addresses import thing_address
from server.pages.citations import citation_address
from server.pages.queried_data.thing_names import CLASS_WORDS
from server.pages.rendering.page_rendering import TemplateCall
from server.pages.rendering.page_rendering import page as html
from server.pages.terms.page_terms import PageTerm, Row
from server.pages.things.agent_page import agent_page
from server.pages.things.article_page import article_page
from server.pages.things.cited_things import cite
from server.pages.things.event_page import event_page
from server.pages.things.occurrence_accounts import account_table
from server.pages.things.statement_page import statement_page
from server.pages.things.thing_profiles import Profile, profile
from server.pages.things.thing_queries import USUAL_VALUES, ThingQueries, events_with_spans, with_property
from server.pages.things.utterance_page import utterance_page
from server.site import site

HALVES = [str(half) for half in CONDITIONAL_HALVES]
PASSAGE_USES = (
    ("evidence", "What rests on it"),
    ("mention", "What it names"),
    ("sourceSpan", "Names the source of"),
    ("cueSpan", "Is the cue of"),
    ("contentSpan", "Is the content of"),
    ("quotedSpan", "Is quoted in"),
    ("insertionSpan", "Is an insertion in a quotation of"),
    ("withoutStatement", "Makes no statement, in"),
)


@dataclass(frozen=True)
class NewerVersion:
    """The current version, how its facts about a thing compare with an older one's, and the thing's address there."""

    name: str
    words: str
    address: str


def thing_page(iri: str, version: Version) -> Response:
    """Return the page about a thing in a version."""
    thing = ThingQueries(version, iri=iri)
    types = _types(thing)
    template, values = page = _page_of(thing, types)
    cited, structured = cite(thing), structured_data(thing, types)
    # The names are looked up once all queries are answered.
    pictured = cited or profile(thing, page)
    newer = newer_facts(thing)
    return html(template, thing, this=iri, cited=cited, pictured=pictured, newer=newer, structured=structured, **values)


def newer_facts(thing: ThingQueries, other: str = "") -> NewerVersion | None:
    """Return how the current version compares with an older one about a thing, or its disagreement with another.

    None if all facts are the same.
    """
    if not site().differs_in_facts(thing.version):
        return None
    # A copy, so that the comparison can use the results of the page's queries without being listed among them.
    older = ThingQueries(thing.version, [*thing.answered], iri=thing.iri)
    newer = ThingQueries(site().store.current(), iri=thing.iri)
    is_same = _content(older, other) == _content(newer, other)
    words = "has the same facts about it" if is_same else "has other facts about it"
    if is_same and any(query.is_cut for query in older.answered):
        words = "has the same facts about it among those that a page reads"
    if not newer.rows("facts"):
        words = "no longer has anything about it"
    address = citation_address(thing.iri, other) if other else thing_address(thing.iri)
    return NewerVersion(newer.version.name, words, address)


def _content(thing: ThingQueries, other: str) -> tuple[object, ...]:
    """Return a value that two versions share if they say the same about a thing."""
    # The queries of its page also reach its posts and participants, which are not among its own facts.
    _page_of(thing, _types(thing))
    cited = cite(thing, other)
    for query in ("facts", "pointing"):
        thing.rows(query)
    # The citation names its version, in which the two differ anyway; rows of equal rank come in any order.
    rows = {frozenset(row.items()) for query in thing.answered for row in query.rows}
    return cited and replace(cited, version="", permalink=""), rows


def thing_profile(thing: ThingQueries) -> Profile | None:
    """Return the profile in the head of a thing's page, None if it has none."""
    return profile(thing, _page_of(thing, _types(thing)))


def _types(thing: ThingQueries) -> set[str]:
    return {row["type"].value for row in thing.rows("types")}


def _page_of(thing: ThingQueries, types: AbstractSet[str]) -> TemplateCall:
    other = _topic_page if str(SKOS.Concept) in types else _plain_page
    make = next((make for kind, make in PAGE_BY_CLASS.items() if f"{ONTOLOGY}{kind}" in types), other)
    return make(thing)


def _place_page(place: ThingQueries) -> TemplateCall:
    kinds = place.values("kind")
    events = events_with_spans(place.rows("place-happenings", "happening", "real"))
    return "place.html", {
        "what": kinds,
        "names": place.values("alias"),
        "within": place.values("within"),
        "others": place.values(str(SKOS.editorialNote), str(SCHEMA.sameAs)),
        "holds": with_property(place.pointing("relations-to"), "within"),
        "real": [(row, span) for row, span in events if row["real"].value == "true"],
        "unreal": [(row, span) for row, span in events if row["real"].value != "true"],
        "said": place.rows("topic-statements", "statement"),
        "this_term": PageTerm(place.iri),
    }


def _post_page(post: ThingQueries) -> TemplateCall:
    return "post.html", {"within": post.values("postIn"), "holders": post.rows("post-holders", "holding")}


def _topic_page(topic: ThingQueries) -> TemplateCall:
    """Return the page of a topic: what it lies below, the statements on it by side, and which of them disagree."""
    statements = topic.rows("topic-statements", "statement")
    links = topic.rows("topic-disagreements", "relation", "one", "other")
    pairs: dict[frozenset[PageTerm], Row] = {}  # a symmetric relation holds in both directions and is shown once
    for row in links:
        pairs.setdefault(frozenset((row["relation"], row["one"], row["other"])), row)
    by_side = grouped((topic.names[row["statement"].value].side, row) for row in statements)
    columns = sorted(by_side.items(), key=lambda column: column[0] or "z")  # those without a side last
    subjects = [row["value"] for row in topic.facts if row["property"].value == str(SKOS.broadMatch)]
    return "topic.html", {"columns": columns, "against": [*pairs.values()], "rows": statements, "subjects": subjects}


# Its heading, and a key that joins equal contents.
PROPOSITION_SHOWN = frozenset((str(CQ.gist), str(CQ.contentKey)))


def _passage_page(passage: ThingQueries) -> TemplateCall:
    uses = passage.rows("passage-carries")
    ways = [(title, [row for row in uses if row["way"].value == str(CQ[way])]) for way, title in PASSAGE_USES]
    return "passage.html", {"passages": passage.passages("passage-itself"), "ways": [way for way in ways if way[1]]}


def _proposition_page(proposition: ThingQueries) -> TemplateCall:
    return "proposition.html", {
        "facts": [
            row
            for row in proposition.facts
            if row["property"].value.startswith(str(CQ)) and row["property"].value not in PROPOSITION_SHOWN
        ],
        "said": proposition.rows("proposition-said", "statement"),
        "pointing": [row for row in proposition.pointing() if row["property"].value in HALVES],
    }


def _occurrence_page(occurrence: ThingQueries) -> TemplateCall:
    accounts = with_property(occurrence.facts, "hasAccount")
    rest = [row for row in occurrence.facts if row not in accounts]
    pointing = [row for row in occurrence.pointing() if row["value"] not in {account["value"] for account in accounts}]
    return _facts_page(occurrence, rest, pointing, accounts=account_table(occurrence, occurrence.iri))


def _plain_page(thing: ThingQueries) -> TemplateCall:
    return _facts_page(thing, thing.facts, thing.pointing())


def _facts_page(thing: ThingQueries, facts: list[Row], pointing: list[Row], **values: object) -> TemplateCall:
    label = _label(thing.facts)
    rest = [
        row
        for row in facts
        if row["value"].value not in (USUAL_VALUES if row["value"].is_iri else {label})
        # Its class is above its name already.
        and not (row["property"].value == str(RDF.type) and row["value"].value in CLASS_WORDS)
    ]
    # A term is called by its IRI, which queries use; other things are called by their names.
    is_called_by_iri = not label or not thing.iri.startswith(site().base)
    return "thing.html", {"facts": rest, "pointing": pointing, "is_called_by_iri": is_called_by_iri, **values}


def _label(facts: list[Row]) -> str:
    """Return the label of the thing with these facts, which heads its page; empty if it has none."""
    labels = (
        [(row["value"].value, row["value"].language) for row in with_property(facts, name)] for name in LABEL_PROPERTIES
    )
    return next((preferred_label(named)[0] for named in labels if named), "")


PAGE_BY_CLASS: Mapping[str, Callable[[ThingQueries], TemplateCall]] = {
    "Person": agent_page,
    "Organization": agent_page,
    "Group": agent_page,
    "Voice": agent_page,
    "Article": article_page,
    "Place": _place_page,
    "Post": _post_page,
    "Passage": _passage_page,
    "Proposition": _proposition_page,
    "Occurrence": _occurrence_page,
    "Event": event_page,
    "Scenario": event_page,
    "Statement": statement_page,
    "Utterance": utterance_page,
}
"""The page of each class; things of other classes have a plain page."""


# Longer structured data is left to the format `schema.org`.
MAX_EMBEDDED_BYTES = 8_000
EMBEDDED_CLASSES = {f"{ONTOLOGY}{name}" for name in ("Article", "Claim", "Event", "Organization", "Person")}
# JSON's escapes for characters that could end or begin an element.
_MARKUP = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&"})


def structured_data(thing: ThingQueries, types: AbstractSet[str]) -> Markup | None:
    """Return the content of a data block about a thing of certain classes, None for others; browsers do not run it."""
    if not EMBEDDED_CLASSES & types:
        return None
    address = request.host_url.rstrip("/") + thing_address(thing.iri)
    node = embedded_node(Values(site().store, thing.version.name), thing.iri, address)
    if node is None:
        return None
    text = json.dumps(node, separators=(",", ":")).translate(_MARKUP)
    return Markup(text) if len(text) <= MAX_EMBEDDED_BYTES else None  # noqa: S704 -- ASCII without markup
