"""What a drill found."""

import collections
import time


class Report:
    def __init__(self, name):
        self.name = name
        self.failed = False
        self.begun = time.monotonic()
        print(f"\n==> {name}", flush=True)

    def line(self, text):
        print(f"    {text}", flush=True)

    def outcomes(self, book):
        """How often each outcome came, and how long requests took."""
        counts = collections.Counter((one.server, one.outcome) for one in book.tried)
        for (server, outcome), count in sorted(counts.items()):
            took = sorted(one.ended - one.begun for one in book.tried if one.server == server and one.outcome == outcome)
            self.line(f"{server}: {count} times {outcome}, median {took[count // 2] * 1000:.0f} ms, longest {took[-1]:.1f} s")

    def faults(self, book):
        self.failed = bool(book.faults)
        for fault in book.faults[:20]:
            self.line(f"FAULT {fault}")
        if len(book.faults) > 20:
            self.line(f"and {len(book.faults) - 20} more")
        self.line(f"{'FAILED' if self.failed else 'ok'}, {time.monotonic() - self.begun:.0f} s")
