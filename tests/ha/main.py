"""Prepares the network, the cluster and the servers, runs the drills, and says what they found. Called by inside.sh."""

import argparse
import os
import pathlib
import shutil
import signal
import sys
import time
import traceback

import drills
import network
import storm
import upgrade
from client import Book, Client, credentials
from cluster import Cluster
from events import Receiver
from place import OLD_VESTIBULE, PLACE, VESTIBULE
from servers import ADMIN, HOSTS, RECEIVER_URL, Server, start_entrance

ALL = ("upgrade", *drills.DRILLS, "load")


def prepare(program):
    begun = time.monotonic()
    network.set_up()
    cluster = Cluster()
    cluster.start()
    servers = [Server(number, hosts, program) for number, hosts in enumerate(HOSTS, 1)]
    # The first one migrates; several at once are a test of their own.
    for server in servers:
        server.start()
        server.until_live()
    servers[0].run("user", "create", "--email", ADMIN["email"], "--password", ADMIN["password"])
    token, cookie = credentials(servers[0], ADMIN)
    receiver = Receiver()
    body = {"url": RECEIVER_URL, "events": ["*"]}
    Client(Book(), servers[0].name, servers[0].url, token).ask("webhook", "POST", "/admin/webhooks", body)
    print(f"a cluster of {len(network.NODES)} nodes and {len(servers)} servers after {time.monotonic() - begun:.0f} s", flush=True)
    return cluster, servers, token, cookie, receiver


def run(names):
    cluster, servers, token, cookie, receiver = prepare(OLD_VESTIBULE if "upgrade" in names else VESTIBULE)
    entrance = start_entrance(servers)
    reports = []
    for name in [one for one in ALL if one in names]:
        if name == "upgrade":
            reports.append(upgrade.run(cluster, servers, entrance, token, cookie, receiver))
        elif name == "load":
            seconds = int(os.environ.get("VESTIBULE_HA_SECONDS", "300"))
            seed = int(os.environ.get("VESTIBULE_HA_SEED") or time.time())
            reports.append(storm.run(cluster, servers, entrance, token, cookie, receiver, seconds, seed))
        else:
            reports.append(drills.run(name, cluster, servers[:2], servers[2], token, cookie, receiver))
    return reports


def main():
    parser = argparse.ArgumentParser(prog="tests/ha/run")
    parser.add_argument("--logs", type=pathlib.Path, required=True, help="where the programs' logs are copied to")
    parser.add_argument("drills", nargs="*", choices=[*ALL, []], help=f"which drills: {', '.join(ALL)}; all of them by default")
    arguments = parser.parse_args()
    names = arguments.drills or ALL
    begun = time.monotonic()
    failed = len(names)
    # A shell starts what runs in its background with Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Nothing is waited for without an end, and this is the end of everything.
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("the tests took more than half an hour"))
    signal.alarm(1800)
    try:
        failed = sum(report.failed for report in run(names))
    except KeyboardInterrupt:
        print("\ninterrupted", flush=True)
        return 130
    except Exception:  # noqa: BLE001  said, and counted as a failure
        traceback.print_exc()
    finally:
        shutil.copytree(PLACE / "logs", arguments.logs, dirs_exist_ok=True)
    print(f"\n==> {time.monotonic() - begun:.0f} s, logs in {arguments.logs}")
    print(f"{len(names) - failed} passed, {failed} failed, 0 skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
