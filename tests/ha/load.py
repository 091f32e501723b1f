"""The load: clients of every server that write and read all the time, and compare what they read with what they know."""

import itertools
import random
import re
import threading
import time

from client import Client

# How many of each: inviters, creators of users, readers, for each server; and the users whose names change all the time.
INVITERS = 2
CREATORS = 1
PROBES = 4

# Each client pauses for this long, so that two processors carry everything, and the machine has room for a failover.
PAUSE = 0.04


class Probe:
    """A user whose name is a number that only one client raises, so that every page can be judged: a name that was acknowledged
    before the request, or seen by anyone before it, must not be newer than the page's, and a name that no one wrote must not be there."""

    def __init__(self, number):
        self.email = f"probe{number}@ha.example"
        self.id = None
        self.lock = threading.Lock()
        self.floor = 0
        self.tried = 0
        self.acknowledged = 0

    def raise_floor(self, value):
        with self.lock:
            self.floor = max(self.floor, value)


class Load:
    def __init__(self, book, servers, token, cookie, run, allows=()):
        """`servers`: names and URLs. `run`: a word that makes the addresses of this load different from those of others."""
        self.book, self.servers, self.run = book, servers, run
        self.token, self.cookie, self.allows = token, cookie, allows
        # id: e-mail address of what was acknowledged.
        self.invites, self.users = {}, {}
        self.pages = 0
        self.probes = [Probe(f"-{run}-{number}") for number in range(PROBES)]
        # No two clients may take the same address.
        self.numbers = itertools.count()
        self.ends = threading.Event()
        self.threads = []

    def address(self, kind):
        return f"{kind}-{self.run}-{next(self.numbers)}@ha.example"

    def client(self, server, with_cookie=False):
        name, url = server
        return Client(self.book, name, url, self.cookie if with_cookie else self.token, self.allows)

    def start(self):
        for probe in self.probes:
            body = {"email": probe.email, "first_name": "Probe", "last_name": "v0", "roles": []}
            response = self.client(self.servers[0]).ask("create user", "POST", "/admin/users", body)
            probe.id = response.json()["user"]["id"]
            self.users[probe.id] = probe.email
            self.spawn(self.change, probe)
        for server in self.servers:
            for _ in range(INVITERS):
                self.spawn(self.invite, server)
            for _ in range(CREATORS):
                self.spawn(self.create, server)
            self.spawn(self.read, server)
            self.spawn(self.read_pages, server)

    def spawn(self, work, *arguments):
        def guarded():
            try:
                work(*arguments)
            except Exception as error:  # noqa: BLE001  a client that ended would make the load look harmless
                self.book.fault(f"a client broke: {error!r}")
        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        self.threads.append(thread)

    def end(self):
        self.ends.set()
        for thread in self.threads:
            thread.join()

    def rounds(self):
        number = 0
        while not self.ends.is_set():
            number += 1
            yield number
            time.sleep(PAUSE)

    def invite(self, server):
        client = self.client(server)
        for _ in self.rounds():
            email = self.address("invite")
            response = client.ask("invite", "POST", "/admin/invites", {"email": email, "roles": []})
            if response and response.is_good:
                self.invites[response.json()["invite"]["id"]] = email

    def create(self, server):
        client = self.client(server)
        for _ in self.rounds():
            email = self.address("user")
            response = client.ask("create user", "POST", "/admin/users", {"email": email, "roles": []})
            if response and response.is_good:
                self.users[response.json()["user"]["id"]] = email

    def read(self, server):
        client = self.client(server)
        for number in self.rounds():
            client.ask("me", "GET", "/admin/users/me")
            if number % 5 == 0:
                client.ask("list", "GET", "/admin/users?limit=20&order=-created_at")
            if number % 5 == 2:
                client.ask("list", "GET", "/admin/invites?limit=20")
            if number % 5 == 4:
                self.check_user(client, random.choice(self.probes))

    def read_pages(self, server):
        client = self.client(server, with_cookie=True)
        for number in self.rounds():
            self.check_page(client, self.probes[number // 4 % PROBES])

    def change(self, probe):
        """Changes the name, and reads it at another server and at the same one as soon as that is acknowledged."""
        writers = [self.client(server) for server in self.servers]
        readers = [self.client(server, with_cookie=True) for server in self.servers]
        for number in self.rounds():
            probe.tried = number
            here = random.randrange(len(self.servers))
            path = f"/admin/users/{probe.id}"
            response = writers[here].ask("change user", "POST", path, {"last_name": f"v{number}"})
            if not response or not response.is_good:
                continue
            probe.acknowledged += 1
            probe.raise_floor(number)
            self.check_page(readers[here - 1], probe)
            self.check_page(readers[here], probe)
            self.check_user(writers[here - 1], probe)

    def check_page(self, client, probe):
        floor = probe.floor
        response = client.ask("page", "GET", f"/app/users?q={probe.email}")
        if response and response.is_good:
            self.pages += 1
            self.judge(client, probe, floor, "page", re.search(rb'title="Probe v(\d+)"', response.body))

    def check_user(self, client, probe):
        floor = probe.floor
        response = client.ask("user", "GET", f"/admin/users/{probe.id}")
        if response and response.is_good:
            self.judge(client, probe, floor, "user", re.search(rb'"last_name":"v(\d+)"', response.body))

    def judge(self, client, probe, floor, what, found):
        shown = int(found[1]) if found else None
        if shown is None or not floor <= shown <= probe.tried:
            self.book.fault(
                f"stale: {client.server} shows {shown} for {probe.email} ({what}), where {floor} was known before and "
                f"{probe.tried} was the last attempt"
            )
        else:
            probe.raise_floor(shown)
