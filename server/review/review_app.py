"""The application of `kg review`: the queue of a folder, the page of a document, and what its script requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from kg.errors import CommuniqueError
from kg.review.document_faults import document_faults
from kg.review.publication import publish, require_reviewed
from kg.review.review_changes import ReviewChange
from kg.review.review_folder import ReviewFolder
from kg.review.reviewed_document import ConfirmationError, ConflictError, ReviewedDocument, Seen
from kg.review.reviewed_terms import reviewed_acts, reviewed_relations, reviewed_terms
from kg.review.suggested_values import suggest
from server.http.errors import HttpError, shorten, to_http
from server.http.security_headers import add_security_headers
from server.pages.rendering.assets import asset_url
from server.pages.rendering.assets import bp as assets
from server.review.review_access import ReviewAccess, register_review_access, reviewer_name
from server.review.store_site import StoreSite

EXTENSION = "communique.review"
MAX_BODY_BYTES = 2 * 2**20
"""The size of a request: an article that is pasted has at most 50,000 characters."""
JSON_TYPES = {str: "a string", list: "an array", dict: "an object"}


@dataclass(frozen=True)
class ReviewDesk:
    """What the application works on: the folder, the texts, the store, and the site of its pages."""

    folder: ReviewFolder
    sources: Path
    store: Path
    site: StoreSite
    only: str = ""
    """The name of the only document, if `kg review` was started for one."""
    publishing: threading.Lock = field(default_factory=threading.Lock)


def create_review_app(desk: ReviewDesk, access: ReviewAccess) -> Flask:
    """Return the WSGI application of a review."""
    # The name by which Flask finds the templates of `kg serve`.
    app = Flask("server", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.extensions[EXTENSION] = desk
    app.jinja_env.globals["asset"] = asset_url
    app.register_blueprint(assets)
    register_review_access(app, access)
    app.after_request(add_security_headers)
    app.after_request(_without_caching)
    for path, view, methods in ROUTES:
        app.add_url_rule(path, view.__name__, view, methods=methods)
    app.register_error_handler(HttpError, _error)
    app.register_error_handler(CommuniqueError, lambda error: _error(to_http(error)))
    app.register_error_handler(
        HTTPException, lambda error: _error(HttpError(error.code or 500, error.description or ""))
    )
    return app


def queue() -> str:
    """Return the page with the documents of the folder, and the form for a new article."""
    return render_template("review_queue.html", desk=_desk(), documents=_desk().folder.documents())


def document() -> str:
    """Return the page on which a document is reviewed."""
    name = request.args.get("name", "")
    _desk().folder.file_of(name)
    return render_template("review.html", name=name, desk=_desk(), reviewer=reviewer_name())


def state() -> Response:
    """Return the current content of a document, what is missing in it, and what was done last."""
    return _json(_document().state())


def revision() -> Response:
    """Return the revision of a document, and the changes since the one that the browser shows."""
    reviewed, seen = _document(), request.args.get("since", "")
    now = reviewed.revision()
    return _json({"revision": now, "changes": [] if now == seen else reviewed.changes_since(seen)})


def faults() -> Response:
    """Return what `kg build` would refuse in a document, by item."""
    desk = _desk()
    file = desk.folder.file_of(request.args.get("name", ""))
    now = ReviewedDocument(file, desk.folder.source).revision()
    return _json({"revision": now, "faults": [asdict(fault) for fault in document_faults(file, desk.sources)]})


def change() -> Response:
    """Make a change and return the new state; one with further consequences is made only once confirmed."""
    body, reviewed = _body(), _document()
    requested = ReviewChange(
        action=_member(body, "action", ""),
        items=tuple(map(str, _member(body, "items", []))),
        values=_member(body, "values", {}),
        section=_member(body, "section", ""),
        into=_member(body, "into", ""),
    )
    if requested.action in ("undo", "redo"):
        items = (reviewed.undo if requested.action == "undo" else reviewed.redo)(reviewer_name())
        return _json({**reviewed.state(), "changed": items})
    seen = Seen(_member(body, "revision", ""), _member(body, "seen", {}))
    try:
        items = reviewed.change(requested, reviewer_name(), seen, is_confirmed=bool(body.get("confirmed")))
    except ConfirmationError as error:
        return _json({"consequences": error.consequences})
    except ConflictError as error:
        conflict = {**reviewed.state(), "detail": str(error), "changes": error.changes}
        return _json(conflict, 409)
    return _json({**reviewed.state(), "changed": items})


def publication() -> Response:
    """Build a reviewed document into the store; return the address of the article's page."""
    desk, reviewed = _desk(), _document()
    file = desk.folder.file_of(request.args.get("name", ""))
    # One at a time: publishing may write the folder's corpus file, and all publications build into one store.
    with desk.publishing:
        require_reviewed(file)
        reviewed.note_reviewers(reviewer_name())
        publish(file, desk.sources, desk.store)
    return _json({"address": desk.site.page_of(reviewed.state()["article"]["article"])})


def article() -> Response:
    """Draft the document of a pasted article; return its name."""
    body, folder = _body(), _desk().folder
    title, day, text, origin = (_member(body, key, "") for key in ("title", "day", "text", "source"))
    return _json({"name": folder.name_of(folder.add_article(title, day, text, origin))}, 201)


def terms() -> Response:
    """Return the plain words of concepts by key, and of those that a section offers by `KEY.SECTION`."""
    return _json(reviewed_terms())


def acts() -> Response:
    """Return the words for what the sources of statements did, by act."""
    return _json({act: asdict(words) for act, words in reviewed_acts().items()})


def relations() -> Response:
    """Return the relations of links, with the sections that can be at their ends."""
    return _json(reviewed_relations())


def suggestion() -> Response:
    """Return the values that the selected words suggest for a new item of a section."""
    start, end = (request.args.get(key, type=int, default=0) for key in ("start", "end"))
    return _json(suggest(_document(), request.args.get("section", ""), start, end))


ROUTES = (
    ("/", queue, ["GET"]),
    ("/review", document, ["GET"]),
    ("/api/document", state, ["GET"]),
    ("/api/revision", revision, ["GET"]),
    ("/api/faults", faults, ["GET"]),
    ("/api/change", change, ["POST"]),
    ("/api/publication", publication, ["POST"]),
    ("/api/article", article, ["POST"]),
    ("/api/terms", terms, ["GET"]),
    ("/api/acts", acts, ["GET"]),
    ("/api/relations", relations, ["GET"]),
    ("/api/suggestion", suggestion, ["GET"]),
)
"""The paths, their views and methods."""


def _desk() -> ReviewDesk:
    desk: ReviewDesk = current_app.extensions[EXTENSION]
    return desk


def _document() -> ReviewedDocument:
    desk = _desk()
    return ReviewedDocument(desk.folder.file_of(request.args.get("name", "")), desk.folder.source)


def _body() -> Mapping[str, Any]:
    """Return the JSON object of a request, which a form on another site's page cannot send."""
    if request.mimetype != "application/json":
        raise HttpError(415, f"The Content-Type '{request.mimetype}' is not supported here: expected application/json.")
    try:
        body = json.loads(request.get_data())
        # An escape of half a pair of surrogates is valid JSON, but not text that a document can have.
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise HttpError(400, "The body is not a JSON object.")
    return body


Member = TypeVar("Member", str, list[Any], dict[str, Any])


def _member(body: Mapping[str, Any], name: str, absent: Member) -> Member:
    """Return a member of a request's object, or `absent`. Raises HttpError if it is of another type than `absent`."""
    value = body.get(name, absent)
    if not isinstance(value, type(absent)):
        sentence = f"The member {name!r} is {shorten(json.dumps(value))}: expected {JSON_TYPES[type(absent)]}."
        raise HttpError(400, sentence)
    return value


def _json(value: Mapping[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")


def _error(error: HttpError) -> Response:
    response = _json({"detail": error.sentence}, error.status)
    response.headers.update(error.headers)
    if request.endpoint in ("queue", "document") or request.accept_mimetypes.best == "text/html":
        response.set_data(render_template("review_error.html", sentence=error.sentence))
        response.content_type = "text/html; charset=utf-8"
    return response


def _without_caching(response: Response) -> Response:
    if request.endpoint != "assets.static":
        response.headers["Cache-Control"] = "no-store"
    return response
