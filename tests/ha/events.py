"""What happened, as readers of the feed and the receiver of a webhook get it."""

import http.server
import json
import socketserver
import threading
import time

from client import Client
from place import RECEIVER


class Feed:
    """A reader of one server's feed, which goes on where it was after each error."""

    def __init__(self, book, server, token, allows=()):
        self.book, self.server = book, server
        self.client = Client(book, server[0], server[1], token, allows)
        self.events = {}
        self.next = 0
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self.read, daemon=True)

    def start_at_end(self):
        response = self.client.ask("feed", "GET", "/admin/events?limit=1")
        page = response.json()
        while page["events"]:
            self.next = page["next"]
            page = self.client.ask("feed", "GET", f"/admin/events?after={self.next}&limit=1000").json()
        self.thread.start()

    def read(self):
        while not self.ends.is_set():
            response = self.client.ask("feed", "GET", f"/admin/events?after={self.next}&limit=500&wait=2")
            if not response or not response.is_good:
                time.sleep(0.1)
                continue
            page = response.json()
            for event in page["events"]:
                if event["position"] != self.next + 1:
                    self.book.fault(f"feed of {self.server[0]}: {event['position']} came after {self.next}")
                self.next = event["position"]
                self.events[event["position"]] = event["id"]

    def end(self):
        self.ends.set()
        self.thread.join()


class Receiver:
    """Takes the messages of a webhook: each once, by its id, in the order in which they arrive."""

    def __init__(self):
        self.lock = threading.Lock()
        self.ids = set()
        self.messages = []
        self.again = 0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # noqa: N802  the library's name
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.take(self.headers["webhook-id"], json.loads(body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):
                """A server that was killed breaks its connections: it sends the message again."""

        server = Server(("127.0.0.1", RECEIVER), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def take(self, identifier, message):
        with self.lock:
            if identifier in self.ids:
                self.again += 1
            else:
                self.ids.add(identifier)
                self.messages.append((message["type"], message["data"].get("id"), message["timestamp"]))

    def subjects(self):
        """What arrived, by subject, in the order of arrival."""
        found = {}
        with self.lock:
            for name, subject, timestamp in self.messages:
                found.setdefault(subject, []).append((name, timestamp))
        return found
