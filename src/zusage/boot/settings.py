"""Settings from the environment, parsed once at the start; every name begins with ZUSAGE_."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_CACHES = ("valkey", "valkeys", "redis", "rediss", "unix")


class SettingsError(Exception):
    """A setting is unusable; the message names each with what is wrong, never a secret's value."""


class Settings(BaseSettings):
    """How this installation runs. Without a database URL the embedded servers in `data_dir` are used."""

    model_config = SettingsConfigDict(env_prefix="ZUSAGE_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    data_dir: Path = Path(".zusage")
    embedded_account: str = "nobody"

    database_url: SecretStr | None = None
    jobs_url: SecretStr | None = None
    migrate_url: SecretStr | None = None
    valkey_url: SecretStr | None = None

    public_url: str | None = None

    secret_keys: SecretStr | None = None
    platform_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()

    alert_urls: Annotated[tuple[SecretStr, ...], NoDecode] = ()

    pool_size: Annotated[int, Field(ge=1, le=200)] = 10
    lock_ms: Annotated[int, Field(ge=10, le=10_000)] = 400
    statement_ms: Annotated[int, Field(ge=50, le=30_000)] = 1_500
    calendar_deadline_ms: Annotated[int, Field(ge=100, le=3_000)] = 1_500
    rate_per_call: Annotated[int, Field(ge=1)] = 30
    rate_per_company: Annotated[int, Field(ge=1)] = 1_200
    replicas: Annotated[int, Field(ge=1, le=100)] = 4
    worker: bool = True
    page: bool = True
    keep_misheard_days: Annotated[int, Field(ge=1, le=3650)] = 90
    sweep_seconds: Annotated[float, Field(gt=0, le=3600)] = 5.0
    log: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("platform_keys", "alert_urls", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(key.strip() for key in value.split(",") if key.strip()) if isinstance(value, str) else value
        )

    @field_validator("database_url", "jobs_url", "migrate_url")
    @classmethod
    def _check_database(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            conninfo_to_dict(value.get_secret_value() if value else "")
        except psycopg.ProgrammingError:
            # What the driver says would repeat the password.
            raise ValueError(
                "is no address of a database; write postgresql://role:password@host/database"
            ) from None
        return value

    @field_validator("valkey_url")
    @classmethod
    def _check_cache(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and urlsplit(value.get_secret_value()).scheme not in _CACHES:
            raise ValueError("is no address of a Valkey; write valkey://host:6379")
        return value

    @field_validator("alert_urls")
    @classmethod
    def _check_services(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not all(urlsplit(url.get_secret_value()).scheme for url in value):
            # What is wrong is not repeated: it may hold a password.
            raise ValueError("holds something that is no URL; write for example mailtos://…,slack://…")
        return value

    @field_validator("data_dir")
    @classmethod
    def _check_folder(cls, value: Path) -> Path:
        if value.exists() and not value.is_dir():
            raise ValueError(f"{value} is not a folder; name one, or leave it out for .zusage here")
        return value

    @property
    def embedded(self) -> bool:
        return self.database_url is None


def load_settings() -> Settings:
    """Read the environment.

    :raises SettingsError: a value is not usable."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"ZUSAGE_{'_'.join(str(part) for part in problem['loc'][:1]).upper()}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("These settings are not usable:\n  " + "\n  ".join(lines)) from None
