"""An empty store: each page says in words what is missing, and shows no controls for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.pages.conftest import Reader, running

BASE = "https://empty.example/"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Serve a store without a triple."""
    store = EmbeddedStore.open(tmp_path_factory.mktemp("empty"), GraphNames(BASE))
    with running(create_app(UnlimitedStore(store), Settings(base=BASE))) as reader:
        yield reader


@pytest.mark.parametrize(
    ("path", "words", "missing"),
    [
        ("/", "There are no articles here yet: kg build", "graphs"),
        ("/articles", "There are no articles.", ""),
        ("/people", "There is nobody to list.", ""),
        ("/events", "There are no events.", ""),
        ("/statements", "0 statements. The articles report no such statement.", "All as a table"),
        ("/disagreements", "No two statements of this graph contradict or oppose each other.", ""),
        ("/timeline", "Nothing here has a time. Events and statements are listed", "Zoom in"),
        ("/timeline?person=https://empty.example/p", "Nothing that fits has a time. The whole timeline.", "Zoom in"),
        ("/network", "Nobody is linked to anybody in this data.", "Shortest chains"),
        ("/search?q=kayani", "in a name, a post or what is said. Fewer words, or other ones, may be found", ""),
        ("/ontology", "The ontology is not in this data.", "Classes"),
        ("/schemes", "There are no concept schemes in this data.", ""),
        ("/dataset", "Nothing is recorded.", ""),
        ("/examples", "No question has an answer in this data. Ask one of your own", "these words"),
        ("/examples?q=who", "No question with these words has an answer in this data.", ""),
        ("/collections", "Nobody has collected anything yet.", ""),
    ],
)
def test_a_page_of_nothing_says_so(empty: Reader, path: str, words: str, missing: str) -> None:
    page = empty.get(path)
    assert page.status == 200
    main = page.words.partition("Menu ")[2].partition("asserted: the article says so")[0]
    assert words in main
    assert not missing or missing not in main


def test_a_page_of_nothing_asks_for_no_script_of_a_picture(empty: Reader, site: Reader) -> None:
    assert [link for link in empty.get("/network").links if "network.js" in link] == []
    assert "canvas" not in empty.get("/network").tags
    assert "canvas" in site.get("/network").tags
