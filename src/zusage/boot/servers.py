"""Which servers to talk to: one's own by URL, else the embedded ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from zusage.adapters.crypto import SecretBox, load_or_create_keys, parse_keys
from zusage.adapters.embedded import EmbeddedServers, ServerName
from zusage.boot.settings import Settings, SettingsError


@dataclass(frozen=True, slots=True, repr=False)
class Servers:
    """URLs of the servers by role. `app` always stands; the others are None where their setting is missing.

    `revive` starts again what died of the embedded servers and says whether something had; may take minutes. `crash`
    kills one of them, for rehearsals. Both are None where the servers are not ours."""

    app: str
    jobs: str | None
    migrate: str | None
    valkey: str | None
    revive: Callable[[], bool] | None = None
    crash: Callable[[ServerName], None] | None = None


@contextmanager
def open_servers(settings: Settings, *, progress: Callable[[str], None]) -> Iterator[Servers]:
    """Find or start the servers and keep them for as long as the block runs.

    :raises EmbeddedError: the embedded servers cannot be started."""
    if settings.database_url is not None:
        app = settings.database_url.get_secret_value()
        yield Servers(
            app=app,
            jobs=settings.jobs_url.get_secret_value() if settings.jobs_url else None,
            migrate=settings.migrate_url.get_secret_value() if settings.migrate_url else None,
            valkey=settings.valkey_url.get_secret_value() if settings.valkey_url else None,
        )
        return
    with EmbeddedServers.start(
        settings.data_dir, account=settings.embedded_account, progress=progress
    ) as embedded:
        urls = embedded.urls
        valkey = settings.valkey_url.get_secret_value() if settings.valkey_url else urls.valkey
        yield Servers(
            app=urls.app,
            jobs=urls.jobs,
            migrate=urls.migrate,
            valkey=valkey,
            revive=embedded.revive,
            crash=embedded.crash,
        )


def secret_box(settings: Settings) -> SecretBox:
    """The keys that open the companies' secrets: the setting's, else those of the embedded installation.

    :raises SettingsError: own servers are used, but no key was given.
    :raises SecretKeyError: a given key is not usable."""
    if settings.secret_keys is not None:
        return SecretBox(parse_keys(settings.secret_keys.get_secret_value()))
    if not settings.embedded:
        raise SettingsError(
            "ZUSAGE_SECRET_KEYS is not set, but a database of your own is. "
            "Make a key with `zusage secrets new-key` and set it; every process needs the same one."
        )
    return SecretBox(load_or_create_keys(settings.data_dir))
