"""Nobody's words look like another line of the log, or steer the terminal that shows it."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from server.http.request_tracking import RequestRecord
from server.monitoring.logs import JsonFormatter, RequestLogRecord, TextFormatter
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


def test_the_line_of_a_request_says_what_the_request_was() -> None:
    lines = list[dict[str, object]]()
    for path, seconds, whole in (("/a", 0.1234567, True), (f'/{STEERING}{FORGED}"\\', 2.0, False), ("/a", 1e-7, True)):
        record = RequestRecord("id-1", "GET", path, "::1", status=200, body_bytes=9, seconds=seconds, complete=whole)
        line = JsonFormatter().format(RequestLogRecord(record))
        assert unprintable(line) == []
        lines.append(json.loads(line))
        assert datetime.now(UTC) - datetime.fromisoformat(str(lines[-1].pop("time"))) < timedelta(minutes=5)
        assert lines[-1] == {
            "level": "info",
            "logger": "server.requests",
            "request": "id-1",
            "message": f"GET {path} 200",
            "method": "GET",
            "path": path,
            "status": 200,
            "bytes": 9,
            "seconds": round(seconds, 6),
            "client": "::1",
            "whole": whole,
        }


def test_the_line_of_a_request_has_only_the_beginning_of_a_long_method_and_path() -> None:
    record = RequestRecord("id-1", "M" * 30_000, f"/{'p' * 30_000}", "::1")
    line = json.loads(JsonFormatter().format(RequestLogRecord(record)))
    assert (line["method"], line["path"]) == ("M" * 50, f"/{'p' * 499}")
    assert line["message"] == f"{line['method']} {line['path']} 0"


@pytest.mark.parametrize(
    ("seconds", "written"), [(0.0, "1970-01-01T00:00:00.000"), (1.9999, "1970-01-01T00:00:01.999")]
)
def test_the_time_of_a_line_has_milliseconds(seconds: float, written: str) -> None:
    record = RequestLogRecord(RequestRecord("id-1", "GET", "/", "::1"))
    record.created = seconds
    assert json.loads(JsonFormatter().format(record))["time"] == f"{written}+00:00"
