"""The page of an utterance: who said it and when, each article's telling side by side, and who else says the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import partial

from kg.namespaces import CQ
from server.pages.queried_data.page_queries import distinct_rows, rows_by
from server.pages.rendering.page_rendering import TemplateCall
from server.pages.terms.literal_words import statement_span
from server.pages.terms.page_terms import Row
from server.pages.things.comparison_table import Aspect, Cell, ComparisonTable, comparison_table, is_incomparable, terms
from server.pages.things.quotation_parts import QuotationPart, quotation_parts
from server.pages.things.related_statements import find_related, independent_sources
from server.pages.things.statement_page import chain_in_order
from server.pages.things.thing_queries import ThingQueries

Quotations = Mapping[str, QuotationPart]
"""What each telling quotes or reports, by the telling's IRI."""


def utterance_page(utterance: ThingQueries) -> TemplateCall:
    """Return the page of an utterance."""
    rows = utterance.rows("utterance-tellings")
    tellings, quotations = [row for row in rows if not _is_misquoted(row)], _quotations(utterance)
    statements = " ".join(dict.fromkeys(row["telling"].sparql for row in tellings)) or "<urn:none>"
    chain = chain_in_order(utterance.select("statement-chain", these=statements))
    first = tellings[0]["telling"].value if tellings else ""
    related = find_related(utterance, statements, chain, first)
    times = (statement_span(row) for row in tellings)
    return "utterance.html", {
        "speakers": dict.fromkeys(row.get("identified", row["source"]) for row in tellings),
        "occasions": terms("occasion", tellings),
        "addressees": terms("to", tellings),
        "when": next((span for span in times if span.known), None),
        "tellings": distinct_rows(tellings, "telling"),
        "articles": terms("article", tellings),
        "table": telling_table(rows, quotations),
        "has_words": any(part.words for part in quotations.values()),
        "related": related,
        "independent": independent_sources(related),
    }


def telling_table(rows: list[Row], quotations: Quotations) -> ComparisonTable:
    """Return the tellings side by side, earliest article first, followed by those that give the words wrongly."""
    tellings = {row["telling"].value for row in rows if not _is_misquoted(row)}
    fuller = fullest([part.speakers_words for telling, part in quotations.items() if telling in tellings])
    aspects = (
        Aspect("Words", partial(_words, quotations), is_incomparable),
        Aspect("Beside the fullest wording", partial(_wording, quotations, fuller), is_incomparable),
        *(Aspect(title, read) for title, read in ASPECTS),
        Aspect("Passage", _passage, is_incomparable),
    )
    return comparison_table(rows, "telling", aspects)


def _is_misquoted(row: Row) -> bool:
    return row["isMisquoted"].value == "true"


def _quotations(utterance: ThingQueries) -> Quotations:
    rows_by_telling = rows_by(utterance.rows("utterance-quotations"), "telling")
    return {
        telling: part
        for telling, rows in rows_by_telling.items()
        for part in quotation_parts(distinct_rows(rows, "part", "passage"), utterance.version)
        if part.part.value == str(CQ.contentSpan)
    }


def _words(quotations: Quotations, rows: list[Row]) -> Cell:
    """Return the words of a telling if its article's text is at hand, otherwise its quotation in the graph."""
    part = quotations.get(rows[0]["telling"].value)
    return (part,) if part and part.words else terms("quote", rows)


def _wording(quotations: Quotations, fuller: str, rows: list[Row]) -> Cell:
    part = quotations.get(rows[0]["telling"].value)
    if part is None or not part.words or not fuller:
        return ()
    return (wording_difference(part.speakers_words, fuller) if part.speakers_words else REPORTED,)


def _when(rows: list[Row]) -> Cell:
    span = statement_span(rows[0])
    return (span.words,) if span.known else ()


def _passage(rows: list[Row]) -> Cell:
    return tuple(distinct_rows((row for row in rows if "passage" in row), "passage"))


ASPECTS: tuple[tuple[str, Callable[[list[Row]], Cell]], ...] = (
    ("Who says it", partial(terms, "source")),
    ("Who that was", partial(terms, "identified")),
    ("By whose word", lambda rows: terms("byWordOf", rows) or ("the article\u2019s",)),
    ("On behalf of", partial(terms, "behalf")),
    ("As", partial(terms, "role")),
    ("To", partial(terms, "to")),
    ("On which occasion", partial(terms, "occasion")),
    ("When", _when),
    ("In words of the text", partial(terms, "timeWords")),
    ("What is done", partial(terms, "act")),
    ("What is put forward", partial(terms, "polarity")),
    ("How certain", partial(terms, "certainty")),
    ("Of what time", partial(terms, "tense")),
    ("In what form", partial(terms, "form")),
)


SINGLE_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
# Of wordings that share less than this, a word-by-word difference would say nothing.
MIN_SHARED_WORDS = 0.3
SAME, FULLEST = "the same words", "the fullest of them"
REPORTED = "in the reporter\u2019s words"


def fullest(wordings: Sequence[str]) -> str:
    """Return the wording with the most words, the first of several."""
    return max(wordings, key=lambda wording: len(SINGLE_WORD.findall(wording)), default="")


def wording_difference(words: str, fuller: str) -> str:
    """Return how a wording differs from the fullest, such as "leaves out \u201cand not one day longer\u201d"."""
    own, others = SINGLE_WORD.findall(words), SINGLE_WORD.findall(fuller)
    matcher = SequenceMatcher(None, _folded(others), _folded(own), autojunk=False)
    if matcher.ratio() == 1:
        return FULLEST if words == fuller else SAME
    if matcher.ratio() < MIN_SHARED_WORDS:
        return "in other words"
    return "; ".join(_differences(matcher, others, own))


def _differences(matcher: SequenceMatcher[str], others: list[str], own: list[str]) -> Iterator[str]:
    for change, start, end, own_start, own_end in matcher.get_opcodes():
        there, here = (f"\u201c{' '.join(words)}\u201d" for words in (others[start:end], own[own_start:own_end]))
        if change == "delete":
            yield f"leaves out {there}"
        elif change == "insert":
            yield f"adds {here}"
        elif change == "replace":
            yield f"has {here} for {there}"


def _folded(words: list[str]) -> list[str]:
    return [word.casefold() for word in words]
