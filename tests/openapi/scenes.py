"""For each operation, a request that succeeds: its path parameters, query, body, and whose token it is sent with."""

from world import PASSWORD, totp, verification

PROVIDER = {"actor_type": "user", "provider": "emailpass"}
NEW_PASSWORD = "Other-harbour-77x"

# No provider that is built in redirects, so these have nothing to succeed with.
NEVER_SUCCEED = {
    "GET /auth/{actor_type}/{provider}",
    "GET /auth/{actor_type}/{provider}/callback",
    "POST /auth/{actor_type}/{provider}/callback",
    # Nor is there a second provider to link or to remove, or one that proves an address.
    "POST /auth/identities",
    "DELETE /auth/identities/{provider}",
    "POST /auth/{provider}/user",
}


def scene(world, operation):
    """What makes a request of this operation succeed."""
    if operation in SCENES:
        return SCENES[operation](world)
    _, path = operation.split(" ")
    for prefix, make in SUBJECTS.items():
        if path.startswith(prefix + "/{"):
            return {"path": make(world)}
    return {}


def with_member(make):
    """A request of a user's own."""

    def made(world):
        member = world.member()
        return {"token": member["token"], **make(world, member)}

    return made


def challenge(world):
    member, _, secret = world.enrolled()
    body = {"email": member["email"], "password": PASSWORD}
    half = world.ask("POST", "/auth/user/emailpass", body)
    return {
        "token": half["token"],
        "path": {"id": half["mfa_challenge"]["id"]},
        # The present step has been used for the enrolment.
        "body": {"method": "totp", "code": totp(secret, 1)},
    }


def factor_to_verify(world, member):
    factor, secret = world.factor(member)
    return {"path": {"id": factor}, "body": {"code": totp(secret)}}


def factor_to_rename(world, member):
    factor, _ = world.factor(member)
    return {"path": {"id": factor}, "body": {"name": "Tablet"}}


def factor_to_delete(world):
    member, factor, _ = world.enrolled()
    return {"token": member["token"], "path": {"id": factor}, "body": {}}


def with_factor(world):
    member, _, _ = world.enrolled()
    return {"token": member["token"], "body": {}}


def accepting(world):
    invite = world.invite()
    return {"token": world.registered(invite["email"]), "query": {"token": invite["token"]}, "body": {}}


def reset(world):
    member = world.member()
    token = world.ask("POST", f"/admin/users/{member['id']}/reset-password")["token"]
    return {"token": token, "path": PROVIDER, "body": {"password": NEW_PASSWORD}}


def revoked_key(world):
    key = world.api_key()
    world.ask("POST", f"/admin/api-keys/{key}/revoke")
    return {"path": {"id": key}}


def session_of_user(world):
    member = world.member()
    return {"path": {"id": member["id"], "session_id": world.other_session(member)}}


def factor_of_user(world):
    member, factor, _ = world.enrolled()
    return {"path": {"id": member["id"], "mfa_id": factor}}


def policy(world):
    resource = world.fresh("thing")
    return {"body": {"key": f"{resource}:read", "resource": resource, "operation": "read"}}


# Where a path names something by its id, what it names.
SUBJECTS = {
    "/admin/users": lambda world: {
        "id": world.user(),
        "role_id": world.role(),
        "session_id": "authses_nosuch",
        "mfa_id": "authmfa_nosuch",
    },
    "/admin/rbac/roles": lambda world: {"id": world.role(), "policy_id": world.policy()},
    "/admin/rbac/policies": lambda world: {"id": world.policy()},
    "/admin/invites": lambda world: {"id": world.invite()["id"]},
    "/admin/api-keys": lambda world: {"id": world.api_key()},
    "/admin/webhooks": lambda world: {"id": world.webhook()},
    "/admin/deliveries": lambda world: {"id": world.delivery["delivery_id"]},
    "/admin/audit": lambda world: {"id": world.ask("GET", "/admin/audit?limit=1")["audit_entries"][0]["id"]},
}

SCENES = {
    "POST /auth/session": with_member(lambda *_: {}),
    "DELETE /auth/session": with_member(lambda *_: {}),
    "GET /auth/sessions": with_member(lambda *_: {}),
    "DELETE /auth/sessions": with_member(lambda *_: {}),
    "DELETE /auth/sessions/{id}": with_member(lambda world, member: {"path": {"id": world.other_session(member)}}),
    "POST /auth/token/refresh": with_member(lambda *_: {}),
    "POST /auth/proof": with_member(lambda *_: {"body": {"password": PASSWORD}}),
    "POST /auth/proof/challenge": with_factor,
    "POST /auth/email/confirm": lambda world: {"body": {"token": world.changes.pop()}} if world.changes else {},
    "POST /auth/email/revert": lambda world: {"body": {"token": world.reverts.pop()}} if world.reverts else {},
    "POST /auth/password": with_member(
        lambda *_: {"body": {"current_password": PASSWORD, "new_password": NEW_PASSWORD}}
    ),
    "POST /auth/email": with_member(lambda world, _: {"body": {"email": world.fresh_email(), "password": PASSWORD}}),
    "POST /admin/users/{id}/email": lambda world: {
        "path": {"id": world.user()},
        "body": {"email": world.fresh_email()},
    },
    "POST /auth/verification/request": with_member(lambda _, member: {"body": verification(member)}),
    "POST /auth/verification/confirm": lambda world: {"body": {"code": world.codes.pop()}} if world.codes else {},
    "POST /auth/invites/preview": lambda world: {"body": {"token": world.invite()["token"]}},
    "POST /auth/invites/passkey": lambda world: {"body": {"token": world.invite()["token"]}},
    "POST /auth/invites/accept": lambda world: {"body": {"token": world.invite()["token"], "password": PASSWORD}},
    "GET /auth/export": with_member(lambda *_: {}),
    "GET /auth/identities": with_member(lambda *_: {}),
    "POST /auth/identities": with_member(lambda world, _: {"body": {"token": world.registered(world.fresh_email())}}),
    "DELETE /auth/identities/{provider}": with_member(lambda *_: {"path": {"provider": "emailpass"}}),
    "POST /auth/{provider}/user": with_member(lambda *_: {"path": {"provider": "emailpass"}}),
    "GET /auth/mfa/factors": with_member(lambda *_: {}),
    "POST /auth/mfa/factors": with_member(lambda *_: {"body": {"provider": "totp"}}),
    "POST /auth/mfa/factors/{id}": with_member(factor_to_rename),
    "POST /auth/mfa/factors/{id}/verify": with_member(factor_to_verify),
    "DELETE /auth/mfa/factors/{id}": factor_to_delete,
    "POST /auth/mfa/recovery-codes": with_factor,
    "POST /auth/mfa/challenges/{id}/verify": challenge,
    "GET /auth/{actor_type}/providers": lambda _: {"path": PROVIDER},
    "POST /auth/{actor_type}/{provider}": lambda world: {
        "path": PROVIDER,
        "body": {"email": world.nobody["email"], "password": PASSWORD},
    },
    "POST /auth/{actor_type}/{provider}/register": lambda world: {
        "path": PROVIDER,
        "body": {"email": world.fresh_email(), "password": PASSWORD},
    },
    "POST /auth/{actor_type}/{provider}/reset-password": lambda world: {
        "path": PROVIDER,
        "body": {"identifier": world.nobody["email"]},
    },
    "POST /auth/{actor_type}/{provider}/update": reset,
    "POST /admin/users": lambda world: {"body": {"email": world.fresh_email(), "roles": []}},
    "POST /admin/users/{id}": lambda world: {"path": {"id": world.user()}, "body": {"first_name": "Ada"}},
    "DELETE /admin/users/{id}/sessions/{session_id}": session_of_user,
    "DELETE /admin/users/{id}/mfa/{mfa_id}": factor_of_user,
    "POST /admin/users/{id}/reset-password": lambda world: {"path": {"id": world.member()["id"]}},
    "POST /admin/users/{id}/roles": lambda world: {"path": {"id": world.user()}, "body": {"roles": [world.role()]}},
    "DELETE /admin/users/{id}/roles": lambda world: {"path": {"id": world.user()}, "body": {"roles": [world.role()]}},
    "GET /admin/rbac/explain": lambda world: {"query": {"user_id": world.nobody["id"], "policy": "user:read"}},
    "POST /admin/rbac/roles": lambda world: {"body": {"name": world.fresh("Role ")}},
    "POST /admin/rbac/roles/{id}": lambda world: {"path": {"id": world.role()}, "body": {"description": None}},
    "POST /admin/rbac/roles/{id}/policies": lambda world: {
        "path": {"id": world.role()},
        "body": {"policies": [world.policy()]},
    },
    "POST /admin/rbac/roles/{id}/users": lambda world: {"path": {"id": world.role()}, "body": {"users": [world.user()]}},
    "DELETE /admin/rbac/roles/{id}/users": lambda world: {
        "path": {"id": world.role()},
        "body": {"users": [world.user()]},
    },
    "POST /admin/rbac/policies": policy,
    "POST /admin/rbac/policies/{id}": lambda world: {"path": {"id": world.policy()}, "body": {"description": None}},
    "POST /admin/invites": lambda world: {"body": {"email": world.fresh_email(), "roles": []}},
    "POST /admin/invites/accept": accepting,
    "POST /admin/api-keys": lambda _: {"body": {"title": "CI", "type": "secret"}},
    "POST /admin/api-keys/{id}": lambda world: {"path": {"id": world.api_key()}, "body": {"title": "CI"}},
    "POST /admin/api-keys/{id}/revoke": lambda world: {"path": {"id": world.api_key()}, "body": {}},
    "DELETE /admin/api-keys/{id}": revoked_key,
    "POST /admin/webhooks": lambda _: {"body": {"url": "https://hooks.invalid", "events": ["*"]}},
    "POST /admin/webhooks/{id}": lambda world: {"path": {"id": world.webhook()}, "body": {"description": "CI"}},
    "POST /admin/webhooks/{id}/rotate-secret": lambda world: {"path": {"id": world.webhook()}, "body": {}},
    "POST /admin/webhooks/{id}/deliveries/{delivery_id}/redeliver": lambda world: {"path": world.delivery},
}
