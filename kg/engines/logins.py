"""Logging in to an external server: with a password or a token in each request, or by digest authentication."""

from __future__ import annotations

from base64 import b64encode
from urllib.error import URLError
from urllib.request import (
    AbstractDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
    parse_http_list,
    parse_keqv_list,
)

from kg.errors import FetchError, RequestError


class Login:
    """A constant Authorization field: none, a name and a password (RFC 7617), or a token (RFC 6750)."""

    def __init__(self, field: str | None = None) -> None:
        self._field = field

    def take_challenge(self, field: str) -> bool:
        """Handle a server's WWW-Authenticate field; return whether the same request can now be sent again."""
        del field
        return False

    def authorization(self, method: str, url: str) -> str | None:
        """Return the value of a request's Authorization field, or None if it is to be sent without."""
        del method, url
        return self._field


class DigestLogin(Login):
    """A name and a password for digest authentication (RFC 7616 with MD5 or SHA), which does not send the password."""

    def __init__(self, url: str, name: str, password: str) -> None:
        super().__init__()
        passwords = HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, url, name, password)
        self._handler = AbstractDigestAuthHandler(passwords)
        self._challenge: dict[str, str] = {}

    def take_challenge(self, field: str) -> bool:
        """Handle a server's WWW-Authenticate field for digest authentication; return False if it is empty."""
        self._challenge = parse_keqv_list(parse_http_list(field.partition(" ")[2]))
        return bool(self._challenge)

    def authorization(self, method: str, url: str) -> str | None:
        """Return the field's value, None without a challenge. Raises FetchError if the digest cannot be computed."""
        try:
            known = self._challenge and self._handler.get_authorization(Request(url, method=method), self._challenge)  # noqa: S310 -- not opened
        except (ValueError, URLError) as error:
            raise FetchError(f"Digest authentication with the server is not possible: {error}.") from error
        return f"Digest {known}" if known else None


def login_of(url: str, user: str | None, token: str | None, *, digest: bool) -> Login:
    """Return the login for a `NAME:PASSWORD`, a token or neither. Raises RequestError if a digest lacks a password."""
    if digest:
        name, colon, password = (user or "").partition(":")
        if not colon:
            raise RequestError("--digest needs a name and a password: expected --user NAME:PASSWORD.")
        return DigestLogin(url, name, password)
    if token:
        return Login(f"Bearer {token}")
    return Login(f"Basic {b64encode(user.encode()).decode()}" if user else None)
