"""The invented companies that come with Zusage, as an owner would write them."""

from __future__ import annotations

from importlib.resources import files

from zusage.app.operations.company_file import CompanyFile, parse_company_file

__all__ = ["DEMO_COMPANIES", "demo_company_text", "load_demo_companies"]

DEMO_COMPANIES = ("friseur-eins", "salon-kupferkamm")


def demo_company_text(key: str) -> str:
    """Give the TOML text of one of `DEMO_COMPANIES`, to print or to start one's own file from."""
    return files(__name__).joinpath(f"{key}.toml").read_text(encoding="utf-8")


def load_demo_companies() -> list[CompanyFile]:
    """Read all demo companies, "Friseur Eins" first; ids are the same each time."""
    return [parse_company_file(demo_company_text(key), source=f"{key}.toml") for key in DEMO_COMPANIES]
