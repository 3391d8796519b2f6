"""Questions to a series of five articles: each answer was worked out by reading the texts, not the graph.

A reader of the series asks who held a post when, where accounts differ, what became of plans, fears and demands, and
who said what again, otherwise or no longer. Each article can be withdrawn with what rests on it.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.term import Node

from kg.app.schema import read_schema
from kg.datasets import Owner
from kg.formats import CSV
from kg.mapping.corpora.corpus_check import check_document
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus
from kg.namespaces import CQ
from kg.reasoning.graph_reasoner import infer
from kg.shipped_files import ontology_folder, shapes_folder
from kg.store import EmbeddedStore, Query
from kg.validation.shacl_validator import validate
from tests.support.reasoning import contradictions

SERIES = Path(__file__).resolve().parents[2] / "examples" / "strait-series"
ANSWERS = Path(__file__).with_name("strait_answers")
QUESTIONS = {file.stem: file for file in sorted((SERIES / "questions").glob("*.rq"))}
SLUGS = ("ferry-fire", "patrols-off", "strait-closed", "harbour-books", "correction")
SHORT = {
    "https://example.org/strait/": "",
    "https://w3id.org/communique/scheme/": "scheme/",
    "https://w3id.org/communique/ontology#": "cq/",
}
AT_LEAST = 30
ENTAILED_BY = {
    "ferry-fire": {
        ("person/nadia-roux", "cq/holds", "post/kelmark-navy-chief"),
        ("post/kelmark-navy-chief", "cq/heldBy", "person/nadia-roux"),
        ("person/marek-dol", "cq/holds", "post/shipowners-guild-chairman"),
        ("post/shipowners-guild-chairman", "cq/heldBy", "person/marek-dol"),
        ("person/marek-dol", "cq/affiliatedWith", "organization/shipowners-guild"),
        *(
            ("person/nadia-roux", "cq/affiliatedWith", f"organization/kelmark-{side}")
            for side in ("navy", "government")
        ),
    },
    "correction": {
        ("person/emile-vasseur", "cq/holds", "post/kelmark-foreign-minister"),
        ("post/kelmark-foreign-minister", "cq/heldBy", "person/emile-vasseur"),
        ("person/emile-vasseur", "cq/affiliatedWith", "organization/kelmark-government"),
    },
}
"""What one article alone entails of what others name: Roux, Dol or Vasseur in office."""

AGREEING = {
    *(
        (f"article/{article}/statement/{name}", f"article/{later}/statement/{other}")
        for article, name, later, other in (
            ("correction", "charged", "ferry-fire", "fire-set"),
            ("correction", "charged", "harbour-books", "fire-set-told"),
            ("correction", "charged", "harbour-books", "report-fire-set"),
            ("ferry-fire", "fire-set", "harbour-books", "report-fire-set"),
            ("harbour-books", "fire-set-told", "harbour-books", "report-fire-set"),
            ("ferry-fire", "lamp-oil", "strait-closed", "vall-oil"),
            ("harbour-books", "it-was-i", "harbour-books", "named"),
        )
    )
}
"""Who put forward the same: that the fire was set (the unnamed official is Falk), that oil was there, who told it."""
OPPOSED = {
    ("article/correction/statement/charged", "article/correction/statement/sailors-deny"),
    ("article/correction/statement/outlast-us", "article/correction/statement/not-past-winter"),
}
"""Who stand against each other: not Kelmark, which changed its mind on the patrols, nor a plan and what came of it."""

Rows = list[tuple[str, ...]]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_corpus(SERIES / "corpus.yaml", SERIES / "texts")


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return read_schema().ontology


def together(corpus: Corpus) -> Graph:
    graph = Graph(bind_namespaces="none")
    for article_graph in corpus.graphs.values():
        graph += article_graph
    return graph


@pytest.fixture(scope="module")
def ask(corpus: Corpus, ontology: Graph, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Rows]:
    """Return what answers a query with its header and its rows, identifiers in short."""
    store = EmbeddedStore.open(tmp_path_factory.mktemp("series"), corpus.names)
    with store.write() as change:
        for name, graph in corpus.graphs.items():
            change.replace_graph(name, graph, Owner.BUILD)
        change.replace_graph(corpus.names.inferred, infer(together(corpus), ontology), Owner.SYSTEM)
        change.commit("the series")

    def answer(query: str) -> Rows:
        text = b"".join(store.query(Query(query, CSV, None)).chunks).decode("utf-8")
        return [tuple(map(shortened, line)) for line in csv.reader(io.StringIO(text))]

    return answer


def shortened(value: str) -> str:
    return next((value.replace(full, short, 1) for full, short in SHORT.items() if value.startswith(full)), value)


def expected(name: str) -> Rows:
    with (ANSWERS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [tuple(line) for line in csv.reader(lines)]


def test_there_are_thirty_questions_and_each_has_an_answer() -> None:
    assert len(QUESTIONS) >= AT_LEAST
    assert sorted(QUESTIONS) == sorted(file.stem for file in ANSWERS.glob("*.csv"))


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_series_answers_as_its_reader_does(name: str, ask: Callable[[str], Rows]) -> None:
    header, *expected_rows = expected(name)
    found_header, *answered = ask(QUESTIONS[name].read_text("utf-8"))
    columns = [found_header.index(column) for column in header]
    assert sorted(tuple(row[column] for column in columns) for row in answered) == sorted(expected_rows)


@pytest.mark.parametrize(
    ("question", "pairs"), [("85-agreement-by-content", AGREEING), ("31-opposite-polarity", OPPOSED)]
)
def test_agreement_and_opposition_are_found_by_content_and_nothing_else_is(
    question: str, pairs: set[tuple[str, str]], ask: Callable[[str], Rows]
) -> None:
    answered = ask((ontology_folder() / "questions" / f"{question}.rq").read_text("utf-8"))[1:]
    assert sorted(row[-2:] for row in answered) == sorted(pairs)


def test_every_passage_is_in_place_and_each_text_has_three_to_five_hundred_words() -> None:
    copies = check_document(SERIES / "corpus.yaml", SERIES / "texts").copies
    assert {slug for slug, copy in copies.items() if copy.same} == set(SLUGS)
    assert all(300 <= len(copy.text.text.split()) <= 500 for copy in copies.values())


def test_every_pair_of_quotation_marks_of_the_series_is_a_quoted_run(ask: Callable[[str], Rows]) -> None:
    runs = ask(
        "PREFIX cq: <https://w3id.org/communique/ontology#> PREFIX oa: <http://www.w3.org/ns/oa#>"
        " SELECT DISTINCT ?article ?start ?end WHERE { ?run cq:runSpan ?passage . ?passage oa:hasSource ?article ;"
        " oa:hasSelector [ oa:start ?start ; oa:end ?end ] }"
    )[1:]
    texts = {slug: next((SERIES / "texts").glob(f"*-{slug}.txt")).read_text("utf-8") for slug in SLUGS}
    pairs = [
        (f"article/{slug}/", str(match.start()), str(match.end()))
        for slug, text in texts.items()
        for match in re.finditer("“[^”]*”", text)
    ]
    assert sorted(runs) == sorted(pairs)


WE = re.compile(r"\b(we|our|ours|us)\b", re.IGNORECASE)
NAMED_SPOKESMEN = {"harbour-books/statement/fire-set-told", "patrols-off/statement/welcome-told"}
COMMITMENTS = {"patrols-off/statement/called-off"}
BOTH_SPEAKERS = {"correction/statement/outlast-us"}
"""Whose "us both" is two people, and no body."""


def test_who_says_we_and_who_is_a_spokesman_speaks_on_behalf_of_a_body(ask: Callable[[str], Rows]) -> None:
    runs = ask(
        "PREFIX cq: <https://w3id.org/communique/ontology#> SELECT ?statement ?start ?end WHERE {"
        " ?statement cq:source ?source ; cq:quotedRun/cq:runSpan [ cq:startOffset ?start ; cq:endOffset ?end ] }"
    )[1:]
    speaking = ask("SELECT DISTINCT ?statement { ?statement <https://w3id.org/communique/ontology#onBehalfOf> ?body }")[
        1:
    ]
    texts = {slug: next((SERIES / "texts").glob(f"*-{slug}.txt")).read_text("utf-8") for slug in SLUGS}
    saying_we = {
        statement.removeprefix("article/")
        for statement, start, end in runs
        if WE.search(texts[statement.split("/")[1]][int(start) : int(end)])
    }
    expected = (saying_we - BOTH_SPEAKERS) | NAMED_SPOKESMEN | COMMITMENTS
    assert {row[0].removeprefix("article/") for row in speaking} == expected
    assert saying_we >= BOTH_SPEAKERS


@pytest.mark.parametrize(
    ("statement", "side"),
    [
        ("ferry-fire/statement/against-patrols", {"kelmark-navy", "kelmark-government"}),
        ("patrols-off/statement/radar-offer", {"kelmark-navy", "kelmark-government"}),
        ("harbour-books/statement/for-patrols", set()),
        ("ferry-fire/statement/records-refused", {"sarrovia-government"}),
        ("harbour-books/statement/named", set()),
        ("correction/statement/one-boat", {"kelmark-government"}),
    ],
)
def test_a_statement_is_of_the_side_that_its_source_is_on_as_of_the_same_article(
    statement: str, side: set[str], ask: Callable[[str], Rows]
) -> None:
    rows = ask(
        f"SELECT ?side {{ <https://example.org/strait/article/{statement}>"
        " <https://w3id.org/communique/ontology#sourceSide> ?side }"
    )
    assert {row[0] for row in rows[1:] if row[0].startswith("organization/")} == {
        f"organization/{name}" for name in side
    }


def test_the_series_conforms_and_nothing_contradicts(corpus: Corpus, ontology: Graph) -> None:
    conforms(together(corpus), ontology)


def conforms(graph: Graph, ontology: Graph) -> None:
    shapes = Graph()
    for file in sorted(shapes_folder().glob("*.ttl")):
        shapes.parse(file)
    report = validate(graph, shapes, ontology)
    assert report.conforms, report.sentences()
    assert contradictions(graph, ontology) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_withdrawing_an_article_withdraws_what_rests_on_it_and_nothing_else(
    slug: str, corpus: Corpus, ontology: Graph, tmp_path: Path
) -> None:
    left = without(slug, tmp_path)
    beginning = f"{corpus.names.base}article/{slug}/"
    whole = together(corpus)
    links = {subject for subject, _, value in whole if str(value).startswith(beginning) and "/link/" in str(subject)}
    withdrawn = {*whole} - {*left} - {*corpus.graphs[corpus.names.article(slug)]}
    assert {*left} < {*whole}
    assert not [triple for triple in left if rests_on(triple, beginning)]
    assert {subject for subject, _, _ in (triple for triple in withdrawn if not rests_on(triple, beginning))} <= links
    conforms(left, ontology)


def rests_on(triple: tuple[Node, ...], beginning: str) -> bool:
    return any(str(term).startswith(beginning) for term in triple)


def without(slug: str, folder: Path) -> Graph:
    """Return what the series asserts once an article is withdrawn."""
    document = Path(shutil.copytree(SERIES, folder / "series")) / "corpus.yaml"
    lines = document.read_text("utf-8").splitlines()
    listed = next(line for line in lines if line.endswith(f"-{slug}.yaml"))
    document.write_text("\n".join([*(line for line in lines if line != listed), f"withdrawn: [{slug}]", ""]), "utf-8")
    return together(read_corpus(document, document.parent / "texts"))


@pytest.fixture(scope="module")
def entailed(corpus: Corpus, ontology: Graph) -> set[tuple[Node, ...]]:
    return {*infer(together(corpus), ontology)}


@pytest.mark.parametrize("slug", SLUGS)
def test_what_an_article_alone_entails_goes_with_it_and_nothing_else(
    slug: str, corpus: Corpus, ontology: Graph, entailed: set[tuple[Node, ...]], tmp_path: Path
) -> None:
    left = without(slug, tmp_path)
    after = {*infer(left, ontology)}
    beginning = f"{corpus.names.base}article/{slug}/"
    lost_triples = [triple for triple in entailed - after - {*left} if not rests_on(triple, beginning)]
    assert after <= entailed
    assert not [triple for triple in after if rests_on(triple, beginning)]
    ours = {tuple(map(shortened, map(str, triple))) for triple in lost_triples if str(triple[1]).startswith(str(CQ))}
    assert ours == ENTAILED_BY.get(slug, set())
