"""Pages over many articles: as many queries as over few, no larger than a page may be, and quick.

The short form of `make pages`, which asks the same of a thousand articles and prints how long each takes.
"""

from __future__ import annotations

import html
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache

import pytest
from flask import Flask

from benchmarks.generated import Generated
from benchmarks.pages import MADE_UP
from kg.app.schema import read_schema
from kg.formats import JSON
from kg.store import Answer, EmbeddedStore, Query
from kg.store.interfaces import Version
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.pages.cached_pages import CACHED_PAGES, render_cached_pages
from server.pages.lists import people_list
from server.pages.queried_data import page_queries
from server.pages.queried_data.thing_names import Names, names_of
from server.pages.things import related_statements
from server.pages.things.agent_page import MAX_HAPPENINGS
from server.search.index_cache import get_index_cache
from server.search.index_database import Database, Record
from server.search.version_index import Index, read_index
from server.site import SITE_EXTENSION
from tests.pages.conftest import Page, Reader, running
from tests.support.optional_variables import maybe_unbound_shared

FEW = 2
MOST = 20
"""Queries that a page asks at most: the ontology's asks for its terms forty at a time. One is a page's data block's,
and three are asked once a version: of the sides, who takes part on them, and who has left them. A statement's page
asks for the words of the related statements that it lists after it has chosen them."""
LARGEST = 100_000
"""Bytes of a page before the bundles of the editor and the network."""
DATA = ("/network/graph?most=300",)
"""What a script asks for; no page."""


class Counting(UnlimitedStore):
    """A store that counts the queries it is asked."""

    def __init__(self, store: EmbeddedStore) -> None:
        super().__init__(store)
        self.queries: list[str] = []

    def query(self, query: Query) -> Answer:
        """Answer a query, and count it."""
        self.queries.append(query.text)
        return super().query(query)


@dataclass(frozen=True)
class Site:
    """A site and the queries that it asks."""

    app: Flask
    reader: Reader
    counting: Counting
    texts: dict[str, list[str]] = field(default_factory=dict, compare=False)
    """The queries that each page has asked."""

    def queries(self, path: str) -> list[str]:
        """Return the queries that a page asks, with what is asked once a version but for the index."""
        if path in self.texts:
            return self.texts[path]
        self.app.extensions[SITE_EXTENSION] = replace(self.app.extensions[SITE_EXTENSION], _values={})
        get_index_cache(self.app).index()
        self.counting.queries.clear()
        page = self.reader.get(path)
        assert page.status == 200, (path, page.words)
        return self.texts.setdefault(path, [*self.counting.queries])


def serving(store: EmbeddedStore) -> Iterator[Site]:
    counting = Counting(store)
    settings = Settings(base=Generated(1).names.base)
    app = create_app(counting, settings)
    with running(app) as reader:
        yield Site(app, reader, counting)


@pytest.fixture(scope="module")
def many(crowd: EmbeddedStore) -> Iterator[Site]:
    yield from serving(crowd)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    store = [*Generated(FEW).fill(tmp_path_factory.mktemp("few"), read_schema())][-1]
    yield from serving(store)


PATHS = tuple(item.replace("made-up-5", "made-up-1") for item in MADE_UP)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_runs_as_many_queries_over_many_articles_as_over_few(many: Site, few: Site, path: str) -> None:
    queries = len(many.queries(path))
    assert queries <= MOST
    # Where values of a facet are called alike, the titles of their articles are looked up together.
    of_alike = {0, 1} if path.startswith("/statements") else {0}
    assert "page=" in path or queries - len(few.queries(path)) in of_alike


@pytest.mark.parametrize("path", PATHS)
def test_optionals_of_a_page_share_only_variables_that_are_always_bound(many: Site, path: str) -> None:
    assert {text: shared for text in many.queries(path) if (shared := maybe_unbound_shared(text))} == {}


def test_of_the_statements_that_say_the_same_some_are_listed_and_the_others_counted(
    many: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alike() -> str:
        text = many.reader.get("/about/article/made-up-1/statement/nine-points").text
        return text.partition("The same is said by other sources")[2].partition("<h3 ")[0]

    everything = alike()
    assert " more</p>" not in everything
    monkeypatch.setattr(related_statements, "MAX_RELATED_SHOWN", 10)
    listed = alike()
    assert listed.count("<li><article ") == 10
    assert listed.endswith(f'<p class="muted">and {everything.count("<li><article ") - 10} more</p>\n')


def test_names_are_looked_up_only_of_the_related_statements_that_are_listed(
    many: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/about/article/made-up-1/statement/nine-points"
    everything = names_looked_up(many, path, monkeypatch)
    monkeypatch.setattr(related_statements, "MAX_RELATED_SHOWN", 2)
    listed = names_looked_up(many, path, monkeypatch)
    assert listed < everything
    alike = [{iri for iri in names if iri.endswith("/statement/nine-points")} for names in (everything, listed)]
    assert len(alike[0]) > 10
    assert len(alike[1]) < 5


def test_names_are_looked_up_only_of_the_posts_that_are_listed(many: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/people?kind=person"
    everything = names_looked_up(many, path, monkeypatch)
    monkeypatch.setattr(people_list, "MAX_POSTS_PER_PERSON", 0)
    assert any("/post/" in iri for iri in everything)
    assert not any("/post/" in iri for iri in names_looked_up(many, path, monkeypatch))


def names_looked_up(site: Site, path: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the things whose names a page looks up."""
    named = set[str]()

    def spy(iris: Iterable[str], version: Version) -> Names:
        known = [*iris]
        named.update(known)
        return names_of(known, version)

    with monkeypatch.context() as patched:
        patched.setattr(page_queries, "names_of", spy)
        assert site.reader.get(path).status == 200
    return named


@pytest.mark.parametrize("path", ["/people", "/statements", "/articles"])
def test_a_name_is_made_from_few_values(many: Site, path: str) -> None:
    texts = [text for text in many.queries(path) if text.startswith("PREFIX cq:") and "skos:definition" in text]
    assert texts
    for text in texts:
        things = len(re.findall("<[^>]*>", text.partition("VALUES ?thing {")[2].partition("}")[0]))
        rows = json.loads(b"".join(many.counting.query(Query(text, JSON, None)).chunks))["results"]["bindings"]
        # A name and a label, a class and the word for it, and perhaps a side: not each class, and each group of it.
        assert len(rows) <= 5 * things


class Work:
    """The records that an index's queries return, and the steps that SQLite takes for them."""

    def __init__(self) -> None:
        self.records, self.steps = 0, 0


@contextmanager
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Count the work of all index queries of the block."""
    work = Work()
    connection_of, select = Database._connection, Database.select  # noqa: SLF001 -- to count what it does

    @contextmanager
    def observed(self: Database) -> Iterator[sqlite3.Connection]:
        def step() -> None:
            work.steps += 1

        with connection_of(self) as connection:
            connection.set_progress_handler(step, 1)
            yield connection
            connection.set_progress_handler(None, 0)

    def counted(self: Database, query: str, *values: object, **named: object) -> list[Record]:
        records = select(self, query, *values, **named)
        work.records += len(records)
        return records

    with monkeypatch.context() as patched:
        patched.setattr(Database, "_connection", observed)
        patched.setattr(Database, "select", counted)
        yield work


# The records and steps of a page of so many articles, in whose index each facet has up to a thousand values.
LIMITS = {
    "/statements": (900, 25_000),
    "/statements?sort=said&page=3": (900, 25_000),
    "/statements?polarity=negative&act=deny": (1200, 25_000),
    "/people": (160, 10_000),
    "/events?kind=dated": (110, 10_000),
    "/disagreements": (200, 10_000),
}


@pytest.mark.parametrize("path", LIMITS)
def test_a_list_reads_little_more_from_the_index_than_it_shows(
    many: Site, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Once before, since what an index caches for a version is not the list's own work.
    many.reader.get(path)
    with measured(monkeypatch) as work:
        assert many.reader.get(path).status == 200
    records, steps = LIMITS[path]
    assert 0 < work.records <= records
    assert 0 < work.steps <= steps


@pytest.mark.parametrize("path", [item for item in PATHS if item not in DATA])
def test_a_page_over_many_articles_is_no_larger_than_a_page_may_be(many: Site, path: str) -> None:
    page = many.reader.get(path)
    assert len(page.text.encode()) < LARGEST


def test_a_busy_persons_page_shows_some_participations_and_leads_to_all(many: Site) -> None:
    longest = ""
    for name in ("ilse-tarrant", "ilse-tarrant-1", "ilse-tarrant-2"):
        page = many.reader.get(f"/about/person/{name}")
        _, _, table = page.text.partition('<h2 id="happenings">')
        longest = max(longest, table.partition("</section>")[0], key=len)
    assert longest.count("<tr><td>") + longest.count('<tr class="unreal"><td>') == MAX_HAPPENINGS
    (address,) = re.findall(r'<a class="more" href="([^"]+)">All on the timeline</a>', longest)
    listed = many.reader.get(address.replace("&amp;", "&"))
    shown = set(re.findall(r'href="(/about/article/[^"]+/event/[^"]+)"', longest))
    assert len(shown) > 20
    assert listed.status == 200
    assert "/timeline?person=" in address


THING = r'<a class="thing[^>]*href="([^"]+)"'
GIST = r'<p class="gist"><a href="([^"]+)"'
EXPECTED: dict[str, tuple[str, Callable[[Index], int]]] = {
    "/people?kind=group": (
        r'<th scope="row"><a class="thing[^>]*href="([^"]+)"',
        lambda index: len(index.agents["Group"]),
    ),
    "/events?kind=dated": (
        f"<li><div>{THING}",
        lambda index: len(index.timeline.events("dated")),
    ),
    "/events?kind=unreal": (f"<li>{THING}", lambda index: len(index.timeline.events("unreal"))),
    "/statements": (GIST, lambda index: len(index.statements)),
    "/statements?sort=said": (GIST, lambda index: len(index.statements)),
    "/disagreements": (
        r'<section aria-labelledby="issue-\d+"><h2[^>]*><a [^>]*href="([^"]+)"',
        lambda index: len(index.disputed_topics),
    ),
}


@pytest.fixture(scope="module")
def some(several: EmbeddedStore) -> Iterator[Site]:
    yield from serving(several)


@pytest.mark.parametrize("path", EXPECTED)
def test_the_pages_of_a_list_hold_each_thing_once(path: str, request: pytest.FixtureRequest) -> None:
    # All the statements are fifty pages.
    site: Site = request.getfixturevalue("some" if path.startswith("/statements") else "many")
    pattern, expected = EXPECTED[path]
    listed = [thing for page in turned(site.reader, path) for thing in re.findall(pattern, page.text)]
    assert len(listed) == len({*listed}) == expected(index_of(site)) > 25


@cache
def index_of(site: Site) -> Index:
    return read_index(site.counting, site.counting.current())


def turned(reader: Reader, path: str) -> Iterator[Page]:
    """Yield a list's pages, each by the link that the one before it has."""
    following: str | None = path
    while following:
        page = reader.get(following)
        yield page
        link = re.search(r'<a rel="next" href="([^"]+)"', page.text)
        following = html.unescape(link[1]) if link else None


@pytest.fixture(scope="module")
def rendered(many: Site) -> Site:
    """Return the site with its cached pages rendered, each of which asks something before that."""
    assert [path for path in CACHED_PAGES if not many.queries(path)] == []
    many.app.extensions[SITE_EXTENSION] = replace(many.app.extensions[SITE_EXTENSION], _values={})
    render_cached_pages(many.app)
    return many


@pytest.mark.parametrize("path", CACHED_PAGES)
def test_a_cached_page_is_rendered_before_the_first_request(rendered: Site, path: str) -> None:
    rendered.counting.queries.clear()
    assert rendered.reader.get(path).status == 200
    assert rendered.counting.queries == []
