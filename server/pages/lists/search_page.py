"""The page that searches names, posts, what is said, and the texts at hand, with excerpts of what it finds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from flask import Blueprint, Response

from kg.iterables import grouped
from kg.sparql.query_terms import literal_in_query
from server.http.parameters import query_parameters
from server.pages.paging.list_responses import DATA_MENU_FORMATS, STATEMENT_COLUMNS, list_response
from server.pages.queried_data.page_queries import PageQueries, rows_by
from server.pages.queried_data.select_queries import load_query
from server.pages.rendering.page_rendering import page as html
from server.pages.terms.page_terms import PageTerm, term_from_cell
from server.search.index_cache import current_index
from server.search.search_words import search_words
from server.search.text_paragraphs import PARAGRAPH, ArticleTexts, Paragraph
from server.search.text_search import SearchHit, SearchResult
from server.search.tsv_cells import iri
from server.site import site

bp = Blueprint("search", __name__)

MAX_QUERY_CHARACTERS = 200
MAX_RESULTS = 100


@bp.get("/search")
def search() -> Response:
    """Return the things that have all the words, or else most of them, in a name or in what they say."""
    search_text = (query_parameters().get("q") or "").strip()[:MAX_QUERY_CHARACTERS]
    index = current_index()
    words = search_words(search_text)
    spoken = [word for word in words if not index.texts.has_word(word) and index.article_texts.begins_word(word)]
    result = index.texts.search(search_text, words_in_texts=spoken)
    return list_response(lambda: _page(search_text, result), search_query(result)[1], "thing", STATEMENT_COLUMNS)


def search_query(result: SearchResult) -> tuple[str, str]:
    """Return the title and the text of the query that finds what the search found."""
    pairs = ((number, spelling) for number, spellings in enumerate(result.words) for spelling in spellings)
    words = " ".join(f"({number} {literal_in_query(spelling)})" for number, spelling in pairs)
    return load_query("search", words=words, required=str(max(1, result.required)))


def _page(search_text: str, result: SearchResult) -> Response:
    index = current_index()
    queries = PageQueries(index.version)
    hits = result.hits[:MAX_RESULTS]
    # Hits that are accounts of the same occurrence share its row.
    occurrences = index.texts.occurrences(hit.thing for hit in hits)
    accounts = grouped((occurrences[hit.thing], hit.thing) for hit in hits if hit.thing in occurrences)
    queries.add(*search_query(result), [{"thing": term_from_cell(hit.thing)} for hit in hits])
    queries.add_names(map(iri, accounts))
    things = " ".join(hit.thing for hit in hits)
    statements = queries.select("search-statements", things=things) if hits else []
    authors = rows_by(queries.select("scenario-authors", happenings=things), "happening") if hits else {}
    holders = {hit.thing: [*map(iri, index.texts.holders(hit.thing))] for hit in hits}
    queries.add_names(chain.from_iterable(holders.values()))
    values = {
        "words": search_text,
        "result": result,
        "results": _by_kind(queries, hits, accounts),
        "accounts": {iri(occurrence): len(happenings) for occurrence, happenings in accounts.items()},
        "statements": {row["statement"].value: row for row in statements},
        "contents": {
            (row["statement"].value, row["content"].value): row["whole"].value == "true"
            for row in statements
            if "content" in row
        },
        "authors": authors,
        "holders": holders,
        "excerpt": lambda text: excerpt(text, result.words),
        "texts": text_hits(result.words, index.article_texts),
        "max_results": MAX_RESULTS,
    }
    return html("search.html", queries, DATA_MENU_FORMATS if search_text else (), **values)


def _by_kind(
    queries: PageQueries, hits: Iterable[SearchHit], accounts: Mapping[str, Sequence[str]]
) -> dict[str, list[tuple[str, str, SearchHit]]]:
    """Return the IRI and text of hits by kind, that of the best hit first; an occurrence has its accounts' kind."""
    occurrences = {account: occurrence for occurrence, happenings in accounts.items() for account in happenings}
    by_kind: dict[str, dict[str, tuple[str, str, SearchHit]]] = {}
    for hit in hits:
        thing = iri(occurrences.get(hit.thing, hit.thing))
        kind = queries.names[iri(accounts.get(hit.thing, [hit.thing])[0])].kind
        by_kind.setdefault(kind, {}).setdefault(thing, (thing, term_from_cell(hit.cell).value, hit))
    return {kind: [*rows.values()] for kind, rows in by_kind.items()}


MAX_TEXT_HITS = 20
EXCERPT_CHARACTERS = 180
ExcerptPart = tuple[str, bool]
"""Some characters of an excerpt, and whether they were searched for."""


@dataclass(frozen=True)
class TextHit:
    """A place in an article's text, from the first of the words to the last, and its paragraph."""

    article: PageTerm
    start: int
    end: int
    paragraph: str


def text_hits(words: Sequence[Sequence[str]], texts: ArticleTexts) -> list[TextHit]:
    """Return the first paragraphs of texts at hand that have all the words."""
    patterns = [_pattern([spellings]) for spellings in words]
    at_hand = site().settings.texts
    # Until its index is rebuilt, a search may find the words of a text that has been removed.
    paragraphs = [paragraph for paragraph in texts.paragraphs(words, MAX_TEXT_HITS) if paragraph.digest in at_hand]
    return [_text_hit(at_hand[paragraph.digest], paragraph, patterns) for paragraph in paragraphs]


def _text_hit(text: str, paragraph: Paragraph, patterns: Iterable[re.Pattern[str]]) -> TextHit:
    shown = PARAGRAPH.match(text, paragraph.start)
    words = shown[0] if shown else ""
    spans = [place.span() for place in (pattern.search(words) for pattern in patterns) if place]
    # Word boundaries may differ from those of the folded text: then the words are somewhere in the paragraph.
    first, last = (min(spans)[0], max(end for _, end in spans)) if spans else (0, len(words))
    return TextHit(term_from_cell(paragraph.article), paragraph.start + first, paragraph.start + last, words)


def excerpt(text: str, words: Sequence[Sequence[str]]) -> list[ExcerptPart]:
    """Return the part of a text around the first match, split where the words begin and end."""
    pattern = _pattern(words)
    first = pattern.search(text)
    start = max(0, (first.start() if first else 0) - EXCERPT_CHARACTERS // 3)
    start = text.rfind(" ", 0, start) + 1
    shown = text[start : start + EXCERPT_CHARACTERS]
    if start + EXCERPT_CHARACTERS < len(text):
        shown = f"{shown.rpartition(' ')[0] or shown} …"
    parts = pattern.split(f"… {shown}" if start else shown)
    return [(part, bool(number % 2)) for number, part in enumerate(parts) if part]


def _pattern(words: Sequence[Sequence[str]]) -> re.Pattern[str]:
    """Return a pattern with one group: any spelling of any of the words, the longest first."""
    spellings = sorted({spelling for word in words for spelling in word}, key=len, reverse=True)
    # Folding removed full stops, so that `us` is found in U.S., and turned everything between words into one space.
    dotted = "|".join(r"\.?".join(spelling).replace(" ", r"[\W_]+") for spelling in spellings)
    return re.compile(rf"\b({dotted or '(?!)'})", re.IGNORECASE)
