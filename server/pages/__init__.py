"""HTML pages, one module per page; each is rendered on the server from a few queries."""

from server.pages.assets import bp as assets
from server.pages.blueprints import BLUEPRINTS, register, render_cached_pages
from server.pages.question_pages import examples_page, question_page, question_table
from server.pages.sparql_form import fault_page, form_page, result_page
from server.pages.thing_pages import thing_page

__all__ = [
    "BLUEPRINTS",
    "assets",
    "examples_page",
    "fault_page",
    "form_page",
    "question_page",
    "question_table",
    "register",
    "render_cached_pages",
    "result_page",
    "thing_page",
]
