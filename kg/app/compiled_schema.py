"""The shipped schema, compiled at import: a fork server imports this module once for all processes of a build."""

from __future__ import annotations

from kg.app.schema import read_schema

SCHEMA = read_schema()
_ = SCHEMA.reasoner
