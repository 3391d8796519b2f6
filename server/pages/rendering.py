"""Pages from templates: what every page has beside its own, and how terms are written so that nothing in them runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Response, current_app, request, url_for
from markupsafe import Markup, escape

from kg.formats import GRAPH_FORMATS, HTML, Format
from server.descriptions.addresses import current_address, current_parameters, thing_address, with_parameters
from server.descriptions.example_questions import questions
from server.http.caching import conditional, validator
from server.http.streaming import streamed
from server.pages.assets import asset, bundle, digest, templates
from server.pages.page_queries import Findings, origin
from server.pages.page_terms import Term, address, is_ours, is_web
from server.pages.thing_names import Name, sides
from server.pages.time_formatting import moment
from server.site import site

LONGEST = 240
"""Characters of a label that are shown; the rest is on the thing's own page."""
AT_ONCE = 100
Written = tuple[str, dict[str, Any]]
"""A page to be: its template, and what the template is given."""
NAVIGATION = (
    ("/people", "People"),
    ("/events", "Events"),
    ("/statements", "Statements"),
    ("/disagreements", "Disagreements"),
    ("/timeline", "Timeline"),
    ("/network", "Network"),
    ("/sparql", "SPARQL"),
    ("/ontology", "Ontology"),
)
"""The pages that every page leads to."""
"""Pieces of a template that are sent as one block."""


def page(
    template: str,
    findings: Findings,
    formats: tuple[Format, ...] = GRAPH_FORMATS,
    **values: Any,  # noqa: ANN401 -- a template takes anything
) -> Response:
    """Answer with a page; a client that has it already is told so."""
    known = validator(findings.version, "html", request.query_string.decode(), *_look())
    return conditional(known, lambda: rendered(template, findings=findings, formats=formats, **values))


def kept(what: str, findings: Findings, make: Callable[[Findings], Written]) -> Response:
    """Answer with a page that takes long to make and depends on the version only: made once a version.

    Where the data is named by the address that the request was sent to, the page depends on that too, and is not kept.
    """
    if site().settings.base is None:
        template, values = make(findings)
        return page(template, findings, **values)
    known = validator(findings.version, "html", *_look())

    def write() -> bytes:
        template, values = make(findings)
        return b"".join(parts(template, findings=findings, formats=GRAPH_FORMATS, **values))

    return conditional(known, lambda: streamed(iter((site().once(f"page {what}", findings.version, write),)), HTML))


def _look() -> tuple[str, ...]:
    """Return what a page's bytes depend on beside the version: templates, styles, and the texts at hand."""
    return (templates(), digest("site.css"), *sorted(site().settings.texts))


def rendered(template: str, **values: object) -> Response:
    """Answer with a page, written whole before its first byte is sent."""
    return streamed(iter((b"".join(parts(template, **values)),)), HTML)


def parts(template: str, **values: Any) -> Iterator[bytes]:  # noqa: ANN401 -- a template takes anything
    """Return a page in blocks; after the first, its template may ask nothing of the request any more."""
    found = values.setdefault("findings", None)
    values.setdefault("formats", ())
    tools = {**common(), "link": _linker(found), "name": _namer(found), "behind": _behind(found)}
    tools["letters"] = sides(found.version) if found else {}
    stream = current_app.jinja_env.get_template(template).stream(**tools, **values)
    stream.enable_buffering(AT_ONCE)
    return (part.encode() for part in stream)


def _behind(found: Findings | None) -> tuple[str, str] | None:
    """Return the version that a page shows and the current one, where that is another."""
    current = site().store.current().name
    return None if found is None or found.version.name == current else (found.version.name, current)


def register(app: Flask) -> None:
    """Give an application's templates, that of errors too, what every page has."""
    app.context_processor(common)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def common() -> dict[str, Any]:
    """Return what every template may use, whatever its page found."""
    return {
        "site": site().settings,
        "questions": questions(),
        "asset": asset,
        "bundle": bundle,
        "origin": origin,
        "moment": moment,
        "data_link": data_link,
        "ask": ask_link,
        "cut": cut,
        "isolated": isolated,
        "why": why_link,
        "address": address,
        "passage_link": passage_link,
        "navigation": NAVIGATION,
        "path": request.path,
    }


def cut(text: str, longest: int = LONGEST) -> str:
    """Return a text that is no longer than a label may be."""
    return text if len(text) <= longest else text[:longest].rstrip() + "…"


def data_link(row: Format) -> str:
    """Return the address of what this page shows, in a format."""
    asked = [each for each in current_parameters() if each[0] not in ("format", "output", "page")]
    return with_parameters(current_address(), [*asked, ("format", row.name)])


def passage_link(article: object, start: object, end: object) -> str:
    """Return the address of an article's page with a passage marked in the text."""
    return with_parameters(thing_address(str(article)), [("passage", f"{start}-{end}")])


def ask_link(text: str) -> str:
    """Return the address that runs a query and shows it, ready to be changed."""
    return url_for("sparql.by_get", query=text)


def why_link(subject: str, predicate: str, value: Term) -> str:
    """Return the address that says why a fact holds."""
    if value.is_iri:
        return url_for("why.why", subject=subject, predicate=predicate, value=value.value)
    told: dict[str, Any] = {"text": value.value, "language": value.language or None, "datatype": value.datatype or None}
    return url_for("why.why", subject=subject, predicate=predicate, **told)


def _namer(findings: Findings | None) -> Callable[[Term | str], Name]:
    def name(thing: Term | str) -> Name:
        iri = str(thing)
        return findings.names[iri] if findings else Name(iri)

    return name


def _linker(findings: Findings | None) -> Callable[..., Markup]:
    """Return what writes a term: a link with the thing's name, or isolated text."""
    namer = _namer(findings)

    def link(thing: Term | str | None, text: str | None = None, *, kind: bool = False) -> Markup:
        if thing is None:
            return Markup("")
        if isinstance(thing, Term) and not thing.is_iri:
            return isolated(text or cut(thing.value), thing.language)
        return _link(str(thing), namer(thing), text, kind=kind)

    return link


def _link(iri: str, name: Name, text: str | None, *, kind: bool) -> Markup:
    shown = isolated(text or cut(name.label), name.language if text is None else "")
    where = address(iri)
    if where is None:
        return shown
    classes = " ".join(
        each
        for each in ("thing", f"is-{name.kind}" if name.kind else "", f"side-{name.side}" if name.side else "")
        if each
    )
    away = Markup("") if is_ours(iri) or not is_web(iri) else Markup(' rel="external noopener noreferrer"')
    tail = Markup(' <span class="kind">{}</span>').format(name.kind) if kind and name.kind else Markup("")
    return Markup('<a class="{}" href="{}"{}>{}</a>{}').format(classes, where, away, shown, tail)


def isolated(text: str, language: str = "") -> Markup:
    """Return a text whose direction and markup cannot touch what stands around it."""
    said = Markup(' lang="{}"').format(language) if language and language != "en" else Markup("")
    return Markup("<bdi{}>{}</bdi>").format(said, escape(text))
