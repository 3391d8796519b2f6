"""Words are found as readers see them (UAX 15, UAX 29), and what is found are code points of the text as it is."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.mapping.passages.located_passages import PassageState, locate_passages
from kg.mapping.passages.passage_digests import passage_digest
from kg.mapping.passages.passage_stamps import PassageStamp
from kg.mapping.passages.passage_words import PassageWords
from kg.mapping.passages.text_folding import is_cluster_edge
from kg.mapping.passages.text_fragments import find_fragment, text_fragments
from kg.mapping.passages.text_spans import TextSpan

# ruff: noqa: E501 - a case a line, in escapes that show what the letters are

FOUND = {
    "before a combining mark": ("ate at the cafe\u0301 today", "at the cafe", []),
    "composed for decomposed": ("ate at the cafe\u0301 today", "the caf\u00e9", ["7-16"]),
    "decomposed for composed": ("ate at the caf\u00e9 today", "the cafe\u0301", ["7-15"]),
    "both in one text": ("caf\u00e9, cafe\u0301", "caf\u00e9", ["0-4", "6-11"]),
    "marks in another order": ("a q\u0307\u0323 b", "q\u0323\u0307", ["2-5"]),
    "a precomposed sign": ("100 \u212b wide", "\u00c5 wide", ["4-10"]),
    "a ligature is another text": ("the \ufb01sh", "the fish", []),
    "jamo for syllables": ("\u1112\u1161\u11ab\u1100\u116e\u11a8 now", "\ud55c\uad6d", ["0-6"]),
    "half a syllable": ("\ud55c\uad6d", "\u1112\u1161", []),
    "a Korean word with its particle": ("\uc11c\uc6b8\uc5d0\uc11c", "\uc11c\uc6b8", []),
    "overlapping": ("said no no no.", "no no", ["5-10", "8-13"]),
    "overlapping characters": ("\u4eba\u4eba\u4eba", "\u4eba\u4eba", ["0-2", "1-3"]),
    "Chinese": ("\u90e8\u957f\u5468\u4e8c\u62b5\u8fbe\u6e2f\u53e3\uff0c\u5e02\u957f\u6ca1", "\u62b5\u8fbe\u6e2f\u53e3", ["4-8"]),
    "Chinese, twice": ("\u5e02\u957f\u548c\u5e02\u957f", "\u5e02\u957f", ["0-2", "3-5"]),
    "Chinese, over a line end": ("\u62b5\u8fbe\n\u6e2f\u53e3", "\u62b5\u8fbe\u6e2f\u53e3", ["0-5"]),
    "Chinese, from and to": ("\u90e8\u957f\u5468\u4e8c\u62b5\u8fbe\u6e2f\u53e3", "\u90e8\u957f\u2026\u6e2f\u53e3", ["0-8"]),
    "Chinese, unfolded by YAML": ("\u62b5\u8fbe\u6e2f\u53e3", "\u62b5\u8fbe \u6e2f\u53e3", ["0-4"]),
    "Japanese": ("\u6771\u4eac\u3067\u4f1a\u8b70\u3092\u958b\u3044\u305f", "\u4f1a\u8b70\u3092", ["3-6"]),
    "half of a katakana word": ("\u30c8\u30a6\u30ad\u30e7\u30a6", "\u30c8\u30a6", []),
    "Thai": ("\u0e1b\u0e23\u0e30\u0e0a\u0e38\u0e21\u0e17\u0e35\u0e48\u0e01\u0e23\u0e38\u0e07", "\u0e17\u0e35\u0e48", ["6-9"]),
    "Thai without its vowel sign": ("\u0e17\u0e35\u0e48", "\u0e17", []),
    "Hebrew with points": ("\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd", "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd", ["0-7"]),
    "Hebrew without its points": ("\u05e9\u05c1\u05b8\u05dc", "\u05e9\u05dc", []),
    "an Arabic mark": ("\u0645\u062d\u0645\u0651\u064e\u062f", "\u0645\u062d\u0645\u064e\u0651\u062f", ["0-6"]),
    "Persian with a non-joiner": ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645", ["0-8"]),
    "a soft hyphen": ("the coop\u00aderation", "the cooperation", ["0-16"]),
    "half a word before a soft hyphen": ("the coop\u00aderation", "the coop", []),
    "a soft hyphen in the words": ("the cooperation", "coop\u00aderation", ["4-15"]),
    "direction marks": ("met \u200f\u05d0\u05d1\u200f today", "\u05d0\u05d1 today", ["5-14"]),
    "up to a direction mark": ("met \u200f\u05d0\u05d1\u200f today", "met \u05d0\u05d1", ["0-7"]),
    "a zero-width space": ("two\u200b words", "two words", ["0-10"]),
    "a byte order mark": ("\ufeffAda met", "Ada", ["1-4"]),
    "guillemets": ("sagte \u00bbHallo\u00ab zu", 'sagte "Hallo" zu', ["0-16"]),
    "single guillemets": ("dit \u2039oui\u203a \u00e0", "dit 'oui' \u00e0", ["0-11"]),
    "guillemets, spaced": ("dit \u00ab\u202foui\u202f\u00bb", "dit \u201e oui \u201c", ["0-11"]),
    "corner brackets": ("said \u300cyes\u300d to", 'said "yes" to', ["0-13"]),
    "white corner brackets": ("\u300eyes\u300f to", "'yes' to", ["0-8"]),
    "apostrophes": ("Ada\u2019s and Bob\u02bcs", "Ada's and Bob's", ["0-15"]),
    "before a possessive": ("Ada\u2019s boat", "Ada", ["0-3"]),
    "after an elision": ("l\u2019accord", "accord", ["2-8"]),
    "in a contraction": ("it can't be", "can", []),
    "in a name": ("Mr O'Connor", "Connor", []),
    "in an abbreviation": ("the U.S.A. said", "U.S", []),
    "in a number": ("paid 3,000 for", "3", []),
    "dashes": ("one\u2014two \u2013 three", "one--two - three", ["0-15"]),
    "no-break spaces": ("100\u00a0km\u202fon", "100 km on", ["0-9"]),
    "CR LF": ("one\r\ntwo", "one two", ["0-8"]),
    "a hyphenated line end": ("the govern-\r\nment said", "government said", ["4-22"]),
    "a hyphen at a line end": ("a well-\nknown man", "well-known", ["2-13"]),
    "a hyphen and a line, as written": ("a well-\nknown man", "well- known", []),
    "astral letters": ("\U00010400\U00010401 \U00010402", "\U00010402", ["3-4"]),
    "an emoji": ("so \U0001f600 ended", "\U0001f600 ended", ["3-10"]),
    "half of a joined emoji": ("\U0001f469\u200d\U0001f4bb wrote", "\U0001f4bb wrote", []),
    "other emoji than a joined one": ("\U0001f469\u200d\U0001f4bb", "\U0001f469\U0001f4bb", []),
    "a joined emoji": ("a \U0001f469\u200d\U0001f4bb wrote", "\U0001f469\u200d\U0001f4bb", ["2-5"]),
    "an emoji's variation": ("\u2764\ufe0f it", "\u2764 it", ["0-5"]),
    "half of a flag": ("\U0001f1e9\U0001f1ea", "\U0001f1e9", []),
    "another flag": ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "\U0001f3f4", []),
    "the whole text": ("Ada met", "Ada met", ["0-7"]),
    "a footnote": ("the talks failed [2]. the talks failed", "the talks failed [2]", ["0-20"]),
    "a footnote, twice": ("failed [2], failed [2]", "failed [2]", ["0-10", "12-22"]),
    "the second of two with footnotes": ("failed [2], failed [2]", "failed [2] [2]", ["12-22"]),
    "an ellipsis of the text": ("No \u2026 yes. No, no, yes.", "No ... yes", ["0-8"]),
    "an ellipsis of the text in a gap": ("so \u2026 it went on", "so \u2026 it \u2026 on", ["0-15"]),
    "a gap": ("No, no, yes.", "No \u2026 yes", ["0-11"]),
    "nothing": ("Ada met", "", []),
    "nothing that is seen": ("Ada met", "\u200b", []),
    "nothing before an ellipsis": ("Ada met", "\u2026 met", []),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_words_are_found_as_readers_see_them(name: str) -> None:
    text, words, expected = FOUND[name]
    assert [str(span) for span in PassageWords.read(words).find(text)] == expected


PIECES = st.sampled_from(
    [
        *"aé -'\"…—\n中トกี",
        "e\u0301",
        "\u0301",
        "\u00ad",
        "\u200d",
        "\u200f",
        "👩",
        "🇩",
        "\r\n",
        "한",
        "\u1112",
        "\u1161",
        "s",
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join), st.lists(PIECES, max_size=3).map("".join))
def test_found_spans_are_distinct_and_split_no_character(text: str, words: str) -> None:
    spans = PassageWords.read(words).find(text)
    edges = {0, *(match.end() for match in regex.finditer(r"\X", text))}
    assert all({span.start, span.end} <= edges for span in spans)
    assert len({*spans}) == len(spans)
    assert {*edges} == {at for at in range(len(text) + 1) if is_cluster_edge(text, at)}


@settings(deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join), st.lists(PIECES, max_size=3).map("".join))
def test_equivalent_words_select_the_same_spans(text: str, words: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, words) for form in ("NFC", "NFD"))
    assert PassageWords.read(composed).find(text) == PassageWords.read(decomposed).find(text)


CHINESE = "外交部长周二抵达港口,市长没有出席会议。他说,会议将于周五继续,市长届时出席会议。"


@pytest.mark.parametrize("span", [TextSpan(0, 20), TextSpan(11, 19), TextSpan(6, 8), TextSpan(15, 30)])
def test_fragments_of_texts_without_spaces_are_short_and_lead_back(span: TextSpan) -> None:
    written = text_fragments(CHINESE, [span])[span]
    assert [*find_fragment(CHINESE, written)] == [span]
    assert len(written) < 9 * len("%E5%A4%96")


def test_a_fragment_leads_to_its_passage_in_a_copy_that_is_spelled_otherwise() -> None:
    text = "They met in the café “Port” by the old harbour. Nobody left."
    span = TextSpan(5, 46)
    copy = unicodedata.normalize("NFD", text).replace("“", "«").replace("”", "»").replace(" in ", "\u00a0in\r\n")
    assert [place.of(copy) for place in find_fragment(copy, text_fragments(text, [span])[span])] == [
        "met\u00a0in\r\nthe cafe\u0301 «Port» by the old harbour"
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_copy_in_an_equivalent_form_has_its_passages_moved_and_not_changed(form: Literal["NFC", "NFD"]) -> None:
    text = "Le député\nétait à la ville, où il a été élu. Bien."
    span = TextSpan(3, 43)
    stamp = PassageStamp(span, passage_digest(text, span), text_fragments(text, [span])[span])
    copy = unicodedata.normalize(form, text).replace("\n", "\r\n")
    (passage,) = locate_passages([stamp], copy, len(text))
    assert passage.state is PassageState.MOVED
    assert unicodedata.normalize("NFC", passage.spans[0].of(copy)) == "député\r\nétait à la ville, où il a été élu"


@pytest.mark.parametrize(
    ("text", "words", "passage"),
    [
        ("Il a dit « non merci » hier.", '"non merci"', "« non merci »"),
        ("Il a dit «\u202fnon merci.\u00a0» Puis rien.", '"non merci."', "«\u202fnon merci.\u00a0»"),
        ('Il a dit "non merci" hier.', "dit « non merci » hier", 'dit "non merci" hier'),
        ("Er sagte »nein« und ging.", 'sagte "nein" und', "sagte »nein« und"),
        ("Il n’a pas dit « oui ».", 'n\'a pas dit "oui"', "n’a pas dit « oui »"),  # noqa: RUF001 - the text's own
    ],
)
def test_spaces_inside_quotation_marks_belong_to_their_shape(text: str, words: str, passage: str) -> None:
    assert [span.of(text) for span in PassageWords.read(words).find(text)] == [passage]
