"""A client of the API and of the pages: it writes down each response, and whether it may be."""

import dataclasses
import http.client
import json
import threading
import time
import urllib.parse

# Longer than a server takes to give up: 5 s for a connection, 12 s for a statement.
PATIENCE = 40


@dataclasses.dataclass
class Response:
    status: int
    headers: dict
    body: bytes
    begun: float
    ended: float

    @property
    def is_good(self):
        return 200 <= self.status < 300

    def json(self):
        return json.loads(self.body)


@dataclasses.dataclass
class Tried:
    """A request and what came of it: a status, or the error without one."""
    server: str
    kind: str
    begun: float
    ended: float
    outcome: str


class Book:
    """What was asked and answered, and what must not have been."""

    def __init__(self):
        self.lock = threading.Lock()
        self.tried = []
        self.faults = []

    def note(self, tried):
        with self.lock:
            self.tried.append(tried)

    def fault(self, text):
        with self.lock:
            self.faults.append(f"{time.monotonic():.3f} {text}")

    def since(self, moment):
        with self.lock:
            return [one for one in self.tried if one.begun >= moment]


class Client:
    """One keep-alive connection. Not for several threads at once."""

    def __init__(self, book, server, url, credentials, allows=()):
        self.book, self.server, self.credentials = book, server, credentials
        # Outcomes that are no fault here, besides 2xx and 503 with Retry-After.
        self.allows = allows
        self.address = urllib.parse.urlsplit(url).netloc
        self.connection = None

    def ask(self, kind, method, path, body=None):
        """Returns the response, or None without one."""
        headers = dict(self.credentials)
        data = None
        if body is not None:
            data = json.dumps(body)
            headers["Content-Type"] = "application/json"
        begun = time.monotonic()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
            self.connection.request(method, path, body=data, headers=headers)
            answer = self.connection.getresponse()
            response = Response(answer.status, {name.lower(): value for name, value in answer.getheaders()},
                                answer.read(), begun, time.monotonic())
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.connection = None
            self.judge(kind, begun, type(error).__name__, f"{method} {path}: {error!r}")
            return None
        outcome = str(response.status)
        if response.status == 503:
            outcome += " with Retry-After" if "retry-after" in response.headers else " without Retry-After"
        # Each response of Vestibule has a number; a proxy's own has none.
        if "x-request-id" not in response.headers:
            outcome = f"proxy {response.status}"
        self.judge(kind, begun, outcome, f"{method} {path}: {response.body[:300]!r}")
        return response

    def judge(self, kind, begun, outcome, details):
        ended = time.monotonic()
        self.book.note(Tried(self.server, kind, begun, ended, outcome))
        is_good = outcome.startswith("2") or outcome == "503 with Retry-After" or outcome in self.allows
        if not is_good:
            self.book.fault(f"{self.server} {kind}: {outcome} after {ended - begun:.1f} s, {details}")


def credentials(server, admin):
    """The headers of the administrator: for the API a token, for pages a cookie."""
    def post(path, body, headers):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=PATIENCE)
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"POST {path} answered {answer.status}: {text[:300]!r}")
        return json.loads(text), answer.headers.get_all("set-cookie") or []
    token = {"Authorization": f"Bearer {post('/auth/user/emailpass', admin, {})[0]['token']}"}
    cookies = [cookie.split(";")[0] for cookie in post("/auth/session", {}, token)[1]]
    return token, {"Cookie": "; ".join(cookies)}
