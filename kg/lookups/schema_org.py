"""Things as schema.org JSON-LD, for web pages and search engines, with claims marked as claims.

A statement is a `Claim` if its act presents it as fact, and a `CreativeWork` otherwise. It has an `author` only if the
article itself attributes it to a person or an organization; `creditText` says in words who says that who says it.
Anything planned, feared or denied is a `Thing`, never an `Event`. A `ClaimReview` is what another source says about a
claim in another article; it has no `reviewRating`, since no article gives one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice

from rdflib import DCTERMS, RDF

from kg.errors import RequestError
from kg.export.jsonld import Json, document_of_nodes
from kg.iterables import grouped, in_batches
from kg.lookups.citation import chain_in_words
from kg.lookups.lookup_records import Named
from kg.lookups.property_values import Values, ValuesOfThing, first, iris_of_values, names_of_values
from kg.lookups.statements import chain_of, telling_of
from kg.namespaces import CQ, ONTOLOGY, SCHEMA, SCHEME
from kg.sparql.query_terms import iri_in_query

_Around = Mapping[str, ValuesOfThing]
CONTEXT = "https://schema.org"
NODES_OF_A_BATCH = 200
"""The number of nodes made from the answer to one query."""
_PATHS = (
    "(cq:relaysEventually|^cq:relaysEventually)",
    "(cq:relaysEventually|^cq:relaysEventually)/(cq:source|cq:statedIn|cq:about)",
    "(cq:source|cq:statedIn|cq:about|cq:inArticle|cq:place|cq:place/cq:within|cq:hasParticipant)",
)
_PROPERTIES = (
    *(RDF.type, DCTERMS.title, DCTERMS.language, CQ.published, CQ.digest, CQ.name, CQ.alias, CQ.gist, CQ.quote),
    *(CQ.says, CQ.source, CQ.attributedTo, CQ.act, CQ.polarity, CQ.certainty, CQ.relays, CQ.relayedBy, CQ.statedIn),
    *(CQ.about, CQ.onBehalfOf, CQ.saidEarliest, CQ.saidLatest, CQ.inArticle, CQ.status, CQ.earliestBegin),
    *(CQ.latestBegin, CQ.earliestEnd, CQ.latestEnd, CQ.place, CQ.within, CQ.subEventOf, SCHEMA.attendee),
)
# These are not facts from the articles: they are in the graph of outside knowledge, which is not in the default graph.
_FROM_OUTSIDE = (SCHEMA.sameAs, SCHEMA.url)
_PATTERN = (
    f"{{ VALUES ?property {{ {' '.join(f'<{name}>' for name in _PROPERTIES)} }} ?thing ?property ?value }} UNION "
    f"{{ VALUES ?property {{ {' '.join(f'<{name}>' for name in _FROM_OUTSIDE)} }}"
    " GRAPH ?outside { ?thing ?property ?value } }"
)
_AGENTS = ("Person", "Organization")
_DENYING = f"<{SCHEME}act/deny> <{SCHEME}act/correct>"
_DAY = len("2034-03-14")
_DETERMINED_EVENT = ("name", "startDate", "location")
"""The keys that search engines require of an event."""


def write_schema_org(values: Values, iris: Iterable[str] | None = None) -> Iterator[bytes]:
    """Yield a document about the given things, or about every article, statement, event, person and organization.

    Memory grows with the statements and events of one article, not with their total number. Raises RequestError if
    things are given and none of them has a node.
    """
    batches = _all_things(values) if iris is None else iter([[*iris]])
    parts = (part for batch in batches for part in in_batches(batch, NODES_OF_A_BATCH))
    nodes = (node for part in parts for node in schema_org_nodes(values, part))
    # Before anything is yielded: a server that has begun to send can no longer respond with an error.
    begun = [*islice(nodes, 1)]
    if not begun and iris is not None:
        raise RequestError(
            "None of the things named is an article, a statement, a happening, a person or an organization."
        )
    yield from document_of_nodes(CONTEXT, chain(begun, nodes))


def schema_org_nodes(values: Values, iris: Iterable[str]) -> list[Json]:
    """Return the nodes of things, in order, and the reviews of their claims; some things have no node."""
    things = [*iris]
    around = values.around(things, _PATTERN, _PATHS)
    nodes = [node for iri in things if (node := _node(iri, around))]
    # Only for claims: a wish or a question cannot be confirmed or denied.
    claims = [node["@id"] for node in nodes if node["@type"] == "Claim"]
    return [*nodes, *_reviews(values, claims)] if claims else nodes


def embedded_node(values: Values, iri: str, page: str) -> Json | None:
    """Return the node to embed in the page about a thing, using one query, or None if search engines should get none.

    Only articles, claims, people, organizations, and events with a known day and place have one: search engines report
    an event without these as an error.
    """
    node = _node(iri, values.around([iri], _PATTERN, _PATHS))
    if node is None or node["@type"] in ("CreativeWork", "Thing"):
        return None
    if node["@type"] == "Event" and not all(key in node for key in _DETERMINED_EVENT):
        return None
    return {"@context": CONTEXT, **node, "mainEntityOfPage": page}


def _all_things(values: Values) -> Iterator[list[str]]:
    """Yield articles, agents, and then the statements and events article by article."""
    articles = values.things("?thing a cq:Article")
    yield articles
    yield values.things("?thing a ?class VALUES ?class { cq:Person cq:Organization }")
    for article in articles:
        yield values.things(f"?thing cq:statedIn {iri_in_query(article)} ; a cq:Statement")
        happening = f"?thing cq:inArticle {iri_in_query(article)} ; a ?class"
        yield values.things(f"{happening} VALUES ?class {{ cq:Event cq:Scenario }}")


def _node(iri: str, around: _Around) -> Json | None:
    classes = _classes(around.get(iri, {}))
    make = next((make for name, make in _MAKERS if name in classes), None)
    return {key: value for key, value in make(iri, around).items() if value not in ("", [], None)} if make else None


def _statement(iri: str, around: _Around) -> Json:
    values = around[iri]
    is_claim = "Claim" in _classes(values)
    author = first(values, "attributedTo").iri
    article = _reference(first(values, "statedIn").iri, around)
    chain = [telling_of(link, around.get(link, {})) for link in chain_of(iri, around)]
    return {
        "@type": "Claim" if is_claim else "CreativeWork",
        "@id": iri,
        "text": first(values, "gist").name,
        "author": _agent_reference(author, around),
        "creditText": chain_in_words(chain),
        "appearance" if is_claim else "isPartOf": article,
        "dateCreated": _day_of_both(first(values, "saidEarliest").name, first(values, "saidLatest").name),
        "about": [
            reference
            for about in iris_of_values(values, "about")
            if (reference := _reference(about, around)) is not None
        ],
        "isBasedOn": [{"@id": relayed} for relayed in iris_of_values(values, "relays")],
        "hasPart": [{"@type": "Quotation", "text": quote} for quote in names_of_values(values, "quote")],
    }


def _article(iri: str, around: _Around) -> Json:
    values = around[iri]
    title, digest = first(values, str(DCTERMS.title)).name, first(values, "digest").name
    identifier = {"@type": "PropertyValue", "propertyID": "SHA-256 of the text", "value": digest}
    return {
        "@type": "NewsArticle",
        "@id": iri,
        "headline": title,
        "url": _address(values),
        "inLanguage": first(values, str(DCTERMS.language)).name,
        "datePublished": first(values, "published").name,
        "identifier": identifier if digest else None,
    }


def _event(iri: str, around: _Around) -> Json:
    values = around[iri]
    ends = [first(values, name).name for name in ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd")]
    earliest_begin, latest_begin, earliest_end, latest_end = ends
    attendees = iris_of_values(values, str(SCHEMA.attendee))
    return {
        "@type": "Event",
        "@id": iri,
        "name": first(values, "name").name,
        "startDate": _moment(earliest_begin, latest_begin) or _day_of_both(earliest_begin, latest_begin or latest_end),
        "endDate": _moment(earliest_end, latest_end) or _day_of_both(earliest_end or earliest_begin, latest_end),
        "location": [_place(place, around) for place in iris_of_values(values, "place") if place in around],
        "attendee": [
            reference for attendee in attendees if (reference := _agent_reference(attendee, around)) is not None
        ],
        "superEvent": [{"@id": whole} for whole in iris_of_values(values, "subEventOf")],
        "subjectOf": _reference(first(values, "inArticle").iri, around),
    }


def _scenario(iri: str, around: _Around) -> Json:
    values = around[iri]
    status = first(values, "status").name
    return {
        "@type": "Thing",
        "@id": iri,
        "additionalType": str(CQ.Scenario),
        "name": f"{status}: {first(values, 'name').name}",
        "disambiguatingDescription": f"{status}: its article does not report this as something that happened",
        "subjectOf": _reference(first(values, "inArticle").iri, around),
    }


def _agent(iri: str, around: _Around) -> Json:
    values = around[iri]
    return {
        "@type": next(name for name in _AGENTS if name in _classes(values)),
        "@id": iri,
        "name": first(values, "name").name,
        "alternateName": [*names_of_values(values, "alias")],
        "sameAs": [*iris_of_values(values, str(SCHEMA.sameAs))],
    }


_MAKERS: tuple[tuple[str, Callable[[str, _Around], Json]], ...] = (
    ("Statement", _statement),
    ("Article", _article),
    ("Scenario", _scenario),
    ("Event", _event),
    ("Person", _agent),
    ("Organization", _agent),
)
"""The functions that make the nodes by class; the first class that a thing has is used."""


def _reviews(values: Values, claims: list[str]) -> Iterator[Json]:
    """Yield reviews of claims: confirmations and denials by other sources in other articles."""
    # A person for whom two articles have separate nodes does not review themselves: see the last filter.
    rows = values.rows(
        f"SELECT DISTINCT ?claim ?review WHERE {{ VALUES ?claim {{ {' '.join(map(iri_in_query, claims))} }}"
        f" {{ ?review cq:confirms ?claim }} UNION"
        f" {{ VALUES ?act {{ {_DENYING} }} ?review cq:contradicts ?claim ; cq:act ?act }}"
        " ?review cq:source ?reviewer ; cq:statedIn ?in . ?claim cq:source ?author ; cq:statedIn ?appearance ."
        " FILTER(?reviewer != ?author && ?in != ?appearance)"
        " FILTER NOT EXISTS { ?reviewer cq:identifiedAs|^cq:identifiedAs ?author } } ORDER BY ?claim ?review"
    )
    of_claim = grouped((row["claim"], row["review"]) for row in rows)
    reviews = {review for reviews in of_claim.values() for review in reviews}
    around = values.around([*of_claim, *sorted(reviews)], _PATTERN, _PATHS) if reviews else {}
    for claim, reviews_of_claim in of_claim.items():
        for review in reviews_of_claim:
            yield _review(review, claim, around)


def _review(review: str, claim: str, around: _Around) -> Json:
    """Return what one statement says about another as a review without a rating."""
    reviewing, article = _node(review, around) or {}, first(around[review], "statedIn").iri
    reviewed = _node(claim, around) or {}
    node = {
        "@type": "ClaimReview",
        "url": review,
        "claimReviewed": reviewed["text"],
        "reviewBody": reviewing["text"],
        "author": reviewing.get("author"),
        "creditText": reviewing["creditText"],
        "datePublished": first(around[article], "published").name,
        "isPartOf": _reference(article, around),
        "itemReviewed": {
            key: reviewed[key]
            for key in ("@type", "@id", "text", "author", "creditText", "appearance")
            if key in reviewed
        },
    }
    return {key: value for key, value in node.items() if value}


def _reference(iri: str, around: _Around) -> Json | None:
    """Return the minimum that identifies a thing, too little for a separate description."""
    values = around.get(iri, {})
    classes = _classes(values)
    if "Article" in classes:
        article = {"@type": "NewsArticle", "@id": iri, "headline": first(values, str(DCTERMS.title)).name}
        article |= {"datePublished": first(values, "published").name, "url": _address(values)}
        return {key: value for key, value in article.items() if value}
    kind = next((kind for kind in (*_AGENTS, "Place") if kind in classes), "Thing")
    name = first(values, "name").name
    # Without its status, a scenario would look as if it had happened.
    return {"@type": kind, "@id": iri, "name": name} if name and not {"Scenario", "Statement"} & classes else None


def _agent_reference(iri: str, around: _Around) -> Json | None:
    """Return a reference to a person or an organization; schema.org has no type for groups and voices."""
    return _reference(iri, around) if {*_AGENTS} & _classes(around.get(iri, {})) else None


def _place(iri: str, around: _Around) -> Json:
    """Return a place, with an address made of the places that contain it, smallest first."""
    name = first(around[iri], "name").name
    containing = [place for place in iris_of_values(around[iri], "within") if place in around]
    # The smallest is within the most others.
    containing.sort(key=lambda place: -len(around[place].get("within", ())))
    address = ", ".join((name, *(first(around[place], "name").name for place in containing)))
    return {"@type": "Place", "@id": iri, "name": name, "address": address}


def _classes(values: ValuesOfThing) -> set[str]:
    return {iri.removeprefix(ONTOLOGY) for iri in iris_of_values(values, str(RDF.type))}


def _address(values: ValuesOfThing) -> str:
    urls: tuple[Named, ...] = values.get(str(SCHEMA.url), ())
    return next((url.iri or url.name for url in urls if (url.iri or url.name).startswith(("http://", "https://"))), "")


def _moment(earliest: str, latest: str) -> str:
    return earliest if earliest == latest else ""


def _day_of_both(earliest: str, latest: str) -> str:
    """Return the day of both moments, or an empty string if they are on different days or one is unknown."""
    return earliest[:_DAY] if earliest[:_DAY] == latest[:_DAY] else ""
