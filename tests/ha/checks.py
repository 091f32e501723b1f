"""After a drill: is everything there that was acknowledged, at the primary there is now, and has every event arrived?"""

from place import until


def nothing_is_lost(book, cluster, load):
    node = cluster.primary()
    users = dict(cluster.rows(node, "SELECT id, email FROM users"))
    invites = dict(cluster.rows(node, "SELECT id, email FROM invites"))
    for kind, acknowledged, present in (("user", load.users, users), ("invite", load.invites, invites)):
        for key, email in acknowledged.items():
            if present.get(key) != email:
                book.fault(f"lost: {kind} {key} <{email}> was acknowledged and is not at {node}")
    names = dict(cluster.rows(node, "SELECT id, last_name FROM users WHERE first_name = 'Probe'"))
    for probe in load.probes:
        if int(names.get(probe.id, "v-1")[1:]) < probe.floor:
            book.fault(f"lost: {probe.email} is {names.get(probe.id)} at {node}, and {probe.floor} was acknowledged")
    return len(load.users) + len(load.invites) + sum(probe.acknowledged for probe in load.probes)


def feed_is_whole(book, cluster, load, feeds):
    """Waits until the readers have everything that has a position, and compares."""
    node = cluster.primary()
    # The relay and the readers place events; a moment after the load has ended all have a position.
    try:
        until("a position for each acknowledged event", 30, lambda: not unplaced(cluster, load), pause=0.5)
    except TimeoutError as error:
        book.fault(f"{error}: {unplaced(cluster, load)[:3]}")
    placed = dict(cluster.rows(node, "SELECT position, id FROM outbox_events WHERE position IS NOT NULL"))
    last = max(placed)
    for feed in feeds:
        try:
            until(f"the feed of {feed.server[0]}", 30, lambda: feed.next >= last)
        except TimeoutError as error:
            book.fault(f"{error}: it is at {feed.next} of {last}")
        feed.end()
        first = min(feed.events, default=1)
        for position in range(first, last + 1):
            if feed.events.get(position) != placed.get(position):
                book.fault(
                    f"feed of {feed.server[0]}: {feed.events.get(position)} at {position}, and at {node} {placed.get(position)}"
                )
    return last


def unplaced(cluster, load):
    """What was acknowledged and has no event with a position."""
    statement = "SELECT subject, name, count(*) FROM outbox_events WHERE position IS NOT NULL GROUP BY 1, 2"
    placed = {(subject, name): count for subject, name, count in cluster.rows(cluster.primary(), statement)}
    expected = {(key, "user.created"): 1 for key in load.users} | {(key, "invite.created"): 1 for key in load.invites}
    expected |= {(probe.id, "user.updated"): probe.acknowledged for probe in load.probes}
    return [event for event, count in expected.items() if placed.get(event, 0) < count]


def messages_arrived(book, cluster, load, receiver, seconds=180):
    """Waits until each event of the load has arrived at the receiver, those of one subject in order."""
    statement = """
        SELECT subject, name, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') FROM outbox_events
        WHERE position IS NOT NULL ORDER BY position"""
    expected = {}
    for subject, name, moment in cluster.rows(cluster.primary(), statement):
        expected.setdefault(subject, []).append((name, moment))
    subjects = [key for key in (*load.users, *load.invites)]

    def missing():
        arrived = receiver.subjects()
        return [subject for subject in subjects if len(arrived.get(subject, ())) < len(expected[subject])]
    try:
        until("all messages", seconds, lambda: not missing(), pause=1)
    except TimeoutError as error:
        late = missing()
        book.fault(f"{error}: events of {len(late)} subjects have not arrived, such as {late[:3]}")
    arrived = receiver.subjects()
    for subject in subjects:
        if arrived.get(subject) != expected[subject] and len(arrived.get(subject, ())) >= len(expected[subject]):
            book.fault(f"messages of {subject} came as {arrived[subject][:4]}, and happened as {expected[subject][:4]}")
    return sum(len(expected[subject]) for subject in subjects)
