"""A folder under review, its application over a real socket, and a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from kg.mapping.authoring.new_document import stamped_document
from kg.mapping.passages.source_texts import SourceText, read_text_file
from kg.review.review_changes import ReviewChange
from kg.review.review_folder import ReviewFolder
from kg.review.reviewed_document import ReviewedDocument, Seen
from kg.tokens import Tokens
from server.review.review_access import ReviewAccess
from server.review.review_app import ReviewDesk, create_review_app
from server.review.store_site import StoreSite
from tests.support.chromium import chromium
from tests.support.http_client import Client, Reply, serve

ARTICLE = """\
The ferry guild of Port Sel said on Tuesday that the bridge would stay closed. “We will not move,” its head, Ada Quill, added.

Jon Vik, the transport minister, called the closure illegal. "It is against the law," he said. Quill and Vik met in Port Sel on Monday for an hour. Vik fears that the talks will fail.
"""  # noqa: E501 -- a paragraph is a line
DOCUMENT = """\
# Written by hand, and these comments are to stay.
article: sel
title: A bridge stays closed
language: en
published: 2034-05-23
defaults: {grade: explicit, form: indirect, polarity: positive, certainty: certain, tense: present}

people:  # who they are
  - {id: person/quill, name: Ada Quill, voiceKind: named-person, mention: [109-118, 223-228], note: 'review: needed; rule: a name by the pipeline; confidence: 0.75'}
  # the minister
  - id: person/vik
    name: Jon Vik  # twice
    voiceKind: named-person
    mention: [128-135, 233-236]
    note: 'review: needed; rule: a name by the pipeline; confidence: 0.75'

organizations:
  - {id: organization/guild, name: The ferry guild, voiceKind: collective, kind: organization-kind/trade-union, mention: 0-15, note: 'review: needed; rule: the noun “guild”; confidence: 0.70'}

posts:
  - {id: post/minister, name: transport minister, note: 'review: needed; rule: a title before the name; confidence: 0.80'}

holdings:
  - {incumbent: person/vik, post: post/minister, at: 128-159, note: 'review: needed; rule: a title before the name; confidence: 0.80'}

events:
  - {id: event/meeting, type: Meeting, name: the meeting, kind: event-kind/consult, status: occurred, participants: [{attendee: person/quill, capacity: attendee, at: 223-275}, {attendee: person/vik, capacity: attendee, at: 223-275}], at: 223-275, note: 'review: needed; rule: the word “meet”; confidence: 0.60'}

statements:
  - {id: statement/1, source: organization/guild, act: assert, tense: future, gist: The bridge would stay closed., says: {id: proposition/1, gist: The bridge would stay closed.}, sourceSpan: 0-27, cueSpan: 28-32, contentSpan: 44-77, at: 0-78, note: 'review: needed; rule: the verb “say” with a clause; confidence: 0.85'}
  - {id: statement/2, source: person/vik, form: direct, act: assert, gist: It is against the law., says: {id: proposition/2, gist: It is against the law., about: [person/quill, person/vik]}, contentSpan: 190-212, quotedRuns: {id: run/2, runNumber: 2, extent: whole, runSpan: 189-213}, at: 189-222, note: 'review: needed; rule: quotation, then its verb; who it is, is inferred; confidence: 0.95'}
"""  # noqa: E501 -- an item is a line
CORPUS = """\
base: https://example.org/news/  # ours
title: A corpus
licence: https://creativecommons.org/licenses/by/4.0/
creator: nobody yet
authority: authority.yaml
articles: ['sel.yaml']
"""


DOCUMENT_SUFFIXES = (".yaml", ".suggestions")


@dataclass
class Review:
    """A folder under review with the document of one article, written by hand and anchored."""

    folder: Path
    document: Path
    reviewed: ReviewedDocument = field(init=False)

    def __post_init__(self) -> None:
        self.reviewed = ReviewedDocument(self.document, ReviewFolder(self.folder).source)

    def seen(self) -> Seen:
        """Return what a browser shows that has just loaded the document."""
        state = self.reviewed.state()
        return Seen(state["revision"], {item["key"]: item["digest"] for item in state["items"]})

    def make(self, action: str, *items: str, by: str = "ada", **values: Any) -> list[str]:  # noqa: ANN401 -- any values
        """Make a change as a reviewer does who sees the document as it is."""
        section, into = values.pop("section", ""), values.pop("into", "")
        return self.reviewed.change(ReviewChange(action, items, values, section, into), by, self.seen())

    def values(self, key: str) -> dict[str, Any]:
        """Return the values of an item."""
        values: dict[str, Any] = self.items()[key]["values"]
        return values

    def items(self) -> dict[str, dict[str, Any]]:
        """Return the items by key, in the order of the page."""
        return {item["key"]: item for item in self.reviewed.state()["items"]}

    def content(self) -> dict[str, bytes]:
        """Return the content of the folder's documents and suggestions by name; its journal only grows."""
        return {file.name: file.read_bytes() for file in self.folder.iterdir() if file.suffix in DOCUMENT_SUFFIXES}

    def assert_undone(self, first: dict[str, bytes]) -> None:
        """Check that the last change, undone, leaves the folder's first content, and that it can be made again."""
        last = self.content()
        self.reviewed.undo("bob")
        assert self.content() == first
        self.reviewed.redo("bob")
        assert self.content() == last


@pytest.fixture
def review(tmp_path: Path) -> Review:
    """Return a folder with a corpus, the text and its anchored document."""
    folder = tmp_path / "news"
    folder.mkdir()
    return written_review(folder)


def written_review(folder: Path) -> Review:
    """Write the corpus, the text and its anchored document into a folder."""
    (folder / "corpus.yaml").write_text(CORPUS, "utf-8")
    (folder / "authority.yaml").write_text("people: []\n", "utf-8")
    (folder / "sel.txt").write_text(ARTICLE, "utf-8")
    document = folder / "sel.yaml"
    document.write_text(anchored(document, DOCUMENT, folder / "sel.txt"), "utf-8")
    return Review(folder, document)


def anchored(document: Path, content: str, text: Path) -> str:
    """Return a document with the stamps of its text."""
    source = read_text_file(text)
    assert isinstance(source, SourceText)
    return stamped_document(content, document, source)


@dataclass
class ReviewSite:
    """An application under review over a socket, with its token."""

    client: Client
    token: str
    store: Path
    tokens: Tokens

    @property
    def address(self) -> str:
        """Return the address that `kg review` prints."""
        return f"{self.client.address}?token={self.token}"

    def page(self, name: str) -> str:
        """Return the address of a document's page, with the token."""
        return f"{self.client.address}review?name={quote(name)}&token={self.token}"

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Reply:
        """Send a request with the token."""
        fields = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers}
        return self.client.send(method, path, None if body is None else json.dumps(body), fields)


@contextmanager
def reviewing(folder: Path, store: Path, name: str = "ada") -> Iterator[ReviewSite]:
    """Serve a folder, or one document, for review on a free port within the block."""
    tokens = Tokens.of_store(store)
    store.mkdir(exist_ok=True)
    access, token = ReviewAccess.with_new_token(name, tokens, "127.0.0.1")
    reviewed = ReviewFolder(folder)
    site = StoreSite(store, reviewed.folder)
    with serve(create_review_app(ReviewDesk(reviewed, reviewed.folder, store, site), access)) as server:
        yield ReviewSite(Client(server.host, server.port), token, store, tokens)
    site.close()


@pytest.fixture
def review_site(review: Review, tmp_path: Path) -> Iterator[ReviewSite]:
    """Serve the folder for review."""
    with reviewing(review.folder, tmp_path / "store") as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser."""
    with chromium() as started:
        yield started


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """Return a tab at the width of a desk's screen, which fails the test if a script fails or anything is blocked."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield page
    context.close()
    assert faults == []
