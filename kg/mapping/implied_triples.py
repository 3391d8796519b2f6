"""Computes what an article's document implies: times, attribution, sides, nearest places, offsets and content keys.

Authors need not write these triples, which they would forget or get wrong; a bound or grade they write is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rdflib import RDF, XSD, Literal, URIRef
from rdflib.term import Node

from kg.errors import Location
from kg.mapping.edtf_spans import ends_before, read_span
from kg.mapping.implied_sides import implied_sides
from kg.mapping.located_triples import LocatedTriple
from kg.mapping.typed_literals import typed_literal
from kg.namespaces import CONDITIONAL_HALVES, CQ, OA, SCHEME

SPANS = {
    CQ.since: (CQ.earliestBegin, CQ.latestBegin),
    CQ.until: (CQ.earliestEnd, CQ.latestEnd),
    CQ.when: (CQ.earliestBegin, CQ.latestEnd),
    CQ.saidWhen: (CQ.saidEarliest, CQ.saidLatest),
}
"""The two stamps that bound what a span in EDTF dates."""
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
"""Relations that can end, so that their links have a time."""
KNOWN_AS_OF = frozenset({CQ.Holding, CQ.Link, CQ.Event, CQ.Meeting, CQ.Scenario})
ROLES = (CQ.doer, CQ.target, CQ.recipient)
ARTICLE_VOICE = URIRef(f"{SCHEME}source/article-voice")


class ImpliedTriples:
    """Computes what one article's triples imply; every implied triple has the location of what it follows from."""

    def __init__(self, triples: Iterable[LocatedTriple]) -> None:
        self._values: dict[tuple[URIRef, URIRef], list[tuple[Node, Location]]] = defaultdict(list)
        self._subjects: dict[Node, list[URIRef]] = defaultdict(list)
        self._holders: dict[tuple[URIRef, Node], list[URIRef]] = defaultdict(list)
        self._triples = [*triples]
        for triple in self._triples:
            self._add(triple)

    def all(self) -> list[LocatedTriple]:
        """Return every implied triple. Stamps come first, since grades and known intervals follow from them."""
        implied: list[LocatedTriple] = []
        first = (self._stamps, self._grades, self._as_of, self._known_intervals)
        then = (self._attributions, self._sides, self._nearest_places, self._offsets, self._content_keys)
        for step in (*first, *then):
            triples = [*step()]  # all of a step before any is added, which would change what it iterates over
            for triple in triples:
                self._add(triple)
            implied += triples
        return implied

    def _add(self, triple: LocatedTriple) -> None:
        self._values[triple.subject, triple.predicate].append((triple.object, triple.location))
        self._holders[triple.predicate, triple.object].append(triple.subject)
        if triple.predicate == RDF.type:
            self._subjects[triple.object].append(triple.subject)

    def _first(self, subject: URIRef, predicate: URIRef) -> tuple[str, Location | None]:
        values = self._values.get((subject, predicate))
        return (str(values[0][0]), values[0][1]) if values else ("", None)

    def _stamps(self) -> Iterator[LocatedTriple]:
        for (subject, predicate), values in [*self._values.items()]:
            for stamp, bound in zip(SPANS.get(predicate, ()), ("earliest", "latest"), strict=False):
                for value, location in values:
                    moment = getattr(read_span(str(value)), bound, "")
                    # What an author has written is kept, as for grades below.
                    if moment and (subject, stamp) not in self._values:
                        yield LocatedTriple(subject, stamp, Literal(moment, datatype=XSD.dateTime), location)

    def _grades(self) -> Iterator[LocatedTriple]:
        for (subject, predicate), values in [*self._values.items()]:
            own, shared = STAMP_GRADES.get(predicate), self._values.get((subject, CQ.timeGrade))
            if own and shared and (subject, own) not in self._values:
                yield LocatedTriple(subject, own, URIRef(str(shared[0][0])), values[0][1])

    def _as_of(self) -> Iterator[LocatedTriple]:
        for article in self._subjects[CQ.Article]:
            dated, published = self._first(article, CQ.notBefore), self._first(article, CQ.published)
            if published[0]:
                published = f"{published[0]}T00:00:00", published[1]
            # The later one, since an article says what was known when it was written (docs/mapping.md).
            moment, location = published if not dated[0] or ends_before(published[0], dated[0]) else dated
            value = typed_literal(str(moment), str(XSD.dateTime)) if location is not None else None
            if value is not None and location is not None:
                nodes = [node for kind in KNOWN_AS_OF for node in self._subjects[kind]]
                yield from (LocatedTriple(node, CQ.asOf, value, location) for node in [article, *nodes])

    def _known_intervals(self) -> Iterator[LocatedTriple]:
        """Yield both ends of the interval in which a relation certainly held, where both are known.

        What lasts at an article's time lasts at a known moment only if the article says when it was published.
        """
        is_dated = any((article, CQ.published) in self._values for article in self._subjects[CQ.Article])
        for node in [*self._subjects[CQ.Holding], *self._ending_links()]:
            now, location = self._first(node, CQ.asOf)
            lasting = now if is_dated and self._lasts(node) else ""
            # The late bound of the begin and the early one of the end: between these it held for certain.
            begin = self._first(node, CQ.latestBegin)[0] or lasting
            end = self._first(node, CQ.earliestEnd)[0] or lasting
            if begin and end and location and not ends_before(begin, end):
                for predicate, moment in ((CQ.knownFrom, begin), (CQ.knownUntil, end)):
                    yield LocatedTriple(node, predicate, Literal(moment, datatype=XSD.dateTime), location)

    def _ending_links(self) -> list[URIRef]:
        return [link for relation in sorted(ENDING_RELATIONS) for link in self._holders[CQ.linkPredicate, relation]]

    def _lasts(self, node: URIRef) -> bool:
        """Tell whether the text presents a holding or a link as lasting at the article's time."""
        return (node, CQ.formerHolder) not in self._values and not self._is_ended(node)

    def _is_ended(self, node: URIRef) -> bool:
        return (node, CQ.earliestEnd) in self._values or (node, CQ.latestEnd) in self._values

    def _sides(self) -> Iterator[LocatedTriple]:
        return implied_sides(self._triples, self._is_ended)

    def _attributions(self) -> Iterator[LocatedTriple]:
        voices = {*self._subjects[CQ.Voice]}
        for statement in self._subjects[CQ.Statement]:
            for source, location in self._values.get((statement, CQ.source), ()):
                # An unnamed voice is nobody to whom a statement could be attributed.
                if source in voices:
                    continue
                yield LocatedTriple(statement, CQ.agentSource, URIRef(str(source)), location)
                if self._is_vouched_for(statement, {statement}):
                    yield LocatedTriple(statement, CQ.attributedTo, URIRef(str(source)), location)

    def _is_vouched_for(self, statement: URIRef, seen: set[URIRef]) -> bool:
        """Tell whether nobody but the article itself passes a statement on."""
        # Without those on the way here, so that statements which pass one another on end the search.
        relays = [relay for relay in self._holders[CQ.relays, statement] if relay not in seen]
        return all(self._is_by_article(relay) and self._is_vouched_for(relay, {*seen, relay}) for relay in relays)

    def _is_by_article(self, statement: URIRef) -> bool:
        source = URIRef(self._first(statement, CQ.source)[0])
        return self._first(source, CQ.voiceKind)[0] == str(ARTICLE_VOICE)

    def _nearest_places(self) -> Iterator[LocatedTriple]:
        """Yield the places that an event is given, but for those in which another of them lies."""
        # Meetings too: documents give one type alone, and what follows from it is only inferred later.
        for event in [*self._subjects[CQ.Event], *self._subjects[CQ.Meeting]]:
            places = self._values.get((event, CQ.place), ())
            larger = {
                larger for place, _ in places for larger, _ in self._values.get((URIRef(str(place)), CQ.within), ())
            }
            for place, location in places:
                if place not in larger:
                    yield LocatedTriple(event, CQ.nearestPlace, URIRef(str(place)), location)

    def _offsets(self) -> Iterator[LocatedTriple]:
        """Yield the offsets of every passage, one step nearer than its selector's."""
        for passage in self._subjects[CQ.Passage]:
            selector = URIRef(self._first(passage, OA.hasSelector)[0])
            for own, offset in ((CQ.startOffset, OA.start), (CQ.endOffset, OA.end)):
                value, location = self._first(selector, offset)
                if location is not None:
                    yield LocatedTriple(passage, own, Literal(value, datatype=XSD.nonNegativeInteger), location)

    def _content_keys(self) -> Iterator[LocatedTriple]:
        """Yield one text for what each proposition says; that of a conditional has those of its two halves."""
        for proposition in self._subjects[CQ.Proposition]:
            _, location = self._first(proposition, CQ.gist)
            if location is not None:
                halves = ((half, self._first(proposition, half)[0]) for half in CONDITIONAL_HALVES)
                keys = [f"{half.fragment} ({self._content(URIRef(value))})" for half, value in halves if value]
                key = " ".join(keys) or self._content(proposition)
                yield LocatedTriple(proposition, CQ.contentKey, Literal(key), location)

    def _content(self, proposition: URIRef) -> str:
        """Return predicate, roles and terms as one text, or a proposition's IRI if it has no predicate here."""
        predicate, _ = self._first(proposition, CQ.predicate)
        if not predicate:
            return str(proposition)
        roles = (self._values.get((proposition, part), ()) for part in (*ROLES, CQ.terms))
        # Sorted, so that two propositions of the same parts have one key whatever their order.
        parts = (" ".join(sorted(str(value) for value, _ in values)) for values in roles)
        return " | ".join([predicate.rpartition("/")[2], *parts])
