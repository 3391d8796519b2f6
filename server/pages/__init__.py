"""The pages: one module a noun, over a few queries each, without a script."""

from __future__ import annotations

from server.pages.about import thing_page
from server.pages.blueprints import register
from server.pages.home import home_page
from server.pages.plain import examples_page, form_page, result_page
from server.pages.preparing import prepare

__all__ = ["examples_page", "form_page", "home_page", "prepare", "register", "result_page", "thing_page"]
