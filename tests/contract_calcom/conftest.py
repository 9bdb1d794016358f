"""The targets of the contract: the simulator always, a real account where `make test-live` asks for it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from contract_calcom.account import ContractAccount, opened
from contract_calcom.target import KEY, live, simulated

_NO_KEY = f"{KEY} is not set: the contract was not tried at a real account"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Add the real account only when `-m live` asks for it: no key that lies around is used by other runs."""
    if "target_name" not in metafunc.fixturenames:
        return
    targets = [pytest.param("simulator")]
    if "live" in (metafunc.config.option.markexpr or ""):
        no_key = pytest.mark.skipif(not os.environ.get(KEY, "").strip(), reason=_NO_KEY)
        targets.append(pytest.param("live", marks=[pytest.mark.live, no_key]))
    metafunc.parametrize("target_name", targets, indirect=True, scope="session")


@pytest.fixture(scope="session")
def target_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def account(target_name: str) -> AsyncIterator[ContractAccount]:
    """An account to try things in, the same for the whole run; it is left as it was."""
    async with live() if target_name == "live" else simulated() as target, opened(target) as account:
        yield account
