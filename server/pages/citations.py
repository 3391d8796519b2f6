"""Citations: the cited words, who says that who says so and how, the article, and a permalink to a version."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from flask import request

from kg.act_words import TellingWords, sentence
from kg.formats import PNG
from server.descriptions.addresses import thing_address, with_parameters

MAX_CHARACTERS = 1000
# A text between them keeps its direction to itself (Unicode Standard Annex 9).
ISOLATES = ("\u2068", "\u2069")
_RIGHT_TO_LEFT = ("R", "AL")
# Control characters, and separators of lines and paragraphs.
_BREAKS = ("Cc", "Zl", "Zp")
# Marks that change the direction of what follows, and characters that XML does not allow.
_UNSEEN = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Speaker:
    """A source in a chain: its name, and what it does to what follows."""

    name: str
    telling: TellingWords


@dataclass(frozen=True)
class CitedArticle:
    """An article: its title, the day of its publication, and its URL, empty if unknown."""

    title: str
    published: str = ""
    url: str = ""

    @property
    def words(self) -> str:
        """Return the article on one line."""
        published = f" ({self.published})" if self.published else ""
        return f"{self.title}{published}{f', {self.url}' if self.url else ''}"


@dataclass(frozen=True)
class CitedPart:
    """A cited part: its words, and who says so in sentences; for a statement, also the chain and its contents."""

    words: str
    is_quotation: bool
    sentences: tuple[str, ...]
    article: CitedArticle | None
    speakers: tuple[Speaker, ...] = ()
    content_title: str = ""
    contents: tuple[str, ...] = ()

    @property
    def quoted_words(self) -> str:
        """Return the words, in quotation marks if they are the article's."""
        return f"\u201c{self.words}\u201d" if self.is_quotation else self.words

    @property
    def lines(self) -> list[str]:
        """Return the words, who says so, and the article, one line each."""
        article = [f"In: {self.article.words}"] if self.article else []
        return [self.quoted_words, *self.sentences, *article]

    @property
    def title(self) -> str:
        """Return who says what, on one line: never the words without what the act makes of them."""
        return " ".join(self.sentences if self.speakers else (sentence(self.words), *self.sentences))


@dataclass(frozen=True)
class Citation:
    """A citation of one part, or of two between which a relation holds, in a version of a corpus."""

    iri: str
    other: str
    """The other statement of a disagreement, empty for anything else."""
    kind: str
    parts: tuple[CitedPart, ...]
    relation: str
    corpus: str
    version: str
    permalink: str

    @property
    def address(self) -> str:
        """Return the address of the page of this citation."""
        return citation_address(self.iri, self.other, self.version)

    @property
    def card(self) -> str:
        """Return the address of the card of this citation."""
        return citation_address(self.iri, self.other, self.version, name="card")

    @property
    def picture(self) -> str:
        """Return the address of the card as PNG."""
        return f"{self.card}&format={PNG.name}"

    @property
    def title(self) -> str:
        """Return what is cited, on one line."""
        return f" This {self.relation}: ".join(part.title for part in self.parts)


def citation_address(iri: str, other: str = "", version: str = "", *, name: str = "cite") -> str:
    """Return the address of a citation, or with `name` that of its card."""
    parameters = {"iri": iri, "other": other, "version": version}
    return with_parameters(f"/{name}", [(key, value) for key, value in parameters.items() if value])


def permalink(iri: str, version: str) -> str:
    """Return the URL of the page about a thing in a version."""
    return request.host_url.rstrip("/") + with_parameters(thing_address(iri), [("version", version)])


def one_line(text: str, longest: int = MAX_CHARACTERS) -> str:
    """Return a text of the data on one line, without direction marks, isolated if any of it is right-to-left."""
    # A citation is pasted into text that a line end or a direction mark in it would change.
    visible = "".join(" " if unicodedata.category(character) in _BREAKS else character for character in text)
    line = " ".join(_UNSEEN.sub("", visible).split())
    shortened = line if len(line) <= longest else f"{line[:longest].rstrip()}…"
    turns = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in shortened)
    return shortened.join(ISOLATES) if turns else shortened
