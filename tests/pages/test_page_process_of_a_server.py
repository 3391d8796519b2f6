"""The page process of a `kg serve`: it reloads with the server on SIGHUP, and ends with it, even while stopped."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.durability.harness import Server, serving
from tests.pages.conftest import Example, Reader
from tests.support.processes import descendants, has_in_command, is_alive
from tests.support.waiting import until

ARTICLE = "/about/article/harbour-talks/"
WORDS = "Words with a line under them"
"""The words on an article's page that shows the article's text."""
SEARCH, IN_TEXTS = "/search?q=opened+talks+pm", "In the texts"


def stop_page_process(server: Server) -> int:
    """Send the page process SIGSTOP, and return its number."""
    (process,) = (child for child in descendants(server.process.pid) if has_in_command(child, "page_process"))
    os.kill(process, signal.SIGSTOP)
    return process


def test_sighup_reloads_the_texts_of_pages_and_sigterm_ends_a_page_process_that_is_stopped(
    example: Example, tmp_path: Path
) -> None:
    with serving(example.folder, "--workers", "2", "--sources", str(tmp_path)) as server:
        reader = Reader("127.0.0.1", server.port)
        before = reader.get(ARTICLE)
        assert (before.status, WORDS in before.words) == (200, False)
        (tmp_path / "article.txt").write_text(example.text, encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: WORDS in reader.get(ARTICLE).words)
        # The words of a text are searched from then on, and no longer when it has been taken away.
        assert until(lambda: IN_TEXTS in reader.get(SEARCH).words)
        (tmp_path / "article.txt").unlink()
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: WORDS not in reader.get(ARTICLE).words)
        assert until(lambda: IN_TEXTS not in reader.get(SEARCH).words)
        assert reader.get(SEARCH).status == 200
        process = stop_page_process(server)
    assert not is_alive(process)


def test_a_stopped_page_process_ends_with_a_server_that_is_killed(example: Example) -> None:
    server = Server(example.folder, "--workers", "2")
    assert Reader("127.0.0.1", server.port).get(ARTICLE).status == 200, "the process has started"
    process = stop_page_process(server)
    server.process.kill()
    assert until(lambda: not is_alive(process))
    server.kill()
