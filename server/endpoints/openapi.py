"""The description of every route (OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.0), made of the routes themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.routing import Rule

from kg.formats import FORM, GRAPH_FORMATS, HTML, PROBLEM, TEXT
from server.endpoints.openapi_operations import OPERATIONS, PARAMETERS, Operation
from server.site import site

bp = Blueprint("openapi", __name__)

Said = dict[str, Any]
FILES = "assets.static"
"""The route of the pages' own files, which is nobody's interface."""
IN_FORM = {"sparql.by_post": "query", "updates.update": "update"}
"""What an operation's form holds beside the parameters that its address may have."""
ERRORS = (TEXT, PROBLEM, HTML)


@bp.get("/openapi.json")
def described() -> Response:
    """Answer with the description of the routes."""
    said = {
        "openapi": "3.1.0",
        "info": {"title": site().settings.title, "version": version("communique"), "license": {"name": "Apache-2.0"}},
        "servers": [{"url": request.host_url.rstrip("/")}],
        "paths": _paths(),
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }
    return Response(f"{json.dumps(said, ensure_ascii=False)}\n", content_type="application/json")


def described_rules() -> Iterator[Rule]:
    """Yield the rules of the application's routes that are described: all but that of the pages' files."""
    return (rule for rule in current_app.url_map.iter_rules() if rule.endpoint != FILES)


def _paths() -> Said:
    paths: Said = {}
    for rule in sorted(described_rules(), key=lambda each: (each.rule, each.endpoint)):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(rule, OPERATIONS[rule.endpoint])
    return paths


def _operation(rule: Rule, operation: Operation) -> Said:
    summary = (current_app.view_functions[rule.endpoint].__doc__ or "").strip().partition("\n")[0]
    said: Said = {
        "operationId": "_".join((*rule.endpoint.split("."), *sorted(rule.arguments))),
        "summary": summary,
        "parameters": [*map(_in_path, sorted(rule.arguments)), *_in_query(rule, operation)],
        "responses": _responses(operation),
    }
    if operation.takes:
        said["requestBody"] = {"required": True, "content": dict(_bodies(rule.endpoint, operation))}
    if operation.role:
        said["security"] = [{"token": []}, {}]
        said["description"] = f"Needs a token of the role {operation.role}, or on loopback a server that takes writes."
    return said


def _in_path(name: str) -> Said:
    kind = {"type": "integer", "minimum": 0} if name == "number" else {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": kind}


def _in_query(rule: Rule, operation: Operation) -> Iterator[Said]:
    for name in operation.parameters:
        if name in ("graph", "default") and rule.arguments:
            continue
        told = PARAMETERS[name]
        required = {"required": True} if name in operation.required else {}
        yield {"name": name, "in": "query", "description": told.says, "schema": _schema(name), **required}


def _schema(name: str) -> Said:
    told = PARAMETERS[name]
    one: Said = {"type": told.kind, **({"enum": [*told.values]} if told.values else {})}
    return {"type": "array", "items": one} if told.repeated else one


def _bodies(endpoint: str, operation: Operation) -> Iterator[tuple[str, Said]]:
    for row in operation.takes:
        if row is FORM:
            needed = IN_FORM[endpoint]
            properties = {name: _schema(name) for name in (needed, *operation.parameters)}
            yield row.media_type, {"schema": {"type": "object", "required": [needed], "properties": properties}}
        else:
            yield row.media_type, {"schema": {"type": "string"}}


def _responses(operation: Operation) -> Said:
    content: Said = {row.media_type: {} for row in operation.answers}
    said: Said = {}
    for status in operation.statuses:
        holds = content if status in (200, 503) else {}
        said[str(status)] = {"description": "The answer.", **({"content": holds} if holds else {})}
    refused = (*ERRORS, *GRAPH_FORMATS) if operation.role else ERRORS
    wrong: Said = {row.media_type: {} for row in refused}
    said["304"] = {"description": "The client has this answer already."}
    said["4XX"] = {"description": "What is wrong with the request, in a sentence.", "content": wrong}
    said["default"] = {"description": "Why there is no answer, in a sentence.", "content": wrong}
    return said
