"""What lookups return: plain values that carry IRIs, certainty, who says that who says it, and passages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    """Something with its name, or a text alone, whose IRI is empty."""

    iri: str
    name: str


@dataclass(frozen=True)
class Hit:
    """Something that a search finds: the text of it that has the words, and its classes."""

    iri: str
    text: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class CitedPassage:
    """Characters of an article; the digest is that of their text, the fragment finds them on the article's page."""

    iri: str
    article: str
    start: int
    end: int
    paragraph: int
    """The number of its paragraph; 0 if its document does not have it."""
    digest: str
    fragment: str


@dataclass(frozen=True)
class Telling:
    """A link of a chain: whose statement it is, by which act, put forward as so or not, how certain, and for whom."""

    statement: str
    gist: str
    source: Named
    act: str
    polarity: str
    certainty: str
    on_behalf_of: tuple[Named, ...]
    contents: tuple[str, ...] = ()
    """What is said, of which the polarity is: a gist says what all of the statement does, a "not" of it included."""


@dataclass(frozen=True)
class StatementRecord:
    """A claim of its source, never a fact: its `chain` leads from who tells it outermost to who is last told of."""

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
    """A meeting that an article reports, with the sides on which those who took part were."""

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
    """What one article says of an occurrence, by property."""

    iri: str
    article: Named
    values: dict[str, tuple[str, ...]]
    passages: tuple[CitedPassage, ...]


@dataclass(frozen=True)
class Fact:
    """What the graph says of something by one property."""

    property: str
    values: tuple[Named, ...]


@dataclass(frozen=True)
class Description:
    """Something with its classes, what the graph says of it, and the passages that it rests on."""

    iri: str
    name: str
    classes: tuple[str, ...]
    facts: tuple[Fact, ...]
    passages: tuple[CitedPassage, ...]
