"""Sign-in through oidc-provider-mock, by the API: each test asks the server, and the provider as a browser would."""

import base64
import json
import os
import time
import traceback
from urllib.parse import parse_qs, urlsplit

import httpx

URL = os.environ["VESTIBULE_URL"]
ISSUER = os.environ["ISSUER"]
COMPANY = "/auth/user/company"

server = httpx.Client(base_url=URL, timeout=30)
provider = httpx.Client(base_url=ISSUER, timeout=30)


def ask(method, path, body=None, token=None):
    """The status and the JSON of a response."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    response = server.request(method, path, json=body, headers=headers)
    return response.status_code, response.json()


def succeed(*request, **more):
    status, answer = ask(*request, **more)
    assert status in (200, 201), f"{request}: {status} {answer}"
    return answer


def is_refused(answer, status, code):
    assert answer[0] == status and answer[1].get("code") == code, answer


def person(sub, email, verified=True, **claims):
    """An account at the provider."""
    claims = {"email": email, "email_verified": verified, "name": "Grace Hopper", **claims}
    provider.put(f"/users/{sub}", json=claims).raise_for_status()
    return sub


def begin():
    """Where the browser goes, with what the server asks of the provider."""
    location = succeed("POST", COMPANY)["location"]
    assert location.startswith(f"{ISSUER}/oauth2/authorize?"), location
    return location


def at_provider(location, **form):
    """What the provider sends back to the callback."""
    response = provider.post(location, data=form)
    assert response.status_code == 302, f"{response.status_code} {response.text[:300]}"
    return urlsplit(response.headers["location"])


def come_back(callback):
    return ask("GET", f"{callback.path}?{callback.query}")


def sign_in(sub):
    """The token of this account at the provider."""
    callback = at_provider(begin(), sub=sub)
    assert f"{callback.scheme}://{callback.netloc}{callback.path}" == f"{URL}{COMPANY}/callback", callback
    status, answer = come_back(callback)
    assert status == 200, answer
    return answer["token"]


def actor(token):
    """The user of a token; empty as long as no one owns the identity."""
    claims = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["actor_id"]


def administrator():
    body = {"email": "admin@example.com", "password": os.environ["ADMIN_PASSWORD"]}
    return succeed("POST", "/auth/user/emailpass", body)["token"]


def the_server_asks_as_the_specification_wants():
    query = parse_qs(urlsplit(begin()).query)
    assert query["response_type"] == ["code"] and query["client_id"] == ["vestibule"], query
    assert query["code_challenge_method"] == ["S256"] and len(query["code_challenge"][0]) == 43, query
    assert "openid" in query["scope"][0].split(), query
    assert len(query["state"][0]) >= 32 and len(query["nonce"][0]) >= 32, query
    assert parse_qs(urlsplit(begin()).query)["nonce"] != query["nonce"]


def an_invite_is_accepted_and_the_account_signs_in():
    # The provider's address is another than the invited one: the invite was received.
    grace = person("grace", "grace@private.example")
    invite = succeed("POST", "/admin/invites", {"email": "grace@example.com"}, administrator())["invite"]
    token = sign_in(grace)
    assert actor(token) == ""
    user = succeed("POST", f"/admin/invites/accept?token={invite['token']}", {"first_name": "Grace"}, token)["user"]
    assert user["email"] == "grace@example.com", user
    for _ in range(2):
        token = sign_in(grace)
        assert actor(token) == user["id"]
        assert succeed("GET", "/admin/users/me", token=token)["user"]["id"] == user["id"]


def an_address_of_the_domain_signs_up():
    hedy = person("hedy", "hedy@company.example")
    token = sign_in(hedy)
    assert actor(token) == ""
    user = succeed("POST", "/auth/company/user", {}, token)["user"]
    assert user["email"] == "hedy@company.example", user
    assert actor(sign_in(hedy)) == user["id"]


def an_address_of_another_domain_does_not_sign_up():
    status, answer = ask("POST", "/auth/company/user", {}, sign_in(person("eve", "eve@elsewhere.example")))
    assert status in (400, 401, 403), answer


def an_address_that_is_not_verified_is_refused():
    for verified in (False, "true", None):
        mallory = person("mallory", "mallory@company.example", verified)
        is_refused(come_back(at_provider(begin(), sub=mallory)), 401, "email_not_verified")


def an_address_of_a_user_becomes_theirs_by_linking_alone():
    admin = person("root", "admin@example.com")
    token = sign_in(admin)
    assert actor(token) == ""
    assert ask("GET", "/admin/users/me", token=token)[0] == 401
    assert ask("POST", "/auth/company/user", {}, token)[0] != 200
    own = administrator()
    succeed("POST", "/auth/identities", {"token": token}, own)
    assert actor(sign_in(admin)) == actor(own)
    providers = [one["provider"] for one in succeed("GET", "/auth/identities", token=own)["identities"]]
    assert sorted(providers) == ["company", "emailpass"], providers
    succeed("DELETE", "/auth/identities/company", token=own)
    assert actor(sign_in(admin)) == ""


def a_refusal_at_the_provider_comes_back():
    callback = at_provider(begin(), action="deny")
    query = parse_qs(callback.query)
    state = parse_qs(urlsplit(begin()).query)["state"][0]
    assert query["error"] == ["access_denied"], query
    denied = ask("GET", f"{COMPANY}/callback?error=access_denied&state={state}")
    is_refused(denied, 401, "sign_in_denied")


def a_state_and_a_code_work_once():
    grace = person("grace", "grace@private.example")
    callback = at_provider(begin(), sub=grace)
    assert come_back(callback)[0] == 200
    is_refused(come_back(callback), 401, "sign_in_expired")
    code = parse_qs(callback.query)["code"][0]
    state = parse_qs(urlsplit(begin()).query)["state"][0]
    is_refused(ask("GET", f"{COMPANY}/callback?code={code}&state={state}"), 401, "sign_in_code_refused")


def a_code_of_another_sign_in_has_the_wrong_nonce():
    grace = person("grace", "grace@private.example")
    theirs = parse_qs(at_provider(begin(), sub=grace).query)
    own = parse_qs(urlsplit(begin()).query)
    injected = ask("GET", f"{COMPANY}/callback?code={theirs['code'][0]}&state={own['state'][0]}")
    assert injected[0] == 401 and injected[1]["code"] in ("id_token_invalid", "sign_in_code_refused"), injected


TESTS = [
    the_server_asks_as_the_specification_wants,
    an_invite_is_accepted_and_the_account_signs_in,
    an_address_of_the_domain_signs_up,
    an_address_of_another_domain_does_not_sign_up,
    an_address_that_is_not_verified_is_refused,
    an_address_of_a_user_becomes_theirs_by_linking_alone,
    a_refusal_at_the_provider_comes_back,
    a_state_and_a_code_work_once,
    a_code_of_another_sign_in_has_the_wrong_nonce,
]


def wait_for_the_provider():
    for _ in range(200):
        try:
            assert provider.get("/.well-known/openid-configuration").json()["issuer"] == ISSUER
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the provider did not start within 20 seconds")


wait_for_the_provider()
failed = 0
for test in TESTS:
    try:
        test()
        print("ok", test.__name__.replace("_", " "))
    except Exception:
        failed += 1
        print("FAILED", test.__name__.replace("_", " "))
        traceback.print_exc()
print(f"# pass {len(TESTS) - failed}")
print(f"# fail {failed}")
raise SystemExit(failed > 0)
