"""What several articles report of one utterance: side by side, with whose words each gives, and one source in all."""

from __future__ import annotations

import re

import pytest

from server.pages.things.utterance_page import fullest, wording_difference
from tests.pages.conftest import Reader

TARRANT = "/about/utterance/strait-stays-open"
STRAIT_ROWS = {
    "Beside the fullest wording": [
        "the fullest of them",
        "leaves out “and not one day longer”",
        "has “would” for “will”; leaves out “and not one day longer”",
        "has “whatever happens” for “as long as both of us keep our word and not one day longer”",
    ],
    "Who says it": ["Ilse Tarrant"] * 4,
    "By whose word they differ": ["the article\u2019s", "the article\u2019s", "Ilse Tarrant", "Lena Orlić"],
    "What is done they differ": ["threaten", "promise", "promise", "promise"],
    "How certain": ["certain"] * 4,
    "In what form they differ": ["direct", "direct", "direct", "partly quoted"],
}


def words(markup: str) -> str:
    """Return what a reader sees of markup."""
    return " ".join(re.sub("<[^>]*>", "", markup).split())


def table(text: str) -> dict[str, list[str]]:
    """Return the rows of the comparison of a page, by their headings."""
    body = text.partition('<table class="accounts">')[2].partition("</table>")[0].partition("<tbody>")[2]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("<tr")[1:]]
    return {words(head): [*map(words, cells)] for head, *cells in rows}


def test_each_telling_stands_beside_the_others_with_its_words_and_where_they_differ(series_with_texts: Reader) -> None:
    page = series_with_texts.get(TARRANT)
    rows = table(page.text)
    assert {title: rows[title] for title in STRAIT_ROWS} == STRAIT_ROWS
    assert rows["Words"][1:] == [
        "“The strait will stay open as long as both of us keep our word.”",
        "the strait would stay open as long as both of us keep our word",
        "“the strait will stay open, whatever happens.”",
    ]
    assert page.words.count("words given wrongly") == 1
    passages = re.findall(r'class="passage" href="([^"]*)"', page.text.partition(">Passage<")[2].partition("</tr>")[0])
    assert passages == [
        f"/about/article/{passage}"
        for passage in (
            "ferry-fire/passage/626-757",
            "patrols-off/passage/671-778",
            "strait-closed/passage/677-842",
            "strait-closed/passage/843-1023",
        )
    ]


def test_an_utterance_begins_with_who_said_it_to_whom_when_and_where(series: Reader) -> None:
    assert (
        "Said by Ilse Tarrant, to the reporters in Ålund, some time on 20 May 2034: Tarrant\u2019s words to reporters"
        " in Ålund. 3 articles tell it, and it counts as one source."
    ) in series.get(TARRANT).words


def test_without_the_texts_an_utterance_compares_no_words(series: Reader) -> None:
    rows = table(series.get(TARRANT).text)
    assert rows["Words"] == ["and not one day longer", "not told", "not told", "whatever happens"]
    assert "Beside the fullest wording" not in rows


@pytest.mark.parametrize(
    ("utterance", "sentence"),
    [
        ("strait-stays-open", "No other source is reported to say or support it: it rests on one source."),
        ("fire-was-set", "2 other sources, independent of the speaker, say, confirm or support it."),
    ],
)
def test_who_repeats_an_utterance_is_no_other_source(series: Reader, utterance: str, sentence: str) -> None:
    assert sentence in series.get(f"/about/utterance/{utterance}").words


def test_an_unnamed_official_and_who_he_was_are_one_speaker(series: Reader) -> None:
    page = series.get("/about/utterance/fire-was-set")
    assert "Said by Henrik Falk, " in page.words
    assert table(page.text)["Who says it they differ"] == ["a Kelmark naval official", "Henrik Falk"]


def test_why_a_statement_opposes_a_telling_is_asked_of_the_telling(series: Reader) -> None:
    (why,) = {link for link in series.get("/about/utterance/fire-was-set").links if link.startswith("/why")}
    assert "statement%2Ffire-set&" in why or "statement/fire-set&" in why
    assert series.get(why).status == 200


def test_a_telling_leads_to_its_utterance_and_the_others_say_nothing_again(series: Reader) -> None:
    page = series.get("/about/article/patrols-off/statement/strait-open")
    assert TARRANT in page.links
    tellings, _, again = page.words.partition("Other articles tell of the same utterance")[2].partition("Said again by")
    assert "Tarrant says that the strait is open only for as long as both sides keep their word." in tellings
    assert "In her speech Tarrant repeats her sentence of May, without its end." in again


def test_a_misquotation_is_shown_beside_the_statement_whose_words_it_gives_wrongly(series: Reader) -> None:
    page = series.get("/about/article/ferry-fire/statement/strait-open").words
    assert "Its words are given wrongly in By Orlić\u2019s word, Tarrant promised" in page


@pytest.mark.parametrize(
    ("own", "difference"),
    [
        ("We sail at dawn, all of us", "the fullest of them"),
        ("we sail, at dawn: all of us", "the same words"),
        ("We sail at dawn", "leaves out “all of us”"),
        ("We do sail at noon, all of us", "adds “do”; has “noon” for “dawn”"),
        ("Nobody knows", "in other words"),
    ],
)
def test_a_wording_is_told_by_what_it_leaves_out_adds_or_has_for_another(own: str, difference: str) -> None:
    assert wording_difference(own, "We sail at dawn, all of us") == difference


def test_the_fullest_wording_is_the_first_with_most_words() -> None:
    assert fullest(["We sail", "We sail at dawn", "We sailed at dawn"]) == "We sail at dawn"
