"""The OpenAPI description of all routes at /openapi.json (https://spec.openapis.org/oas/v3.1.0)."""

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

JsonObject = dict[str, Any]
ASSETS_ENDPOINT = "assets.static"
"""The route of the pages' scripts and styles, which is not described."""
FORM_TEXT_PARAMETERS = {
    "collection_writes.collect": "iri",
    "reconciliation.by_post": "queries",
    "sparql.by_post": "query",
    "updates.update": "update",
}
"""The form parameter that holds the query or update itself, by endpoint."""
ERROR_FORMATS = (TEXT, PROBLEM, HTML)


@bp.get("/openapi.json")
def description() -> Response:
    """Return the OpenAPI description of all routes."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": site().settings.title, "version": version("communique"), "license": {"name": "Apache-2.0"}},
        "servers": [{"url": request.host_url.rstrip("/")}],
        "paths": _paths(),
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }
    return Response(f"{json.dumps(document, ensure_ascii=False)}\n", content_type="application/json")


def described_rules() -> Iterator[Rule]:
    """Yield the rules of all routes that are described."""
    return (rule for rule in current_app.url_map.iter_rules() if rule.endpoint != ASSETS_ENDPOINT)


def _paths() -> JsonObject:
    paths: JsonObject = {}
    for rule in sorted(described_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        # Flask adds HEAD and OPTIONS to every rule.
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(rule, OPERATIONS[rule.endpoint])
    return paths


def _operation(rule: Rule, operation: Operation) -> JsonObject:
    summary = (current_app.view_functions[rule.endpoint].__doc__ or "").strip().partition("\n")[0]
    described: JsonObject = {
        "operationId": "_".join((*rule.endpoint.split("."), *sorted(rule.arguments))),
        "summary": summary,
        "parameters": [*map(_path_parameter, sorted(rule.arguments)), *_query_parameters(rule, operation)],
        "responses": _responses(operation),
    }
    if operation.takes:
        described["requestBody"] = {"required": True, "content": dict(_request_bodies(rule.endpoint, operation))}
    if operation.role:
        # The empty requirement makes the token optional: with `--writable`, a client on loopback needs none.
        described["security"] = [{"token": []}, {}]
        described["description"] = (
            f"Needs a token with the role {operation.role}, or `kg serve --writable` on loopback."
        )
    return described


def _path_parameter(name: str) -> JsonObject:
    schema = {"type": "integer", "minimum": 0} if name == "number" else {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(rule: Rule, operation: Operation) -> Iterator[JsonObject]:
    for name in operation.parameters:
        # The path already names the graph.
        if name in ("graph", "default") and rule.arguments:
            continue
        required = {"required": True} if name in operation.required else {}
        yield {
            "name": name,
            "in": "query",
            "description": PARAMETERS[name].description,
            "schema": _schema(name),
            **required,
        }


def _schema(name: str) -> JsonObject:
    parameter = PARAMETERS[name]
    schema: JsonObject = {"type": parameter.json_type, **({"enum": [*parameter.values]} if parameter.values else {})}
    return {"type": "array", "items": schema} if parameter.repeated else schema


def _request_bodies(endpoint: str, operation: Operation) -> Iterator[tuple[str, JsonObject]]:
    for format_ in operation.takes:
        if format_ is FORM:
            text_name = FORM_TEXT_PARAMETERS[endpoint]
            properties = {name: _schema(name) for name in (text_name, *operation.parameters)}
            yield format_.media_type, {"schema": {"type": "object", "required": [text_name], "properties": properties}}
        else:
            yield format_.media_type, {"schema": {"type": "string"}}


def _responses(operation: Operation) -> JsonObject:
    content: JsonObject = {format_.media_type: {} for format_ in operation.answers}
    responses: JsonObject = {}
    for status in operation.statuses:
        # /ready has the same format whether it is ready or not.
        has_content = content and status in (200, 503)
        responses[str(status)] = {"description": "Success.", **({"content": content} if has_content else {})}
    # The validation report of a refused write is RDF.
    error_formats = (*ERROR_FORMATS, *GRAPH_FORMATS) if operation.role else ERROR_FORMATS
    errors: JsonObject = {format_.media_type: {} for format_ in error_formats}
    responses["304"] = {"description": "The client has the current response already."}
    responses["4XX"] = {"description": "What is wrong with the request, in a sentence.", "content": errors}
    responses["default"] = {"description": "Why the request failed, in a sentence.", "content": errors}
    return responses
