"""From the build before to this one, server by server, behind a proxy and under load: no request is refused."""

import time

from checks import feed_is_whole, messages_arrived, nothing_is_lost
from client import Book
from events import Feed
from load import Load
from place import VESTIBULE, until
from report import Report
from servers import command, sessions

# How long the load runs before the upgrade, and between two steps of it.
CALM = 4


def run(cluster, servers, entrance, token, cookie, receiver):
    book, report = Book(), Report("upgrade")
    feeds = [Feed(book, ("entrance", entrance), token)]
    feeds[0].start_at_end()
    load = Load(book, [("entrance", entrance)] * len(servers), token, cookie, "upgrade")
    load.start()
    time.sleep(CALM)

    for server in servers:
        server.program = VESTIBULE
    begun = time.monotonic()
    servers[0].run("migrate")
    report.line(f"`migrate` of the new build took {time.monotonic() - begun:.1f} s, under the servers of the old one")
    time.sleep(CALM)
    for server in servers:
        replace(report, server)
        time.sleep(CALM)
    load.end()

    for one in book.tried:
        if not one.outcome.startswith("2"):
            book.fault(f"{one.kind}: {one.outcome}")
    report.outcomes(book)
    report.line(f"{nothing_is_lost(book, cluster, load)} acknowledged writes, {load.pages} pages judged")
    report.line(f"the feed is whole up to {feed_is_whole(book, cluster, load, feeds)}")
    before = receiver.again
    report.line(f"{messages_arrived(book, cluster, load, receiver)} messages arrived, {receiver.again - before} twice")
    report.faults(book)
    return report


def replace(report, server):
    """Takes a server out of the proxy, lets it finish, and puts the new build in its place."""
    command(f"set server vestibule/{server.name} state drain")
    # Clients keep their connections to the proxy; what counts is the proxy's to the server.
    until(f"{server.name} has nothing to do", 30, lambda: sessions(server) == 0, pause=0.02)
    took = server.stop()
    begun = time.monotonic()
    server.start()
    until(f"{server.name} is ready", 60, server.is_ready)
    command(f"set server vestibule/{server.name} state ready")
    report.line(f"{server.name} ended within {took:.1f} s, and the new build was ready {time.monotonic() - begun:.1f} s later")
