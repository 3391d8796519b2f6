"""Finding people and other things by name, and what is reported about them: statements, meetings, accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rdflib import RDF

from kg.errors import RequestError
from kg.iterables import grouped
from kg.lookups.lookup_records import Account, CitedPassage, Description, Fact, Hit, Meeting, StatementRecord
from kg.lookups.property_values import Values, ValuesOfThing, first, iris_of_values, names_of_values
from kg.lookups.statements import statements_by_iri
from kg.namespaces import CQ, ONTOLOGY
from kg.sparql.query_terms import iri_in_query, literal_in_query

MAX_FOUND = 200
"""The maximum number of things that one lookup returns."""
_NAMES = "cq:name|cq:alias|skos:prefLabel"
_MEETING = (CQ.name, CQ.status, CQ.earliestBegin, CQ.latestEnd, CQ.place, CQ.hasParticipant, CQ.inArticle, CQ.evidence)
_ACCOUNT = (
    *(CQ.name, CQ.status, CQ.earliestBegin, CQ.latestBegin, CQ.earliestEnd, CQ.latestEnd, CQ.timeWords),
    *(CQ.nearestPlace, CQ.envisagedPlace, CQ.hasParticipant, CQ.asOf, CQ.inArticle, CQ.evidence),
)


def find(values: Values, words: str, limit: int = 20) -> list[Hit]:
    """Return the things with all the words in a name, a gist or a quotation, short texts first."""
    tests = " && ".join(f"CONTAINS(LCASE(STR(?text)), {literal_in_query(word.lower())})" for word in words.split())
    if not tests:
        return []
    matching = (
        f"?thing {_NAMES}|cq:gist|cq:quote ?text ; a ?class FILTER(STRSTARTS(STR(?class), '{ONTOLOGY}') && {tests})"
    )
    rows = values.rows(
        f"SELECT ?thing (MIN(STRLEN(STR(?text))) AS ?length) WHERE {{ {matching} }}"
        f" GROUP BY ?thing ORDER BY ?length ?thing LIMIT {min(limit, MAX_FOUND)}"
    )
    things = " ".join(iri_in_query(row["thing"]) for row in rows if "thing" in row)
    # Neither SAMPLE, whose result differs between engines, nor GROUP_CONCAT, which is non-standard in Virtuoso.
    texts, classes = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for row in values.rows(f"SELECT DISTINCT ?thing ?text ?class WHERE {{ VALUES ?thing {{ {things} }} {matching} }}"):
        texts[row["thing"]].add(row["text"])
        classes[row["thing"]].add(row["class"])
    hits = [Hit(thing, min(texts[thing], key=_by_length), _local_names(classes[thing])) for thing in texts]
    return sorted(hits, key=lambda hit: (*_by_length(hit.text), hit.iri))


def matching_things(values: Values, name: str) -> list[str]:
    """Return an IRI unchanged, or the IRIs of things with a name. Raises RequestError if there are none."""
    if "://" in name or name.startswith("urn:"):
        return [name]
    same = f"?thing {_NAMES} ?text FILTER(LCASE(STR(?text)) = {literal_in_query(name.lower())})"
    # Whole names first: `find` would also return things with the words in a gist.
    things = values.things(same) or [
        hit.iri for hit in find(values, name, MAX_FOUND) if not {"Statement", "Event"} & {*hit.classes}
    ]
    if not things:
        raise RequestError(f"Nothing has the name {name!r} or all of its words in its name.")
    return things


def statements(values: Values, about: str = "", by: str = "", limit: int | None = None) -> list[StatementRecord]:
    """Return statements in the order of the text: about a thing, by a source (names or IRIs), or all."""
    patterns = [
        f"VALUES ?{variable} {{ {' '.join(map(iri_in_query, matching_things(values, name)))} }}"
        f" ?statement {relation} ?{variable} ."
        for variable, relation, name in (("about", "cq:about", about), ("by", "cq:source|cq:onBehalfOf", by))
        if name
    ]
    # After the grouping, so that the limit applies to statements rather than to their passages.
    bound = f" LIMIT {limit}" if limit else ""
    rows = values.rows(
        f"SELECT ?statement (MIN(?at) AS ?start) WHERE {{ {' '.join(patterns)} ?statement a cq:Statement ."
        f" OPTIONAL {{ ?statement cq:evidence/cq:startOffset ?at }} }}"
        # The IRI up to /statement/ identifies the article: offsets are only comparable within one text.
        f" GROUP BY ?statement ORDER BY REPLACE(STR(?statement), '/statement/.*', '') ?start ?statement{bound}"
    )
    return statements_by_iri(values, [row["statement"] for row in rows if "statement" in row])


def meetings(values: Values, who: str = "", other: str = "") -> list[Meeting]:
    """Return the meetings in which one or two participants (names or IRIs) took part, or all meetings."""
    joined = " ".join(
        f"VALUES ?who{number} {{ {' '.join(map(iri_in_query, matching_things(values, name)))} }}"
        f" ?thing cq:hasParticipant ?who{number} ."
        for number, name in enumerate((who, other))
        if name
    )
    of_meeting = values.of(values.things(f"{joined} ?thing a cq:Meeting"), _MEETING)
    return [
        Meeting(
            iri,
            first(of_one, "name").name,
            first(of_one, "status").name,
            first(of_one, "earliestBegin").name,
            first(of_one, "latestEnd").name,
            of_one.get("place", ()),
            of_one.get("hasParticipant", ()),
            _sides(values, iri),
            first(of_one, "inArticle"),
            _evidence(values, of_one),
        )
        for iri, of_one in of_meeting.items()
    ]


def accounts(values: Values, name: str) -> list[Account]:
    """Return what each article says about an occurrence, given by its name or IRI or by one of its accounts."""
    things = " ".join(map(iri_in_query, matching_things(values, name)))
    pattern = (
        f"VALUES ?given {{ {things} }} {{ ?thing cq:accountOf ?given }}"
        " UNION { ?given cq:accountOf/^cq:accountOf ?thing }"
        " UNION { ?given cq:inArticle ?article BIND(?given AS ?thing) }"
    )
    of_account = values.of(values.things(pattern), _ACCOUNT)
    left_out = {"inArticle", "evidence"}
    return [
        Account(
            iri,
            first(of_one, "inArticle"),
            {name: names_of_values(of_one, name) for name in of_one if name not in left_out},
            _evidence(values, of_one),
        )
        for iri, of_one in of_account.items()
    ]


def describe(values: Values, iri: str) -> Description:
    """Return the facts about a thing in terms of the ontology. Raises RequestError if there are none."""
    of_thing = values.of([iri])[iri]
    if not of_thing:
        raise RequestError(f"The graph says nothing about <{iri}>.")
    named = [name for name in ("name", "gist", "http://purl.org/dc/terms/title") if name in of_thing]
    facts = tuple(Fact(name, of_thing[name]) for name in of_thing if ":" not in name and name != "evidence")
    classes = _local_names(iris_of_values(of_thing, str(RDF.type)))
    name = first(of_thing, named[0]).name if named else iri
    return Description(iri, name, classes, facts, _evidence(values, of_thing))


def _evidence(values: Values, of_thing: ValuesOfThing) -> tuple[CitedPassage, ...]:
    return tuple(values.passages(iris_of_values(of_thing, "evidence")).values())


def _sides(values: Values, meeting: str) -> dict[str, tuple[str, ...]]:
    """Return the participants on each side, by the side's name."""
    side = f"{iri_in_query(meeting)} cq:hasParticipation ?part . ?part cq:side ?side ; cq:participant ?who"
    rows = values.rows(f"SELECT DISTINCT ?side ?who WHERE {{ {side} }} ORDER BY ?side ?who", ("side",))
    sides = grouped((row.get("sideLabel", row["side"]), row["who"]) for row in rows)
    return {name: tuple(who) for name, who in sides.items()}


def _by_length(text: str) -> tuple[int, str]:
    return len(text), text


def _local_names(classes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(iri.removeprefix(ONTOLOGY) for iri in classes if iri.startswith(ONTOLOGY)))
