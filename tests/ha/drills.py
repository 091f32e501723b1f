"""The drills in which the cluster loses its primary, each under load on two servers that are asked directly: between the clients and
a server is nothing that could answer in its place."""

import time

import network
from checks import feed_is_whole, messages_arrived, nothing_is_lost
from client import Book
from cluster import Promotion
from control import Control, again
from events import Feed
from load import Load
from place import until
from report import Report

# How long the load runs before the failure, and after the new primary acknowledges writes.
BEFORE = 6
AFTER = 6

# How soon every server must answer again: reads from the moment at which Patroni says that there is a new primary, writes from that at
# which it has a synchronous standby. The interval of HAProxy's checks (250 ms) is within it. To this comes what a new connection costs
# with this build on this machine, as it is now: the time until the same kind of request is answered after all
# connections to the database were ended, with the primary there. For a release build on a quiet machine that is next to nothing.
AGAIN = 1.0

KINDS = {"reads": ("me",), "writes": ("invite", "create user", "change user")}


def kill(cluster, primary, _servers):
    cluster.kill(primary)


def switchover(cluster, _primary, _servers):
    cluster.switch_over(cluster.synchronous_standby())


def partition(_cluster, primary, _servers):
    network.cut_off(primary)


def start_again(cluster, node):
    cluster.start_node(node)


def nothing(_cluster, _node):
    pass


def heal(_cluster, node):
    network.plug_in(node)


# What happens, what follows it, and whether a server is started while there is no primary.
DRILLS = {
    "kill": (kill, start_again, True),
    "switchover": (switchover, nothing, False),
    "partition": (partition, heal, False),
}


def run(name, cluster, servers, late_server, token, cookie, receiver):
    """Runs one drill. Returns its report."""
    fail, mend, starts_server = DRILLS[name]
    book, report = Book(), Report(name)
    cluster.until_whole()
    if starts_server:
        late_server.stop()
    addresses = [(server.name, server.url) for server in servers]
    feeds = [Feed(book, address, token) for address in addresses]
    for feed in feeds:
        feed.start_at_end()
    load = Load(book, addresses, token, cookie, name)
    load.start()
    control = Control()
    time.sleep(BEFORE)
    primary = cluster.primary()
    cut_at = time.monotonic()
    cluster.end_connections(primary)
    time.sleep(BEFORE)

    failed_at = time.monotonic()
    fail(cluster, primary, servers)
    if starts_server:
        late_server.start()
    promotion = Promotion(cluster, primary)
    report.line(f"{promotion.node} took over from {primary} after {promotion.at - failed_at:.1f} s, and acknowledged writes "
                f"{promotion.writable - promotion.at:.1f} s later")
    if starts_server:
        check_late(book, report, late_server, promotion)
    time.sleep(AFTER)
    mend(cluster, primary)
    cluster.until_whole()
    time.sleep(BEFORE)
    load.end()
    control.end()

    answers_again(book, report, addresses, control, cut_at, failed_at, promotion)
    report.outcomes(book)
    report.line(f"{nothing_is_lost(book, cluster, load)} acknowledged writes, {load.pages} pages judged")
    last = feed_is_whole(book, cluster, load, feeds)
    report.line(f"the feed is whole up to {last} at {len(feeds)} readers")
    before = receiver.again
    report.line(f"{messages_arrived(book, cluster, load, receiver)} messages arrived, {receiver.again - before} twice")
    report.faults(book)
    return report


def check_late(book, report, server, promotion):
    """A server that was started while there was no primary waits for one."""
    try:
        until(f"{server.name}, started without a primary, is ready", 30, server.is_ready)
        report.line(f"{server.name}, started while there was no primary, was ready {time.monotonic() - promotion.at:.1f} s after it")
    except (TimeoutError, RuntimeError) as error:
        book.fault(str(error))
        if server.process.poll() is not None:
            # The drills that follow need it.
            server.start()


def answers_again(book, report, addresses, control, cut_at, failed_at, promotion):
    for what, due, bare in (("reads", promotion.at, control.reads), ("writes", promotion.writable, control.writes)):
        mine = {server: [one for one in book.tried if one.server == server and one.kind in KINDS[what]] for server, _ in addresses}
        good = {server: [(one.begun, one.ended) for one in tried if one.outcome.startswith("2")] for server, tried in mine.items()}
        cost = max(again(succeeded, cut_at, cut_at) for succeeded in good.values())
        report.line(f"{what} again: PostgreSQL itself through HAProxy after {again(bare, failed_at, due):.2f} s; "
                    f"new connections alone cost {cost:.2f} s")
        for server, tried in mine.items():
            took = again(good[server], failed_at, due)
            refused = [one.begun - due for one in tried if not one.outcome.startswith("2") and one.begun >= due]
            last = f"the last refused one began after {max(refused):.2f} s" if refused else "none that began later was refused"
            report.line(f"{what} again: {server} after {took:.2f} s, {last}")
            if took > AGAIN + cost:
                book.fault(f"{server}: {what} again {took:.2f} s after the new primary, and new connections cost {cost:.2f} s")
