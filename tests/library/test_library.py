"""`import communique`: what its documentation shows is so, and what lacks is said in a sentence."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import communique
import communique.graph
from tests.support.export_datasets import BASE


def test_what_the_documentation_shows_is_so(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store").symlink_to(store)
    monkeypatch.chdir(tmp_path)
    finder = doctest.DocTestFinder()
    examples = [test for test in finder.find(communique.graph) if test.examples]
    runner, shared = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE), dict[str, object]()
    for test in sorted(examples, key=lambda test: test.lineno or 0):
        test.globs = shared  # one session, in the order of the file
        runner.run(test, clear_globs=False)
    assert runner.summarize(verbose=False).attempted > 10
    assert runner.failures == 0


def test_a_chain_says_who_says_that_who_says_it(store: Path) -> None:
    graph = communique.open(store)
    (relayed,) = [
        record for record in graph.statements(by="Ilse Tarrant") if record.iri.endswith("/nine-points-quoted")
    ]
    assert [link.source.name for link in relayed.chain] == ["Ilse Tarrant", "Jovan Šerić"]
    (passed_on,) = [record for record in graph.statements() if record.iri == relayed.chain[-1].statement]
    assert passed_on.chain == relayed.chain
    assert graph.cite(relayed.iri).startswith(
        "The article tells that Ilse Tarrant reported that Jovan Šerić assessed: "
    )
    assert all(statement.passages and statement.certainty for statement in graph.statements())


def test_networkx_has_what_the_projection_has(store: Path) -> None:
    people = communique.open(store).to_networkx("people")
    edge = people.edges[f"{BASE}person/nadia-roux", f"{BASE}organization/coastal-office", "spokeAbout"]
    assert (edge["count"], edge["act"]) == (1, ["accuse"])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("communique.open('missing')", "There is no store in 'missing'"),
        ("communique.open(store, '999999')", "999999"),
        ("communique.open(store).statements(by='Nobody Atall')", "Nothing has the name 'Nobody Atall'"),
        ("communique.open(store).cite('urn:x:y')", "says nothing about <urn:x:y>"),
        ("communique.open(store).to_networkx('persons')", "'persons' is not a projection"),
        ("communique.open(store).rows('SELEC')", "line 1, column 1: SELEC stands where"),
        ("communique.open(store).rows('SELECT * { SERVICE <http://x.example/> {} }')", "SERVICE at line 1, column 12 "),
        (r"communique.open(store).rows('SELECT *\n{ ?s ?p }')", "line 2, column 9: } stands where"),
    ],
)
def test_an_error_is_a_sentence(call: str, sentence: str, store: Path) -> None:
    with pytest.raises(communique.CommuniqueError, match=sentence):
        eval(call, {"communique": communique, "store": store})  # noqa: S307 - the calls above


def test_what_is_not_installed_is_asked_for_in_a_sentence_and_slows_nothing(store: Path) -> None:
    code = (
        "import sys; sys.modules.update(pandas=None, networkx=None, pyarrow=None)\n"
        "import communique; graph = communique.open(sys.argv[1]); assert graph.rows('SELECT * {}')\n"
        "try: graph.query_df('SELECT * {}')\n"
        "except communique.CommuniqueError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code, store], capture_output=True, text=True, check=True)
    assert (
        done.stdout
        == "pandas is not installed, which the extra 'analysis' brings: pip install 'communique[analysis]'.\n"
    )


def test_a_corpus_is_built_and_opened(tmp_path: Path) -> None:
    graph = communique.build(Path(__file__).parents[1] / "app" / "tiny", tmp_path / "store")
    assert {row["name"] for row in graph.rows("SELECT ?name { ?who a cq:Person ; cq:name ?name }")} == {
        "Ada Brandt",
        "Jon Vik",
    }
