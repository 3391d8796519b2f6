"""The tools over the Model Context Protocol, with its official SDK: on standard input and output, or over HTTP."""

from __future__ import annotations

import functools
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from kg.errors import CommuniqueError
from kg.mcp.tools import NOTICE, AgentTools, Answer

LOOPBACK = "127.0.0.1"
"""The only host to listen on: the SDK's server does not check our tokens, so remote access needs a proxy."""


def serve_stdio(tools: AgentTools) -> None:
    """Answer on standard input and output until the input ends."""
    _server(tools).run("stdio")


def serve_http(tools: AgentTools, port: int, ready: Callable[[str], None]) -> None:
    """Answer over streamable HTTP on this machine until a signal; calls `ready` with the address. Raises OSError."""
    with socket.create_server((LOOPBACK, port)) as listener:
        # With the host, the SDK refuses requests with another Host or Origin, which a web page could send.
        app = _server(tools).streamable_http_app(host=LOOPBACK, stateless_http=True, json_response=True)
        ready(f"http://{LOOPBACK}:{listener.getsockname()[1]}/mcp")
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


def _server(tools: AgentTools) -> MCPServer:
    server = MCPServer("communique", instructions=NOTICE, log_level="WARNING")
    for tool in tools.tools:
        hints = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
        server.add_tool(_with_tool_errors(tool), annotations=hints)
    return server


def _with_tool_errors(tool: Callable[..., Answer]) -> Callable[..., Answer]:
    """Return a tool that reports our errors to the agent; the SDK hides all others."""

    @functools.wraps(tool)
    def guarded(*args: Any, **values: Any) -> Answer:  # noqa: ANN401 -- the tool's own
        try:
            return tool(*args, **values)
        except CommuniqueError as error:
            raise ToolError(str(error)) from error

    return guarded
