"""What `kg review` publishes, and new articles in a corpus that is there already."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.review.conftest import ARTICLE, CORPUS, Review, ReviewSite
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
    rows = site.query(EVERYTHING, "text/csv").text.split()[1:]
    assert len(rows) == 1  # the other article is a draft still
    assert "Reviewed by ada until " in review.document.read_text("utf-8")


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
    assert any(item["section"] == "statements" for item in state["items"])
