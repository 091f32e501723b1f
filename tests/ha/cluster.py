"""The database: etcd, three nodes of Patroni with a synchronous standby, HAProxy in front of the primary, PgBouncer in front of it."""

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

import psycopg2

import network
from place import PASSWORD, PATRONI, PLACE, POOLER, POSTGRES, PROXY, PYTHON, as_postgres, folder, start, until

# ttl: the least that Patroni takes. It is how long a dead primary's lease lasts, so nearly all of the outage after a kill.
# loop_wait + 2 * retry_timeout must not be more. retry_timeout is how long etcd may be silent before the primary
# gives up: as much as fits, as the machine is shared and slow.
# The rest of the lease is for the loop.
TIMES = {"ttl": 20, "loop_wait": 2, "retry_timeout": 8}

PARAMETERS = {
    "max_connections": 100,
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    # A standby that follows another primary asks again after this long; by default after 5 s, for which writes would wait.
    "wal_retrieve_retry_interval": "500ms",
    # How long a connection whose other end is silent is kept: replication, and the programs.
    "wal_sender_timeout": "5s",
    "wal_receiver_timeout": "5s",
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 1,
    "tcp_keepalives_count": 3,
    "log_min_messages": "warning",
    "unix_socket_directories": "",
}

HAPROXY = """
global
    maxconn 2000
defaults
    mode tcp
    timeout connect 2s
    timeout client 1h
    timeout server 1h
    timeout check 2s
    # By default a refused connection is tried three times more, a second apart, at a server that has just died. Without that,
    # the program learns of it at once and answers.
    retries 0
listen primary
    bind 127.0.0.1:{port}
    option httpchk GET /primary
    http-check expect status 200
    # A new primary takes part from its first good check. Connections to one that no longer is the primary are ended.
    default-server inter 250ms fall 2 rise 1 on-marked-down shutdown-sessions
"""

PGBOUNCER = """
[databases]
vestibule = host=127.0.0.1 port={proxy} dbname=vestibule
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
; After a failed connection to the server PgBouncer tries none for 15 s by default: longer than the rest of a failover.
server_login_retry = 0.25
"""


class Cluster:
    def __init__(self):
        self.patroni = {}

    def start(self):
        etcd = folder("etcd")
        start("etcd", [
            *network.inside("etcd"), "etcd", "--data-dir", str(etcd), "--log-level", "warn",
            "--listen-client-urls", f"http://{network.ETCD}:2379", "--advertise-client-urls", f"http://{network.ETCD}:2379",
            "--listen-peer-urls", "http://127.0.0.1:2380", "--initial-advertise-peer-urls", "http://127.0.0.1:2380",
            "--initial-cluster", "default=http://127.0.0.1:2380",
        ])
        # One after the other, so that the first is the primary and initdb runs once.
        for node in network.NODES:
            self.start_node(node)
            until(f"the start of {node}", 90, lambda: self.health(node, "replica" if self.patroni.keys() - {node} else "primary"))
        self.until_whole()
        with self.connection(self.primary(), "postgres") as connection:
            connection.execute(f"CREATE ROLE vestibule LOGIN PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE vestibule OWNER vestibule")
            connection.execute("CREATE TABLE control (at timestamptz)")
        self.start_proxies()

    def start_node(self, node):
        configuration = PLACE / f"{node}.yml"
        folder(f"data-{node}", owner="postgres")
        users = {"superuser": "postgres", "replication": "replicator", "rewind": "rewinder"}
        configuration.write_text(json.dumps({
            "scope": "ha",
            "name": node,
            "restapi": {"listen": f"0.0.0.0:{PATRONI}", "connect_address": f"{network.back(node)}:{PATRONI}"},
            "etcd3": {"host": f"{network.ETCD}:2379"},
            "bootstrap": {
                "dcs": {
                    **TIMES,
                    "synchronous_mode": True,
                    # Without a standby that is up to date, nothing is acknowledged.
                    "synchronous_mode_strict": True,
                    "postgresql": {"use_pg_rewind": True, "parameters": PARAMETERS},
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
            },
            "postgresql": {
                "listen": f"0.0.0.0:{POSTGRES}",
                "connect_address": f"{network.back(node)}:{POSTGRES}",
                "data_dir": str(PLACE / f"data-{node}" / "pg"),
                "bin_dir": binaries(),
                "pgpass": str(PLACE / f"data-{node}" / "pgpass"),
                "authentication": {
                    use: {"username": name, "password": PASSWORD} for use, name in users.items()
                },
                "pg_hba": ["host all all 0.0.0.0/0 scram-sha-256", "host replication replicator 0.0.0.0/0 scram-sha-256"],
            },
        }))
        self.patroni[node] = start(
            f"patroni-{node}", network.inside(node) + as_postgres(PYTHON, "-m", "patroni", str(configuration))
        )

    def start_proxies(self):
        proxy = PLACE / "haproxy.cfg"
        servers = [
            f"    server {node} {network.front(node)}:{POSTGRES} check port {PATRONI}\n" for node in network.NODES
        ]
        proxy.write_text(HAPROXY.format(port=PROXY) + "".join(servers))
        start("haproxy", ["haproxy", "-db", "-f", str(proxy)])
        pooler = folder("pgbouncer")
        (pooler / "users").write_text(f'"vestibule" "{PASSWORD}"\n')
        (pooler / "pgbouncer.ini").write_text(PGBOUNCER.format(port=POOLER, proxy=PROXY, users=pooler / "users"))
        folder("pgbouncer", owner="postgres")
        start("pgbouncer", as_postgres("pgbouncer", str(pooler / "pgbouncer.ini")))

    def health(self, node, role="primary"):
        """Whether Patroni says that this node has this role now."""
        try:
            address = f"http://{network.front(node)}:{PATRONI}/{role}"
            with urllib.request.urlopen(address, timeout=2) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def primary(self):
        return until("a primary", 60, lambda: next((node for node in network.NODES if self.health(node)), None))

    def standbys(self):
        primary = self.primary()
        return [node for node in network.NODES if node != primary]

    def synchronous_standby(self):
        return until("a synchronous standby", 60, lambda: next(
            (node for node in network.NODES if self.health(node, "synchronous")), None
        ))

    @contextlib.contextmanager
    def connection(self, node, database="vestibule"):
        """A cursor on the node itself, past the proxy. Each statement is a transaction of its own."""
        connection = psycopg2.connect(
            host=network.front(node), port=POSTGRES, user="postgres", password=PASSWORD, dbname=database,
            connect_timeout=2,
        )
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def rows(self, node, statement, *values, database="vestibule"):
        with self.connection(node, database) as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def end_connections(self, node):
        """Ends the program's connections, as an operator may, and waits for nothing."""
        statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'vestibule'"
        self.rows(node, statement, database="postgres")

    def has_synchronous_standby(self, node):
        """Whether the node acknowledges writes."""
        return "sync" in self.replication(node)

    def replication(self, node):
        """For each standby that follows the node, whether it is synchronous; nothing if the node does not answer."""
        statement = "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'"
        try:
            return [state for (state,) in self.rows(node, statement, database="postgres")]
        except psycopg2.Error:
            return []

    def until_whole(self):
        """Waits for a primary and two standbys that follow it, one of them synchronous."""
        until("three nodes", 120, lambda: sorted(self.replication(self.primary())) == ["async", "sync"], pause=0.5)

    def kill(self, node):
        """kill -9 of PostgreSQL and of Patroni, with everything else on this machine."""
        self.signal(node, signal.SIGKILL)

    def signal(self, node, number):
        for process in network.processes(node):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def switch_over(self, node):
        """The command that an operator uses, on the machine that reaches etcd and the nodes."""
        return start("patronictl", [
            *network.inside("etcd"), PYTHON, str(PLACE / "venv/bin/patronictl"), "-c", str(PLACE / "n1.yml"),
            "switchover", "ha", "--primary", self.primary(), "--candidate", node, "--force",
        ])


class Promotion:
    """The moments of a failover. `at` is when Patroni first says that another node is the primary; `writable` when this one
    has a synchronous standby, without which it acknowledges nothing."""

    def __init__(self, cluster, before, seconds=90):
        def promoted():
            return next((node for node in network.NODES if node != before and cluster.health(node)), None)
        self.node = until("another primary", seconds, promoted, pause=0.02)
        self.at = time.monotonic()
        until("a standby of the new primary", 60, lambda: cluster.has_synchronous_standby(self.node), pause=0.02)
        self.writable = time.monotonic()


def binaries():
    listed = subprocess.run(
        "ls -d /usr/lib/postgresql/*/bin | sort --version-sort | tail -n 1", shell=True, capture_output=True, text=True
    )
    return os.environ.get("VESTIBULE_TEST_POSTGRES_BIN") or listed.stdout.strip()
