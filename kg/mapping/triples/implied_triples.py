"""Computes the triples that a document implies: times, attribution, sides, nearest places, offsets and content keys.

Authors need not write these triples, which they would forget or get wrong; a bound or grade that they do write is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from rdflib import RDF, XSD, Literal, URIRef
from rdflib.term import Node

from kg.errors import Location
from kg.mapping.triples.edtf_spans import ends_before, read_span
from kg.mapping.triples.implied_sides import implied_sides
from kg.mapping.triples.located_triples import LocatedTriple
from kg.mapping.triples.typed_literals import typed_literal
from kg.namespaces import CONDITIONAL_HALVES, CQ, OA, SCHEME, iri_node

SPANS = {
    CQ.since: (CQ.earliestBegin, CQ.latestBegin),
    CQ.until: (CQ.earliestEnd, CQ.latestEnd),
    CQ.when: (CQ.earliestBegin, CQ.latestEnd),
    CQ.saidWhen: (CQ.saidEarliest, CQ.saidLatest),
}
"""The two stamps that an EDTF span implies, by the span's property."""
STAMP_GRADES = {
    CQ.earliestBegin: CQ.earliestBeginGrade,
    CQ.latestBegin: CQ.latestBeginGrade,
    CQ.earliestEnd: CQ.earliestEndGrade,
    CQ.latestEnd: CQ.latestEndGrade,
    CQ.saidEarliest: CQ.saidEarliestGrade,
    CQ.saidLatest: CQ.saidLatestGrade,
}
ENDING_RELATIONS = frozenset(
    {CQ.advises, CQ.affiliatedWith, CQ.alliedWith, CQ.associatedWith, CQ.member, CQ.memberOf, CQ.partOf, CQ.postIn}
)
"""Relations that can end, so that their links have times."""
KNOWN_AS_OF = frozenset({CQ.Holding, CQ.Link, CQ.Event, CQ.Meeting, CQ.Scenario})
ROLES = (CQ.doer, CQ.target, CQ.recipient)
ARTICLE_VOICE = URIRef(f"{SCHEME}source/article-voice")


class ImpliedTriples:
    """Computes what one document's triples imply; an implied triple has the location of one that it follows from."""

    def __init__(self, triples: Iterable[LocatedTriple]) -> None:
        self._values: dict[URIRef, dict[URIRef, list[tuple[URIRef | Literal, Location]]]] = defaultdict(dict)
        """The objects of the triples with their locations, by predicate and subject."""
        self._triples = [*triples]
        self._add(self._triples)
        self._subjects = self._holders(RDF.type)

    def all(self) -> list[LocatedTriple]:
        """Return every implied triple. Stamps come first, since grades and known intervals follow from them."""
        implied: list[LocatedTriple] = []
        first = (self._stamps, self._grades, self._as_of, self._known_intervals)
        then = (self._attributions, self._sides, self._nearest_places, self._offsets, self._content_keys)
        for step in (*first, *then):
            triples = [*step()]  # computed in full first: adding changes what the step iterates over
            self._add(triples)
            implied += triples
        return implied

    def _add(self, triples: Iterable[LocatedTriple]) -> None:
        values = self._values
        for subject, predicate, value, location in triples:
            values[predicate].setdefault(subject, []).append((value, location))

    def _holders(self, predicate: URIRef) -> dict[Node, list[URIRef]]:
        """Return the subjects of a predicate's triples by their objects."""
        holders: dict[Node, list[URIRef]] = defaultdict(list)
        for subject, values in self._values[predicate].items():
            for value, _ in values:
                holders[value].append(subject)
        return holders

    def _first(self, subject: URIRef, predicate: URIRef) -> tuple[str, Location | None]:
        values = self._values[predicate].get(subject)
        return (str(values[0][0]), values[0][1]) if values else ("", None)

    def _stamps(self) -> Iterator[LocatedTriple]:
        for subject, predicate, value, location in self._triples:
            if predicate in SPANS:
                span = read_span(str(value))
                moments = (span.earliest, span.latest) if span else ("", "")
                for stamp, moment in zip(SPANS[predicate], moments, strict=True):
                    # A stamp that the author wrote is kept, as for grades below.
                    if moment and subject not in self._values[stamp]:
                        yield LocatedTriple(subject, stamp, Literal(moment, datatype=XSD.dateTime), location)

    def _grades(self) -> Iterator[LocatedTriple]:
        for stamp, own in STAMP_GRADES.items():
            for subject, values in self._values[stamp].items():
                shared = self._values[CQ.timeGrade].get(subject)
                if shared and subject not in self._values[own]:
                    yield LocatedTriple(subject, own, shared[0][0], values[0][1])

    def _as_of(self) -> Iterator[LocatedTriple]:
        for article in self._subjects[CQ.Article]:
            dated, published = self._first(article, CQ.notBefore), self._first(article, CQ.published)
            if published[0]:
                published = f"{published[0]}T00:00:00", published[1]
            # The later of the two, since an article reports what was known when it was written (docs/mapping.md).
            moment, location = published if not dated[0] or ends_before(published[0], dated[0]) else dated
            value = typed_literal(str(moment), str(XSD.dateTime)) if location is not None else None
            if value is not None and location is not None:
                nodes = [node for kind in KNOWN_AS_OF for node in self._subjects[kind]]
                yield from (LocatedTriple(node, CQ.asOf, value, location) for node in [article, *nodes])

    def _known_intervals(self) -> Iterator[LocatedTriple]:
        """Yield both ends of the interval in which a relation certainly held, if both are known.

        A relation that lasts at an article's time lasts at a known moment only if the article has a publication date.
        """
        is_dated = any(article in self._values[CQ.published] for article in self._subjects[CQ.Article])
        for node in [*self._subjects[CQ.Holding], *self._ending_links()]:
            now, location = self._first(node, CQ.asOf)
            lasting = now if is_dated and self._lasts(node) else ""
            # From the latest begin to the earliest end it certainly held.
            begin = self._first(node, CQ.latestBegin)[0] or lasting
            end = self._first(node, CQ.earliestEnd)[0] or lasting
            if begin and end and location and not ends_before(begin, end):
                for predicate, moment in ((CQ.knownFrom, begin), (CQ.knownUntil, end)):
                    yield LocatedTriple(node, predicate, Literal(moment, datatype=XSD.dateTime), location)

    def _ending_links(self) -> list[URIRef]:
        links = self._holders(CQ.linkPredicate)
        return [link for relation in sorted(ENDING_RELATIONS) for link in links[relation]]

    def _lasts(self, node: URIRef) -> bool:
        """Return whether the text presents a holding or a link as lasting at the article's time."""
        return node not in self._values[CQ.formerHolder] and not self._is_ended(node)

    def _is_ended(self, node: URIRef) -> bool:
        return node in self._values[CQ.earliestEnd] or node in self._values[CQ.latestEnd]

    def _sides(self) -> Iterator[LocatedTriple]:
        return implied_sides(self._triples, self._is_ended)

    def _attributions(self) -> Iterator[LocatedTriple]:
        voices, relays = {*self._subjects[CQ.Voice]}, self._holders(CQ.relays)
        for statement in self._subjects[CQ.Statement]:
            for source, location in self._values[CQ.source].get(statement, ()):
                # A statement cannot be attributed to an unnamed voice.
                if source in voices:
                    continue
                yield LocatedTriple(statement, CQ.agentSource, source, location)
                if self._is_vouched_for(statement, relays, {statement}):
                    yield LocatedTriple(statement, CQ.attributedTo, source, location)

    def _is_vouched_for(self, statement: URIRef, relays: Mapping[Node, list[URIRef]], seen: set[URIRef]) -> bool:
        """Return whether only the article itself relays a statement, if anybody does."""
        # Without those already visited, so that the search ends even if statements relay one another.
        own = [relay for relay in relays.get(statement, ()) if relay not in seen]
        return all(self._is_by_article(relay) and self._is_vouched_for(relay, relays, {*seen, relay}) for relay in own)

    def _is_by_article(self, statement: URIRef) -> bool:
        source = iri_node(self._first(statement, CQ.source)[0])
        return self._first(source, CQ.voiceKind)[0] == str(ARTICLE_VOICE)

    def _nearest_places(self) -> Iterator[LocatedTriple]:
        """Yield an event's places, except those that contain another of its places."""
        # Meetings too: documents state only one type, and its superclasses are inferred later.
        for event in [*self._subjects[CQ.Event], *self._subjects[CQ.Meeting]]:
            places = self._values[CQ.place].get(event, ())
            within = self._values[CQ.within]
            larger = {larger for place, _ in places if isinstance(place, URIRef) for larger, _ in within.get(place, ())}
            for place, location in places:
                if place not in larger:
                    yield LocatedTriple(event, CQ.nearestPlace, place, location)

    def _offsets(self) -> Iterator[LocatedTriple]:
        """Yield the offsets of every passage's selector as values of the passage itself."""
        for passage in self._subjects[CQ.Passage]:
            selector = iri_node(self._first(passage, OA.hasSelector)[0])
            for own, offset in ((CQ.startOffset, OA.start), (CQ.endOffset, OA.end)):
                for value, location in self._values[offset].get(selector, ())[:1]:
                    yield LocatedTriple(passage, own, value, location)

    def _content_keys(self) -> Iterator[LocatedTriple]:
        """Yield a text that identifies each proposition's content; a conditional's consists of its halves' texts."""
        for proposition in self._subjects[CQ.Proposition]:
            _, location = self._first(proposition, CQ.gist)
            if location is not None:
                halves = ((half, self._first(proposition, half)[0]) for half in CONDITIONAL_HALVES)
                keys = [f"{half.fragment} ({self._content(iri_node(value))})" for half, value in halves if value]
                key = " ".join(keys) or self._content(proposition)
                yield LocatedTriple(proposition, CQ.contentKey, Literal(key), location)

    def _content(self, proposition: URIRef) -> str:
        """Return a proposition's predicate, roles and terms as one text, or its IRI if it has no predicate here."""
        predicate, _ = self._first(proposition, CQ.predicate)
        if not predicate:
            return str(proposition)
        roles = (self._values[part].get(proposition, ()) for part in (*ROLES, CQ.terms))
        # Sorted, so that two propositions with the same parts have the same key regardless of order.
        parts = (" ".join(sorted(str(value) for value, _ in values)) for values in roles)
        return " | ".join([predicate.rpartition("/")[2], *parts])
