"""The shipped corpus and a hostile one, each served over a real socket, and what reads the pages."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab
from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef

from benchmarks.generated import Generated
from kg.app.schema import read_schema
from kg.datasets import GraphNames, Owner
from kg.export.blank_node_names import named_blanks
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus
from kg.namespaces import CQ, ONTOLOGY, SHAPES
from kg.provenance import BuildRecord, CorpusDescription, provenance
from kg.reasoning.graph_reasoner import infer
from kg.shipped_files import mappings_folder, ontology_folder
from kg.store import EmbeddedStore, Triple
from kg.workers.pooled_store import PooledStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.runtime.page_process import PageOptions
from server.runtime.page_processes import PageProcesses
from server.runtime.site_settings import SiteSource
from tests.support.built_once import built_once
from tests.support.chromium import chromium
from tests.support.corpus_stores import corpus_store
from tests.support.http_client import serve
from tests.support.waiting import PATIENCE

CROWD = 30
"""Made-up articles: enough for every list to run over its page."""
SEVERAL = 8
"""Made-up articles for what takes the longer the more there are, and needs no list to run over its page."""
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SCRIPT = "<script>alert(1)</script>"
OVERRIDE = "left \u202eright\u202c"
"""A label that turns the direction of what follows it, where it is not isolated."""
HUGE = "x" * 100_000
JAVASCRIPT = "javascript:alert(1)"
BUNDLES = Path(__file__).parents[2] / "server" / "static" / "bundles"


@dataclass
class Page:
    """A page as it came: its status, headers and text, and what its markup holds."""

    status: int
    headers: http.client.HTTPMessage
    text: str
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    words: str = ""
    tags: list[str] = field(default_factory=list)
    structured: str = ""
    """The content of the data block with JSON-LD."""
    inline: list[str] = field(default_factory=list)
    """Attributes and elements that a strict Content-Security-Policy would not run."""


class Reading(HTMLParser):
    """Collects what tests ask of a page's markup."""

    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.skipped, self.in_data_block = page, 0, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect a tag's link, identifier, and whatever would run."""
        self.page.tags.append(tag)
        self.skipped += tag == "style"
        for name, value in attrs:
            if name in ("href", "action", "src"):
                self.page.links.append(value or "")
            if name == "id":
                self.page.ids.add(value or "")
            if name == "style" or name.startswith("on"):
                self.page.inline.append(f"{tag} {name}={value}")
        self.in_data_block = tag == "script" and ("type", "application/ld+json") in attrs
        if tag == "style" or (tag == "script" and "src" not in dict(attrs) and not self.in_data_block):
            self.page.inline.append(tag)

    def handle_data(self, data: str) -> None:
        """Collect the words, and the data of a data block, which nobody reads."""
        if self.in_data_block:
            self.page.structured += data
        else:
            self.page.words += data

    def handle_endtag(self, tag: str) -> None:
        """Note that a data block ends."""
        del tag
        self.in_data_block = False


class Reader:
    """Reads pages, one connection a request."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.address = f"http://{host}:{port}"

    def get(self, path: str, accept: str = BROWSER, **headers: str) -> Page:
        """Return a page."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"Accept": accept, **headers})
            answer = connection.getresponse()
            page = Page(answer.status, answer.headers, answer.read().decode("utf-8"))
        finally:
            connection.close()
        if page.headers.get_content_type() == "text/html":
            Reading(page).feed(page.text)
            page.words = " ".join(page.words.split())
            page.links = [link if link.startswith(("#", "?")) else urljoin(path, link) for link in page.links]
        return page


@contextmanager
def running(app: Flask) -> Iterator[Reader]:
    """Serve an application on a free port for as long as the block lasts."""
    with serve(app) as server:
        yield Reader(server.host, server.port)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """Return the content of the shipped mapping documents."""
    return read_corpus(mappings_folder() / "corpus.yaml")


def stored(corpus: Corpus, folder: Path) -> EmbeddedStore:
    """Return a new store of a corpus and of what follows from it."""
    known, names = read_schema(), corpus.names
    asserted = Graph(bind_namespaces="none")
    for name, graph in corpus.graphs.items():
        asserted += graph if names.in_default(name) else ()
    made = EmbeddedStore.open(folder, names)
    shipped = {
        names.ontology: named_blanks(known.ontology, f"{ONTOLOGY}_"),
        names.shapes: named_blanks(known.shapes, f"{SHAPES}_"),
    }
    about = CorpusDescription(corpus.title, corpus.licence, corpus.creator)
    making = BuildRecord(about, {names.ontology: known.ontology_files}, (), "communique", "0", "rules")
    with made.write() as change:
        for name, graph in {**corpus.graphs, **shipped}.items():
            change.replace_graph(name, graph, Owner.BUILD)
        change.replace_graph(names.inferred, infer(asserted, known.ontology), Owner.SYSTEM)
        change.replace_graph(names.provenance, provenance(making, names), Owner.SYSTEM)
        change.commit("the shipped corpus", "2026-01-01T00:00:00Z")
    return made


@pytest.fixture(scope="session")
def folder(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store of the shipped corpus, what follows from it, and a version that has a note more."""

    def build(folder: Path) -> None:
        note = (URIRef(corpus.names.base), RDFS.comment, Literal("A note"))
        with stored(corpus, folder).write() as change:
            change.add(f"{corpus.names.base}graph/note", [note])
            change.commit("a note", "2026-01-02T00:00:00Z")

    return built_once(tmp_path_factory, "pages", build)


@pytest.fixture(scope="session")
def store(corpus: Corpus, folder: Path) -> EmbeddedStore:
    """Return the store of the shipped corpus."""
    return EmbeddedStore.open(folder, corpus.names)


@pytest.fixture(scope="session")
def crowd_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store of made-up articles that share their people and places."""
    return built_once(tmp_path_factory, "crowd", lambda folder: [*Generated(CROWD).fill(folder, read_schema())])


@pytest.fixture(scope="session")
def crowd(crowd_folder: Path) -> EmbeddedStore:
    """Return the store of made-up articles."""
    return EmbeddedStore.open(crowd_folder, Generated(CROWD).names)


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """Return a store of fewer made-up articles, each person and place in all of them."""
    made_up = Generated(SEVERAL)
    folder = built_once(tmp_path_factory, "several", lambda folder: [*made_up.fill(folder, read_schema())])
    return EmbeddedStore.open(folder, made_up.names)


@dataclass(frozen=True)
class Example:
    """The worked example, whose text anybody may have: its store and its folder, its settings, and the text."""

    store: EmbeddedStore
    folder: Path
    settings: Settings
    text: str

    @contextmanager
    def read(self, *texts: str) -> Iterator[Reader]:
        """Serve the example with these texts at hand."""
        by_digest = {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}
        with running(create_app(UnlimitedStore(self.store), replace(self.settings, texts=by_digest))) as reader:
            yield reader


HARBOUR = Path(__file__).parents[2] / "examples" / "harbour-talks"
SERIES = HARBOUR.with_name("strait-series")


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """Return the worked example; a client's graph says where its article is published."""
    read = read_corpus(HARBOUR / "corpus.yaml")

    def build(folder: Path) -> None:
        article = URIRef(f"{read.names.base}article/harbour-talks/")
        published = URIRef("https://news.example/harbour?edition=1")
        with stored(read, folder).write() as change:
            change.add(f"{read.names.base}graph/published", [(article, URIRef("https://schema.org/url"), published)])
            change.commit("where it is published", "2026-01-02T00:00:00Z")

    folder = built_once(tmp_path_factory, "pages-harbour", build)
    settings = Settings(read.names.base, read.title, None, read.licence)
    text = (HARBOUR / "article.txt").read_text(encoding="utf-8")
    return Example(EmbeddedStore.open(folder, read.names), folder, settings, text)


@pytest.fixture(scope="session")
def series_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store of the series of five articles, three of which tell of one fire, as built."""
    return corpus_store(tmp_path_factory, "series")


@contextmanager
def series_served(folder: Path, *texts: str) -> Iterator[Reader]:
    """Serve the series with these texts at hand."""
    corpus = read_corpus(SERIES / "corpus.yaml")
    by_digest = {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}
    settings = Settings(
        corpus.names.base, corpus.title, ontology_folder() / "questions", corpus.licence, texts=by_digest
    )
    with running(create_app(UnlimitedStore(EmbeddedStore.open(folder, corpus.names)), settings)) as reader:
        yield reader


@pytest.fixture(scope="session")
def series(series_folder: Path) -> Iterator[Reader]:
    """Serve the series."""
    with series_served(series_folder) as reader:
        yield reader


@pytest.fixture(scope="session")
def series_with_texts(series_folder: Path) -> Iterator[Reader]:
    """Serve the series with its articles' texts at hand."""
    texts = (path.read_text(encoding="utf-8") for path in (SERIES / "texts").glob("*.txt"))
    with series_served(series_folder, *texts) as reader:
        yield reader


@pytest.fixture(scope="session")
def with_text(example: Example) -> Iterator[Reader]:
    """Return a reader of the worked example's site, its text at hand."""
    with example.read(example.text) as reader:
        yield reader


@pytest.fixture(scope="session")
def settings(corpus: Corpus) -> Settings:
    """Return what the site of the shipped corpus is served with."""
    return Settings(corpus.names.base, corpus.title, ontology_folder() / "questions", corpus.licence)


@pytest.fixture(scope="package")
def site(store: EmbeddedStore, folder: Path, settings: Settings) -> Iterator[Reader]:
    """Return a reader of the shipped corpus's site, with workers for its queries and a process for its pages."""
    assert len(store.versions()) == 2
    with (
        PooledStore.open(folder) as pooled,
        paged(folder, settings, pooled) as processes,
        running(create_app(pooled, settings, page_processes=processes)) as reader,
    ):
        yield reader


@contextmanager
def paged(folder: Path, settings: Settings, store: PooledStore) -> Iterator[PageProcesses]:
    """Render the pages of a store in a process."""
    processes = PageProcesses(PageOptions(SiteSource(folder, operator_settings=settings), store.limits), store, 1)
    processes.start()
    try:
        yield processes
    finally:
        processes.close()


HOSTILE = GraphNames("https://example.org/data/")


def hostile(base: str) -> list[Triple]:
    """Return a corpus in which everything that a page shows tries to be more than text."""
    person, statement, event, article, topic = (
        URIRef(base + path) for path in ("person", "statement", "event", "article/a/", "topic")
    )
    passage, position = URIRef(f"{base}passage"), URIRef(f"{base}position")
    oa = "http://www.w3.org/ns/oa#"
    triples: list[Triple] = [
        (person, RDF.type, CQ.Person),
        (person, CQ.name, Literal(SCRIPT)),
        (person, CQ.alias, Literal(OVERRIDE)),
        (person, CQ.alias, Literal(HUGE)),
        (person, CQ.affiliatedWith, URIRef(JAVASCRIPT)),
        (person, CQ.possiblySame, URIRef("https://elsewhere.example/a?b=c&d=%22%3E")),
        (person, SKOS.editorialNote, Literal('" onmouseover="alert(1)', lang="en")),
        (event, RDF.type, CQ.Event),
        (event, CQ.name, Literal("</title><script>alert(2)</script>")),
        (event, CQ.earliestBegin, Literal(SCRIPT)),
        (event, CQ.place, URIRef("data:text/html,%3Cscript%3E")),
        (statement, RDF.type, CQ.Statement),
        (statement, CQ.gist, Literal(SCRIPT, lang="ar")),
        (statement, CQ.quote, Literal(f"{SCRIPT}{OVERRIDE}")),
        (statement, CQ.source, person),
        (statement, CQ.act, URIRef(JAVASCRIPT)),
        (statement, CQ.polarity, person),
        (statement, CQ.certainty, person),
        (statement, CQ.about, topic),
        (statement, CQ.statedIn, article),
        (statement, CQ.evidence, passage),
        (topic, RDF.type, SKOS.Concept),
        (topic, SKOS.prefLabel, Literal(SCRIPT)),
        (passage, RDF.type, CQ.Passage),
        (passage, URIRef(f"{oa}hasSource"), article),
        (passage, URIRef(f"{oa}hasSelector"), position),
        (position, URIRef(f"{oa}start"), Literal(0)),
        (position, URIRef(f"{oa}end"), Literal(5)),
        (passage, CQ.fragment, Literal('text="><script>')),
        (article, RDF.type, CQ.Article),
        (article, URIRef("https://schema.org/url"), URIRef(JAVASCRIPT)),
        (article, CQ.length, Literal(10)),
    ]
    return triples


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Return a reader of a site whose data is hostile."""
    made = EmbeddedStore.open(tmp_path_factory.mktemp("hostile"), HOSTILE)
    with made.write() as change:
        change.replace_graph(HOSTILE.article("a"), hostile(HOSTILE.base), Owner.BUILD)
        change.commit(SCRIPT, "2026-01-01T00:00:00Z")
    with running(create_app(UnlimitedStore(made), Settings(base=HOSTILE.base, title=SCRIPT))) as reader:
        yield reader


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Return a browser."""
    with chromium() as started:
        yield started


@contextmanager
def opened(browser: Browser, site: Reader, width: int, height: int) -> Iterator[Tab]:
    """Return a tab of its own on a site, for as long as the block lasts."""
    context = browser.new_context(base_url=site.address, viewport={"width": width, "height": height})
    try:
        yield context.new_page()
    finally:
        context.close()


@pytest.fixture
def tab(browser: Browser, site: Reader) -> Iterator[Tab]:
    """Return a tab at the width of a telephone's screen, on this site."""
    with opened(browser, site, 360, 740) as tab:
        yield tab


@pytest.fixture
def wide(browser: Browser, site: Reader) -> Iterator[Tab]:
    """Return a tab at the width of a desk's screen, on this site."""
    with opened(browser, site, 1200, 900) as tab:
        yield tab
