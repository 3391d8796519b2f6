"""Checks of what the documents of a corpus state together: spans, statuses, curated identities and orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import chain, pairwise

from rdflib import URIRef
from rdflib.term import Node

from kg.errors import Problem
from kg.mapping.checks.value_checks import relative_place
from kg.mapping.documents.schema_check import shown
from kg.mapping.triples.document_triples import DocumentTriples, in_words, node_name, short_name
from kg.mapping.triples.edtf_spans import ends_before
from kg.mapping.triples.implied_triples import SPANS
from kg.mapping.triples.located_triples import LocatedTriple
from kg.namespaces import CONDITIONAL_HALVES, CQ
from kg.reachability import reachable

STAMP_ORDERS = (
    (CQ.earliestBegin, CQ.latestBegin),
    (CQ.earliestEnd, CQ.latestEnd),
    (CQ.earliestBegin, CQ.latestEnd),
    (CQ.latestBegin, CQ.latestEnd),
    (CQ.earliestBegin, CQ.earliestEnd),
    (CQ.saidEarliest, CQ.saidLatest),
)
"""Pairs of stamps of which the second may not be before the first."""
STAMPS = frozenset(stamp for order in STAMP_ORDERS for stamp in order)
STAMPS_AND_SPANS = STAMPS.union(SPANS)
IDENTITIES = {
    CQ.accountOf: "an account of two occurrences",
    CQ.tellingOf: "a telling of two utterances",
    CQ.identifiedAs: "identified as two people",
}
"""Relations that a thing has to at most one other, and what it would be with two."""
CONTENTS = (CQ.says, CQ.relays, *CONDITIONAL_HALVES, CQ.foretells, CQ.wouldSay)
"""The relations that lead from a statement to the propositions in it."""
EARLIER_TO_LATER = {CQ.before: True, CQ.after: False}
PART_TO_WHOLE = {CQ.during: True, CQ.subEventOf: True, CQ.occasion: True, CQ.encloses: False}
"""The relations that order things in time, and whether they lead in the direction of the table's name."""
CROSSING_RELATIONS = frozenset(
    {*CONTENTS, CQ.statusBy, CQ.describes, CQ.about, *IDENTITIES, *EARLIER_TO_LATER, *PART_TO_WHOLE}
)
"""Relations by which documents that are valid alone can contradict each other: see `shared_relation_faults`."""
Point = tuple[Node, str]
"""A happening or statement, before or after a step in time: see `_edges`."""


def relation_faults(documents: Sequence[DocumentTriples]) -> Iterator[Problem]:
    """Yield a problem for every impossible span, status, identity and order in the documents."""
    for document in documents:
        yield from time_faults(document)
    yield from shared_relation_faults([triple for document in documents for triple in document.triples])


def time_faults(document: DocumentTriples) -> Iterator[Problem]:
    """Yield a problem for every span of a document that ends before it begins or has two bounds."""
    yield from _span_faults(triple for triple in (*document.triples, *document.implied) if triple.predicate in STAMPS)
    yield from _doubled_stamps(triple for triple in document.triples if triple.predicate in STAMPS_AND_SPANS)


def shared_relation_faults(written: Sequence[LocatedTriple]) -> Iterator[Problem]:
    """Yield a problem for every status, identity and order that is impossible across documents."""
    relations = [triple for triple in written if triple.predicate in CROSSING_RELATIONS]
    yield from _status_faults(relations)
    yield from _identity_faults(relations)
    yield from _order_faults(relations)


def _span_faults(triples: Iterable[LocatedTriple]) -> Iterator[Problem]:
    stamps = {(triple.subject, triple.predicate): triple for triple in triples}
    faulty_subjects: set[Node] = set()
    for first, last in STAMP_ORDERS:
        for (subject, predicate), begin in stamps.items():
            end = stamps.get((subject, last)) if predicate == first and subject not in faulty_subjects else None
            if end is not None and ends_before(str(begin.object), str(end.object)):
                # One fault for each subject: further pairs of its stamps would only repeat it.
                faulty_subjects.add(subject)
                fault = f"{short_name(last)} is {end.object}, before {short_name(first)} {begin.object}"
                where = f"which {relative_place(begin.location, end.location)} gives"
                order = f"expected a {in_words(last)} that is not before the {in_words(first)}"
                yield Problem(end.location, f"{fault}, {where}; {order}.")


def _doubled_stamps(triples: Iterable[LocatedTriple]) -> Iterator[Problem]:
    stamps = {(triple.subject, triple.predicate): triple for triple in triples}
    for (subject, predicate), span in stamps.items():
        for stamp in SPANS.get(predicate, ()):
            if doubled := stamps.get((subject, stamp)):
                fault = f"{short_name(predicate)} and {short_name(stamp)} both bound one time"
                place = relative_place(span.location, doubled.location)
                yield Problem(doubled.location, f"{fault} ({place}); expected one of them.")


def _status_faults(triples: Iterable[LocatedTriple]) -> Iterator[Problem]:
    values = _by_subject(triples, (*CONTENTS, CQ.describes, CQ.about))
    for triple in triples:
        # Checked across documents: the statement may be in another article than the scenario.
        if triple.predicate == CQ.statusBy and triple.subject not in _subjects_of_talk(triple.object, values):
            fault = f"{shown(node_name(triple.object))} does not speak of {shown(node_name(triple.subject))}"
            hint = "a statement whose proposition, or a half of it, describes it or is about it"
            yield Problem(triple.location, f"{fault}; expected {hint}.")


def _subjects_of_talk(statement: Node, values: dict[tuple[Node, URIRef], set[Node]]) -> set[Node]:
    """Return what a statement describes or is about, through what it says and relays."""
    reached = reachable(
        [statement], lambda node: chain.from_iterable(values.get((node, path), ()) for path in CONTENTS)
    )
    return {value for node in reached for path in (CQ.describes, CQ.about) for value in values.get((node, path), ())}


def _by_subject(triples: Iterable[LocatedTriple], predicates: Iterable[URIRef]) -> dict[tuple[Node, URIRef], set[Node]]:
    followed = frozenset(predicates)
    values: dict[tuple[Node, URIRef], set[Node]] = defaultdict(set)
    for triple in triples:
        if triple.predicate in followed:
            values[triple.subject, triple.predicate].add(triple.object)
    return values


def _identity_faults(triples: Iterable[LocatedTriple]) -> Iterator[Problem]:
    first: dict[tuple[Node, URIRef], LocatedTriple] = {}
    for triple in triples:
        if triple.predicate in IDENTITIES:
            first_claim = first.setdefault((triple.subject, triple.predicate), triple)
            if first_claim.object != triple.object:
                fault = f"{shown(node_name(triple.subject))} is {IDENTITIES[triple.predicate]}"
                both = f"of {shown(node_name(triple.object))} here and of {shown(node_name(first_claim.object))}"
                place = relative_place(first_claim.location, triple.location)
                yield Problem(triple.location, f"{fault}: {both} by {place}; expected one.")


def _order_faults(triples: Iterable[LocatedTriple]) -> Iterator[Problem]:
    edges: dict[tuple[Point, Point], LocatedTriple] = {}
    for triple in triples:
        for edge in _edges(triple):
            # The first triple that states it: an error shows one location for each step.
            edges.setdefault(edge, triple)
    graph: dict[Point, set[Point]] = defaultdict(set)
    for earlier, later in edges:
        graph[later].add(earlier)
        # What comes after one thing may itself come before another: the path continues there.
        graph[later[0], "before"].add((later[0], "after"))
    try:
        # The standard library reports one circle, the first that it meets.
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield _circle(error.args[1], edges)


def _edges(triple: LocatedTriple) -> Iterator[tuple[Point, Point]]:
    """Yield a triple's steps in time: up to what encloses a thing, on to what is later, and down to its parts.

    A thing comes before another if a path of steps up, on and down leads from one to the other. So steps up join
    points "before" a step on, and steps down join points "after" it.
    """
    subject, value = triple.subject, triple.object
    if triple.predicate in EARLIER_TO_LATER:
        first, last = (subject, value) if EARLIER_TO_LATER[triple.predicate] else (value, subject)
        yield (first, "before"), (last, "after")
    if triple.predicate in PART_TO_WHOLE:
        part, whole = (subject, value) if PART_TO_WHOLE[triple.predicate] else (value, subject)
        yield (part, "before"), (whole, "before")
        yield (whole, "after"), (part, "after")


def _circle(points: list[Point], edges: dict[tuple[Point, Point], LocatedTriple]) -> Problem:
    # Without the steps between "before" and "after" of one thing, which no document states.
    steps = {step.location: step for pair in pairwise(points) if (step := edges.get(pair))}
    *earlier, last = (steps[location] for location in sorted(steps))
    earlier_steps = ", ".join(f"{_sentence(step)} ({relative_place(step.location, last.location)})" for step in earlier)
    fault = f"{_sentence(last)}{f' and {earlier_steps}' if earlier_steps else ''}: the order runs in a circle"
    return Problem(last.location, f"{fault}; expected one in which nothing comes before itself.")


def _sentence(triple: LocatedTriple) -> str:
    return f"{shown(node_name(triple.subject))} {short_name(triple.predicate)} {shown(node_name(triple.object))}"
