"""The network: a machine for each node of the cluster and one for etcd, as namespaces, with two networks.

"back" joins the nodes with one another and with etcd; "front" joins the nodes with us: the proxy in front of the database, the
servers, the clients. A node that is unplugged from "back" is cut off from etcd and from the other nodes and goes on answering us; one
that is unplugged from both has vanished. Packets to it are lost without an error, as with a broken switch."""

import subprocess

FRONT = "10.201.0"
BACK = "10.201.1"
NODES = {"n1": 1, "n2": 2, "n3": 3}
ETCD = f"{BACK}.10"


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


def front(node):
    return f"{FRONT}.{NODES[node]}"


def back(node):
    return f"{BACK}.{NODES[node]}"


def inside(namespace):
    """The beginning of a command that runs on this machine."""
    return ["ip", "netns", "exec", namespace]


def join(machine, network, address):
    # The names of interfaces have 15 characters at most.
    ip("link", "add", f"{machine}-{network}", "type", "veth", "peer", "name", network, "netns", machine)
    ip("link", "set", f"{machine}-{network}", "master", network, "up")
    ip("-n", machine, "address", "add", f"{address}/24", "dev", network)
    ip("-n", machine, "link", "set", network, "up")


def set_up():
    ip("link", "set", "lo", "up")
    for network in ("front", "back"):
        ip("link", "add", network, "type", "bridge")
        ip("link", "set", network, "up")
    ip("address", "add", f"{FRONT}.254/24", "dev", "front")
    for machine in ("etcd", *NODES):
        ip("netns", "add", machine)
        ip("-n", machine, "link", "set", "lo", "up")
    join("etcd", "back", ETCD)
    for node in NODES:
        join(node, "front", front(node))
        join(node, "back", back(node))


def cut_off(node, networks=("back",)):
    for network in networks:
        ip("link", "set", f"{node}-{network}", "nomaster")


def plug_in(node, networks=("back",)):
    for network in networks:
        ip("link", "set", f"{node}-{network}", "master", network)


def processes(machine):
    """The ids of all processes on this machine."""
    listed = subprocess.run(["ip", "netns", "pids", machine], check=True, capture_output=True, text=True)
    return [int(process) for process in listed.stdout.split()]
