"""What documents of a corpus state together: each inconsistency is one error that names both places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kg.errors import MappingError
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus
from kg.namespaces import CQ

BASE = "https://example.org/bridge/"
DIGEST = "567a6b5ca072f3bcaff72260cdc2cb2defe38660cefc7c8d8832b10e92c38445"
STAMP = f'passages:\n  0-18: {{digest: {DIGEST}, fragment: "text=Minister%20Ada%20Quill"}}\n'
SAID = "source: person:ada-quill, form: indirect, act: fear, polarity: positive, certainty: possible, at: 0-18"
EVENT = "kind: event-kind/consult, status: occurred, at: 0-18"


def article(slug: str, content: str) -> str:
    digest = f"digest: {slug[0] * 64}" if slug[0] in "abcdef" else f"digest: {'0' * 64}"
    head = f"article: {slug}\n{digest}\nlength: 233\ntitle: An invented note\nnotBefore: 2034-05-02T00:00:00\n"
    return head + content + STAMP


Write = Callable[[Mapping[str, str], str], Path]


@pytest.fixture
def corpus_of(folder: Path) -> Callable[..., Corpus]:
    """Read a corpus of articles by their names, with more keys in its own document and its authority."""

    def corpus(articles: Mapping[str, str], keys: str = "", authority: str = "") -> Corpus:
        own = (folder / "corpus.yaml").read_text("utf-8")
        listed = f"articles: [{', '.join(f'{slug}.yaml' for slug in articles)}]\n{keys}"
        (folder / "corpus.yaml").write_text(own.replace("articles: [article.yaml]\n", listed), "utf-8")
        shared = folder / "authority.yaml"
        shared.write_text(shared.read_text("utf-8") + authority, "utf-8")
        for slug, content in articles.items():
            (folder / f"{slug}.yaml").write_text(article(slug, content), "utf-8")
        return read_corpus(folder / "corpus.yaml")

    return corpus


CorpusOf = Callable[..., Corpus]


def fault(corpus_of: CorpusOf, *arguments: object) -> str:
    """Return the only fault of a corpus, without the folder."""
    with pytest.raises(MappingError) as raised:
        corpus_of(*arguments)
    assert len(raised.value.problems) == 1, str(raised.value)
    problem = raised.value.problems[0]
    folder = f"{problem.location.file.parent}/"
    return str(problem).replace(folder, "")


def test_a_validity_that_ends_before_it_begins_is_reported_with_both_places(corpus_of: CorpusOf) -> None:
    holdings = "holdings:\n  - id: holding/one\n    incumbent: person:ada-quill\n    post: post:minister\n"
    message = fault(
        corpus_of, {"a": f"{holdings}    since: 2034-03\n    until: 2033\n    timeGrade: explicit\n    at: 0-18\n"}
    )
    assert message == (
        "a.yaml:11:12: holdings[0].until: latestEnd is 2033-12-31T23:59:59, before earliestBegin 2034-03-01T00:00:00, "
        "which line 10 gives; expected a latest end that is not before the earliest begin."
    )


def test_a_span_and_a_stamp_that_bound_one_time_are_reported(corpus_of: CorpusOf) -> None:
    events = (
        f"events:\n  - {{id: event/one, name: it, {EVENT}, since: 2034-03,\n     latestBegin: 2034-03-02T00:00:00}}\n"
    )
    message = fault(corpus_of, {"a": events})
    expected = (
        "a.yaml:8:19: events[0].latestBegin: since and latestBegin both bound one time (line 7); expected one of them."
    )
    assert message == expected


SCENARIO = (
    "scenarios:\n  - {id: scenario/flood, name: a flood, kind: event-kind/development, status: feared, at: 0-18,\n"
)


@pytest.mark.parametrize(
    "proposition",
    [
        "{id: proposition/p, gist: It floods., describes: scenario/flood}",
        "{id: proposition/p, gist: It floods., about: scenario/flood}",
        "{id: proposition/w, gist: So., condition: {id: proposition/p, gist: So., describes: scenario/flood}}",
    ],
)
def test_a_status_names_a_statement_that_speaks_of_it_in_any_half(proposition: str, corpus_of: CorpusOf) -> None:
    statements = f"statements:\n  - {{id: statement/fear, says: {proposition}, {SAID}}}\n"
    corpus_of({"a": f"{SCENARIO}     statusBy: statement/fear}}\n{statements}"})


def test_a_status_may_name_a_statement_that_only_relays_one(corpus_of: CorpusOf) -> None:
    inner = f"  - {{id: statement/in, says: {{id: proposition/p, gist: It floods., about: scenario/flood}}, {SAID}}}\n"
    outer = f"  - {{id: statement/out, relays: statement/in, {SAID}}}\n"
    corpus_of({"a": f"{SCENARIO}     statusBy: [statement/out, statement/in]}}\nstatements:\n{inner}{outer}"})


def test_a_status_whose_statement_is_about_something_else_is_reported(corpus_of: CorpusOf) -> None:
    statements = f"statements:\n  - {{id: statement/fear, says: {{id: proposition/p, gist: It snows.}}, {SAID}}}\n"
    message = fault(corpus_of, {"a": f"{SCENARIO}     statusBy: statement/fear}}\n{statements}"})
    assert message == (
        "a.yaml:8:16: scenarios[0].statusBy: 'statement/fear' does not speak of 'scenario/flood'; expected a statement "
        "whose proposition, or a half of it, describes it or is about it."
    )


def events(*names: str) -> str:
    return "events:\n" + "".join(f"  - {{id: event/{name}, name: {name}, {EVENT}}}\n" for name in names)


def order(*links: str) -> str:
    rows = (link.split() for link in links)
    return "links:\n" + "".join(
        f"  - {{linkSubject: {subject}, linkPredicate: {how}, linkObject: {object_}, at: 0-18}}\n"
        for subject, how, object_ in rows
    )


@pytest.mark.parametrize(
    "links",
    [
        ["event/x before event/y", "event/y before event/z", "event/x before event/z"],
        ["event/x before event/y", "event/z during event/x", "event/z before event/y"],
        ["event/x during event/y", "event/z during event/y", "event/x before event/z"],
        ["event/y after event/x", "event/y encloses event/z", "event/x before event/z"],
    ],
)
def test_an_order_that_has_an_end_is_none(links: list[str], corpus_of: CorpusOf) -> None:
    corpus_of({"a": events("x", "y", "z") + order(*links)})


@pytest.mark.parametrize(
    ("links", "sentence"),
    [
        (["event/x before event/y", "event/y before event/x"], "a.yaml:12:43: links[1].linkPredicate: 'event/y'"),
        (["event/x before event/y", "event/x after event/y"], "and 'event/x' before 'event/y' (line 11)"),
        (["event/x before event/y", "event/x during event/y"], "'event/x' during 'event/y' and 'event/x' before"),
        (["event/x before event/y", "event/y during event/x"], "'event/y' during 'event/x' and 'event/x' before"),
        (["event/x before event/y", "event/z during event/x", "event/y before event/z"], "'event/y' before 'event/z'"),
        (["event/x during event/y", "event/y during event/x"], "'event/y' during 'event/x' and 'event/x' during"),
    ],
)  # fmt: skip
def test_an_order_that_runs_in_a_circle_is_reported_with_every_place(
    links: list[str], sentence: str, corpus_of: CorpusOf
) -> None:
    message = fault(corpus_of, {"a": events("x", "y", "z") + order(*links)})
    assert sentence in message
    assert message.endswith(": the order runs in a circle; expected one in which nothing comes before itself.")


def test_an_order_across_articles_runs_in_a_circle_too(corpus_of: CorpusOf) -> None:
    first = events("x", "y") + order("event/x before event/y")
    second = events("z") + order("article:a/event/y before event/z", "event/z before article:a/event/x")
    message = fault(corpus_of, {"a": first, "b": second})
    assert message.startswith("b.yaml:10:")
    assert "'event/x' before 'event/y' (" in message
    assert "line 10 of a.yaml)" in message


def test_an_end_of_another_type_than_its_relation_has_is_reported_where_it_is_written(corpus_of: CorpusOf) -> None:
    people = "people:\n  - {id: person/official, name: an official, voiceKind: unnamed-person}\n"
    misplaced = f"events:\n  - {{id: event/x, name: it, {EVENT}, place: person/official}}\n"
    links = ["post:minister within event/x", "event/x realizes person/official", "event/x respondsTo event/x"]
    with pytest.raises(MappingError) as raised:
        corpus_of({"a": people + misplaced + order(*links)})
    assert [str(problem).rpartition("/a.yaml:")[2] for problem in raised.value.problems] == [
        "9:90: events[0].place: 'person/official' is a person; expected a place, which is what 'place' leads to.",
        "11:19: links[0].linkSubject: 'post:minister' is a post; expected a place, which is what 'within' starts from.",
        "11:69: links[0].linkObject: 'event/x' is an event; expected a place, which is what 'within' leads to.",
        (
            "12:65: links[1].linkObject: 'person/official' is a person; expected a foretold statement or a scenario, "
            "which is what 'realizes' leads to."
        ),
        (
            "13:19: links[2].linkSubject: 'event/x' is an event; expected a statement, which is what 'respondsTo' "
            "starts from."
        ),
    ]


def test_the_type_of_what_no_document_defines_is_not_checked(corpus_of: CorpusOf) -> None:
    corpus = corpus_of({"a": f"events:\n  - {{id: event/x, name: it, {EVENT}, place: {CQ.Event}}}\n"})
    assert (None, CQ.place, CQ.Event) in corpus.graphs[f"{BASE}graph/article/a"]


ACCOUNTS = """occurrences:
  - {id: occurrence:fire, name: the fire, accounts: ["article:a/event/x", "article:b/event/z"]}
"""


def test_an_account_points_at_its_occurrence_in_the_graph_of_its_article(corpus_of: CorpusOf) -> None:
    corpus = corpus_of({"a": events("x"), "b": events("z")}, "", ACCOUNTS)
    for slug, name in (("a", "x"), ("b", "z")):
        graph = corpus.graphs[f"{BASE}graph/article/{slug}"]
        accounts = [(str(account), str(occurrence)) for account, occurrence in graph.subject_objects(CQ.accountOf)]
        assert accounts == [(f"{BASE}article/{slug}/event/{name}", f"{BASE}occurrence/fire")]
    assert not [*corpus.graphs[f"{BASE}graph/authority"].subject_objects(CQ.accountOf)]


def test_an_account_of_two_occurrences_is_reported_with_both_places(corpus_of: CorpusOf) -> None:
    more = '  - {id: occurrence:blaze, name: the blaze, accounts: "article:b/event/z"}\n'
    message = fault(corpus_of, {"a": events("x"), "b": events("z")}, "", ACCOUNTS + more)
    assert message == (
        "authority.yaml:11:55: occurrences[1].accounts: 'event/z' is an account of two occurrences: "
        "of 'occurrence:blaze' here and of 'occurrence:fire' by line 10; expected one."
    )


def test_a_telling_of_two_utterances_is_reported_with_both_places(corpus_of: CorpusOf) -> None:
    statements = f"statements:\n  - {{id: statement/fear, says: {{id: proposition/p, gist: It floods.}}, {SAID}}}\n"
    utterances = """utterances:
  - {id: utterance:fear, name: the fear, tellings: "article:a/statement/fear"}
  - {id: utterance:other, name: another, tellings: "article:a/statement/fear"}
"""
    message = fault(corpus_of, {"a": statements}, "", utterances)
    assert "utterances[1].tellings: 'statement/fear' is a telling of two utterances: " in message
    assert "of 'utterance:other' here and of 'utterance:fear' by line 10; expected one." in message


def test_what_an_absent_article_is_said_to_tell_is_an_error(corpus_of: CorpusOf) -> None:
    message = fault(corpus_of, {"a": events("x")}, "", ACCOUNTS)
    assert "occurrences[0].accounts[1]: 'article:b/event/z' refers to nothing" in message
    assert message.endswith("something defined, or its article's name in the list `withdrawn` of the corpus document.")


def test_a_withdrawn_article_takes_its_accounts_and_the_links_to_it_along_and_nothing_else(corpus_of: CorpusOf) -> None:
    links = order("event/x after article:b/event/z", "event/x before event/y")
    corpus = corpus_of({"a": events("x", "y") + links}, "withdrawn: [b]\n", ACCOUNTS)
    everything = {str(node) for graph in corpus.graphs.values() for triple in graph for node in triple}
    assert not {node for node in everything if "/article/b/" in node}
    graph = corpus.graphs[f"{BASE}graph/article/a"]
    assert [str(link) for link in graph.subjects(CQ.linkPredicate)] == [f"{BASE}article/a/link/x.before.y"]
    assert len([*graph.subject_objects(CQ.accountOf)]) == 1


def test_an_unnamed_person_identified_as_two_is_reported_with_both_places(corpus_of: CorpusOf) -> None:
    people = "people:\n  - {id: person/official, name: an official, voiceKind: unnamed-person}\n"
    authority = "  - {id: post:other, name: Other}\n"
    links = order("person/official identifiedAs person:ada-quill", "person/official identifiedAs person/official")
    message = fault(corpus_of, {"a": people + links}, "", authority)
    assert "'person/official' is identified as two people: of 'person/official' here" in message
    assert "of 'person:ada-quill' by line 9" in message


def test_a_corpus_has_kinds_of_its_own_below_ours(corpus_of: CorpusOf) -> None:
    kinds = "kinds:\n  - {id: kind:regatta, broader: event-kind/cooperate, prefLabel: regatta, definition: A race.}\n"
    kinds += "  - {id: kind:night-regatta, broader: kind:regatta, prefLabel: night regatta}\n"
    event = f"events:\n  - {{id: event/x, name: x, {EVENT}}}\n".replace("event-kind/consult", "kind:night-regatta")
    corpus = corpus_of({"a": event}, kinds)
    graph = corpus.graphs[f"{BASE}graph/authority"]
    statements = {
        (str(subject).removeprefix(BASE), str(object_))
        for subject, object_ in graph.subject_objects(None)
        if "/kind/" in str(subject)
    }
    scheme = "https://w3id.org/communique/scheme/event-kind"
    assert {("kind/regatta", f"{scheme}/cooperate"), ("kind/night-regatta", f"{BASE}kind/regatta")} <= statements
    assert ("kind/night-regatta", scheme) in statements
    assert [str(kind) for kind in corpus.graphs[f"{BASE}graph/article/a"].objects(None, CQ.kind)] == [
        f"{BASE}kind/night-regatta"
    ]


@pytest.mark.parametrize(
    "broader", ["event-kind/regata", "kind:regatta", "kind:unknown", "status/occurred", "group-kind/regatta"]
)
def test_a_kind_of_the_corpus_below_none_of_the_ontology_is_reported(broader: str, corpus_of: CorpusOf) -> None:
    kinds = f"kinds:\n  - {{id: kind:regatta, broader: {broader}, prefLabel: regatta}}\n"
    with pytest.raises(MappingError, match=r"corpus.yaml:9:\d+: kinds\[0\].broader: "):
        corpus_of({"a": events("x")}, kinds)
