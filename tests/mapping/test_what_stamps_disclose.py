"""What digests and fragments give away of a text that is not ours: three words in a row, and none by a digest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise
from math import inf
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, Graph

from kg.mapping.corpora.corpus_reader import read_corpus
from kg.mapping.passages.located_passages import PassageState, locate_passages
from kg.mapping.passages.passage_digests import is_digest_of, passage_digest
from kg.mapping.passages.passage_stamps import PassageStamp
from kg.mapping.passages.text_fragments import find_fragment, text_fragments
from kg.mapping.passages.text_spans import TextSpan
from kg.namespaces import CQ, OA
from kg.shipped_files import mappings_folder

ARTICLES = Path(__file__).parents[3] / "shared" / "article"
MAX_WORDS_IN_A_ROW = 8
"""With our own names and short quotations put in, which alone make rows of as many words."""
MAX_SHARE = 0.1
"""Of the characters of the shipped article: what offsets and fragments may give back."""
MAX_SHARE_WITH_NAMES = 0.3
"""Of the characters, with our own names and short quotations put in; these alone give back a fifth."""
WORDS = [f"w{number}" for number in range(400)]
TEXT = " ".join(WORDS)
PLACES = [match.span() for match in re.finditer(r"\S+", TEXT)]

Known = dict[int, str]
"""Characters of a text that somebody knows, by offset."""


def rebuilt(stamps: Iterable[tuple[TextSpan, str]]) -> Known:
    """Return what offsets and fragments give back of a text, to somebody who has no more than these."""
    known: Known = {}
    for span, fragment in stamps:
        parts = fragment.removeprefix("text=").split(",")
        before = unquote(parts.pop(0)[:-1]) if len(parts) > 1 and parts[0].endswith("-") else ""
        after = unquote(parts.pop()[1:]) if len(parts) > 1 and parts[-1].startswith("-") else ""
        start, end = unquote(parts[0]), unquote(parts[-1])
        put(known, span.start, start)
        put(known, span.end - len(end), end)
        put(known, span.start - 1 - len(before), before)
        put(known, span.end + 1, after)
    return known


def put(known: Known, offset: int, words: str) -> None:
    known.update((offset + index, character) for index, character in enumerate(words))


def longest_run(known: Known) -> int:
    """Return the most whole words in a row; a single unknown character between two is taken for a space."""
    offsets = sorted(known)
    breaks = [index for index, (before, after) in enumerate(pairwise(offsets), 1) if after - before > 2]
    runs = [offsets[start:end] for start, end in pairwise([0, *breaks, len(offsets)])]
    words = (
        len("".join(known.get(offset, " ") for offset in range(run[0], run[-1] + 1)).split()) for run in runs if run
    )
    return max(words, default=0)


def fewest_words_between(text: str, spans: Iterable[TextSpan]) -> float:
    """Return the fewest words between two passages; below zero if two of them overlap."""
    ends = sorted((span.start, span.end) for span in spans)
    gaps = (
        len(text[before[1] : after[0]].split()) if before[1] <= after[0] else -1 for before, after in pairwise(ends)
    )
    return min(gaps, default=inf)


SPANS = st.tuples(st.integers(0, len(WORDS) - 1), st.integers(1, 40)).map(
    lambda pair: TextSpan(PLACES[pair[0]][0], PLACES[min(pair[0] + pair[1], len(WORDS)) - 1][1])
)


@settings(deadline=None)
@given(st.lists(SPANS, min_size=1, max_size=60, unique=True))
def test_fragments_lead_back_and_disclose_islands_far_from_each_other(spans: list[TextSpan]) -> None:
    fragments = text_fragments(TEXT, spans)
    assert fragments or all(4 <= len(span.of(TEXT).split()) <= 6 for span in spans)
    assert all([*find_fragment(TEXT, fragment)] == [span] for span, fragment in fragments.items())
    known = rebuilt(fragments.items())
    assert all(TEXT[offset] == character for offset, character in known.items())
    assert longest_run(known) <= 3
    words = [index for index, (start, _) in enumerate(PLACES) if start in known]
    assert all(after - before == 1 or after - before > 5 for before, after in pairwise(words))
    assert fewest_words_between(TEXT, fragments) >= 5


def test_a_digest_follows_from_the_whole_text_and_from_no_part_of_it() -> None:
    span = TextSpan(0, 2)
    digest = passage_digest("me too. Nobody else.", span)
    assert is_digest_of(digest, span, "me", "me too. Nobody else.")
    assert not is_digest_of(digest, span, "me", "me too. Somebody else.")
    assert digest != passage_digest("me too. Somebody else.", span)
    assert digest != sha256(b"me").hexdigest()


def test_two_places_with_the_same_words_have_two_digests() -> None:
    text = "no, no"
    assert passage_digest(text, TextSpan(0, 2)) != passage_digest(text, TextSpan(4, 6))


def test_the_bare_digests_of_earlier_documents_are_read_on() -> None:
    span, bare = TextSpan(4, 6), sha256(b"no").hexdigest()
    assert is_digest_of(bare, span, "no", "yes no")
    assert not is_digest_of(bare, span, "No", "yes No")


def stamps_of(text: str, spans: Iterable[TextSpan]) -> list[PassageStamp]:
    fragments = text_fragments(text, spans)
    return [PassageStamp(span, passage_digest(text, span), fragments.get(span, "")) for span in spans]


def span_of(first: int, last: int) -> TextSpan:
    return TextSpan(PLACES[first][0], PLACES[last][1])


def test_a_passage_without_a_fragment_moves_with_those_on_both_sides_of_it() -> None:
    spans = [span_of(20, 21), span_of(24, 24), span_of(30, 31)]
    stamps = stamps_of(TEXT, spans)
    assert [bool(stamp.fragment) for stamp in stamps] == [True, False, True]
    copy = TEXT.replace("w10 ", "w10 and then ")
    assert [(passage.state, passage.spans[0].of(copy)) for passage in locate_passages(stamps, copy, len(TEXT))] == [
        (PassageState.MOVED, span.of(TEXT)) for span in spans
    ]
    between = TEXT.replace("w26 ", "w26 and then ")
    states = [passage.state for passage in locate_passages(stamps, between, len(TEXT))]
    assert states == [PassageState.IN_PLACE, PassageState.NOT_FOUND, PassageState.MOVED]


def test_a_text_of_the_same_length_that_is_another_has_none_of_the_passages() -> None:
    stamps = stamps_of(TEXT, [span_of(20, 21), span_of(24, 24), span_of(30, 31)])
    other = "x" * len(TEXT)
    assert {passage.state for passage in locate_passages(stamps, other, len(TEXT))} == {PassageState.NOT_FOUND}


@pytest.fixture(scope="module")
def shipped() -> Graph:
    graph = Graph()
    for triples in read_corpus(mappings_folder() / "corpus.yaml").graphs.values():
        graph += triples
    return graph


def stamped(graph: Graph) -> list[tuple[TextSpan, str, str]]:
    stamps = []
    for passage in graph.subjects(RDF.type, CQ.Passage):
        position = graph.value(passage, OA.hasSelector)
        start, end = (int(str(graph.value(position, key))) for key in (OA.start, OA.end))
        fragment = graph.value(passage, CQ.fragment) or ""
        stamps.append((TextSpan(start, end), str(graph.value(passage, CQ.digest)), str(fragment)))
    return stamps


def test_the_shipped_graph_gives_back_less_than_a_tenth_of_the_text_and_three_words_in_a_row(shipped: Graph) -> None:
    known = rebuilt((span, fragment) for span, _, fragment in stamped(shipped) if fragment)
    (length,) = (int(str(value)) for value in shipped.objects(None, CQ.length))
    assert 0 < len(known) < length * MAX_SHARE
    assert longest_run(known) <= 3


def test_no_two_passages_of_the_shipped_graph_that_overlap_have_a_fragment_each(shipped: Graph) -> None:
    ends = sorted((span.start, span.end) for span, _, fragment in stamped(shipped) if fragment)
    assert len(ends) > 1
    assert all(before[1] < after[0] for before, after in pairwise(ends))


@pytest.mark.skipif(
    not ARTICLES.is_dir(), reason="needs ../shared/article, the shipped article's text, which is not ours"
)
def test_five_words_or_more_lie_between_two_passages_with_a_fragment(shipped: Graph) -> None:
    (text,) = (file.read_text("utf-8") for file in ARTICLES.glob("*.txt"))
    assert fewest_words_between(text, (span for span, _, fragment in stamped(shipped) if fragment)) >= 5


@pytest.mark.skipif(
    not ARTICLES.is_dir(), reason="needs ../shared/article, the shipped article's text, which is not ours"
)
def test_names_and_quotations_put_where_they_fit_give_back_no_long_run_either(shipped: Graph) -> None:
    (text,) = (file.read_text("utf-8") for file in ARTICLES.glob("*.txt"))
    known = rebuilt((span, fragment) for span, _, fragment in stamped(shipped) if fragment)
    passages = [span for span, _, _ in stamped(shipped)]
    words = [str(value) for name in (CQ.name, CQ.alias, CQ.quote) for value in shipped.objects(None, name)]
    for phrase in words:
        for span in passages:
            if span.of(text).strip('“”"') == phrase:
                put(known, text.index(phrase, span.start), phrase)
    known = {offset: character for offset, character in known.items() if text[offset] == character}
    assert longest_run(known) <= MAX_WORDS_IN_A_ROW
    assert len(known) < len(text) * MAX_SHARE_WITH_NAMES


@pytest.mark.skipif(
    not ARTICLES.is_dir(), reason="needs ../shared/article, the shipped article's text, which is not ours"
)
def test_no_dictionary_opens_a_digest_of_the_shipped_graph(shipped: Graph) -> None:
    (text,) = (file.read_text("utf-8") for file in ARTICLES.glob("*.txt"))
    for span, digest, _ in stamped(shipped):
        assert digest == passage_digest(text, span)
        assert digest != sha256(span.of(text).encode()).hexdigest()
