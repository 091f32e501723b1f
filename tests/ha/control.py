"""What a client of PostgreSQL itself gets through the same proxy: no program in front of the database can answer earlier."""

import threading
import time

import psycopg2

from place import PASSWORD, PROXY

PAUSE = 0.02


class Control:
    def __init__(self):
        self.ends = threading.Event()
        # When a statement began and ended, of those that succeeded.
        self.reads, self.writes = [], []
        self.threads = [
            threading.Thread(target=self.repeat, args=work, daemon=True)
            for work in (("SELECT 1", self.reads), ("INSERT INTO control (at) VALUES (now())", self.writes))
        ]
        for thread in self.threads:
            thread.start()

    def repeat(self, statement, succeeded):
        connection = None
        while not self.ends.is_set():
            begun = time.monotonic()
            try:
                if connection is None:
                    connection = psycopg2.connect(
                        host="127.0.0.1", port=PROXY, user="postgres", password=PASSWORD, dbname="postgres", connect_timeout=2
                    )
                    connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                succeeded.append((begun, time.monotonic()))
            except psycopg2.Error:
                if connection is not None:
                    connection.close()
                connection = None
            time.sleep(PAUSE)

    def end(self):
        self.ends.set()
        for thread in self.threads:
            thread.join(timeout=30)


def again(succeeded, failed_at, due):
    """How long after `due` a request that began after the failure first succeeded: a list of when each began and ended."""
    return min((ended for begun, ended in succeeded if begun >= failed_at and ended >= due), default=float("inf")) - due
