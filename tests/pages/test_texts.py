"""The articles' texts: shown where the operator has them, found again in a copy that differs, and else never served."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import replace
from urllib.parse import urljoin

import pytest

from kg.workers.served_store import UnlimitedStore
from server import create_app
from server.site import SITE_EXTENSION
from tests.pages.conftest import SCRIPT, Example, Page, Reader, running

ARTICLE = "/about/article/harbour-talks"
WHOLE = f"{ARTICLE}/"
RUN = 60
"""Characters of the text in a row that no page may contain if the text is not available; gists share shorter ones."""


TELLING = "Quoting Šerić, she added that the sides agree on “nine points of ten.”"
"""A passage with a fragment."""


def passage(example: Example, words: str) -> str:
    """Return the short form of the passage that these words are."""
    start = example.text.index(words)
    return f"{start}-{start + len(words)}"


def statement_of(page: Page, span: str) -> str:
    """Return the address of the statement that rests on a passage, as an article's page lists it."""
    before = page.text.partition(f'href="passage/{span}"')[0]
    return before.rpartition('href="statement/')[2].partition('"')[0]


def test_the_words_of_a_text_that_was_taken_away_are_found_no_longer(example: Example) -> None:
    search = "/search?q=opened+talks+pm"
    texts = {hashlib.sha256(example.text.encode()).hexdigest(): example.text}
    app = create_app(UnlimitedStore(example.store), replace(example.settings, texts=texts))
    with running(app) as reader:
        assert "In the texts" in reader.get(search).words
        # As between a reload and the index that is built after it.
        site = app.extensions[SITE_EXTENSION]
        app.extensions[SITE_EXTENSION] = replace(site, settings=example.settings, _values={})
        page = reader.get(search)
    assert (page.status, "In the texts" in page.words) == (200, False)


@pytest.fixture(scope="module")
def page(with_text: Reader) -> Page:
    return with_text.get(WHOLE)


def test_the_text_stands_on_the_article_s_page_whole_and_as_it_is(example: Example, page: Page) -> None:
    shown = page.text.partition('<div class="annotated"')[2].partition("</div>")[0]
    assert "Words with a line under them" in page.words
    for sentence in example.text.split("\n"):
        assert all(word in shown for word in sentence.replace("“", " ").replace("”", " ").split(" ")[:3])
    assert "copy that differs" not in page.words


def test_statements_that_disagree_stand_with_the_words_that_they_rest_on(with_text: Reader, example: Example) -> None:
    page = with_text.get("/disagreements")
    words = re.findall(r'<blockquote class="said"><p><bdi[^>]*>([^<]+)</bdi>', page.text)
    assert len(words) >= 4
    # A statement that rests on several passages has the words of each.
    parts = [part for quotation in words for part in html.unescape(quotation).split(" \u2026 ")]
    assert [part for part in parts if part not in example.text] == []


def test_words_lead_to_their_statement_and_a_statement_to_its_words(with_text: Reader, page: Page) -> None:
    back = [urljoin(WHOLE, link) for link in page.links if link.startswith("?passage=")]
    there = {link.removeprefix("#") for link in page.links if link.startswith("#s-")}
    assert len(back) == page.text.count('<li id="s-')
    assert len(there) == len(back)
    assert there <= page.ids
    assert all(link.partition("#")[2] in page.ids for link in back)
    chosen = with_text.get(back[4].partition("#")[0])
    assert chosen.text.count('<li id="s-') == len(back)
    assert chosen.text.count('class="words picked"') >= 1
    assert chosen.text.count('" class="picked"><span class="place">5</span>') == 1


def test_statement_and_passage_show_the_words_in_their_place(example: Example, with_text: Reader, page: Page) -> None:
    words = "The talks opened at 10 p.m."
    span = passage(example, words)
    for path in (f"{ARTICLE}/passage/{span}", f"{ARTICLE}/statement/{statement_of(page, span)}"):
        shown = with_text.get(path)
        assert f"<mark><bdi>{words}</bdi></mark>" in shown.text
        assert f"{WHOLE}?passage={span}#at-{span.partition('-')[0]}" in shown.links


def test_a_statement_s_page_distinguishes_the_speaker_s_words_from_the_reporter_s(with_text: Reader) -> None:
    shown = with_text.get(f"{ARTICLE}/statement/closure-threat").text.partition("How it is quoted")[2]
    words = re.findall(r'<span class="(\w+)" title="[^"]*">(?:<mark>)?<bdi[^>]*>([^<]+)</bdi>', shown)
    assert [(whose, html.unescape(part).strip()) for whose, part in words] == [
        ("reporter", "if the Grey Pilots hit another ferry, Kelmark would"),
        ("speaker", "“close the strait.”"),
    ]
    assert "<q><bdi>Tarrant</bdi></q>" in shown
    assert "<q><bdi>had warned</bdi></q>" in shown


def test_a_quoted_passage_and_its_run_lead_to_their_statement(with_text: Reader, example: Example) -> None:
    span = passage(example, "“close the strait.”")
    shown = with_text.get(f"{ARTICLE}/passage/{span}")
    assert "Is quoted in" in shown.words
    assert f"{ARTICLE}/statement/closure-threat" in shown.links
    assert with_text.get(f"{ARTICLE}/run/1").status == 200


def test_without_the_text_the_parts_of_a_quotation_are_places(example: Example) -> None:
    with example.read() as site:
        page = site.get(f"{ARTICLE}/statement/closure-threat").text
    shown = page.partition('id="quotation"')[2].partition("</dl>")[0]
    assert f"{ARTICLE}/passage/350-369" in shown
    assert "close the strait" not in shown


def test_a_known_address_of_the_publisher_gets_the_fragment_that_finds_the_words(
    example: Example, with_text: Reader
) -> None:
    span = passage(example, TELLING)
    (link,) = (link for link in with_text.get(f"{ARTICLE}/passage/{span}").links if link.startswith("https://news."))
    assert link.startswith("https://news.example/harbour?edition=1#:~:text=")


def test_without_the_text_no_page_holds_a_run_of_it(example: Example) -> None:
    span = passage(example, "The talks opened at 10 p.m.")
    with example.read() as site:
        listed = site.get(WHOLE)
        paths = [WHOLE, f"{WHOLE}?passage={span}", f"{ARTICLE}/passage/{span}", "/", "/timeline", "/disagreements"]
        paths += [f"{ARTICLE}/statement/{name}" for name in statements(listed)]
        pages = {path: site.get(path).words for path in paths}
    runs = {example.text[start : start + RUN] for start in range(len(example.text) - RUN)}
    assert len(pages) > 40
    assert "kg serve --sources" in pages[WHOLE]
    for path, words in pages.items():
        on_page = {words[start : start + RUN] for start in range(len(words) - RUN)}
        assert not on_page & runs, path


def statements(page: Page) -> list[str]:
    """Return the statements that an article's page lists."""
    return sorted({link.rpartition("/")[2] for link in page.links if f"{ARTICLE}/statement/" in link})


def test_a_differing_copy_is_marked_and_its_passages_are_found_by_their_words(example: Example) -> None:
    words, changed = TELLING, "Three hours later the two delegations"
    copy = "A line of the reader's own.\n" + example.text.replace(changed, "Three long hours later the two delegations")
    with example.read(copy) as site:
        page = site.get(WHOLE)
        moved = site.get(f"{ARTICLE}/passage/{passage(example, words)}")
        around = example.text.index(changed)
        span = next(
            offsets
            for offsets in (link.rpartition("/")[2] for link in page.links if "/passage/" in link)
            if int(offsets.split("-")[0]) == around
        )
        other = site.get(f"{ARTICLE}/passage/{span}")
        chosen = site.get(f"{WHOLE}?passage={passage(example, words)}")
    assert "The available text is a copy that differs from the one that was mapped" in page.words
    assert "moved" in page.words.partition("found again by their words:")[2][:80]
    assert f"<mark><bdi>{words}</bdi></mark>" in moved.text
    assert "found elsewhere in it, by its ends and its length" in moved.words
    assert "differs, within these words too" in other.words or "was not found in it" in other.words
    assert f'class="words picked" id="at-{copy.index(words)}"' in chosen.text


def test_markup_in_a_text_is_text(example: Example) -> None:
    with example.read(f"{SCRIPT}\n{example.text}") as site:
        pages = [site.get(path) for path in (WHOLE, f"{ARTICLE}/passage/43-55", f"{ARTICLE}/passage/38-164")]
    assert SCRIPT in pages[0].words
    assert SCRIPT in pages[1].words
    assert all(SCRIPT not in page.text and page.inline == [] for page in pages)


def test_a_text_that_is_no_copy_is_not_shown(example: Example) -> None:
    with example.read("Something else altogether. " * 90) as site:
        page = site.get(WHOLE)
    assert "Something else" not in page.words
    assert "kg serve --sources" in page.words


def test_a_page_cached_without_the_text_is_rendered_again_with_it(example: Example, with_text: Reader) -> None:
    with example.read() as site:
        tag = site.get(WHOLE).headers["ETag"]
    assert with_text.get(WHOLE, **{"If-None-Match": tag}).status == 200
