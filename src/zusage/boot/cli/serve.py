"""`zusage serve`: answer calls."""

from __future__ import annotations

from contextlib import ExitStack

import typer

from zusage.boot.cli._errors import ProblemError
from zusage.boot.cli._frame import aside, prepare, ready_servers
from zusage.boot.servers import secret_box
from zusage.boot.serving import base_url, bind, kept_alive, noted, serve_by_many
from zusage.boot.serving import serve as serve_here
from zusage.boot.settings import Settings

EXAMPLE = "Example: zusage serve --host 0.0.0.0 --port 8080 --workers 4"


def serve(
    host: str | None = typer.Option(None, help="Address to listen on [ZUSAGE_HOST, else 127.0.0.1]."),
    port: int | None = typer.Option(
        None, min=0, max=65535, help="Port; 0 takes any [ZUSAGE_PORT, else 8000]."
    ),
    workers: int = typer.Option(1, min=1, max=64, help="How many processes answer."),
) -> None:
    """Answer calls until Ctrl-C or SIGTERM; the last answers are finished first."""
    settings = with_address(prepare(log_level=None), host, port)
    with ExitStack() as stack:
        servers = stack.enter_context(ready_servers(settings))
        stack.enter_context(kept_alive(servers))
        # A missing or unusable key is told here, in a sentence, before any process is started.
        secret_box(settings)
        listening = stack.enter_context(bind(settings.host, settings.port, search=not chosen(settings)))
        url = base_url(listening)
        if settings.embedded:
            stack.enter_context(noted(settings.data_dir, url))
        announce(settings, url)
        try:
            if workers == 1:
                serve_here(settings, servers, listening)
            elif not serve_by_many(listening, workers):
                raise ProblemError("A process could not start; the lines above say why.")
        except KeyboardInterrupt:
            aside.print("stopped")


def with_address(settings: Settings, host: str | None, port: int | None) -> Settings:
    given = {"host": host, "port": port}
    return settings.model_copy(update={name: value for name, value in given.items() if value is not None})


def chosen(settings: Settings) -> bool:
    """Whether somebody named the port, so that another one would surprise."""
    return "port" in settings.model_fields_set


def announce(settings: Settings, url: str) -> None:
    """Say where it is to be found, and that the usual port was taken if so."""
    if not chosen(settings) and not url.endswith(f":{settings.port}"):
        aside.print(f"Port {settings.port} is taken; the next free one is used.")
    aside.print(f"Zusage serves at {url} (Ctrl-C stops it)")
