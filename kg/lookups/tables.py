"""The tables of a spreadsheet: people, organizations, meetings, statements and passages, one row each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rdflib import URIRef

from kg.act_words import CONCEPT_WORDS
from kg.lookups.citation import chain_in_words
from kg.lookups.lookup_records import CitedPassage, Named
from kg.lookups.property_values import Values, first, names_of_values
from kg.lookups.things import meetings, statements
from kg.namespaces import CQ, SCHEME

SEPARATOR = " | "
"""Separates the values in one cell."""
_AGENT = (CQ.name, CQ.alias, CQ.kind, CQ.holds, CQ.memberOf, CQ.affiliatedWith, CQ.partOf)
Cell = str | int


@dataclass(frozen=True)
class Table:
    """A sheet: its name, its columns, and its rows, which have a cell for each column."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[Cell, ...]]


def tables(values: Values) -> Iterator[Table]:
    """Yield the tables, which refer to each other by IRIs."""
    agent = ("name", "other names", "kind", "posts", "belongs to", "part of", "iri")
    yield Table("People", agent, _agents(values, CQ.Person))
    yield Table("Organizations", agent, _agents(values, CQ.Organization))
    meeting = ("meeting", "status", "begin", "end", "places", "who", "article", "passages", "iri")
    yield Table("Meetings", meeting, _meetings(values))
    statement = ("gist", "quotations", "source", "act", "polarity", "certainty", "form", "times", "about", "to")
    chain = ("side", "on behalf of", "relayed by", "who says that who says it", "occasion", "contradicts")
    yield Table("Statements", (*statement, *chain, "article", "passages", "iri"), _statements(values))
    yield Table("Passages", ("article", "start", "end", "paragraph", "digest", "fragment", "iri"), _passages(values))


def _agents(values: Values, kind: URIRef) -> Iterator[tuple[Cell, ...]]:
    for iri, of_agent in values.of(values.things(f"?thing a <{kind}>"), _AGENT).items():
        alias, kinds, posts = (names_of_values(of_agent, name) for name in ("alias", "kind", "holds"))
        groups = names_of_values(of_agent, "memberOf") + names_of_values(of_agent, "affiliatedWith")
        several = (alias, kinds, posts, groups, names_of_values(of_agent, "partOf"))
        yield (first(of_agent, "name").name, *(SEPARATOR.join(texts) for texts in several), iri)


def _meetings(values: Values) -> Iterator[tuple[Cell, ...]]:
    for meeting in meetings(values):
        several = (_names(meeting.places), _names(meeting.participants), meeting.article.name, _iris(meeting.passages))
        yield (meeting.name, meeting.status, meeting.begin, meeting.end, *several, meeting.iri)


def _statements(values: Values) -> Iterator[tuple[Cell, ...]]:
    records = statements(values)
    sides = {row["side"] for row in values.rows("SELECT DISTINCT ?side WHERE { ?participation cq:side ?side }")}
    beside = values.of((record.iri for record in records), (CQ.sourceSide, CQ.occasion))
    for record in records:
        # Those before it in the chain relay it.
        relays = next((number for number, link in enumerate(record.chain) if link.statement == record.iri), 0)
        polarity = CONCEPT_WORDS.get(f"{SCHEME}polarity/{record.polarity}", record.polarity)
        certainty = CONCEPT_WORDS.get(f"{SCHEME}certainty/{record.certainty}", record.certainty)
        of_side = [side for side in beside[record.iri].get("sourceSide", ()) if side.iri in sides]
        yield (
            *(record.gist, SEPARATOR.join(record.quotes), record.source.name),
            *(record.act, polarity, certainty, record.form, SEPARATOR.join(record.times)),
            *map(_names, (record.about, record.addressees, of_side, record.on_behalf_of)),
            *(_names(link.source for link in record.chain[:relays]), chain_in_words(record.chain)),
            SEPARATOR.join(names_of_values(beside[record.iri], "occasion")),
            *(SEPARATOR.join(record.contradicts), record.article.name, _iris(record.passages), record.iri),
        )


def _passages(values: Values) -> Iterator[tuple[Cell, ...]]:
    for passage in values.passages(values.things("?thing a cq:Passage")).values():
        place = (passage.article, passage.start, passage.end, passage.paragraph or "")
        yield (*place, passage.digest, passage.fragment, passage.iri)


def _names(things: Iterable[Named]) -> str:
    return SEPARATOR.join(thing.name for thing in things)


def _iris(passages: tuple[CitedPassage, ...]) -> str:
    return SEPARATOR.join(passage.iri for passage in passages)
