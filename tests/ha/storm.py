"""Load over three servers behind a proxy, on a cluster, with one failure after the other: of the servers, of the nodes, of the network."""

import random
import signal
import time

import network
from checks import feed_is_whole, messages_arrived, nothing_is_lost
from client import Book
from cluster import Promotion
from events import Feed
from load import Load
from report import Report

# The proxy's own responses, and a connection that broke: only while a server is down.
OF_THE_PROXY = ("proxy 502", "proxy 503", "proxy 504", "RemoteDisconnected", "ConnectionResetError")

# How long the load runs undisturbed between two failures.
CALM = 4

# How long a paused process rests. A node must rest for less than its lease (ttl): one that wakes up later takes itself for the primary
# until its next look at etcd. That is what Patroni has watchdogs for, and no test of Vestibule.
PAUSE = 5

# How long after a server's return the proxy may still take it for dead, or a request that it broke may end.
AFTERWARDS = 3


class Storm:
    def __init__(self, cluster, servers, random_source):
        self.cluster, self.servers, self.random = cluster, servers, random_source
        # When a server was down.
        self.windows = []
        self.failures = [
            self.kill_server, self.restart_server, self.pause_server, self.switch_over,
            self.kill_primary, self.pause_primary, self.cut_off_primary, self.unplug_primary, self.kill_standby,
        ]

    def kill_server(self):
        server = self.random.choice(self.servers)
        server.kill()
        time.sleep(1)
        server.start()
        server.until_live()
        return f"kill -9 of {server.name}"

    def restart_server(self):
        server = self.random.choice(self.servers)
        took = server.stop()
        server.start()
        server.until_live()
        return f"restart of {server.name}, which ended in {took:.1f} s"

    def pause_server(self):
        server = self.random.choice(self.servers)
        server.signal(signal.SIGSTOP)
        time.sleep(PAUSE)
        server.signal(signal.SIGCONT)
        return f"pause of {server.name} for {PAUSE} s"

    def switch_over(self):
        self.cluster.until_whole()
        primary = self.cluster.primary()
        self.cluster.switch_over(self.cluster.synchronous_standby())
        return f"switchover from {primary} to {Promotion(self.cluster, primary).node}"

    def kill_primary(self):
        self.cluster.until_whole()
        primary = self.cluster.primary()
        self.cluster.kill(primary)
        node = Promotion(self.cluster, primary).node
        self.cluster.start_node(primary)
        return f"kill -9 of the primary {primary}, {node} took over"

    def cut_off_primary(self):
        self.cluster.until_whole()
        primary = self.cluster.primary()
        network.cut_off(primary)
        node = Promotion(self.cluster, primary).node
        network.plug_in(primary)
        return f"partition of the primary {primary}, {node} took over"

    def unplug_primary(self):
        """No connection to it is closed: it is as if it had never been there."""
        self.cluster.until_whole()
        primary = self.cluster.primary()
        network.cut_off(primary, ("front", "back"))
        node = Promotion(self.cluster, primary).node
        network.plug_in(primary, ("front", "back"))
        return f"the primary {primary} vanished, {node} took over"

    def pause_primary(self):
        primary = self.cluster.primary()
        self.cluster.signal(primary, signal.SIGSTOP)
        time.sleep(PAUSE)
        self.cluster.signal(primary, signal.SIGCONT)
        return f"pause of the primary {primary} for {PAUSE} s"

    def kill_standby(self):
        self.cluster.until_whole()
        standby = self.cluster.synchronous_standby()
        self.cluster.kill(standby)
        time.sleep(PAUSE)
        self.cluster.start_node(standby)
        return f"kill -9 of the synchronous standby {standby}"

    def rage(self, report, seconds):
        """One failure after the other, each once before any comes again."""
        end = time.monotonic() + seconds
        waiting = []
        count = 0
        while time.monotonic() < end:
            time.sleep(CALM)
            if not waiting:
                waiting = self.random.sample(self.failures, len(self.failures))
            begun = time.monotonic()
            failure = waiting.pop()
            what = failure()
            if failure in (self.kill_server, self.restart_server, self.pause_server):
                self.windows.append((begun, time.monotonic() + AFTERWARDS))
            count += 1
            report.line(f"{begun - report.begun:5.0f} s  {what}")
        return count


def run(cluster, servers, entrance, token, cookie, receiver, seconds, seed):
    book, report = Book(), Report("load")
    report.line(f"VESTIBULE_HA_SEED={seed}")
    cluster.until_whole()
    addresses = [("entrance", entrance)] * len(servers)
    feeds = [Feed(book, ("entrance", entrance), token, OF_THE_PROXY)]
    feeds[0].start_at_end()
    load = Load(book, addresses, token, cookie, "load", OF_THE_PROXY)
    load.start()
    storm = Storm(cluster, servers, random.Random(seed))
    count = storm.rage(report, seconds)
    cluster.until_whole()
    time.sleep(CALM)
    load.end()

    for one in book.tried:
        if one.outcome in OF_THE_PROXY and not any(one.begun < end and one.ended > begin for begin, end in storm.windows):
            book.fault(f"{one.kind}: {one.outcome} although all servers were up")
    report.outcomes(book)
    report.line(f"{count} failures, {nothing_is_lost(book, cluster, load)} acknowledged writes, {load.pages} pages judged")
    report.line(f"the feed is whole up to {feed_is_whole(book, cluster, load, feeds)}")
    before = receiver.again
    report.line(f"{messages_arrived(book, cluster, load, receiver)} messages arrived, {receiver.again - before} twice")
    report.faults(book)
    return report
