"""Has schemathesis test every operation of the OpenAPI document, with requests that can succeed among those it makes.

What schemathesis makes up names things that are not there. So one in eight of each operation's requests, the first of them
included, is one that succeeds (`scenes.py`); three in eight are generated but name what is there; the rest are sent as
they were generated. A few are sent by callers who may do little or nothing.
"""

import collections
import os
import sys
import threading

import schemathesis
from schemathesis.cli import schemathesis as command_line

from scenes import NEVER_SUCCEED, scene
from world import World

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)

world = World(
    os.environ["VESTIBULE_URL"],
    os.environ["VESTIBULE_BIN"],
    os.environ["ADMIN_EMAIL"],
    os.environ["ADMIN_PASSWORD"],
)
lock = threading.Lock()
sent = collections.Counter()
answered = collections.defaultdict(collections.Counter)
operations = set()
# The last request of each operation that was to succeed.
good = {}


def label(case):
    return f"{case.method.upper()} {case.path}"


@schemathesis.hook
def before_init_operation(context, operation):
    with lock:
        operations.add(f"{operation.method.upper()} {operation.path}")


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = label(case)
    with lock:
        number = sent[operation]
        sent[operation] += 1
    if number % 8 == 0:
        good[operation] = scene(world, operation)
    known = good.get(operation, {})
    # What a user does to their own account is never done to the administrator's.
    token = known.get("token", "" if case.path.startswith("/auth/") else world.admin["token"])
    if number % 8 == 0:
        case.query = dict(known.get("query", {}))
        if "body" in known:
            case.body, case.media_type = known["body"], "application/json"
    if number % 8 in (1, 3, 5) and isinstance(case.query, dict):
        case.query.update(known.get("query", {}))
    if number % 8 == 3 and isinstance(case.body, dict):
        case.body.update(known.get("body", {}))
    if number % 8 in (0, 1, 3, 5):
        case.path_parameters = {**case.path_parameters, **known.get("path", {})}
    if number % 32 == 12 and case.path.startswith("/admin/"):
        token = world.nobody["token"]
    if number % 32 == 20:
        token = world.key["token"]
    if number % 32 != 4 and token:
        case.headers["Authorization"] = f"Bearer {token}"
    spare(case, operation)


def spare(case, operation):
    """Keeps generated requests from what the run itself needs, and from waiting."""
    if operation == "GET /admin/events" and isinstance(case.query, dict) and str(case.query.get("wait")).isdigit():
        case.query["wait"] = 0
    named = f"{case.path_parameters} {case.body}"
    is_safe = case.method.upper() == "GET" or "deliver" in case.path
    if not is_safe and any(name in named for name in world.protected):
        case.path_parameters = {name: "nosuch" for name in case.path_parameters}
        case.body = {}


@schemathesis.hook
def after_call(context, case, response):
    with lock:
        answered[label(case)][response.status_code] += 1


def main(arguments):
    command = ["run", os.environ["VESTIBULE_URL"] + "/openapi.json", "--checks", ",".join(CHECKS)]
    command += ["--phases", "examples,coverage,fuzzing", "--workers", "2", "--no-color", "--warnings", "off"]
    command += ["--seed", os.environ.get("SEED", "11"), "--max-examples", os.environ.get("EXAMPLES", "25")]
    command += ["--generation-database", "none", "--suppress-health-check", "all", "--continue-on-failure"]
    try:
        status = command_line.main(command + arguments, standalone_mode=False)
    except SystemExit as end:
        status = end.code
    return max(report(), status or 0)


def report():
    """Prints how the operations were exercised; 1 where one never succeeded."""
    never = []
    for operation in sorted(operations):
        statuses = answered[operation]
        print(f"{sum(statuses.values()):6}  {operation}  {dict(sorted(statuses.items()))}")
        has_succeeded = any(200 <= status < 300 for status in statuses)
        if not statuses or not (has_succeeded or operation in NEVER_SUCCEED):
            never.append(operation)
    total = sum(sum(statuses.values()) for statuses in answered.values())
    print(f"{len(operations) - len(never)} of {len(operations)} operations exercised by {total} requests")
    for operation in never:
        print(f"{operation} never succeeded: give it what it needs in tests/openapi/scenes.py", file=sys.stderr)
    return 1 if never else 0


sys.exit(main(sys.argv[1:]))
