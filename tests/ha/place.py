"""Where things are, and the start of programs. No port can be taken: the network is the test's own."""

import pathlib
import subprocess
import time

PLACE = pathlib.Path("/run/ha")
PYTHON = str(PLACE / "venv/bin/python")
VESTIBULE = str(PLACE / "bin/vestibule")
# The build before: the same one, unless VESTIBULE_HA_OLD_BIN names another.
OLD_VESTIBULE = str(PLACE / "bin/old-vestibule")

POSTGRES = 5432
PATRONI = 8008
# In front of the database.
PROXY = 5000
POOLER = 6432
# In front of the servers.
ENTRANCE = 8000
RECEIVER = 8100
SERVERS = 9001

PASSWORD = "of-this-run-only"


def as_postgres(*command):
    """PostgreSQL and PgBouncer refuse to run as root."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]


def folder(name, owner=None):
    path = PLACE / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if owner:
        subprocess.run(["chown", "-R", owner, str(path)], check=True)
    return path


def start(name, command, **options):
    """Starts a program whose output is appended to a log of this name."""
    folder("logs")
    with open(PLACE / "logs" / f"{name}.log", "ab") as log:
        # Out of reach of Ctrl-C, which is for the tests: they end everything.
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **options
        )


def until(what, seconds, condition, pause=0.05):
    """Waits until the condition returns something, and returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(pause)
    raise TimeoutError(f"{what}: not within {seconds} s")
