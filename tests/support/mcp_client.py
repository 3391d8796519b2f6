"""The MCP SDK's own client, with time for a server's process to end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.waiting import PATIENCE


async def call_tools(
    server: tuple[str, ...] | str, calls: Sequence[tuple[str, dict[str, Any]]]
) -> tuple[set[str], list[Any]]:
    """Return the tools of a server and its answers: of one at an address, or of one that a command starts.

    The latter has to end when its standard input does. The SDK waits two seconds for that, then kills the process and
    may close its loop before the process has ended; on a busy machine, `kg` takes longer.
    """
    from mcp import Client, StdioServerParameters
    from mcp.client import stdio

    place = server if isinstance(server, str) else StdioServerParameters(command=server[0], args=[*server[1:]])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stdio, "PROCESS_TERMINATION_TIMEOUT", PATIENCE)
        async with Client(place) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            return tools, [await client.call_tool(name, arguments) for name, arguments in calls]
