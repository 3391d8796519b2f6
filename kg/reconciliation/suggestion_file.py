"""The suggestion file: written for a curator's decisions, and read for the accepted suggestions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.app.imported_files import ImportFile, ReadFile
from kg.drafting.statements.yaml_nodes import scalar
from kg.errors import Location, MappingError, Problem, RequestError, raise_if
from kg.formats import NTRIPLES
from kg.lookups.property_values import Values
from kg.mapping.authoring.new_document import slug_of
from kg.mapping.documents.yaml_document import MappingDocument, YamlText, load_document, mappings_in
from kg.namespaces import SCHEMA
from kg.provenance import SourceFile
from kg.reconciliation.known_things import read_known_things
from kg.reconciliation.suggestions import Suggestion, Suggestions
from kg.sparql.query_terms import is_usable_iri
from kg.store import Store
from kg.store.rdf_parser import read_graph

ACCEPT, REJECT, UNDECIDED = "accept", "reject", "undecided"
DECISIONS = (ACCEPT, REJECT, UNDECIDED)
FILE_COMMENT = """\
# Suggestions of `kg reconcile`. They decide nothing: read the evidence, and write accept or reject in the place
# of undecided. `kg import` of this file takes up what is accepted; `kg reconcile` into it again keeps what is decided.
"""
Decisions = Mapping[tuple[str, str], str]
"""Decisions by pairs of a thing in the source (its identifier or name) and the IRI of one of ours."""


@dataclass(frozen=True)
class AcceptedIdentity:
    """An identity accepted by a curator: the IRI of our thing, and its IRI elsewhere."""

    thing: str
    identifier: str
    location: Location


@dataclass(frozen=True)
class DecidedFile:
    """A curator's decisions: accepted identities, and the number of accepted ones without an IRI to link to."""

    source: SourceFile
    base: str
    accepted: tuple[AcceptedIdentity, ...]
    without_iri: int


def suggestion_lines(suggestions: Suggestions, decided: Decisions) -> Iterator[str]:
    """Yield the lines of a suggestion file, with earlier decisions."""
    yield FILE_COMMENT
    yield f"source: {scalar(suggestions.source.name)}\n"
    if suggestions.source.digest:
        yield f"digest: {scalar(suggestions.source.digest)}\n"
    # In quotation marks, since YAML would read the digits of a version as a number.
    yield f"version: '{suggestions.version}'\nbase: {scalar(suggestions.base)}\nsuggestions:"
    yield " []\n" if not suggestions.suggestions else "\n"
    for suggestion in suggestions.suggestions:
        yield from _entry(suggestion, suggestions.base, decided)


def dropped_decisions(suggestions: Suggestions, decided: Decisions) -> Decisions:
    """Return earlier decisions about pairs that are no longer suggested."""
    pairs = {
        (_key(suggestion), candidate.thing.iri)
        for suggestion in suggestions.suggestions
        for candidate in suggestion.candidates
    }
    return {pair: decision for pair, decision in decided.items() if pair not in pairs}


def _key(suggestion: Suggestion) -> str:
    return suggestion.thing.identifier or " ".join(suggestion.thing.names[0].split())


def _entry(suggestion: Suggestion, base: str, decided: Decisions) -> Iterator[str]:
    thing = suggestion.thing
    yield f"  - name: {scalar(thing.names[0])}\n"
    if thing.identifier:
        yield f"    identifier: {scalar(thing.identifier)}\n"
    if thing.place:
        yield f"    place: {scalar(thing.place)}\n"
    if suggestion.match:
        yield "    unambiguous: 'yes'\n"
    yield "    candidates:" + ("\n" if suggestion.candidates else " []\n")
    for candidate in suggestion.candidates:
        decision = decided.get((_key(suggestion), candidate.thing.iri), UNDECIDED)
        yield f"      - thing: {scalar(_short_form(candidate.thing.iri, base))}\n"
        yield f"        name: {scalar(candidate.thing.name)}\n"
        yield f"        about: {scalar(candidate.thing.description)}\n"
        yield f"        score: '{candidate.score:g}'\n"
        yield f"        decision: {decision}\n"
        yield "        evidence:\n"
        for reason in candidate.evidence:
            yield f"          - {scalar(f'{reason.sentence}: {reason.change:+g}')}\n"


def _short_form(iri: str, base: str) -> str:
    """Return the identifier by which documents refer to a thing, such as `person:somebody`, or its full IRI."""
    kind, slash, name = iri.removeprefix(base).partition("/")
    # An article's own things have longer paths, and no short form in the authority.
    return f"{kind}:{name}" if iri.startswith(base) and slash and "/" not in name else iri


def decisions_of(file: Path) -> Decisions:
    """Return the decisions in a file, if it exists. Raises MappingError if it is invalid."""
    if not file.exists():
        return {}
    document = load_document(file)
    return {
        # The same as in `_key`: a thing without an identifier is identified by its name.
        (identifier or name, thing): decision
        for name, identifier, thing, decision, _ in _candidates(document, document.value_of("base"))
        if decision != UNDECIDED
    }


def read_decided(file: Path) -> DecidedFile:
    """Return the suggestions that a curator has accepted.

    Raises MappingError, with file and line, if a decision is invalid or one thing is accepted as several; RequestError
    if nothing is accepted.
    """
    document = load_document(file)
    base = document.value_of("base")
    if "suggestions" not in document.root.nodes or not base:
        raise MappingError([Problem(Location(file), "expected a file that `kg reconcile` has written.")])
    accepted: dict[str, AcceptedIdentity] = {}
    problems, without_iri = list[Problem](), 0
    for _, identifier, thing, decision, location in _candidates(document, base):
        if decision != ACCEPT:
            continue
        # Our thing cannot be linked to a row number or a name.
        if not is_usable_iri(identifier) or "://" not in identifier:
            without_iri += 1
        elif identifier in accepted:
            first = accepted[identifier].location.line
            problems.append(Problem(location, f"<{identifier}> is accepted as another thing in line {first} already."))
        else:
            accepted[identifier] = AcceptedIdentity(thing, identifier, location)
    raise_if(problems)
    if not accepted:
        raise RequestError(f"{file} accepts nothing that has an IRI: expected `decision: {ACCEPT}` of a candidate.")
    source = SourceFile(str(file), hashlib.sha256(document.text.encode()).hexdigest())
    return DecidedFile(source, base, tuple(accepted.values()), without_iri)


def read_accepted(file: Path, store: Store) -> ReadFile:
    """Return the accepted identities as triples to be imported.

    Raises MappingError as `read_decided` does, and if the store has no such thing; RequestError if the base differs.
    """
    decided, names = read_decided(file), store.graph_names()
    if names is None or names.base != decided.base:
        base = names.base if names else "none"
        raise RequestError(f"{file} is for the base {decided.base}: expected the store's, {base}.")
    known = read_known_things(Values(store), names)
    if missing := [accepted for accepted in decided.accepted if accepted.thing not in known]:
        fault = "the store has no such person, organization, group, place or post"
        raise MappingError([Problem(accepted.location, f"{fault}: <{accepted.thing}>.") for accepted in missing])
    lines = "".join(
        f"<{accepted.thing}> <{SCHEMA.sameAs}> <{accepted.identifier}> .\n" for accepted in decided.accepted
    )
    # With the parser that all imports use, since it checks IRIs, which may have been edited.
    triples = read_graph(lines.encode(), NTRIPLES)
    # A name without ASCII letters or digits has no slug.
    slug = slug_of(file.stem) or "identities"
    listed = ImportFile(file, str(file), slug, NTRIPLES)
    return ReadFile(listed, decided.source, {None: triples}, file.read_text("utf-8"))


def outside_document(decided: DecidedFile) -> Iterator[str]:
    """Yield the lines of an `outside` document of a corpus with the accepted identities."""
    yield f"# Identities that a curator has accepted in {decided.source.name}.\nthings:\n"
    for accepted in decided.accepted:
        thing = scalar(_short_form(accepted.thing, decided.base))
        yield f"  - {{id: {thing}, grade: outside, sameAs: {scalar(accepted.identifier)}}}\n"


def _candidates(document: MappingDocument, base: str) -> Iterator[tuple[str, str, str, str, Location]]:
    """Yield the name, identifier, thing and decision of each candidate, and the location of the decision."""
    problems = list[Problem]()
    for suggestion in mappings_in(document.root.nodes.get("suggestions")):
        for candidate in mappings_in(suggestion.nodes.get("candidates")):
            decision = candidate.nodes.get("decision")
            value = decision.value if isinstance(decision, YamlText) else ""
            location = decision.location if decision is not None else candidate.location
            thing = candidate.text_of("thing")
            if value not in DECISIONS:
                problems.append(
                    Problem(location, f"the decision is {value!r}; expected one of {', '.join(DECISIONS)}.")
                )
            elif not thing:
                problems.append(Problem(location, "the candidate has no thing; expected one such as person:somebody."))
            else:
                yield (
                    suggestion.text_of("name"),
                    suggestion.text_of("identifier"),
                    _full_iri(thing, base),
                    value,
                    location,
                )
    # At the end, so that all faults of a file are reported together.
    raise_if(problems)


def _full_iri(thing: str, base: str) -> str:
    kind, colon, name = thing.partition(":")
    # The colon of `https://` does not end a kind.
    return f"{base}{kind}/{name}" if colon and not name.startswith("//") else thing
