"""What of a draft may be the same as in a corpus: suggested with evidence, in a file beside it, and never decided."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kg.errors import RequestError
from kg.reconciliation.corpus_comparison import compare_with_corpus
from tests.support.command_line import here

CORPUS = """\
base: https://example.org/sel/
title: Sel
licence: https://creativecommons.org/licenses/by/4.0/
creator: nobody
authority: authority.yaml
articles: [first.yaml, new.yaml]
"""
AUTHORITY = """\
people:
  - {id: person:quill, name: Ada Quill, alias: A. Quill, voiceKind: named-person}
  - {id: person:vik, name: Jon Vik, voiceKind: named-person}
places:
  - {id: place:sel, name: Port Sel, kind: place-kind/city}
posts:
  - {id: post:head, name: head of the ferry guild}
"""
FIRST = """\
article: first
title: A first article
published: 2034-05-20
people:
  - {id: person/official, name: a port official, voiceKind: unnamed-person, mention: 0-1}
  - {id: person/orlic, name: Lena Orlić, voiceKind: named-person, mention: 0-1}
holdings:
  - {incumbent: person:quill, post: post:head, at: 0-1}
events:
  - id: event/talks
    type: Meeting
    name: the talks
    kind: event-kind/consult
    status: occurred
    place: place:sel
    when: 2034-05-19
    participants:
      - {attendee: person:quill, capacity: attendee, at: 0-1}
      - {attendee: person:vik, capacity: attendee, at: 0-1}
    at: 0-1
statements:
  - {id: statement/move, source: person:quill, act: refuse, gist: The guild will not move., says: proposition/x}
  - {id: statement/vik, source: person:vik, act: refuse, gist: The guild will not move., says: proposition/x}
"""
DRAFT = """\
article: new
title: A draft
people:
  - {id: person/ada-quill, name: Ada Quill, voiceKind: named-person, mention: 0-1}
  - {id: person/john-vik, name: J. Vik, voiceKind: named-person, mention: 0-1}
  - {id: person/lena-orlic, name: Lena Orlić, voiceKind: named-person, mention: 0-1}
  - {id: person/a-port-official, name: a port official, voiceKind: unnamed-person, mention: 0-1}
places:
  - {id: place/port-sel, name: Port Sel, kind: place-kind/city, mention: 0-1}
posts:
  - {id: post/guild, name: head of the guild}
holdings:
  - {incumbent: person/ada-quill, post: post/guild, at: 0-1}
events:
  - id: event/meeting-1
    type: Meeting
    name: the meeting
    kind: event-kind/consult
    status: occurred
    place: place/port-sel
    when: 2034-05-19
    participants:
      - {attendee: person/ada-quill, capacity: attendee, at: 0-1}
      - {attendee: person/john-vik, capacity: attendee, at: 0-1}
    at: 0-1
  - id: event/meeting-2
    type: Meeting
    name: another
    kind: event-kind/consult
    status: occurred
    participants:
      - {attendee: person/ada-quill, capacity: attendee, at: 0-1}
    at: 0-1
statements:
  - {id: statement/1, source: person/ada-quill, act: refuse, gist: We will not move., says: proposition/1, at: 0-1}
  - {id: statement/2, source: person/ada-quill, act: assert, gist: It rained in Sel., says: proposition/2, at: 0-1}
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name, content in {"corpus": CORPUS, "authority": AUTHORITY, "first": FIRST, "new": DRAFT}.items():
        (tmp_path / f"{name}.yaml").write_text(content, "utf-8")
    return tmp_path


def test_people_places_events_and_utterances_are_suggested_with_names_posts_participants_time_and_place(
    corpus: Path,
) -> None:
    identities = compare_with_corpus(corpus / "new.yaml", corpus)
    assert {(identity.own, identity.known) for identity in identities} == {
        ("person/ada-quill", "person:quill"),
        ("person/john-vik", "person:vik"),
        ("person/lena-orlic", "article:first/person/orlic"),
        ("place/port-sel", "place:sel"),
        ("event/meeting-1", "article:first/event/talks"),
        ("statement/1", "article:first/statement/move"),
    }
    evidence = {identity.own: " ".join(identity.evidence) for identity in identities}
    assert "the post “head of the guild” is “head of the ferry guild” here" in evidence["person/ada-quill"]
    assert "“Ada Quill” is beside it, as “Ada Quill” is here" in evidence["person/john-vik"]
    assert evidence["event/meeting-1"] == (
        "Ada Quill takes part in both Jon Vik takes part in both both are on 2034-05-19 both are in Port Sel"
    )
    assert evidence["statement/1"].startswith("both are of Ada Quill “We will not move.” is like “The guild will not")


@pytest.mark.parametrize("name", ["corpus.yaml", "authority.yaml", "."])
def test_an_authority_stands_for_the_corpus_that_it_is_of(corpus: Path, name: str) -> None:
    identities = compare_with_corpus(corpus / "new.yaml", corpus / name)
    assert "article:first/event/talks" in {identity.known for identity in identities}


def test_an_authority_of_no_corpus_is_compared_by_itself(corpus: Path) -> None:
    (corpus / "corpus.yaml").unlink()
    known = {identity.known for identity in compare_with_corpus(corpus / "new.yaml", corpus / "authority.yaml")}
    assert known == {"person:quill", "person:vik", "place:sel"}


def test_no_corpus_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="expected a corpus, its folder, or an authority"):
        compare_with_corpus(tmp_path / "new.yaml", tmp_path)


def test_a_draft_gets_a_file_of_suggestions_that_are_undecided_and_stays_as_it_is(corpus: Path) -> None:
    pytest.importorskip("spacy", reason="the extra `draft` is not installed")
    text = "“We will not move,” Ada Quill, the chairman of the company, told reporters in London.\n"
    (corpus / "sel.txt").write_text(text, "utf-8")
    (corpus / "corpus.yaml").write_text(CORPUS.replace(", new.yaml", ""), "utf-8")
    ran = here("draft", corpus / "sel.txt", "--authority", corpus / "authority.yaml")
    assert (ran.status, f"Written: {corpus / 'sel.suggestions'}" in ran.out) == (0, True)
    # Afterwards, since the corpus lists it then.
    assert here("draft", corpus / "sel.txt", "-o", corpus / "plain.yaml").status == 0
    drafts = [(corpus / name).read_text("utf-8").partition("statements:")[2] for name in ("sel.yaml", "plain.yaml")]
    assert drafts[0] == drafts[1]
    suggested = yaml.safe_load((corpus / "sel.suggestions").read_text("utf-8"))
    assert [(row["draft"], row["corpus"], row["decision"]) for row in suggested["people"]] == [
        ("person/ada-quill", "person:quill", "undecided")
    ]
    assert [row["corpus"] for row in suggested["statements"]] == ["article:first/statement/move"]
