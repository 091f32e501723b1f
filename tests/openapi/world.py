"""What requests need in order to succeed: an administrator, other users, and what belongs to them, all made by the API."""

import base64
import email
import email.policy
import hashlib
import hmac
import itertools
import json
import pathlib
import re
import struct
import subprocess
import threading
import time

import requests

PASSWORD = "Lantern-trombone-42"


class World:
    def __init__(self, url, binary, admin_email, admin_password):
        self.url = url
        self.binary = binary
        self.local = threading.local()
        self.numbers = itertools.count(1)
        self.admin = {"email": admin_email, "token": self.sign_in(admin_email, admin_password)}
        self.admin["id"] = self.ask("GET", "/admin/users/me")["user"]["id"]
        # A user without any policy, and a program that may only read users.
        self.nobody = self.member(roles=[])
        reads = self.policy_id("user:read")
        role = self.ask("POST", "/admin/rbac/roles", {"name": "Reads users"})["role"]["id"]
        self.ask("POST", f"/admin/rbac/roles/{role}/policies", {"policies": [reads]})
        key = {"title": "Reads users", "type": "secret", "roles": [role]}
        self.key = self.ask("POST", "/admin/api-keys", key)["api_key"]
        self.protected = {self.admin["id"], self.nobody["id"], self.key["id"], "role_super_admin"}
        self.deliver()

    def ask(self, method, path, body=None, token=None):
        """Sends what must succeed."""
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
        headers = {"authorization": f"Bearer {token or self.admin['token']}"}
        response = self.local.session.request(method, self.url + path, json=body, headers=headers, timeout=30)
        if not response.ok:
            raise RuntimeError(f"{method} {path} answered {response.status_code}: {response.text[:500]}")
        return response.json() if "json" in response.headers.get("content-type", "") else None

    def fresh(self, kind):
        """A name that was not used before."""
        return f"{kind}{next(self.numbers)}"

    def fresh_email(self):
        return f"{self.fresh('user')}@example.com"

    def sign_in(self, address, password=PASSWORD):
        body = {"email": address, "password": password}
        return requests.post(self.url + "/auth/user/emailpass", json=body, timeout=30).json()["token"]

    def user(self):
        """The id of a user who cannot sign in."""
        return self.ask("POST", "/admin/users", {"email": self.fresh_email(), "roles": []})["user"]["id"]

    def member(self, roles=()):
        """A user who is signed in."""
        body = {"email": self.fresh_email(), "password": PASSWORD, "roles": list(roles)}
        user = self.ask("POST", "/admin/users", body)["user"]
        return {"id": user["id"], "email": user["email"], "token": self.sign_in(user["email"])}

    def other_session(self, member):
        """The id of another session of a user's."""
        token = self.sign_in(member["email"])
        claims = token.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sid"]

    def role(self):
        return self.ask("POST", "/admin/rbac/roles", {"name": self.fresh("Role ")})["role"]["id"]

    def policy(self):
        resource = self.fresh("thing")
        body = {"key": f"{resource}:read", "resource": resource, "operation": "read"}
        return self.ask("POST", "/admin/rbac/policies", body)["policy"]["id"]

    def policy_id(self, key):
        return self.ask("GET", f"/admin/rbac/policies?key={key}")["policies"][0]["id"]

    def invite(self):
        return self.ask("POST", "/admin/invites", {"email": self.fresh_email(), "roles": []})["invite"]

    def api_key(self):
        return self.ask("POST", "/admin/api-keys", {"title": "CI", "type": "secret"})["api_key"]["id"]

    def webhook(self):
        body = {"url": "https://hooks.invalid", "events": ["user.*"]}
        return self.ask("POST", "/admin/webhooks", body)["webhook"]["id"]

    def registered(self, address):
        body = {"email": address, "password": PASSWORD}
        return requests.post(self.url + "/auth/user/emailpass/register", json=body, timeout=30).json()["token"]

    def factor(self, member):
        """Starts a second factor; its id and its secret."""
        started = self.ask("POST", "/auth/mfa/factors", {"provider": "totp"}, member["token"])
        return started["mfa_factor"]["id"], started["secret"]

    def enrolled(self):
        """A user with a second factor, and its id and secret."""
        member = self.member()
        factor, secret = self.factor(member)
        code = {"code": totp(secret)}
        answer = self.ask("POST", f"/auth/mfa/factors/{factor}/verify", code, member["token"])
        member["token"] = answer.get("token", member["token"])
        return member, factor, secret

    def deliver(self):
        """Has a worker deliver for a moment, so that there are deliveries, and mails with the codes of verifications and
        the tokens of changes of address."""
        webhook = self.webhook()
        self.ask("POST", f"/admin/webhooks/{webhook}/test")
        for _ in range(4):
            member = self.member()
            self.ask("POST", "/auth/verification/request", verification(member), member["token"])
        for _ in range(8):
            # A user without a sign-in method: the link alone confirms.
            self.ask("POST", f"/admin/users/{self.user()}/email", {"email": self.fresh_email()})
        worker = subprocess.Popen([self.binary, "worker"])
        try:
            deliveries = self.wait(lambda: self.ask("GET", f"/admin/webhooks/{webhook}/deliveries")["deliveries"])
            self.codes = self.wait(lambda: in_links("/app/verify?code=", 4))
            self.changes = self.wait(lambda: in_links("/app/email?token=", 8))
            for _ in range(4):
                self.ask("POST", "/auth/email/confirm", {"token": self.changes.pop()})
            self.reverts = self.wait(lambda: in_links("/app/email/revert?token=", 4))
        finally:
            worker.terminate()
            worker.wait()
        self.delivery = {"id": webhook, "delivery_id": deliveries[0]["id"]}
        self.protected.add(webhook)

    def wait(self, find):
        for _ in range(300):
            if found := find():
                return found
            time.sleep(0.1)
        raise RuntimeError("the worker delivered nothing within 30 seconds")


def verification(member):
    return {"entity_id": member["email"], "entity_type": "email"}


def in_links(beginning, count):
    """What the links of so many mails have after this beginning; nothing as long as there are fewer mails."""
    found = []
    for mail in pathlib.Path("data/mail").glob("*.eml"):
        message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
        found += re.findall(re.escape(beginning) + r"([\w.-]+)", message.get_body(("plain",)).get_content())
    return found if len(found) == count else []


def totp(secret, step=0):
    """The code that an authenticator app shows (RFC 6238), so many steps from now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
