"""Who may use the review application: only holders of a token for reviewing, and only from its own pages.

The token comes once in the address that `kg review` prints, and then in a cookie that browsers do not send for the page
of any other site (SameSite). A name that another site points at this machine (DNS rebinding) is not one of this server.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from ipaddress import ip_address

from flask import Flask, Response, g, request

from kg.tokens import Grant, Role, Tokens, new_token, token_digest
from server.auth.origins import LOOPBACK, name_and_port, require_host, require_same_origin
from server.descriptions.addresses import with_parameters
from server.http.errors import HttpError

COOKIE = "communique_review"
"""The prefix of the cookie's name; the port follows, since the ports of a host share cookies."""
COOKIE_SECONDS = 30 * 24 * 3600
PUBLIC_ENDPOINTS = frozenset({"assets.static"})
"""Endpoints that need no token: styles and scripts, which are the same for everybody."""
UNSPECIFIED = ("0.0.0.0", "::")  # noqa: S104 -- compared with, not listened on
SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class ReviewAccess:
    """The token of this process and its holder's name, the other tokens, and the names of the server's host."""

    digest: str
    name: str
    tokens: Tokens
    host: str

    @classmethod
    def with_new_token(cls, name: str, tokens: Tokens, host: str) -> tuple[ReviewAccess, str]:
        """Return the access of a process with a token of its own, and that token."""
        token = new_token()
        return cls(token_digest(token), name, tokens, host), token

    def reviewer(self, token: str) -> str:
        """Return the name of a token's holder. Raises HttpError 401 or 403 if it is not for reviewing."""
        # In the same time for every token, so that the timing reveals nothing.
        if hmac.compare_digest(token_digest(token), self.digest):
            return self.name
        grant: Grant | None = self.tokens.find(token)
        if grant is None:
            sentence = "This needs a token for reviewing: open the address that `kg review` has printed."
            raise HttpError(401, sentence, headers={"WWW-Authenticate": 'Bearer realm="communique-review"'})
        if grant.role < Role.REVIEW:
            raise HttpError(403, f"The token '{grant.name}' has the role '{grant.role.label}': this needs 'review'.")
        return grant.name

    def require_own_host(self) -> None:
        """Raise HttpError 403 if the request is sent to a name that is not this server's."""
        require_host()
        name, port = name_and_port(request.host)
        is_own = name in (*LOOPBACK, self.host) or (self.host in UNSPECIFIED and _is_address(name))
        if not is_own or port != (request.environ.get("SERVER_PORT") or port):
            raise HttpError(
                403, f"The request is sent to the host '{request.host}', which is not a name of this server."
            )


def register_review_access(app: Flask, access: ReviewAccess) -> None:
    """Check every request to an application before its body is read."""

    def admit() -> Response | None:
        access.require_own_host()
        if request.endpoint in PUBLIC_ENDPOINTS:
            return None
        if request.method not in SAFE_METHODS:
            require_same_origin()
        if (token := request.args.get("token")) is not None:
            access.reviewer(token)
            return _with_cookie(token)
        scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
        is_bearer = scheme.lower() == "bearer"
        g.reviewer = access.reviewer(sent.strip() if is_bearer else request.cookies.get(_cookie_name(), ""))
        return None

    app.before_request(admit)


def reviewer_name() -> str:
    """Return the name of the sender of the request."""
    name: str = g.reviewer
    return name


def _with_cookie(token: str) -> Response:
    """Return a redirect to the same page without the token, which must not stay in the address bar and history."""
    parts = [(key, value) for key, value in request.args.items(multi=True) if key != "token"]
    response = Response(status=303, headers={"Location": with_parameters(request.path, parts)})
    response.set_cookie(_cookie_name(), token, max_age=COOKIE_SECONDS, httponly=True, samesite="Strict")
    return response


def _cookie_name() -> str:
    return f"{COOKIE}_{request.environ.get('SERVER_PORT', '')}"


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
