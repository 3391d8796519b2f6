"""The HTTP side: a SPARQL endpoint and its pages, as a Flask application over any store."""

from server.app import create_app
from server.runtime.http_server import serve
from server.site import Settings

__all__ = ["Settings", "create_app", "serve"]
