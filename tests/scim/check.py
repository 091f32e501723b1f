"""Has scim2-tester check what /scim/v2 announces: every check passes, and at least as many run as are known today."""

import os
import sys
import uuid

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server, filling
from scim2_tester.checkers import patch_add, patch_replace

# Fewer would mean that something is no longer announced, or no longer looked at.
LEAST = 50


def with_addresses(generate):
    """A user name is an e-mail address here, as its description says; the tester would make up any text."""

    def generated(context, path, *arguments, **named):
        value = generate(context, path, *arguments, **named)
        if value is not None and str(path).split(":")[-1] == "userName":
            return f"{uuid.uuid4()}@{uuid.uuid4()}.example"
        return value

    return generated


filling.generate_random_value = with_addresses(filling.generate_random_value)
for module in (patch_add, patch_replace):
    module.generate_random_value = filling.generate_random_value

client = httpx2.Client(
    base_url=os.environ["SCIM_URL"], headers={"Authorization": f"Bearer {os.environ['SCIM_KEY']}"}, timeout=30
)
results = check_server(SyncSCIMClient(client))
failed = [result for result in results if result.status not in (Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE, Status.SKIPPED)]
for result in failed:
    print(f"{result.status.name} {result.title} ({result.resource_type}): {result.reason}\n    {result.data}")
skipped = [result for result in results if result.status is Status.SKIPPED]
for result in skipped:
    print(f"skipped: {result.title} ({result.resource_type}): {result.reason}")
print(f"scim2-tester: {len(results) - len(failed) - len(skipped)} checks passed, {len(failed)} failed, {len(skipped)} were skipped")
sys.exit(bool(failed) or len(results) < LEAST)
