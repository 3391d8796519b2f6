"""What `kg review` publishes, and new articles in a corpus that is there already."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from kg.review.review_folder import ReviewFolder
from tests.review.conftest import ARTICLE, CORPUS, DOCUMENT, Review, ReviewSite, anchored, reviewing
from tests.support.http_client import Client

PUBLISH = "/api/publication?name=sel.yaml"
EVERYTHING = "SELECT ?name { ?article a <https://w3id.org/communique/ontology#Article> ; <https://w3id.org/communique/ontology#digest> ?name }"  # fmt: skip # noqa: E501


def test_nothing_that_needs_review_is_published(review: Review, review_site: ReviewSite) -> None:
    other = review_site.send("POST", "/api/article", {"title": "Another", "text": ARTICLE + "More.", "day": ""})
    assert other.json == {"name": "another.yaml"}
    refusal = review_site.send("POST", PUBLISH, {})
    assert (refusal.status, "Some items need review" in refusal.json["detail"]) == (400, True)
    review.make("accept", *review.items())
    published = review_site.send("POST", PUBLISH, {})
    address = urlsplit(published.json["address"])
    site = Client("127.0.0.1", address.port or 0)
    page = site.get(address.path, "text/html").text
    assert "A bridge stays closed" in page
    assert "It is against the law." in page
    assert "Published 23 May 2034." in page
    assert re.search(r"<h2 id=\"notes\">Notes</h2><p>.*Reviewed by ada until .* accepted\.", page)
    rows = site.query(EVERYTHING, "text/csv").text.split()[1:]
    assert len(rows) == 1  # the other article is a draft still
    assert "Reviewed by ada until " in review.document.read_text("utf-8")


def test_a_text_that_has_changed_is_a_fault_before_anything_is_published(
    review: Review, review_site: ReviewSite
) -> None:
    (text,) = review.folder.glob("*.txt")
    text.write_text(text.read_text("utf-8").replace("illegal", "unlawful"), "utf-8")
    (fault,) = review_site.send("GET", "/api/faults?name=sel.yaml").json["faults"]
    assert (fault["item"], fault["key"]) == ("", "")
    assert fault["sentence"].startswith(f"The text in {text.name} has changed since it was mapped: of the passages ")
    assert fault["sentence"].endswith(". Restore it, or anchor the document anew.")
    assert review_site.send("POST", PUBLISH, {}).status == 400  # as before: some items need review


def test_a_new_article_is_listed_in_the_corpus_whose_comments_stay(review: Review, review_site: ReviewSite) -> None:
    review_site.send("POST", "/api/article", {"title": "Another", "text": ARTICLE, "day": "2034-05-24", "source": "me"})
    expected = CORPUS.replace("articles: ['sel.yaml']", "articles: ['sel.yaml', 'another.yaml']")
    assert (review.folder / "corpus.yaml").read_text("utf-8") == expected
    assert (review.folder / "another.txt").read_text("utf-8") == ARTICLE
    document = (review.folder / "another.yaml").read_text("utf-8")
    for line in ("title: Another\n", "published: 2034-05-24\n", "note: The text is from me.\n"):
        assert line in document
    queue = review_site.send("GET", "/").text
    assert queue.index("another.yaml") < queue.index("sel.yaml")  # more of it needs review


def test_an_article_of_another_language_is_begun_without_a_draft(review: Review, review_site: ReviewSite) -> None:
    text = "Der Hafen bleibt geschlossen, sagte der Minister. „Wir warten nicht“, sagte Jon Vik am Montag. " * 8
    reply = review_site.send("POST", "/api/article", {"title": "Hafen", "text": text, "day": ""})
    assert reply.json == {"name": "hafen.yaml"}
    assert (review.folder / "hafen.txt").read_text("utf-8").strip() == text.strip()
    state = review_site.send("GET", "/api/document?name=hafen.yaml").json
    assert state["article"]["title"] == "Hafen"
    assert state["article"]["language"] == "und"
    assert any(item["section"] == "statements" for item in state["items"])


def test_a_day_that_does_not_exist_begins_no_article(review: Review, review_site: ReviewSite) -> None:
    before = sorted(file.name for file in review.folder.iterdir())
    reply = review_site.send("POST", "/api/article", {"title": "Another", "text": ARTICLE, "day": "2034-02-30"})
    detail = "The day of publication is '2034-02-30': expected a date that exists, such as 2011-10-21."
    assert (reply.status, reply.json) == (400, {"detail": detail})
    assert sorted(file.name for file in review.folder.iterdir()) == before


def test_control_characters_of_a_pasted_text_are_left_out(review: Review, review_site: ReviewSite) -> None:
    pasted = ARTICLE.replace("bridge", "bri\x02dge").replace("illegal", "ille\uffffgal\x7f") + "\0"
    reply = review_site.send("POST", "/api/article", {"title": "Another", "text": pasted, "day": ""})
    assert reply.json == {"name": "another.yaml"}
    assert (review.folder / "another.txt").read_text("utf-8") == ARTICLE


def lone_article(folder: Path, slug: str) -> Path:
    """Write the text and the reviewed document of an article in no corpus."""
    document = folder / f"{slug}.yaml"
    document.with_suffix(".txt").write_text(ARTICLE, "utf-8")
    content = DOCUMENT.replace("article: sel", f"article: {slug}\ncorpus: {{base: https://news.example/}}")
    document.write_text(anchored(document, content, document.with_suffix(".txt")), "utf-8")
    review = Review(folder, document)
    review.make("accept", *review.items())
    return document


def published_articles(site: ReviewSite, name: str) -> list[str]:
    """Publish a document, and return the articles that its site has then."""
    published = site.send("POST", f"/api/publication?name={name}", {})
    address = urlsplit(published.json["address"])
    rows = Client("127.0.0.1", address.port or 0).query(EVERYTHING.replace("?name {", "?article {"), "text/csv")
    return sorted(rows.text.split()[1:])


def test_one_document_is_published_by_itself_and_beside_another_in_a_corpus_of_both(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    document = lone_article(folder, "sel")
    with reviewing(document, tmp_path / "store") as site:
        assert published_articles(site, "sel.yaml") == ["https://news.example/article/sel/"]
    assert [file.name for file in folder.glob("*.yaml")] == ["sel.yaml"]
    assert [queued.name for queued in ReviewFolder(document).documents()] == ["sel.yaml"]
    lone_article(folder, "vik")
    with reviewing(folder, tmp_path / "store") as site:
        both = ["https://news.example/article/sel/", "https://news.example/article/vik/"]
        assert published_articles(site, "vik.yaml") == both
    assert (folder / "corpus.yaml").read_text("utf-8").startswith("base: https://news.example/\n")
