"""Reading a JSON body of a stranger: of bounded size, in bounded time."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse

_SECONDS = 5


class Refused(Exception):  # noqa: N818 - an answer on its way, not a failure
    """The request is answered before anything of it is believed."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.response = JSONResponse({"error": reason}, status_code=status)


async def read_body(request: Request, *, most: int) -> bytes:
    """Read a JSON body of at most so many bytes, counting while it comes.

    :raises Refused: 415 for another content type, 413 where it is longer, 408 when it does not come."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "send application/json")
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise Refused(413, f"at most {most} bytes")
    except TimeoutError:
        raise Refused(408, f"the body must come within {_SECONDS} seconds") from None
    return bytes(body)
