"""Security headers of all responses: content security policy, framing, referrer and sniffing."""

from __future__ import annotations

from flask import Response

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # For browsers that do not support `frame-ancestors`.
    "X-Frame-Options": "DENY",
}


def add_security_headers(response: Response) -> Response:
    """Add the security headers that a response does not set itself."""
    present = {name.lower() for name, _ in response.headers}
    for name, value in SECURITY_HEADERS.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    return response
