"""Citations and cards: they keep the "not", pin a version and say when a newer one differs, whatever the data holds."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rdflib import RDF, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

import communique
from kg.act_words import sentence, telling
from kg.datasets import Owner
from kg.formats import BIBTEX, CITATION_FORMATS, CSL, MARKDOWN, TEXT
from kg.namespaces import CQ
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.http.errors import HttpError
from server.pages.citation_pages.citation_cards import citation_card, text_width, wrapped
from server.pages.citation_pages.citation_formats import write_citation
from server.pages.citations import Citation, CitedArticle, CitedPart, Speaker, one_line
from server.pages.drawings import card_pictures
from server.pages.drawings.card_pictures import draw_picture
from tests.pages.conftest import BROWSER, HOSTILE, Example, Reader, hostile, running
from tests.support.http_client import Client

TALKS = "https://w3id.org/communique/data/article/haqqani-talks"
DENIAL, ACCUSATION = f"{TALKS}/statement/official-not-in-our-pocket", f"{TALKS}/statement/mullen-veritable-arm"
RELAYED = f"{TALKS}/statement/us-expectations"
SCENARIO = f"{TALKS}/scenario/breakup-of-the-force"
MEDIA_TYPES = {
    "text": "text/plain",
    "markdown": "text/markdown",
    "bibtex": "application/x-bibtex",
    "csl": "application/vnd.citationstyles.csl+json",
}
TROUBLE = '{}\\"%&#_~^$<>*`[]!|\n\r\t\x00\u2028\u202e\u2066\u05d0\u05d1aB 1.-'
HOSTILE_TEXTS = st.text(alphabet=st.one_of(st.sampled_from(TROUBLE), st.characters()))


def of(iri: str, name: str = "cite", **parameters: str) -> str:
    """Return the address of a citation or a card."""
    return f"/{name}?iri={quote(iri)}" + "".join(f"&{key}={quote(value)}" for key, value in parameters.items())


def svg_words(text: str) -> str:
    """Return the words of a card, line after line."""
    return " ".join(element.text or "" for element in ET.fromstring(text).iter("{http://www.w3.org/2000/svg}text"))  # noqa: S314


def size(picture: bytes) -> tuple[int, int]:
    """Return the width and height of a PNG (its header, section 11.2.1)."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def picture_at(site: Reader, path: str, accept: str = BROWSER) -> bytes:
    """Return the PNG at an address."""
    reply = Client(site.host, site.port).get(path, accept)
    assert (reply.status, reply.headers.get_content_type()) == (200, "image/png")
    return reply.body


def cropped(svg: str, x: int, y: int, width: int, height: int = 0) -> bytes:
    """Return a part of a picture as PNG, down to its end without a height."""
    root = ET.fromstring(svg)  # noqa: S314
    height = height or int(root.get("height", "")) - y
    root.set("viewBox", f"{x} {y} {width} {height}")
    root.set("width", str(width))
    root.set("height", str(height))
    return draw_picture(ET.tostring(root, encoding="unicode"))


def forget() -> None:
    """Make the server check again whether it can draw."""
    card_pictures._reason_against.cache_clear()  # noqa: SLF001
    card_pictures._installed.cache_clear()  # noqa: SLF001


@pytest.mark.parametrize("name", MEDIA_TYPES)
def test_a_denial_keeps_its_not_in_every_format(site: Reader, name: str) -> None:
    reply = site.get(of(DENIAL, format=name))
    assert (reply.status, reply.headers.get_content_type()) == (200, MEDIA_TYPES[name])
    assert reply.text == site.get(of(DENIAL), accept=MEDIA_TYPES[name]).text
    assert "they are not in our pocket" in reply.text
    assert (
        "The article tells that a Pakistani military official denied (on behalf of the government of Pakistan) that "
        "this is so: The Haqqani network is an instrument in the hand of Pakistan's intelligence service."
    ) in reply.text
    assert "/official-not-in-our-pocket?version=000002" in reply.text


@pytest.mark.parametrize("text", ["The talks as “frank and useful.”", 'The talks as "frank."', "Is it so?"])
def test_what_ends_in_a_mark_gets_no_other(text: str) -> None:
    assert (sentence(text), sentence("As “useful”")) == (text, "As “useful”.")


def test_a_card_is_read_without_the_site(site: Reader) -> None:
    reply = site.get(of(DENIAL, "card", other=ACCUSATION))
    assert reply.headers.get_content_type() == "image/svg+xml"
    words = svg_words(reply.text)
    assert "a Pakistani military official denied (on behalf of the government of Pakistan) What is denied: The" in words
    assert "What the accusation is: The Haqqani network is an instrument" in words
    assert "This contradicts: “a veritable arm”" in words
    assert "version=000002" in words.replace(" ", "")
    assert not re.search(r"\b(?:href|src|style|on\w+)=", reply.text)


def test_the_permalink_of_a_card_is_on_one_line_and_else_broken_at_its_parts(site: Reader) -> None:
    rows = csv.DictReader(io.StringIO(site.get("/statements", "text/csv").text))
    for statement in sorted({row["statement"] for row in rows}, key=len)[-5:]:
        lines = card_lines(site.get(of(statement, "card")).text)
        path = urlsplit(statement).path.replace("/communique/data/", "/about/")
        assert lines[-1] == f"{site.address}{path}?version=000002"
    lines = card_lines(site.get(of(DENIAL, "card", other=ACCUSATION)).text)
    first = next(number for number, line in enumerate(lines) if line.startswith(site.address))
    assert "".join(lines[first:]) == f"{site.address}{of(DENIAL, other=ACCUSATION, version='000002')}"
    assert len(lines) - first > 1
    assert [line for line in lines[first:-1] if line[-1] not in "/?&="] == []


def card_lines(svg: str) -> list[str]:
    """Return the lines of a card."""
    return ["".join(line.itertext()) for line in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314


def test_a_card_is_a_picture_too(site: Reader) -> None:
    svg = site.get(of(DENIAL, "card", other=ACCUSATION)).text
    by_name = picture_at(site, of(DENIAL, "card", other=ACCUSATION, format="png"))
    by_header = picture_at(site, of(DENIAL, "card", other=ACCUSATION), "image/png")
    assert by_name == by_header == draw_picture(svg)
    assert size(by_name) == (1200, int(ET.fromstring(svg).get("height", "")))  # noqa: S314
    cited = site.get(of(DENIAL, other=ACCUSATION))
    assert of(DENIAL, "card", other=ACCUSATION, version="000002", format="png") in cited.links
    assert site.get(of(DENIAL, "card"), accept="image/*").headers.get_content_type() == "image/svg+xml"


def test_the_letters_of_a_picture_are_there_and_within_its_margin(site: Reader) -> None:
    rows = [*csv.DictReader(io.StringIO(site.get("/statements", "text/csv").text))]
    longest = sorted(
        {(row["gist"], row["statement"]) for row in rows if not row["quote"]}, key=lambda row: -len(row[0])
    )
    for _, statement in longest[:8]:
        svg = site.get(of(statement, "card")).text
        empty = re.sub("<text .*?</text>", "", svg)
        assert cropped(svg, 1200 - 40, 0, 40) == cropped(empty, 1200 - 40, 0, 40), statement
        for line in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):  # noqa: S314
            top = int(line.get("y", "")) - 20
            assert cropped(svg, 0, top, 600, 20) != cropped(empty, 0, top, 600, 20), line.text


def test_without_the_library_there_is_no_link_to_a_picture_and_a_sentence_that_says_why(
    example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "resvg_py is not installed, which the extra 'png' brings: pip install 'communique[png]'."
    with example.read() as reader:
        rows = csv.DictReader(io.StringIO(reader.get("/statements", "text/csv").text))
        statement = next(rows)["statement"]
        version = example.store.current().name
        picture = of(statement, "card", version=version, format="png")
        assert picture in reader.get(of(statement)).links
        with monkeypatch.context() as without:
            without.setitem(sys.modules, "resvg_py", None)
            forget()
            page, reply = reader.get(of(statement)), reader.get(picture, "text/plain")
        forget()
    assert picture not in page.links
    assert of(statement, "card", version=version) in page.links
    assert f'<meta property="og:image" content="{reader.address}/static/preview.png?' in page.text
    assert (reply.status, reply.text) == (501, f"{sentence} The card is at the same address as SVG.\n")


def test_a_machine_without_fonts_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_pictures, "SANS_SERIF", ("No Such Font",))
    forget()
    with pytest.raises(HttpError, match=r"no font to draw letters with: expected one of No Such Font\."):
        draw_picture("<svg/>")
    forget()


def test_who_relays_whom_is_cited_down_to_what_is_said(site: Reader) -> None:
    text = site.get(of(RELAYED, format="text")).text
    relayed = (
        "The article tells that Hillary Clinton reported (on behalf of the United States government) that the United "
        "States government expected: The groups"
    )
    assert relayed in text
    assert "The groups renounce violence." in text
    outer = site.get(of(f"{TALKS}/statement/clinton-reiterates-expectations", format="text")).text
    assert relayed in outer


def test_the_card_of_a_chain_says_what_each_link_does_and_keeps_a_not_before_the_last(tmp_path: Path) -> None:
    store, base = EmbeddedStore.open(tmp_path, HOSTILE), HOSTILE.base
    links = [("ana", "deny", "negative"), ("bo", "ask", "positive"), ("cyd", "promise", "underspecified")]
    text = [f"@prefix cq: <{CQ}> . @prefix skos: <{SKOS}> ."]
    for number, (name, act, polarity) in enumerate(links):
        later = ", ".join(f"<{base}{later}>" for later in range(number + 1, len(links)))
        relays = f"cq:relays <{base}{number + 1}> ; cq:relaysEventually {later} ;" if later else ""
        text += [
            f"<{base}{number}> a cq:Statement ; {relays} cq:gist 'Gist {number}' ; cq:source <{base}{name}> ;",
            f"  cq:act <{base}act/{act}> ; cq:polarity <{base}polarity/{polarity}> .",
            f"<{base}{name}> a cq:Person ; cq:name '{name.title()}' .",
            f"<{base}act/{act}> a skos:Concept ; skos:prefLabel '{act}' .",
            f"<{base}polarity/{polarity}> a skos:Concept ; skos:prefLabel '{polarity}' .",
        ]
    with store.write() as change:
        change.replace_graph(HOSTILE.article("a"), Graph().parse(data="\n".join(text), format="turtle"), Owner.BUILD)
        change.commit("a chain", "2026-01-01T00:00:00Z")
    with running(create_app(UnlimitedStore(store), Settings(base=base))) as reader:
        cards = [svg_words(reader.get(of(f"{base}{number}", "card")).text) for number in range(3)]
    telling = "The article tells that Ana denied that Bo asked that Cyd promised "
    for number, words in enumerate(cards):
        assert words.startswith(f"Gist {number} {telling}In short (it is denied that this was said): Gist 2")


def test_the_library_tells_chains_as_the_pages_do(series: Reader, series_folder: Path) -> None:
    graph = communique.open(series_folder)
    by_library = {record.iri: graph.cite(record.iri) for record in graph.statements()}
    records = "https://example.org/strait/article/ferry-fire/statement/records-refused"
    assert by_library[records].startswith(
        "\u201cOur records are ours\u201d The article tells that Lena Orlić refused (on behalf of "
        "the government of Sarrovia) this: Sarrovia opens its harbour records to Kelmark\u2019s inspectors. In: "
    )
    assert len(by_library) > 50
    for iri in sorted(by_library)[::8]:
        lines = series.get(of(iri, format="text")).text.splitlines()
        assert f"{lines[1]} In: " in by_library[iri]


def test_what_was_feared_is_cited_as_feared(site: Reader) -> None:
    text = site.get(of(SCENARIO, format="text")).text
    assert text.startswith("Feared: ")
    assert "The article does not report that it happened." in text
    (item,) = json.loads(site.get(of(SCENARIO, format="csl")).text)
    assert "warring militias. Feared according to" in item["title"]


def test_a_passage_is_cited_with_what_rests_on_it(with_text: Reader) -> None:
    page = with_text.get("/about/article/harbour-talks/passage/436-463")
    (address,) = [link for link in page.links if link.startswith("/cite")]
    text = with_text.get(f"{address}&format=text").text
    assert text.startswith("“")
    assert "In: The worked example" in text
    assert "https://news.example/harbour?edition=1" in text


def test_what_is_no_disagreement_and_no_statement_is_not_found(site: Reader) -> None:
    page = site.get(of(DENIAL, other=RELAYED))
    assert (page.status, "do not disagree" in page.words) == (404, True)
    assert site.get(of("https://w3id.org/communique/data/person/hillary-clinton")).status == 404
    assert site.get("/cite").status == 400
    assert site.get(of("no iri")).status == 400
    assert site.get(of(DENIAL, format="docx")).status == 400


@pytest.mark.parametrize(
    "path", ["/", "/statements", "/ontology", "/sparql", "/search?q=haqqani", "/nothing", of(DENIAL, other=ACCUSATION)]
)
def test_every_page_describes_itself_without_a_request_to_outside(site: Reader, path: str) -> None:
    text = site.get(path).text
    values = dict(re.findall(r'<meta (?:name="description" )?property="([^"]+)" content="([^"]*)"', text))
    assert values["og:title"]
    assert values["og:description"]
    assert values["og:image"].startswith(f"{site.address}/")
    width, height = size(picture_at(site, values["og:image"].removeprefix(site.address).replace("&amp;", "&")))
    assert (width, height >= 630) == (1200, True)


def test_a_statements_description_says_what_the_act_does_to_it(site: Reader) -> None:
    page = site.get(urlsplit(DENIAL).path.replace("/communique/data/", "/about/"))
    described = '<meta name="description" property="og:description" content="'
    assert (
        f"{described}The article tells that a Pakistani military official denied "
        "(on behalf of the government of Pakistan) that this is so: The Haqqani" in page.text
    )
    (image,) = re.findall('<meta property="og:image" content="([^"]*)">', page.text)
    assert image == f"{site.address}{of(DENIAL, 'card', version='000002', format='png')}".replace("&", "&amp;")
    assert '<meta property="og:image:alt" content="The article tells that a Pakistani military official' in page.text


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Serve three versions: statement, side and post of the second are others, and the third has no statement."""
    store = EmbeddedStore.open(tmp_path_factory.mktemp("changed"), HOSTILE)
    statement, meeting, delegate, participation, holding = (
        URIRef(f"{HOSTILE.base}{name}") for name in ("statement", "meeting", "delegate", "participation", "holding")
    )
    triples = [
        *hostile(HOSTILE.base),
        (meeting, RDF.type, CQ.Event),
        (meeting, CQ.name, Literal("a meeting")),
        (participation, CQ.participationIn, meeting),
        (participation, CQ.participant, delegate),
        (participation, CQ.side, URIRef(f"{HOSTILE.base}side-a")),
        (delegate, RDF.type, CQ.Person),
        (holding, CQ.holder, delegate),
        (holding, CQ.post, URIRef(f"{HOSTILE.base}post")),
        (holding, CQ.since, Literal("2034-03")),
    ]
    changes: dict[Node, Node] = {
        CQ.gist: Literal("x"),
        CQ.side: URIRef(f"{HOSTILE.base}side-b"),
        CQ.since: Literal("2034-02"),
    }
    other = [(s, p, changes.get(p, o)) for s, p, o in triples]
    for number, content in enumerate((triples, other, [triple for triple in other if triple[0] != statement])):
        with store.write() as change:
            change.replace_graph(HOSTILE.article("a"), content, Owner.BUILD)
            change.commit("a version", f"2026-01-0{number + 1}T00:00:00Z")
    with running(create_app(UnlimitedStore(store), Settings(base=HOSTILE.base))) as reader:
        yield reader


def test_a_permalink_says_how_the_current_version_stands_to_it(site: Reader, changed: Reader) -> None:
    same = site.get(f"{urlsplit(DENIAL).path.replace('/communique/data/', '/about/')}?version=000001")
    assert (
        "This is version 000001 of the data, as requested by the URL. "
        "Version 000002, the current one, has the same facts" in (same.words)
    )
    assert "as requested by the URL" not in site.get(of(DENIAL)).words
    assert "has the same facts about it" in changed.get("/about/event?version=000001").words
    assert "has other facts about it" in changed.get("/about/person?version=000001").words
    for reached in ("/about/meeting?version=000001", "/about/delegate?version=000001"):
        assert "has other facts about it" in changed.get(reached).words
        assert "has the same facts about it" in changed.get(reached.replace("1", "2")).words
    assert "has other facts about it" in changed.get(of(f"{HOSTILE.base}meeting", version="000001")).words
    removed = changed.get("/about/statement?version=000002")
    assert "Version 000003, the current one, no longer has anything about it" in removed.words
    assert changed.get(of(f"{HOSTILE.base}statement", version="000001")).status == 200


def test_a_permalink_to_a_version_that_is_gone_leads_to_the_current_one(site: Reader) -> None:
    statement = f"{urlsplit(DENIAL).path.replace('/communique/data/', '/about/')}?version=000999"
    for pinned in (statement, of(DENIAL, other=ACCUSATION, version="000999")):
        page = site.get(pinned)
        assert (page.status, "keeps no version '000999'" in page.words) == (404, True)
        address = re.sub("[?&]version=000999", "", pinned)
        assert address in page.links
        assert site.get(address).status == 200
    assert "the same in the current version" not in site.get("/nothing").words


def test_a_list_says_so_when_its_address_pins_another_version(site: Reader) -> None:
    page = site.get("/statements?act=deny&version=000001")
    assert "The URL requests version 000001 of the data, but this page shows version 000002" in page.words
    assert "/statements?act=deny&version=000001&format=csv" in page.links
    plain = site.get("/statements?act=deny")
    assert "/statements?act=deny&version=000002" in plain.links
    assert "The address asks" not in plain.words + site.get("/statements?version=000002").words
    assert site.get("/statements?version=000009").status >= 400


def citation(text: str) -> Citation:
    """Return a citation in which every text of the data is this one, as it is read from the data."""
    line = one_line(text)
    speakers = (Speaker(line, telling(line, "deny", "negative")),)
    sentences = (f"{speakers[0].telling.stating}: {line}",)
    part = CitedPart(line, True, sentences, CitedArticle(line, line), speakers, "What", (line,))  # noqa: FBT003
    return Citation(
        "urn:a", "", "statement", (part, part), "opposes", line, "000001", "https://example.org/a?version=1"
    )


@given(HOSTILE_TEXTS)
@example(TROUBLE)
@example("{")
@example("1. - \u202e")
def test_bibtex_holds_whatever_a_title_holds(text: str) -> None:
    written = write_citation(citation(text), BIBTEX)
    depth = 0
    for place, character in enumerate(written):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth > 0 or place in (*range(5), len(written) - 2, len(written) - 1), written
    assert depth == 0
    fields = re.findall(r"^  (\w+) = \{(.*)\},$", written, re.MULTILINE)
    assert len(fields) == written.count("\n") - 2
    title = dict(fields)["title"].removeprefix("{").removesuffix("}")
    names = dict(zip(("backslash", "braceleft", "braceright", "asciicircum", "asciitilde"), "\\{}^~", strict=True))
    read = re.sub(r"\\(?:text(\w+)\{\}|([#$%&_]))", lambda match: names[match[1]] if match[1] else match[2], title)
    assert read == re.sub("[\u2068\u2069]", "", citation(text).title)


@given(HOSTILE_TEXTS)
@example(TROUBLE)
@example("{")
@example("1. - \u202e")
def test_csl_json_and_text_hold_whatever_a_title_holds(text: str) -> None:
    cited = citation(text)
    (item,) = json.loads(write_citation(cited, CSL))
    assert (item["title"], item["URL"]) == (cited.title, cited.permalink)
    lines = write_citation(cited, TEXT).split("\n")
    assert len(lines) == 11
    for line in lines:
        assert line.count("\u2068") == line.count("\u2069")
        assert not re.search("[\u202a-\u202e\u2066\u2067\x00-\x1f\x85\u2028\u2029]", line)


@given(HOSTILE_TEXTS)
@example(TROUBLE)
@example("{")
@example("1. - \u202e")
def test_markdown_shows_markup_as_text(text: str) -> None:
    written = write_citation(citation(text), MARKDOWN).replace("<https://example.org/a?version=1>", "")
    paragraphs = written.split("\n\n")
    assert len(paragraphs) == 8
    for paragraph in paragraphs:
        rest = re.sub(r"\\.", "", paragraph.removeprefix("> ").strip())
        assert not re.search(r"[\\`*_{}\[\]<>#|~&!$\n]", rest)
        assert not re.match(r"\d*[-+=.]", paragraph.removeprefix("> ").strip())


@given(HOSTILE_TEXTS)
@example(TROUBLE)
@example("{")
@example("1. - \u202e")
def test_a_card_wraps_whatever_a_title_holds(text: str) -> None:
    lines = [*wrapped(one_line(text), 12)]
    assert "".join(lines).replace(" ", "") == one_line(text).replace(" ", "")
    assert all(text_width(line) <= 12 or len(line) == 1 for line in lines)
    card = citation_card(citation(text))
    assert all(0 < line.y < card.height for line in card.lines)


def test_the_formats_of_citations_are_those_that_are_tested() -> None:
    assert {format_.name: format_.media_type for format_ in CITATION_FORMATS} == MEDIA_TYPES
