"""The results of lookups: plain values with IRIs, certainty, who says that who says it, and passages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    """A thing with its name, or a text without an IRI."""

    iri: str
    name: str


@dataclass(frozen=True)
class Hit:
    """A search hit: its text that matches the words, and its classes."""

    iri: str
    text: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class CitedPassage:
    """Characters of an article, with the digest of their text and the URL fragment that finds them on its page."""

    iri: str
    article: str
    start: int
    end: int
    paragraph: int
    """The number of its paragraph, or 0 if the document does not record it."""
    digest: str
    fragment: str


@dataclass(frozen=True)
class Telling:
    """A link of a chain: its source, act, polarity and certainty, and on whose behalf it is said."""

    statement: str
    gist: str
    source: Named
    act: str
    polarity: str
    certainty: str
    on_behalf_of: tuple[Named, ...]
    contents: tuple[str, ...] = ()
    """What is said, to which the polarity applies, unlike to the gist, which already includes a "not"."""


@dataclass(frozen=True)
class StatementRecord:
    """A claim of its source, never a fact: its `chain` leads from the outermost source to the innermost."""

    iri: str
    gist: str
    quotes: tuple[str, ...]
    source: Named
    act: str
    polarity: str
    certainty: str
    form: str
    times: tuple[str, ...]
    about: tuple[Named, ...]
    addressees: tuple[Named, ...]
    on_behalf_of: tuple[Named, ...]
    contradicts: tuple[str, ...]
    chain: tuple[Telling, ...]
    article: Named
    passages: tuple[CitedPassage, ...]


@dataclass(frozen=True)
class Meeting:
    """A meeting that an article reports, with the sides that its participants belonged to."""

    iri: str
    name: str
    status: str
    begin: str
    end: str
    places: tuple[Named, ...]
    participants: tuple[Named, ...]
    sides: dict[str, tuple[str, ...]]
    article: Named
    passages: tuple[CitedPassage, ...]


@dataclass(frozen=True)
class Account:
    """What one article says about an occurrence, by property."""

    iri: str
    article: Named
    values: dict[str, tuple[str, ...]]
    passages: tuple[CitedPassage, ...]


@dataclass(frozen=True)
class Fact:
    """The values of one property of a thing."""

    property: str
    values: tuple[Named, ...]


@dataclass(frozen=True)
class Description:
    """A thing with its classes, its facts in the graph, and the passages as evidence."""

    iri: str
    name: str
    classes: tuple[str, ...]
    facts: tuple[Fact, ...]
    passages: tuple[CitedPassage, ...]
