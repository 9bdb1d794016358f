"""`zusage retell`: what an agent at Retell needs."""

from __future__ import annotations

import typer

from zusage.boot.cli._errors import UsageError
from zusage.boot.cli._frame import print_json
from zusage.inbound.voice.retell.definitions import tool_definitions

app = typer.Typer(
    help="What an agent at Retell needs.",
    epilog="Example: zusage retell tools --base-url https://voice.example.com",
    no_args_is_help=True,
)


@app.command("tools", epilog="Example: zusage retell tools --base-url https://voice.example.com > tools.json")
def tools(
    base_url: str = typer.Option(..., help="Where Retell reaches this service, https://…"),
    legacy: bool = typer.Option(False, help="Define the older two-step names as well."),
) -> None:
    """Print the tool definitions for a Retell agent, a JSON array."""
    try:
        definitions = tool_definitions(base_url, legacy=legacy)
    except ValueError as error:
        raise UsageError(f"--base-url: {error}.") from error
    print_json(definitions)
