"""Which teams a key belongs to, and who is in them."""

from __future__ import annotations

from zusage.sandbox.calcom._call import Answer, Call, success
from zusage.sandbox.calcom._model import Json, Team, User
from zusage.sandbox.calcom._problems import nest


async def list_teams(call: Call) -> Answer:
    """Give the teams of the caller's account."""
    mine = [each for each in call.world.teams.values() if each.account == call.caller.account]
    return success([_shown(each) for each in mine])


async def list_memberships(call: Call) -> Answer:
    """Give the people of a team; who runs it is its owner.

    :raises RefusalError: 404, no such team; 403, the caller does not run it."""
    team = call.world.teams.get(int(call.params["team"]))
    if team is None or team.account != call.caller.account:
        raise nest(404, f"Team with id {call.params['team']} not found")
    if not call.caller.admin:
        raise nest(403, "TeamRolesGuard - user is not a team admin or owner")
    people = [each for each in call.world.users.values() if each.account == team.account]
    return success([_membership(call, team, each) for each in people])


def _shown(team: Team) -> Json:
    return {"id": team.id, "parentId": team.organization_id, "name": team.name, "isOrganization": False}


def _membership(call: Call, team: Team, user: User) -> Json:
    return {
        "id": team.id * 1000 + user.id,
        "userId": user.id,
        "teamId": team.id,
        "accepted": True,
        "role": "OWNER" if user.id == call.caller.user_id else "MEMBER",
        "user": {"username": user.username, "name": user.name, "email": user.email, "metadata": {}},
    }
