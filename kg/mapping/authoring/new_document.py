"""`kg new`: a first mapping document of a text, with its quotations and names in place, for a person to fill in.

It cannot be published before that: at least its title has to be written, as `kg check` and `kg build` report.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from kg.durable_files import replace_synced
from kg.errors import PayloadError, RequestError
from kg.mapping.authoring.anchoring import passage_values
from kg.mapping.authoring.new_corpus import join_lone_articles
from kg.mapping.checks.value_checks import TO_BE_WRITTEN
from kg.mapping.documents.yaml_document import parse_document, single_quoted
from kg.mapping.passages.passage_words_files import write_words
from kg.mapping.passages.source_texts import SourceText, read_text_file
from kg.mapping.passages.stamp_writer import with_stamps
from kg.mapping.passages.text_folding import is_cluster_edge
from kg.mapping.passages.text_spans import TextSpan

MAX_TEXT_CHARACTERS = 50_000
"""Code points of a text: a longer one is not an article, and choosing what its stamps disclose would take minutes."""
MAX_ITEMS = 200
"""The most quotations, and names, that are written down."""
MAX_MENTIONS = 10
"""The most occurrences of a name that are written down."""
EDGE_CONTEXT = 40
"""Code points on either side of an offset that show whether it splits a character."""
# Straight marks look the same on both sides: a pair of them may not extend past its line.
QUOTATION = re.compile('“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|"([^"\n]+)"')
CAPITALIZED = r"[^\W\d_a-z][^\W\d_]+(?:['’-][^\W\d_]+)*"  # noqa: RUF001 -- the shapes of apostrophes
NAME = re.compile(rf"(?<!\w)(?P<first>{CAPITALIZED})(?P<more>(?: (?:of |de |van |von |al-)?{CAPITALIZED})*)(?!\w)")
SENTENCE_START = re.compile(r"(?:\A|[.!?:…\n\r]|[“„«\"‘'(])\s*\Z")  # noqa: RUF001 -- likewise
HEAD = """\
# yaml-language-server: $schema=https://w3id.org/communique/mapping.schema.json
# Offsets count code points; `kg anchor` turns words (`at: first … last`) into them, and `kg check` says what is wrong.
article: {slug}
title: {unwritten}  # a title of your own: the publisher's is not ours to print
language: {language}
# notBefore: 2034-05-02T00:00:00  # the latest moment that the text itself dates
defaults: {{grade: explicit, form: direct, polarity: positive, certainty: certain, tense: present}}
"""
PEOPLE = """
people:  # move what is no person to `organizations:` or `places:`, with a `kind`; delete what is no name
"""
STATEMENTS = """
statements:  # one for each pair of quotation marks; merge those of one sentence, and add what is said without marks
"""
STATEMENT = """\
  - id: statement/{number}
    source: voice/nobody  # who says it: person:name, or one of `people`; then sourceSpan, and cueSpan for the verb
    act: assert  # or deny, demand, ask, offer, promise, threaten …
    gist: {unwritten}  # what is said, in one sentence of your own
    says: {{id: proposition/{number}, gist: {unwritten}}}
    contentSpan: {content}
    quotedRuns: {{id: run/{number}, runNumber: {number}, extent: {extent}, runSpan: {run}}}  # or {other}
    at: {run}  # the sentence with the quotation in it
"""


def write_new_document(text: Path, document: Path, language: str) -> list[Path]:
    """Write a first document of a text, and return the files written.

    Raises PayloadError if the file is not an article's text, and RequestError if the document exists already.
    """
    source = read_article_text(text)
    require_new_file(document)
    return write_document_files(new_document(source, document, language), document, source)


def require_new_file(document: Path) -> None:
    """Raise RequestError if the file exists already."""
    if document.exists():
        raise RequestError(f"{str(document)!r} already exists: expected the name of a new document.")


def write_document_files(content: str, document: Path, source: SourceText) -> list[Path]:
    """Write a document, the words of its passages and, beside a lone article, a corpus; return the files written."""
    values = passage_values(parse_document(document, content).root)
    spans = [span for value in values if (span := TextSpan.read(value.value))]
    written = join_lone_articles(document)
    words, *ignored = write_words(spans, source)
    # Last and in one step: if the document exists, it is complete and so are its other files.
    replace_synced(document, content)
    return [document, words, *written, *ignored]


def read_article_text(file: Path) -> SourceText:
    """Read the text of an article. Raises PayloadError if the file is not one."""
    source = read_text_file(file)
    if source is None or "\0" in source.text:
        raise PayloadError(f"{file} is not text: expected the article's words in UTF-8, without formatting.")
    if not re.search(r"\w", source.text):
        raise PayloadError(f"{file} has no words: expected the text of an article.")
    if len(source.text) > MAX_TEXT_CHARACTERS:
        raise PayloadError(
            f"{file} has {len(source.text):,} characters; an article has at most {MAX_TEXT_CHARACTERS:,}."
        )
    return source


def new_document(source: SourceText, file: Path, language: str) -> str:
    """Return a first document of a text, with stamps; `kg check` finds only that words are yet to be written."""
    slug = slug_of(source.file.stem) or "article"
    parts = [HEAD.format(slug=slug, unwritten=TO_BE_WRITTEN, language=language)]
    if names := names_in(source.text):
        parts += [PEOPLE, *_people(names)]
    if quotations := [*_quotations_in(source.text)][:MAX_ITEMS]:
        parts.append(STATEMENTS)
    for number, (run, content) in enumerate(quotations, 1):
        # A run that begins with a small letter is not a whole sentence.
        begins_small = source.text[content.start].islower()
        extent, other = ("partial", "whole") if begins_small else ("whole", "partial")
        parts.append(
            STATEMENT.format(
                number=number, run=run, content=content, extent=extent, other=other, unwritten=TO_BE_WRITTEN
            )
        )
    return stamped_document("".join(parts), file, source)


def stamped_document(content: str, file: Path, source: SourceText) -> str:
    """Return a document whose passages are offsets, with the stamps of its text."""
    document = parse_document(file, content)
    values = passage_values(document.root)
    spans = [(value, span) for value in values if (span := TextSpan.read(value.value))]
    return with_stamps(document, spans, source)


def slug_of(words: str) -> str:
    """Return words as a name for identifiers, empty if they have no ASCII letter or digit."""
    ascii_only = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:80].strip("-")


def names_in(text: str) -> dict[str, list[TextSpan]]:
    """Return the spans of capitalized phrases by phrase; a single word counts only inside a sentence."""
    names: dict[str, list[TextSpan]] = {}
    for match in NAME.finditer(text):
        span = TextSpan(*match.span())
        starts_sentence = SENTENCE_START.search(text[max(0, span.start - 20) : span.start])
        if (match["more"] or not starts_sentence) and match["first"][0].isupper() and has_character_edges(text, span):
            names.setdefault(match[0], []).append(span)
    return {name: spans[:MAX_MENTIONS] for name, spans in [*names.items()][:MAX_ITEMS]}


def _quotations_in(text: str) -> Iterator[tuple[TextSpan, TextSpan]]:
    """Yield the span of each quotation with its marks, and the span of the words between them."""
    for match in QUOTATION.finditer(text):
        inner = next(group for group in match.groups() if group is not None)
        start = match.start() + 1 + len(inner) - len(inner.lstrip())
        run, content = TextSpan(*match.span()), TextSpan(start, start + len(inner.strip()))
        if content.start < content.end and has_character_edges(text, run) and has_character_edges(text, content):
            yield run, content


def _people(names: dict[str, list[TextSpan]]) -> Iterator[str]:
    used: set[str] = set()
    for number, (name, spans) in enumerate(names.items(), 1):
        slug = slug_of(name) or f"name-{number}"
        slug = f"{slug}-{number}" if slug in used else slug
        used.add(slug)
        mention = ", ".join(map(str, spans))
        yield f"  - {{id: person/{slug}, name: {single_quoted(name)}, voiceKind: named-person, mention: [{mention}]}}\n"


def has_character_edges(text: str, span: TextSpan) -> bool:
    """Return whether a passage begins and ends between characters as readers see them."""
    starts = [(offset, max(0, offset - EDGE_CONTEXT)) for offset in (span.start, span.end)]
    return all(is_cluster_edge(text[start : offset + EDGE_CONTEXT], offset - start) for offset, start in starts)
