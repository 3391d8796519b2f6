"""Renders pages from templates, with the shared context and safely escaped links and texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from secrets import token_hex
from typing import Any

from flask import Flask, Response, current_app, g, request, url_for
from markupsafe import Markup, escape

from kg.act_words import (
    CONCEPT_WORDS,
    DEFAULT_ACT,
    DEFAULT_FORM,
    GRADE_WORDS,
    OUTCOME_WORDS,
    certainty_words,
    content_title,
    past_tense,
    polarity_words,
    stating_words,
    status_author,
)
from kg.formats import GRAPH_FORMATS, HTML, Format
from server.descriptions.addresses import current_address, current_parameters, thing_address, with_parameters
from server.http.conditional_requests import conditional_response, make_validator
from server.http.streaming import stream_response
from server.pages.citations import one_line
from server.pages.drawings.card_pictures import draws_pictures
from server.pages.queried_data.answerable_questions import answerable_questions, questions_by_theme
from server.pages.queried_data.page_queries import PageQueries, origin, split_inferred
from server.pages.queried_data.thing_names import Name, side_letters
from server.pages.rendering.assets import asset_digest, asset_url, bundle_url, templates_digest
from server.pages.rendering.template_cache import TemplateCache
from server.pages.terms.literal_words import TIME_DATATYPES, date_words, language_name, literal_words, moment
from server.pages.terms.page_terms import PageTerm, is_ours, is_web, page_address
from server.site import site

# The thing's own page has the whole label.
MAX_LABEL_CHARACTERS = 240
# Of the address at the end of a printed page: nobody types more.
MAX_PRINTED_ADDRESS_CHARACTERS = 1000
TEMPLATE_BUFFER_SIZE = 100
# Stands for the server's address in a cached page: clients may reach the server by different addresses.
HOST_MARK = f"https://{token_hex(16)}.invalid"
TemplateCall = tuple[str, dict[str, Any]]
"""A template and its values."""
NAVIGATION = (
    ("/articles", "Articles"),
    ("/people", "People"),
    ("/events", "Events"),
    ("/statements", "Statements"),
    ("/disagreements", "Disagreements"),
    ("/timeline", "Timeline"),
    ("/network", "Network"),
    ("/sparql", "SPARQL"),
    ("/ontology", "Ontology"),
)


def page(
    template: str,
    queries: PageQueries,
    formats: tuple[Format, ...] = GRAPH_FORMATS,
    **values: Any,  # noqa: ANN401 -- a template takes anything
) -> Response:
    """Return a page, or 304 if the client has it already."""
    # The page of an earlier version says how the current one differs from it.
    address, current = request.query_string.decode(), site().store.current().name
    validator = make_validator(queries.version, "html", address, current, *_page_dependencies())
    return conditional_response(validator, lambda: render_page(template, queries=queries, formats=formats, **values))


def cached_page(what: str, queries: PageQueries, make: Callable[[PageQueries], TemplateCall]) -> Response:
    """Return a page that is expensive and depends only on the version; it is rendered once per version.

    Without a configured base IRI, the page also depends on the Host of the request, and is not cached.
    """
    if site().settings.base is None:
        template, values = make(queries)
        return page(template, queries, **values)
    # Without the query string: these pages read no parameters.
    known = make_validator(queries.version, "html", *_page_dependencies())

    def write() -> bytes:
        template, values = make(queries)
        return b"".join(page_chunks(template, queries=queries, formats=GRAPH_FORMATS, host=HOST_MARK, **values))

    def read() -> Response:
        content = site().once_per_version(f"page {what}", queries.version, write)
        return stream_response(iter((content.replace(HOST_MARK.encode(), _host().encode()),)), HTML)

    return conditional_response(known, read)


def _host() -> str:
    return request.host_url.rstrip("/")


def _page_dependencies() -> tuple[str, ...]:
    """Return what a page depends on besides the version: templates, styles, pictures, whether it is writable, texts."""
    return (
        templates_digest(),
        asset_digest("site.css"),
        str(draws_pictures()),
        str(site().settings.offers_writes),
        *sorted(site().settings.texts),
    )


def render_page(template: str, status: int = 200, /, **values: object) -> Response:
    """Return a page, rendered completely before its first byte is sent."""
    response = stream_response(iter((b"".join(page_chunks(template, **values)),)), HTML)
    response.status_code = status
    return response


def page_chunks(template: str, **values: Any) -> Iterator[bytes]:  # noqa: ANN401 -- a template takes anything
    """Return a page in chunks, all of them rendered within the request's context."""
    queries = values.setdefault("queries", None)
    values.setdefault("formats", ())
    stream = current_app.jinja_env.get_template(template).stream({**shared_values(), **_tools(queries), **values})
    # Jinja yields every expression separately: each would be a chunk of HTTP.
    stream.enable_buffering(TEMPLATE_BUFFER_SIZE)
    return (part.encode() for part in stream)


def _tools(queries: PageQueries | None) -> dict[str, Any]:
    """Return a template's values for the things on its page: names are looked up when it needs the first one."""

    def name(thing: PageTerm | str) -> Name:
        return queries.names[str(thing)] if queries else Name(str(thing))

    def link(thing: PageTerm | str | None, text: str | None = None, *, kind: bool = False) -> Markup:
        """Return a link with the thing's name, or a literal as people read it."""
        if thing is None:
            return Markup("")
        if isinstance(thing, PageTerm) and not thing.is_iri:
            return isolated(text, thing.language) if text else literal(thing)
        return thing_link(str(thing), name(thing), text, kind=kind)

    return {
        "link": link,
        "name": name,
        "label_of": lambda term: name(term).label if term else "",
        "passages_shown": lambda iri: queries.passages_shown.get(iri) if queries else None,
        "behind": _older_and_current(queries),
        "pinned_version": g.get("pinned_version"),
        "pinnable": "pinned_version" in g,
        "letters": side_letters(queries.version) if queries else {},
    }


def _older_and_current(queries: PageQueries | None) -> tuple[str, str] | None:
    """Return the page's version and the current version, or None if their facts are the same."""
    if queries is None or not site().differs_in_facts(queries.version):
        return None
    return queries.version.name, site().store.current().name


def register(app: Flask) -> None:
    """Register the shared template values with an application, including error pages."""
    app.context_processor(shared_values)
    # Lines of a template with only statements would be empty lines of the page.
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = TemplateCache(app.jinja_env)


def shared_values() -> dict[str, Any]:
    """Return the values that every template may use."""
    return {
        "site": site().settings,
        "answerable_questions": answerable_questions,
        "questions_by_theme": questions_by_theme,
        "asset": asset_url,
        "draws_pictures": draws_pictures,
        "bundle": bundle_url,
        "origin": origin,
        "split_inferred": split_inferred,
        "moment": moment,
        "date_words": date_words,
        "data_link": data_link,
        "pinned_link": pinned_link,
        "this_page": this_page,
        "max_printed_address": MAX_PRINTED_ADDRESS_CHARACTERS,
        "unpinned_link": unpinned_link,
        "ask": lambda text: url_for("sparql.by_get", query=text),
        "cut": shorten,
        "language_name": language_name,
        "one_line": one_line,
        "isolated": isolated,
        "breakable": breakable,
        "why": why_link,
        "address": page_address,
        "passage_link": passage_link,
        "near": near,
        "content_title": content_title,
        "concept_words": CONCEPT_WORDS,
        "default_form": DEFAULT_FORM,
        "default_act": DEFAULT_ACT,
        "polarity_words": polarity_words,
        "certainty_words": certainty_words,
        "stating_words": stating_words,
        "past_tense": past_tense,
        "grade_words": GRADE_WORDS,
        "outcome_words": OUTCOME_WORDS,
        "status_author": status_author,
        "navigation": NAVIGATION,
        "path": request.path,
        "host": _host(),
    }


def shorten(text: str, longest: int = MAX_LABEL_CHARACTERS) -> str:
    """Return a text, shortened after a word with an ellipsis if it is too long."""
    if len(text) <= longest:
        return text
    whole_words = text[: longest + 1].rpartition(" ")[0].rstrip()
    # Text without spaces, such as an IRI or Chinese, is cut within a word.
    return (whole_words if len(whole_words) > longest // 2 else text[:longest].rstrip()) + "…"


def data_link(format_: Format) -> str:
    """Return the URL of this page in a format."""
    # Without the page number: a document has the whole list.
    return _link_to_here(("format", "output", "page"), ("format", format_.name))


def pinned_link(version: str) -> str:
    """Return the URL of this page that pins a version."""
    return _link_to_here(("version",), ("version", version))


def this_page() -> str:
    """Return the URL of this page as requested."""
    return _link_to_here(())


def unpinned_link() -> str:
    """Return the URL of this page in the current version if the address pins one, otherwise an empty text."""
    return _link_to_here(("version",)) if "version" in dict(current_parameters()) else ""


def _link_to_here(without: tuple[str, ...], *added: tuple[str, str]) -> str:
    parameters = [(key, value) for key, value in current_parameters() if key not in without]
    return with_parameters(current_address(), [*parameters, *added])


def passage_link(article: object, start: object, end: object) -> str:
    """Return the URL of an article's page with a passage highlighted."""
    return with_parameters(thing_address(str(article)), [("passage", f"{start}-{end}")])


def near(address: str) -> str:
    """Return an address below this page's as a relative reference (RFC 3986, section 4.2), any other in full.

    A page that lists what is below it has hundreds of them.
    """
    rest = address.removeprefix(request.path)
    is_below = request.path.endswith("/") and address.startswith(request.path) and rest
    # A first segment with a colon would be read as a scheme.
    return rest if is_below and ":" not in rest.partition("/")[0] else address


def why_link(subject: str, predicate: str, value: PageTerm) -> str:
    """Return the URL of a fact's explanation."""
    # An address leaves out None.
    tag = {"language": value.language or None, "datatype": value.datatype or None}
    parts: dict[str, Any] = {"value": value.value} if value.is_iri else {"text": value.value, **tag}
    return url_for("why.why", subject=subject, predicate=predicate, **parts)


def literal(term: PageTerm) -> Markup:
    """Return a literal as people read it, with its lexical form in a title if that differs."""
    words = literal_words(term.value, term.datatype)
    if words == term.value:
        return isolated(shorten(words), term.language)
    element = Markup('<time datetime="{1}" title="{1}">{0}</time>')
    return (element if term.datatype in TIME_DATATYPES else Markup('<bdi title="{1}">{0}</bdi>')).format(
        words, shorten(term.value)
    )


def thing_link(iri: str, name: Name, text: str | None = None, *, kind: bool = False) -> Markup:
    """Return a link to a thing by its name or another text, with its kind if requested."""
    shown = isolated(text or shorten(name.label), name.language if text is None else "")
    where = page_address(iri)
    if where is None:
        return shown
    classes = ["thing", *([f"is-{name.kind}"] if name.kind else []), *([f"side-{name.side}"] if name.side else [])]
    external = Markup("") if is_ours(iri) or not is_web(iri) else Markup(' rel="external noopener noreferrer"')
    tail = Markup(' <span class="kind">{}</span>').format(name.kind) if kind and name.kind else Markup("")
    return Markup('<a class="{}" href="{}"{}>{}</a>{}').format(" ".join(classes), where, external, shown, tail)


def breakable(address: str) -> Markup:
    """Return an escaped address that may be broken after its parts if it does not fit on a line."""
    return Markup("<wbr>").join(re.findall("[^/?&=]*[/?&=]*", address))


def isolated(text: str, language: str = "") -> Markup:
    """Return escaped text in a bdi element, so that its direction does not affect the surrounding text."""
    # English is declared for the whole page.
    attribute = Markup(' lang="{}"').format(language) if language and language != "en" else Markup("")
    return Markup("<bdi{}>{}</bdi>").format(attribute, escape(text))
