"""The example questions as pages: by theme, answered first, about the things that a reader names."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.pages.conftest import Reader

CLINTON = "/examples/18-clinton-said"


def test_questions_stand_under_their_themes_and_all_have_one(site: Reader) -> None:
    page = site.get("/examples")
    assert "Other questions" not in page.words
    assert page.words.index("Agreement and disagreement") < page.words.index("Which statements contradict each other")
    assert "that are not in this data" not in page.words


def test_questions_about_what_a_corpus_does_not_have_stand_apart(series: Reader) -> None:
    answered, _, apart = series.get("/examples").text.partition("<details>")
    assert 'id="18-clinton-said"' in apart
    assert 'id="30-contradictions"' in answered
    assert "Nothing in this data answers the question." in series.get(CLINTON).words


def test_a_question_is_answered_before_its_query_by_names(site: Reader) -> None:
    page = site.get(CLINTON)
    assert page.words.index("a good deal was done to settle") < page.words.index("PREFIX cq:")
    assert any(link.startswith("/sparql?query=") and link.endswith("format=csv") for link in page.links)
    assert 'value="Hillary Clinton"' in page.text


def test_a_question_is_asked_of_somebody_else_by_name(site: Reader) -> None:
    page = site.get(f"{CLINTON}?{urlencode({'thing1': 'kayani'})}")
    assert "Asked of Ashfaq Parvez Kayani instead of Hillary Clinton." in page.words
    assert "data/person/ashfaq-parvez-kayani> ; cq:gist" in page.words
    assert "a good deal was done to settle" not in page.words
    fault = site.get(f"{CLINTON}?thing1=qqzz")
    assert (fault.status, "The parameter 'thing1' is 'qqzz': expected a name" in fault.words) == (400, True)
