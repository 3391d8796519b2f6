"""Nobody's words look like another line of the log, or steer the terminal that shows it."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from server.monitoring.logs import JsonFormatter, TextFormatter
from tests.durability.harness import serving
from tests.support.http_client import Client
from tests.support.waiting import until

FORGED = "\n12:00:00 INFO GET /forged 200"
STEERING = "\x1b[2J\x07\x7f\x9b2J\x85\u2028\u2029\u202e\u2066\ufeff\r\0"
LINE = re.compile(r"(\d\d:\d\d:\d\d (INFO|WARNING|ERROR) .*|    .*)")


def unprintable(text: str) -> list[str]:
    """Return the characters of a text that are no part of a line: controls, separators and marks of direction."""
    return [character for character in text if not character.isprintable()]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_request_is_logged_as_one_printable_line(folder: Path, form: str) -> None:
    query = f"ASK {{}} #{STEERING}{FORGED}"
    with serving(folder, "--plain", "--log", form, "--slow-log", "0") as server:
        client = Client("127.0.0.1", server.port)
        assert client.get(f"/nothing{quote(STEERING + FORGED)}").status == 404
        assert client.query(query.replace("\0", "")).status == 400
        log = Path(server.log.name)
        until(lambda: "/sparql" in log.read_text("utf-8"))
    lines = log.read_bytes().decode().split("\n")[:-1]
    assert [line for line in lines if unprintable(line)] == []
    if form == "json":
        records = [json.loads(line) for line in lines]
        assert {line["path"] for line in records if line["logger"] == "server.requests"} >= {"/sparql"}
        assert any(line.get("query") == query.replace("\0", "") for line in records)
    else:
        assert [line for line in lines if not LINE.fullmatch(line)] == []
        assert [line for line in lines if line.startswith("12:00:00")] == []
    assert sum("forged" in line for line in lines) == 2


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()], ids=["text", "json"])
def test_a_forged_traceback_in_a_message_is_escaped(formatter: logging.Formatter) -> None:
    with pytest.raises(ValueError, match="invalid literal") as failed:
        int(STEERING + FORGED)
    exception = (failed.type, ValueError(STEERING + FORGED), failed.tb)
    record = logging.LogRecord("any", logging.ERROR, "", 1, "It failed: %s", (FORGED,), exception)
    lines = formatter.format(record).split("\n")
    assert [line for line in lines if unprintable(line)] == []
    assert [line for line in lines if line.startswith("12:00:00 INFO")] == []
    assert [line for line in lines[1:] if not line.startswith("    ")] == []
