"""Who may do what with this server: the one place that says so.

Reading is free unless the operator asks for a token (`--private`). Writing and administering take a token of that
role, or, with `--writable`, a client on this machine. No answer, error or log line holds what an Authorization header
said.
"""

from __future__ import annotations

from flask import Flask, g, request

from kg.formats import UPDATE
from kg.tokens import Grant, Role
from server.auth.origins import refuse_broken_hosts, refuse_other_machines, refuse_other_origins
from server.http.errors import HttpError
from server.site import site

SCHEME = "bearer"
FREE = ("health",)
"""The blueprints that answer anybody: a probe has no token."""
WRITING = ("graph_writes", "updates")
"""The blueprints whose requests write."""


def register(app: Flask) -> None:
    """Have every request to an application show what it needs, before its body is looked at."""
    app.before_request(admit)


def require(role: Role) -> None:
    """Let the request pass if its sender has the role, or raise a 401 or 403 that says what is missing."""
    if role is Role.READ and not site().settings.private:
        return
    if role > Role.READ:
        refuse_other_origins()
    grant = _presented()
    if grant is None:
        _require_without_token(role)
    elif grant.role < role:
        sentence = f"The token '{grant.name}' has the role '{grant.role.label}': this needs '{role.label}'."
        raise HttpError(403, sentence, headers=_challenge("insufficient_scope", role))
    else:
        g.holder = grant.name


def holder() -> str:
    """Return the name of the token that the request was let in by, empty for none."""
    return str(g.get("holder", ""))


def accepts_writes() -> bool:
    """Tell whether anybody at all may write now."""
    return site().writer is not None and (site().settings.writable or _somebody(Role.WRITE))


def admit() -> None:
    """Let the request pass if its sender may make it, by its line and header alone."""
    refuse_broken_hosts()
    if request.method == "OPTIONS" or request.blueprint in FREE:
        return
    require(Role.WRITE if request.blueprint in WRITING or _is_update() else Role.READ)


def _is_update() -> bool:
    """Tell whether the header says that an update goes to the address of queries; in a form, its body says so."""
    return request.endpoint == "sparql.by_post" and request.mimetype in UPDATE.media_types


def _presented() -> Grant | None:
    """Return what the request's token grants, None without one; 401 for one that nobody has."""
    given, tokens = request.headers.get("Authorization"), site().settings.tokens
    if given is None:
        return None
    scheme, _, token = given.partition(" ")
    found = tokens.find(token.strip()) if tokens and scheme.lower() == SCHEME else None
    if found is None:
        sentence = "The Authorization header holds no token that is known here: expected 'Bearer' and a token."
        raise HttpError(401, sentence, headers=_challenge("invalid_token"))
    return found


def _require_without_token(role: Role) -> None:
    settings, changes = site().settings, site().writer is not None
    if role > Role.READ and settings.writable and changes:
        return refuse_other_machines()
    if role > Role.READ and not (changes and _somebody(role)):
        raise HttpError(403, "This server is read-only: `kg token add` or `kg serve --writable` let somebody write.")
    raise HttpError(401, f"This needs a token with the role '{role.label}'.", headers=_challenge())


def _somebody(role: Role) -> bool:
    tokens = site().settings.tokens
    return tokens is not None and any(grant.role >= role for grant in tokens.grants())


def _challenge(error: str = "", role: Role | None = None) -> dict[str, str]:
    """Return how to come back (RFC 6750, section 3)."""
    said = ['realm="communique"']
    said += [f'error="{error}"'] if error else []
    said += [f'scope="{role.label}"'] if role else []
    return {"WWW-Authenticate": f"Bearer {', '.join(said)}"}
