"""Changes of a document under review: what they write, what stays, and that all of them can be undone."""

from __future__ import annotations

import difflib
import os

import pytest

from kg.errors import RequestError
from kg.review.document_faults import document_faults
from kg.review.review_changes import ReviewChange
from kg.review.review_journal import ReviewJournal
from kg.review.reviewed_document import ConfirmationError, ConflictError, ReviewedDocument
from tests.review.conftest import Review


def changed_lines(old: str, new: str) -> list[str]:
    """Return the lines that differ, with a sign before each."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_to_accept_removes_the_note_and_nothing_else(review: Review) -> None:
    before = review.document.read_text("utf-8")
    assert review.make("accept", "person/vik") == ["person/vik"]
    after = review.document.read_text("utf-8")
    assert changed_lines(before, after) == [
        "-    note: 'review: needed; rule: a name by the pipeline; confidence: 0.75'"
    ]
    review.make("accept", "organization/guild")
    assert changed_lines(after, review.document.read_text("utf-8"))[1] == (
        "+  - {id: organization/guild, name: The ferry guild, voiceKind: collective, "
        "kind: organization-kind/trade-union, mention: 0-15}"
    )


def test_to_correct_changes_one_line_and_the_proposition_with_it(review: Review) -> None:
    before = review.document.read_text("utf-8")
    review.make("correct", "statement/1", gist='The guild: "never" #1, {closed}', act="refuse")
    values = review.values("statement/1")
    assert values["gist"] == values["says"]["gist"] == 'The guild: "never" #1, {closed}'
    assert values["act"] == "refuse"
    assert "note" not in values
    assert len(changed_lines(before, review.document.read_text("utf-8"))) == 2


def test_to_reject_mends_what_refers_to_the_item_and_says_so_first(review: Review) -> None:
    before = review.document.read_bytes()
    with pytest.raises(ConfirmationError) as unconfirmed:
        review.reviewed.change(ReviewChange("reject", ("person/vik",)), "ada", review.seen(), is_confirmed=False)
    assert review.document.read_bytes() == before
    assert unconfirmed.value.consequences == [
        "“Jon Vik: transport minister” is removed too.",
        "“the meeting” loses a participant.",
        "“It is against the law.” has no source any more, and needs review again.",
        "“It is against the law.” does not refer to it any more (about).",
    ]
    review.make("reject", "person/vik")
    items = review.items()
    assert not {"person/vik", "holdings/person/vik/post/minister"} & {*items}
    assert [row["attendee"] for row in items["event/meeting"]["values"]["participants"]] == ["person/quill"]
    statement = items["statement/2"]
    assert (statement["values"]["source"], statement["needs_review"]) == ("voice/nobody", True)
    assert statement["values"]["says"]["about"] == ["person/quill"]
    assert "person/vik" not in review.document.read_text("utf-8")
    assert "# the minister" in review.document.read_text("utf-8")


def test_a_change_that_adds_passages_keeps_the_stamps_right(review: Review) -> None:
    added = review.make(
        "add",
        section="statements",
        source="person/quill",
        form="direct",
        act="refuse",
        gist="The guild does not give way.",
        contentSpan="80-97",
        sourceSpan="109-118",
        at="79-126",
    )
    assert added == ["statement/3"]
    values = review.values("statement/3")
    assert values["says"] == {"id": "proposition/3", "gist": "The guild does not give way."}
    assert values["quotedRuns"] == {"id": "run/1", "runNumber": "1", "extent": "whole", "runSpan": "79-98"}
    assert document_faults(review.document, review.folder) == []


def test_the_same_twice_is_merged_with_all_that_refers_to_it(review: Review) -> None:
    (doubled,) = review.make("add", section="people", name="Quill", voiceKind="named-person", mention="223-228")
    review.make("correct", "statement/1", source=doubled)
    review.make("merge", doubled, into="person/quill")
    assert doubled not in review.items()
    assert review.values("statement/1")["source"] == "person/quill"
    assert review.values("person/quill")["alias"] == "Quill"
    assert review.values("person/quill")["mention"] == ["109-118", "223-228"]


def test_what_was_taken_for_an_organization_becomes_a_group_with_all_that_refers_to_it(review: Review) -> None:
    review.make("move", "organization/guild", section="groups", kind="group-kind/workers")
    assert review.values("group/the-ferry-guild")["mention"] == "0-15"
    assert review.values("statement/1")["source"] == "group/the-ferry-guild"
    assert document_faults(review.document, review.folder) == []


def test_what_others_refer_to_inside_a_rejected_item_goes_on_in_them(review: Review) -> None:
    review.make("add", section="statements", source="person/vik", act="accuse", form="direct", gist="It is wrong.", at="189-222", contentSpan="190-212")  # fmt: skip # noqa: E501
    assert review.values("statement/3")["quotedRuns"] == "run/2"
    review.make("reject", "statement/2")
    run = {"id": "run/2", "runNumber": "2", "extent": "whole", "runSpan": "189-213"}
    assert review.values("statement/3")["quotedRuns"] == run


def test_a_key_that_the_article_lacked_goes_below_its_title_and_the_comment_stays_there(review: Review) -> None:
    text = review.document.read_text("utf-8")
    title, day = "title: A bridge stays closed", "published: 2034-05-23\n"
    review.document.write_text(text.replace(title, f"{title}  # ours").replace(day, ""), "utf-8")
    review.make("correct", "article", published="2034-05-24")
    changed = f"{title}  # ours\npublished: 2034-05-24"
    assert review.document.read_text("utf-8") == text.replace(title, changed).replace(day, "")


def test_to_undo_everything_gives_the_first_bytes_and_to_redo_the_last(review: Review) -> None:
    first = review.document.read_bytes()
    review.make("accept", "person/quill", "person/vik")
    review.make("reject", "person/vik", by="bob")
    review.make("correct", "article", title="Another: title", published="")
    review.make("without-statement", at="223-275")
    review.make("move", "organization/guild", section="groups")
    last = review.document.read_bytes()
    for action in ("move", "without-statement", "correct", "reject", "accept"):
        undo = review.reviewed.state()["undo"]
        assert undo["action"] == action
        ReviewedDocument(review.document, lambda _: None).undo("carol")  # as after a restart, and by anybody
    assert review.document.read_bytes() == first
    with pytest.raises(RequestError, match="nothing to undo"):
        review.reviewed.undo("carol")
    for _ in range(5):
        review.reviewed.redo("carol")
    assert review.document.read_bytes() == last


def test_who_did_what_is_recorded(review: Review) -> None:
    review.make("accept", "person/quill", by="ada")
    review.make("reject", "statement/2", by="bob")
    records = ReviewJournal(review.document).records()[1:]
    assert [(record.by, record.action, record.items) for record in records] == [
        ("ada", "accept", ["person/quill"]),
        ("bob", "reject", ["statement/2"]),
    ]
    assert all(record.time.endswith("Z") for record in records)
    assert "*.review.jsonl\n" in (review.folder / ".gitignore").read_text("utf-8")


def test_the_second_of_two_people_is_told_and_loses_nothing(review: Review) -> None:
    seen = review.seen()
    review.reviewed.change(ReviewChange("correct", ("statement/1",), {"gist": "First."}), "ada", seen)
    with pytest.raises(ConflictError, match=r"ada has changed statement/1 since you saw it\.") as conflict:
        review.reviewed.change(ReviewChange("correct", ("statement/1",), {"gist": "Second."}), "bob", seen)
    assert [(row["by"], row["action"], row["items"]) for row in conflict.value.changes] == [
        ("ada", "correct", ["statement/1"])
    ]
    assert review.values("statement/1")["gist"] == "First."
    # What the other has not touched is no conflict.
    only = {"person/quill": seen.digests["person/quill"]}
    review.reviewed.change(ReviewChange("accept", ("person/quill",)), "bob", type(seen)(seen.revision, only))
    assert "note" not in review.values("person/quill")
    assert review.values("statement/1")["gist"] == "First."


def test_a_change_of_another_program_can_be_undone_too(review: Review) -> None:
    first = review.document.read_bytes()
    review.make("accept", "person/quill")
    edited = review.document.read_text("utf-8").replace("name: Jon Vik", "name: John Vik")
    review.document.write_text(edited, "utf-8")
    assert review.values("person/vik")["name"] == "John Vik"
    assert review.reviewed.state()["undo"]["action"] == "outside"
    review.reviewed.undo("ada")
    assert review.values("person/vik")["name"] == "Jon Vik"
    review.reviewed.undo("ada")
    assert review.document.read_bytes() == first


def test_a_crash_between_journal_and_document_loses_no_change(review: Review) -> None:
    before = review.document.read_bytes()
    time = review.document.stat().st_mtime_ns
    review.make("accept", "person/quill")
    after = review.document.read_bytes()
    review.document.write_bytes(before)  # as if the process had died before it replaced the document
    os.utime(review.document, ns=(time, time))
    assert "note" not in review.values("person/quill")
    assert review.document.read_bytes() == after


def test_a_crash_while_the_journal_is_written_leaves_it_readable(review: Review) -> None:
    review.make("accept", "person/quill")
    journal = ReviewJournal(review.document)
    with journal.file.open("ab") as file:
        file.write(b'{"time": "2034-05-')
    review.make("accept", "person/vik")
    assert [record.action for record in journal.records()] == ["begin", "accept", "accept"]


@pytest.mark.parametrize(
    ("action", "items", "values", "sentence"),
    [
        ("accept", ("person/gone",), {}, "There is no item 'person/gone'"),
        ("correct", ("person/vik",), {"at": "10-5000"}, "'10-5000' is not a passage of this text"),
        ("correct", ("person/vik",), {"a: b": "c"}, "'a: b' is not a key of a document"),
        ("correct", ("person/vik",), {"id": "person/other"}, "An identifier cannot be changed"),
        ("explode", (), {}, "'explode' is not a change"),
        ("merge", (), {}, "'merge' names 0 items"),
        ("merge", ("statement/1",), {"into": "person/vik"}, "Items of people and statements cannot be merged"),
        ("move", ("statement/1",), {"section": "people"}, "'statement/1' cannot be moved to 'people'"),
        ("move", ("person/vik",), {"section": "statements"}, "'person/vik' cannot be moved to 'statements'"),
        ("without-statement", (), {}, "'no passage' is not a passage of this text"),
        ("correct", ("article",), {"published": "2034-02-30"}, "'2034-02-30': expected a date that exists"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    review: Review, action: str, items: tuple[str, ...], values: dict[str, str], sentence: str
) -> None:
    before = review.document.read_bytes()
    with pytest.raises(RequestError, match=sentence.replace("'", ".")):
        review.make(action, *items, **values)
    assert review.document.read_bytes() == before


def test_what_nothing_covers_is_listed(review: Review) -> None:
    missing = review.reviewed.state()["missing"]
    text = (review.folder / "sel.txt").read_text("utf-8")
    assert [(part["kind"], text[part["start"] : part["end"]]) for part in missing] == [
        ("quotation", "“We will not move,”"),
        ("sentence", "Vik fears that the talks will fail."),
    ]
    review.make("without-statement", at="276-311")
    assert [part["kind"] for part in review.reviewed.state()["missing"]] == ["quotation"]


def test_the_articles_note_says_who_reviewed_what_and_keeps_what_it_said(review: Review) -> None:
    review.make("correct", "article", note="From the archive.")
    review.make("accept", "person/quill", "person/vik", by="ada")
    review.make("reject", "statement/2", by="bob")
    review.reviewed.note_reviewers("bob")
    day = ReviewJournal(review.document).records()[-1].time[:10]
    document = review.document.read_text("utf-8")
    assert f"note: 'From the archive. Reviewed by ada and bob until {day}: 2 accepted, 1 rejected.'\n" in document
    review.make("accept", "organization/guild", by="ada")
    review.reviewed.note_reviewers("ada")
    document = review.document.read_text("utf-8")
    assert f"note: 'From the archive. Reviewed by ada and bob until {day}: 3 accepted, 1 rejected.'\n" in document
