"""release_hold: the caller does not want the held time after all. A call holds one time, whatever token comes along."""

from __future__ import annotations

from zusage.app.booking.release_hold import release_hold as release
from zusage.app.calls.ports import Answer
from zusage.inbound.voice.talk import Talk
from zusage.inbound.voice.toolcall import ToolResult


async def release_hold(talk: Talk) -> Answer:
    def said(released: bool) -> Answer:  # noqa: FBT001 - the only thing there is to say
        if released:
            return ToolResult("released", talk.speech.released()).stored()
        return ToolResult("nothing_held", talk.speech.nothing_held()).stored()

    return await release(run=talk.run, open_unit=talk.open_unit, conclude=said)
