"""What other documents of a corpus refer to is merged, moved, corrected or rejected in all of them at once, or not."""

from __future__ import annotations

import re

import pytest

from kg.errors import RequestError
from kg.review.document_faults import document_faults
from kg.review.review_changes import ReviewChange
from kg.review.reviewed_document import ConfirmationError
from tests.review.conftest import DOCUMENT, Review, anchored

IRI = "https://example.org/news/article/sel"
AUTHORITY = f"""\
people: []
propositions:
  - {{id: proposition:vik-resigns, gist: Vik resigns., about: {IRI}/person/vik}}
occurrences:
  - {{id: occurrence:talks, name: Talks, accounts: ["article:sel/event/meeting"]}}  # one as yet
"""
LINKS = """\

links:
  - {linkSubject: "article:sel/person/vik", linkPredicate: alliedWith, linkObject: person/quill, grade: inferable, at: 223-275}
  - {linkSubject: statement/1, linkPredicate: supports, linkObject: "article:sel/statement/2", grade: inferable, at: 0-78}
"""  # noqa: E501 -- an item is a line
ABOUT_HOLDING = "about: [person/quill, holding/vik.minister]"
SUGGESTIONS = """\
people:
  - draft: person/vik
    corpus: article:sel/person/vik
    name: Jon Vik
    score: '100'
    decision: undecided
    evidence:
      - the same name
organizations: []
"""


@pytest.fixture
def corpus(review: Review) -> Review:
    """Return the folder with a second article, an authority, an outside document and a question that name Vik."""
    document = DOCUMENT.replace("about: [person/quill, person/vik]", ABOUT_HOLDING)
    review.document.write_text(anchored(review.document, document, review.folder / "sel.txt"), "utf-8")
    third = review.folder / "third.yaml"
    content = DOCUMENT.replace("article: sel", "article: third")
    content = content.replace("person/vik]", f"{IRI}/holding/vik.minister]") + LINKS
    third.write_text(anchored(third, content, review.folder / "sel.txt"), "utf-8")
    third.with_suffix(".suggestions").write_text(SUGGESTIONS, "utf-8")
    (review.folder / "authority.yaml").write_text(AUTHORITY, "utf-8")
    thing = f"things:\n  - {{id: {IRI}/person/vik, sameAs: https://example.net/vik, grade: outside}}\n"
    (review.folder / "outside.yaml").write_text(thing, "utf-8")
    questions = review.folder / "questions"
    questions.mkdir()
    query = f"# What did Vik say?\nSELECT ?gist {{ ?s ?p <{IRI}/person/vik> ; ?q ?gist }}\n"
    (questions / "vik.rq").write_text(query, "utf-8")
    (questions / "viking.rq").write_text(query.replace("person/vik>", "person/vik-ing>"), "utf-8")
    settings = review.folder / "corpus.yaml"
    listed = settings.read_text("utf-8").replace("['sel.yaml']", "['sel.yaml', 'third.yaml']")
    settings.write_text(listed + "outside: outside.yaml\nquestions: questions\n", "utf-8")
    return review


def assert_valid(review: Review) -> None:
    """Check that no document of the corpus has a fault."""
    for name in ("sel", "third"):
        assert document_faults(review.folder / f"{name}.yaml", review.folder) == []


def text(review: Review, name: str) -> str:
    """Return a file of the folder, without quotation marks."""
    return (review.folder / name).read_text("utf-8").replace("'", "").replace('"', "")


def sentences(review: Review, action: str, item: str, into: str = "", section: str = "") -> list[str]:
    """Return what else a change does, as it is said before that is confirmed."""
    change = ReviewChange(action, (item,), section=section, into=into)
    before = review.content()
    with pytest.raises(ConfirmationError) as unconfirmed:
        review.reviewed.change(change, "ada", review.seen(), is_confirmed=False)
    assert review.content() == before
    return unconfirmed.value.consequences


@pytest.mark.parametrize("action", ["merge", "move"])
def test_all_documents_refer_to_what_took_the_place_of_a_person(action: str, corpus: Review) -> None:
    assert_valid(corpus)
    first = corpus.content()
    values = {"into": "person/quill"} if action == "merge" else {"section": "groups"}
    new = "person/quill" if action == "merge" else "group/jon-vik"
    confirmed = sentences(corpus, action, "person/vik", **values)
    expected = (
        f"The question vik.rq names 'person/vik', which is '{new}' from then on, and is not changed: do that yourself."
    )
    assert confirmed == [expected]
    corpus.make(action, "person/vik", **values)
    name = new.partition("/")[2]
    # The holding has its identifier by its holder's, and is followed too: here, and in the other by its IRI.
    assert f"holding/{name}.minister]" in text(corpus, "sel.yaml")
    third = text(corpus, "third.yaml")
    assert f"about: [person/quill, {IRI}/holding/{name}.minister]" in third
    assert f"linkSubject: article:sel/{new}, linkPredicate: alliedWith" in third
    assert f"about: {IRI}/{new}}}" in text(corpus, "authority.yaml")
    assert f"id: {IRI}/{new}," in text(corpus, "outside.yaml")
    assert f"    corpus: article:sel/{new}\n" in text(corpus, "third.suggestions")
    assert not re.search(r"article[:/]sel/(?:person/vik|holding/vik)", "".join(text(corpus, file) for file in first))
    if action == "merge":
        assert_valid(corpus)
    corpus.assert_undone(first)


def test_two_who_become_one_hold_a_post_once(corpus: Review) -> None:
    corpus.make(
        "add", section="holdings", incumbent="person/quill", post="post/minister", at="109-118", grade="explicit"
    )
    corpus.make("merge", "person/vik", into="person/quill")
    holdings = [item["values"] for item in corpus.items().values() if item["section"] == "holdings"]
    assert [(row["incumbent"], row["at"]) for row in holdings] == [("person/quill", ["128-159", "109-118"])]
    assert_valid(corpus)


def test_a_corrected_holding_is_followed_by_its_new_identifier(corpus: Review) -> None:
    (post,) = corpus.make("add", section="posts", name="head of the guild")
    corpus.make("correct", "holdings/person/vik/post/minister", post=post)
    assert "holding/vik.head-of-the-guild]" in text(corpus, "sel.yaml")
    assert f"{IRI}/holding/vik.head-of-the-guild]" in text(corpus, "third.yaml")
    assert_valid(corpus)


def test_to_reject_takes_what_refers_to_it_out_of_all_documents_and_says_so(corpus: Review) -> None:
    first = corpus.content()
    assert sentences(corpus, "reject", "statement/2") == [
        "In third.yaml: “The bridge would stay closed. supports It is against the law.” is removed too."
    ]
    corpus.make("reject", "statement/2")
    assert "supports" not in text(corpus, "third.yaml")
    confirmed = sentences(corpus, "reject", "event/meeting")
    assert confirmed == ["In authority.yaml: “Talks” is removed too."]
    corpus.make("reject", "event/meeting")
    assert "occurrence" not in text(corpus, "authority.yaml")
    assert_valid(corpus)
    corpus.reviewed.undo("bob")
    corpus.reviewed.undo("bob")
    assert corpus.content() == first


def test_what_cannot_be_taken_out_is_refused_with_its_place(corpus: Review) -> None:
    before = corpus.content()
    sentence = r"sel/person/vik' would be removed, but is referred to in outside\.yaml \(line 2\): change that first"
    with pytest.raises(RequestError, match=sentence):
        corpus.make("reject", "person/vik")
    assert corpus.content() == before
    # Without it, the suggestion of the other draft is decided too.
    outside = corpus.folder / "outside.yaml"
    outside.write_text(outside.read_text("utf-8").replace("person/vik", "person/quill"), "utf-8")
    corpus.make("reject", "person/vik")
    assert "    decision: reject\n" in text(corpus, "third.suggestions")
    assert f"{IRI}/" not in text(corpus, "authority.yaml")
    assert_valid(corpus)
