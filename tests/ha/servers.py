"""The processes of `vestibule serve`, each in a folder of its own, all on one database."""

import csv
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from place import ENTRANCE, PASSWORD, PLACE, POOLER, POSTGRES, PROXY, RECEIVER, SERVERS, VESTIBULE, folder, start, until
import network

# The ways to the primary, in turn: through HAProxy; through PgBouncer, which reaches it through HAProxy; and by a URL that names
# all three nodes, of which the program takes the one that accepts writes, and gives up one that has vanished.
HOSTS = {
    "haproxy": f"127.0.0.1:{PROXY}/vestibule",
    "pgbouncer": f"127.0.0.1:{POOLER}/vestibule",
    "hosts": ",".join(f"{network.front(node)}:{POSTGRES}" for node in network.NODES) + "/vestibule?tcp_user_timeout=5000",
}

ADMIN = {"email": "admin@example.com", "password": "correct-horse-staple-41"}

SETTINGS = {
    "JWT_SECRET": secrets.token_urlsafe(48),
    # The clients have one address.
    "VESTIBULE_LIMITS_PER_ADDRESS": "0",
    "VESTIBULE_LIMITS_CONNECTIONS_PER_ADDRESS": "0",
    "VESTIBULE_WEBHOOKS_ALLOWED_NETWORKS": "127.0.0.0/8",
    "VESTIBULE_WEBHOOKS_TIMEOUT": "5s",
    # What a killed process was about to deliver is delivered by another one after this long: by default 2 minutes.
    "VESTIBULE_EVENTS_LEASE": "20s",
    # Nothing here is about proofs of identity.
    "VESTIBULE_AUTH_FRESH_PROOF_LIFETIME": "1d",
}

SOCKET = str(PLACE / "entrance.sock")

FRONT = """
global
    maxconn 2000
    stats socket {socket} mode 600 level admin
defaults
    mode http
    timeout connect 2s
    timeout client 1m
    # A request that waits for the database is answered by the server itself, with 503 and Retry-After, within 20 s.
    timeout server 30s
    timeout check 1s
    # A request is sent again if no connection could be made, and never if it may have been received.
    retries 2
    option redispatch
listen vestibule
    bind 127.0.0.1:{port}
    # Not /health/ready: a server without a database answers with Retry-After, a proxy without servers does not.
    option httpchk GET /health/live
    http-check expect status 200
    default-server inter 250ms fall 2 rise 1
"""


def is_good(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


class Server:
    def __init__(self, number, way, program=VESTIBULE):
        self.name = f"serve{number}"
        self.way = way
        self.program = program
        self.port = SERVERS + number
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def environment(self):
        database = f"postgres://vestibule:{PASSWORD}@{HOSTS[self.way]}"
        path = {name: value for name, value in os.environ.items() if not name.startswith("VESTIBULE_")}
        return {**path, **SETTINGS, "VESTIBULE_DATABASE_URL": database, "VESTIBULE_SERVER_LISTEN": f"127.0.0.1:{self.port}"}

    def start(self):
        self.process = start(self.name, [self.program, "serve"], cwd=folder(self.name), env=self.environment())

    def is_live(self):
        return self.says("/health/live")

    def is_ready(self):
        return self.says("/health/ready")

    def says(self, path):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended on its own, with {self.process.returncode}: see its log")
        return is_good(self.url + path)

    def until_live(self, seconds=60):
        until(f"{self.name} listens", seconds, self.is_live)

    def run(self, *arguments):
        return subprocess.run(
            [self.program, *arguments], check=True, capture_output=True, text=True, env=self.environment(), cwd=folder(self.name)
        )

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Asks it to end; returns how long that took."""
        begun = time.monotonic()
        self.signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        return time.monotonic() - begun


def start_entrance(servers):
    """The proxy in front of the servers. Returns its URL."""
    proxy = PLACE / "entrance.cfg"
    lines = [f"    server {server.name} 127.0.0.1:{server.port} check\n" for server in servers]
    proxy.write_text(FRONT.format(port=ENTRANCE, socket=SOCKET) + "".join(lines))
    start("entrance", ["haproxy", "-db", "-f", str(proxy)])
    url = f"http://127.0.0.1:{ENTRANCE}"
    until("the proxy in front of the servers", 30, lambda: is_good(url + "/health/live"))
    return url


def command(text):
    """Has the proxy in front of the servers do something. Returns its answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(SOCKET)
        connection.sendall(f"{text}\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def sessions(server):
    """How many requests this server is answering for the proxy."""
    rows = list(csv.DictReader(command("show stat").removeprefix("# ").splitlines()))
    return next(int(row["scur"]) for row in rows if (row["pxname"], row["svname"]) == ("vestibule", server.name))


RECEIVER_URL = f"http://127.0.0.1:{RECEIVER}/events"
