"""The fixtures of tests/store, for tests of what a store answers to a request's text."""

from __future__ import annotations

from tests.store.conftest import ask, filled, names, original, plain, store, turtle

__all__ = ["ask", "filled", "names", "original", "plain", "store", "turtle"]
