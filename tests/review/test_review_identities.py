"""Suggested identities and what a language model proposed: shown with evidence, decided, journalled and undone."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect

from kg.errors import MappingError, RequestError
from kg.reconciliation.corpus_comparison import read_identities, write_suggestions
from kg.review.document_faults import document_faults
from kg.review.review_folder import ReviewFolder
from kg.review.review_journal import ReviewJournal
from kg.review.reviewed_document import ReviewedDocument
from tests.review.conftest import DOCUMENT, Review, ReviewSite, anchored
from tests.support.waiting import until

pytestmark = pytest.mark.xdist_group("browser")
AUTHORITY = """\
people:
  - {id: person:ada-quill, name: Ada Quill, voiceKind: named-person}  # known for years
"""
VIK = "https://example.org/news/article/earlier/person/vik"
PROPOSITION = f"propositions:\n  - {{id: proposition:vik-resigns, gist: Vik resigns., about: {VIK}}}\n"
OUTSIDE = f"things:\n  - {{id: {VIK}, sameAs: https://example.net/vik, grade: outside}}\n"
LINKS = """\

links:
  - {linkSubject: person/quill, linkPredicate: associatedWith, linkObject: "article:earlier/person/vik", grade: inferable, at: 128-135}
  - {linkSubject: "article:sel/person/vik", linkPredicate: alliedWith, linkObject: person/quill, grade: inferable, at: 223-275}
"""  # noqa: E501 -- an item is a line


@pytest.fixture
def corpus(review: Review) -> Review:
    """Return the folder with an earlier article of the same corpus, and suggestions for the draft."""
    earlier = DOCUMENT.replace("article: sel", "article: earlier").replace("person/quill", "person:ada-quill")
    lines = [line for line in earlier.splitlines(keepends=True) if "{id: person:ada-quill" not in line]
    document = review.folder / "earlier.yaml"
    document.write_text(anchored(document, "".join(lines), review.folder / "sel.txt"), "utf-8")
    (review.folder / "authority.yaml").write_text(AUTHORITY, "utf-8")
    settings = review.folder / "corpus.yaml"
    settings.write_text(settings.read_text("utf-8").replace("['sel.yaml']", "['earlier.yaml', 'sel.yaml']"), "utf-8")
    write_suggestions(review.document, settings)
    return review


def suggested(review: Review) -> set[tuple[str, str]]:
    """Return the pairs that are suggested and undecided."""
    return {(row["own"], row["known"]) for row in review.reviewed.state()["suggestions"]}


def assert_valid_and_undone(review: Review, first: dict[str, bytes], *names: str) -> None:
    """Check that documents have no fault, and that the folder's first bytes and its last can be had again."""
    for name in names:
        assert document_faults(review.folder / f"{name}.yaml", review.folder) == []
    review.assert_undone(first)


def test_what_is_the_same_as_in_the_authority_becomes_a_mention_of_it(corpus: Review) -> None:
    first = corpus.content()
    assert ("person/quill", "person:ada-quill") in suggested(corpus)
    corpus.make("identify", "person/quill", into="person:ada-quill")
    assert corpus.values("mentions/person:ada-quill")["mention"] == ["109-118", "223-228"]
    assert corpus.values("event/meeting")["participants"][0]["attendee"] == "person:ada-quill"
    assert "person/quill" not in corpus.items()
    assert "person/quill" not in {own for own, _ in suggested(corpus)}
    assert document_faults(corpus.document, corpus.folder) == []
    corpus.reviewed.undo("bob")
    assert corpus.content() == first
    assert ("person/quill", "person:ada-quill") in suggested(corpus)


def test_what_another_article_has_of_its_own_moves_into_the_authority(corpus: Review) -> None:
    first = corpus.content()
    corpus.make("identify", "person/vik", into="article:earlier/person/vik")
    authority = (corpus.folder / "authority.yaml").read_text("utf-8")
    assert authority == AUTHORITY + "  - {id: person:jon-vik, name: Jon Vik, voiceKind: named-person}\n"
    earlier = (corpus.folder / "earlier.yaml").read_text("utf-8")
    assert "person/vik" not in earlier
    assert "- {id: person:jon-vik, mention: [128-135, 233-236]}" in earlier
    assert corpus.values("holdings/person:jon-vik/post/minister")["at"] == "128-159"
    assert_valid_and_undone(corpus, first, "sel", "earlier")


def test_every_article_and_the_authority_follow_what_moves_into_it(corpus: Review) -> None:
    with (corpus.folder / "authority.yaml").open("a", encoding="utf-8") as authority:
        authority.write(PROPOSITION)
    (corpus.folder / "outside.yaml").write_text(OUTSIDE, "utf-8")
    earlier = corpus.folder / "earlier.yaml"
    placed = earlier.read_text("utf-8").replace("[128-135, 233-236]\n", "[128-135, 233-236]\n    at: 141-159\n")
    earlier.write_text(anchored(earlier, placed, corpus.folder / "sel.txt"), "utf-8")
    third = corpus.folder / "third.yaml"
    content = anchored(third, DOCUMENT.replace("article: sel", "article: third") + LINKS, corpus.folder / "sel.txt")
    third.write_text(content, "utf-8")
    settings = corpus.folder / "corpus.yaml"
    listed = settings.read_text("utf-8").replace("'sel.yaml']", "'sel.yaml', 'third.yaml']")
    settings.write_text(listed + "outside: outside.yaml\n", "utf-8")
    first = corpus.content()
    assert document_faults(third, corpus.folder) == []
    corpus.make("identify", "person/vik", into="article:earlier/person/vik")
    assert "141-159" not in earlier.read_text("utf-8")
    expected = content.replace('"article:earlier/person/vik"', "person:jon-vik")
    assert third.read_text("utf-8") == expected.replace('"article:sel/person/vik"', "person:jon-vik")
    assert "about: person:jon-vik}" in (corpus.folder / "authority.yaml").read_text("utf-8")
    assert (corpus.folder / "outside.yaml").read_text("utf-8") == OUTSIDE.replace(VIK, "person:jon-vik")
    assert_valid_and_undone(corpus, first, "sel", "earlier", "third")


def test_events_and_statements_are_joined_in_the_authority(corpus: Review) -> None:
    first = corpus.content()
    corpus.make("identify", "statement/2", into="article:earlier/statement/2")
    corpus.make("identify", "event/meeting", into="article:earlier/event/meeting")
    authority = (corpus.folder / "authority.yaml").read_text("utf-8")
    assert authority.startswith(AUTHORITY)
    assert "tellings: [article:earlier/statement/2, article:sel/statement/2]}" in authority
    assert "accounts: [article:earlier/event/meeting, article:sel/event/meeting]}" in authority
    assert not {"statement/2", "event/meeting"} & {own for own, _ in suggested(corpus)}
    assert document_faults(corpus.document, corpus.folder) == []
    # The later one is undone where the earlier one's lines stand by now, and nothing where they have been changed.
    corpus.reviewed.undo("ada")
    changed = (corpus.folder / "authority.yaml").read_text("utf-8").replace("utterance:", "utterance:the-")
    (corpus.folder / "authority.yaml").write_text(changed, "utf-8")
    before = corpus.content()
    with pytest.raises(RequestError, match=r"The lines of authority\.yaml .* undo them there"):
        corpus.reviewed.undo("ada")
    assert corpus.content() == before
    (corpus.folder / "authority.yaml").write_text(changed.replace("utterance:the-", "utterance:"), "utf-8")
    corpus.reviewed.undo("ada")
    assert corpus.content() == first


def test_an_event_joins_the_occurrence_that_the_authority_has_of_the_other(corpus: Review) -> None:
    occurrence = "occurrences:\n  - {id: occurrence:talks, name: Talks, accounts: [article:earlier/event/meeting]}\n"
    authority = corpus.folder / "authority.yaml"
    authority.write_text(AUTHORITY + occurrence, "utf-8")
    joined = occurrence.replace("event/meeting]", "event/meeting, article:sel/event/meeting]")
    for known in ("article:earlier/event/meeting", "occurrence:talks"):
        corpus.make("identify", "event/meeting", into=known)
        assert authority.read_text("utf-8") == AUTHORITY + joined
        assert document_faults(corpus.document, corpus.folder) == []
        corpus.reviewed.undo("ada")
        assert authority.read_text("utf-8") == AUTHORITY + occurrence


@pytest.mark.parametrize("score", ["high", "nan"])
def test_a_score_that_is_no_number_is_named_with_its_line_and_stops_no_review(corpus: Review, score: str) -> None:
    file = corpus.folder / "sel.suggestions"
    lines = file.read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("    score: "))
    lines[at] = f"    score: {score}"
    file.write_text("\n".join(lines), "utf-8")
    with pytest.raises(MappingError) as raised:
        read_identities(corpus.document)
    assert str(raised.value) == f"{file}:{at + 1}:12: people[0].score: the score is {score!r}; expected a number."
    assert suggested(corpus) == set()
    assert "person/quill" in corpus.items()


@pytest.mark.parametrize(
    ("own", "known"),
    [
        ("person/quill", ""),
        ("person/quill", "person:nobody"),
        ("person/quill", "person/vik"),
        ("person/vik", "article:earlier/person/nobody"),
        ("person/vik", "article:earlier/event/meeting"),
        ("statement/2", "person:ada-quill"),
    ],
)
def test_what_the_corpus_does_not_have_is_nothing_to_be_the_same_as(corpus: Review, own: str, known: str) -> None:
    first = corpus.content()
    with pytest.raises(RequestError) as raised:
        corpus.make("identify", own, into=known)
    assert str(raised.value).startswith(f"The corpus has no {known!r} that {own!r} could be the same as: expected ")
    assert corpus.content() == first


def test_a_crash_before_the_authority_is_written_loses_nothing(corpus: Review) -> None:
    authority = corpus.folder / "authority.yaml"
    before, time = authority.read_bytes(), authority.stat()
    corpus.make("identify", "event/meeting", into="article:earlier/event/meeting")
    after = authority.read_bytes()
    authority.write_bytes(before)  # as if the process had died before it replaced the authority

    os.utime(authority, ns=(time.st_atime_ns, time.st_mtime_ns))
    corpus.reviewed.state()
    assert authority.read_bytes() == after


def test_what_is_told_apart_stays_so_and_changes_no_document(corpus: Review) -> None:
    first = corpus.content()
    corpus.make("distinguish", "person/quill", into="person:ada-quill")
    assert corpus.content() == first
    again = Review(corpus.folder, corpus.document)
    assert ("person/quill", "person:ada-quill") not in suggested(again)
    assert ReviewJournal(corpus.document).records()[-1].items == ["person/quill", "person:ada-quill"]
    again.reviewed.undo("ada")
    assert ("person/quill", "person:ada-quill") in suggested(again)


def test_a_pasted_article_gets_suggestions_from_its_corpus(corpus: Review) -> None:
    text = (corpus.folder / "sel.txt").read_text("utf-8")
    added = ReviewFolder(corpus.folder).add_article("Third", "2034-05-25", text + "More.", "")
    state = ReviewedDocument(added, ReviewFolder(corpus.folder).source).state()
    assert {("person/ada-quill", "person:ada-quill")} <= {(row["own"], row["known"]) for row in state["suggestions"]}


def test_suggestions_and_a_models_proposals_are_shown_and_decided_on_the_page(
    tab: Page, corpus: Review, review_site: ReviewSite
) -> None:
    text = corpus.document.read_text("utf-8").replace("rule: a name by the pipeline", "rule: a language model", 1)
    head = "# Of what the language model at models.example found, 1 statements and 1 names have their words in the text; 0 items were dropped.\n"  # noqa: E501
    corpus.document.write_text(head + text, "utf-8")
    tab.goto(review_site.page("sel.yaml"))
    expect(tab.locator("#model")).to_have_text(
        "The whole text was sent to the language model at models.example for this draft. "
        "1 of the items that need review are proposed by a language model; nobody has reviewed them."
    )
    quill = tab.locator('[data-item="person/quill"]')
    expect(quill).to_contain_text("person · needs review · of a language model · maybe known")
    quill.click()
    expect(tab.locator("#panel .model")).to_have_text("A language model proposes this, and nobody has reviewed it.")
    box = tab.get_by_role("region", name="Maybe the same as Ada Quill")
    expect(box).to_contain_text("person:ada-quill")
    assert box.locator("li").count() > 0
    tab.keyboard.press("y")
    expect(tab.locator('[data-item="mentions/person:ada-quill"][aria-current="true"]')).to_be_visible()
    expect(tab.locator("#model")).to_contain_text("0 of the items that need review")
    tab.locator('[data-item="person/vik"]').click()
    tab.get_by_role("button", name="Another").first.click()
    expect(tab.get_by_role("region", name="Maybe the same as Jon Vik")).to_have_count(0)
    for _ in range(2):
        tab.keyboard.press("u")
    expect(tab.locator('[data-item="person/quill"]')).to_contain_text("maybe known")
    until(lambda: corpus.document.read_text("utf-8") == head + text)
