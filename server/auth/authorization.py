"""Authorization: the role that a request needs, and whether its bearer token (RFC 6750) or its origin grants it.

Reading needs no token unless the server is private. Writing and administering need a token of that role or, with
`--writable`, a client on this machine. No response, error or log line repeats an Authorization header.
"""

from __future__ import annotations

from flask import g, request

from kg.formats import UPDATE
from kg.tokens import Grant, Role
from server.auth.origins import require_host, require_same_origin, require_this_machine
from server.http.errors import HttpError
from server.site import site

SCHEME = "bearer"
PUBLIC_BLUEPRINTS = ("health",)
"""Blueprints that need no token: probes have none."""
WRITE_BLUEPRINTS = ("collection_writes", "graph_writes", "updates")
"""Blueprints whose requests write."""


def require_role(role: Role) -> None:
    """Raise HttpError 401 or 403 unless the sender of the request has the role."""
    if role is Role.READ and not site().settings.private:
        return
    if role > Role.READ:
        require_same_origin()  # with a token too: a page of another origin may have been given one
    grant = _token_grant()
    if grant is None:
        _require_without_token(role)
    elif grant.role < role:
        sentence = f"The token '{grant.name}' has the role '{grant.role.label}': this needs '{role.label}'."
        raise HttpError(403, sentence, headers=_challenge("insufficient_scope", role))
    else:
        g.grant = grant


def token_name() -> str:
    """Return the name of the request's token, empty without one."""
    grant: Grant | None = g.get("grant")
    return grant.name if grant else ""


def administers() -> bool:
    """Return whether the sender may change what others have written: by a token, or on this machine without one."""
    grant: Grant | None = g.get("grant")
    return grant is None or grant.role >= Role.ADMIN


def accepts_writes() -> bool:
    """Return whether anyone may write now."""
    return site().writer is not None and site().settings.offers_writes


def admit_request() -> None:
    """Raise HttpError unless the sender may make this request; only its request line and header are used."""
    require_host()
    blueprint = request.blueprint
    if blueprint in PUBLIC_BLUEPRINTS or request.method == "OPTIONS":
        return
    # An update that is posted to /sparql as the whole body; one in a form is noticed when the form is read.
    is_posted_update = request.endpoint == "sparql.by_post" and request.mimetype in UPDATE.media_types
    require_role(Role.WRITE if blueprint in WRITE_BLUEPRINTS or is_posted_update else Role.READ)


def _token_grant() -> Grant | None:
    """Return the grant of the request's token, None without one. Raises HttpError 401 if the token is unknown."""
    header, tokens = request.headers.get("Authorization"), site().settings.tokens
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    grant = tokens.find(token.strip()) if tokens and scheme.lower() == SCHEME else None
    if grant is None:
        sentence = "The Authorization header has no known token: expected 'Bearer' and a token."
        raise HttpError(401, sentence, headers=_challenge("invalid_token"))
    return grant


def _require_without_token(role: Role) -> None:
    has_writer = site().writer is not None
    if role > Role.READ and site().settings.writable and has_writer:
        return require_this_machine()
    if role > Role.READ and site().store.engine_name():
        raise HttpError(403, "This server is read-only: its store takes no writes.")
    if role > Role.READ and not (has_writer and site().settings.grants(role)):
        raise HttpError(403, "This server is read-only: `kg token add` or `kg serve --writable` enables writes.")
    raise HttpError(401, f"This needs a token with the role '{role.label}'.", headers=_challenge())


def _challenge(error: str = "", role: Role | None = None) -> dict[str, str]:
    """Return the WWW-Authenticate header (RFC 6750, section 3)."""
    fields = ['realm="communique"']
    fields += [f'error="{error}"'] if error else []
    fields += [f'scope="{role.label}"'] if role else []
    return {"WWW-Authenticate": f"Bearer {', '.join(fields)}"}
