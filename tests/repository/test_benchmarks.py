"""The benchmarks measure what there is: their made-up facts are as the ontology and the shapes have them."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_corrections import Corrections
from benchmarks.draft_gold import INVENTED, REAL, read_gold
from benchmarks.draft_scores import Score
from benchmarks.gum_entities import read_gum
from benchmarks.inference import corpus, shipped
from benchmarks.validation import made_up
from benchmarks.writes import article, triples
from kg.app.schema import read_schema
from kg.drafting.drafted_document import find_all
from kg.drafting.text.spacy_parser import parse
from kg.reasoning.reasoner import Reasoner
from kg.terms import from_triples
from kg.validation.shacl_validator import validate


def test_the_facts_that_are_inferred_from_contradict_nothing() -> None:
    assert len(Reasoner(shipped()).infer(corpus(200))) > 200


def test_the_articles_that_are_validated_and_written_conform() -> None:
    schema = read_schema()
    for data in (made_up(1), from_triples(triples(article(1)).triples)):
        assert validate(data, schema.shapes, schema.ontology).sentences() == ()


GUM = """\
1	Musician	musician	NOUN	NN	_	4	nsubj	_	Entity=(1-person-new-x
2	Ada	Ada	PROPN	NNP	_	1	flat	_	_
3	Quill	Quill	PROPN	NNP	_	1	flat	_	Entity=1)
4	met	meet	VERB	VBD	_	0	root	_	_
5	Danes	Dane	PROPN	NNPS	_	4	obj	_	Entity=(2-person-new-x)
6	and	and	CCONJ	CC	_	7	cc	_	_
7	Norcorp	Norcorp	PROPN	NNP	_	5	conj	_	Entity=(3-organization-new-x)|SpaceAfter=No
"""


def test_names_of_gum_are_of_single_people_and_bodies_also_after_a_word_for_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "short.conllu").write_text(GUM, "utf-8")
    document = read_gum(tmp_path / "short.conllu")
    assert document.text == "Musician Ada Quill met Danes and Norcorp"
    assert [(entity.kind, [document.text[a:b] for a, b in entity.heads]) for entity in document.entities] == [
        ("person", ["Ada"]),
        ("organization", ["Norcorp"]),
    ]


def test_the_gold_has_what_the_documents_have() -> None:
    gold = {mapping.stem: read_gold(mapping) for mapping in (*INVENTED, *REAL)}
    assert len(gold) == 12
    crops = gold["4-crops"]
    assert [item.source for item in crops.statements if item.form == "direct"] == [
        "person/colette-heald",
        "organization/usda",
        *["person/colette-heald"] * 4,
    ]
    talks = gold["harbour-talks"].meetings
    assert [(meeting.place, len(meeting.participants)) for meeting in talks] == [("place:chancellors-house", 6)]
    assert gold["1-hackers"].entities["person/tom-cruise"].mentions[0] == (574, 584)


def test_a_score_counts_what_is_right_and_what_is_found() -> None:
    score = Score()
    score.add([1, 2, 3, 4], [2, 3, 9], lambda item, other: item == other)
    assert (score.right, score.drafted, score.recalled, score.gold) == (2, 3, 2, 4)
    assert round(score.f1, 4) == round(2 * (2 / 3) * (2 / 4) / (2 / 3 + 2 / 4), 4)


def test_corrections_are_counted_by_section_and_key() -> None:
    mapping, file = next(iter(REAL.items()))
    corrections = Corrections()
    findings = find_all(parse(file.read_text("utf-8")))
    corrections.add(findings, mapping)
    drafted = len(findings.attributions)
    paired = sum(corrections.items["statements", state] for state in ("unchanged", "changed"))
    assert paired + corrections.items["statements", "removed"] == drafted
    assert paired + corrections.items["statements", "added"] == 23
    assert corrections.keys["statements", "gist"] == paired, "each gist was rewritten"
    assert corrections.items["links", "added"] == 5
