"""Statements with what makes them claims: source, act, certainty, their chain, and passages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.lookups.lookup_records import CitedPassage, Named, StatementRecord, Telling
from kg.lookups.property_values import Values, ValuesOfThing, first, iris_of_values, names_of_values
from kg.namespaces import CQ

_PROPERTIES = (
    *(CQ.gist, CQ.quote, CQ.source, CQ.act, CQ.polarity, CQ.certainty, CQ.form, CQ.saidEarliest, CQ.saidLatest),
    *(CQ.says, CQ.about, CQ.addressee, CQ.onBehalfOf, CQ.contradicts, CQ.relays, CQ.relayedBy, CQ.statedIn),
    CQ.evidence,
)


def statements_by_iri(values: Values, iris: Iterable[str]) -> list[StatementRecord]:
    """Return statements in the order of the IRIs, leaving out IRIs that are not statements."""
    of_statement = values.of(iris, _PROPERTIES)
    linked = dict(of_statement)
    # Chains may have any length: each round of look-ups follows one more link.
    while missing := {iri for of_one in linked.values() for iri in _linked(of_one)} - {*linked}:
        linked |= values.of(sorted(missing), _PROPERTIES)
    passages = values.passages({iri for of_one in of_statement.values() for iri in iris_of_values(of_one, "evidence")})
    known = [iri for iri, of_one in of_statement.items() if "act" in of_one]
    return [_record(iri, of_statement[iri], linked, passages) for iri in known]


def _linked(values: ValuesOfThing) -> tuple[str, ...]:
    return iris_of_values(values, "relays") + iris_of_values(values, "relayedBy")


def _record(
    iri: str, values: ValuesOfThing, linked: Mapping[str, ValuesOfThing], passages: Mapping[str, CitedPassage]
) -> StatementRecord:
    times = first(values, "saidEarliest").name, first(values, "saidLatest").name
    return StatementRecord(
        iri,
        first(values, "gist").name,
        names_of_values(values, "quote"),
        first(values, "source"),
        first(values, "act").name,
        first(values, "polarity").name,
        first(values, "certainty").name,
        first(values, "form").name,
        tuple(time for time in times if time),
        values.get("about", ()),
        values.get("addressee", ()),
        values.get("onBehalfOf", ()),
        iris_of_values(values, "contradicts"),
        tuple(telling_of(link, linked[link]) for link in chain_of(iri, linked)),
        first(values, "statedIn"),
        tuple(passages[passage] for passage in iris_of_values(values, "evidence")),
    )


def chain_of(iri: str, linked: Mapping[str, ValuesOfThing]) -> list[str]:
    """Return the chain of a statement from the outermost link; it ends at a statement that relays several.

    `linked` has the values of all statements that the statement relays or is relayed by.
    """
    chain = [iri]
    # No statement is visited twice, since statements that relay each other would form an endless loop.
    while (above := first(linked[chain[0]], "relayedBy").iri) and above not in chain:
        chain.insert(0, above)
    while len(relayed := iris_of_values(linked[chain[-1]], "relays")) == 1 and relayed[0] not in chain:
        chain.append(relayed[0])
    return chain


def telling_of(iri: str, values: ValuesOfThing) -> Telling:
    """Return a statement as a link of a chain."""
    source = first(values, "source") if "source" in values else Named("", "")
    act, polarity, certainty = (first(values, name).name for name in ("act", "polarity", "certainty"))
    behalves = values.get("onBehalfOf", ())
    contents = names_of_values(values, "says") or names_of_values(values, "relays")
    return Telling(iri, first(values, "gist").name, source, act, polarity, certainty, behalves, contents)
