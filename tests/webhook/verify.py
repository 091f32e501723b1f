"""Reads messages, one JSON object a line, and says of each whether Standard Webhooks' own library takes it."""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

for line in sys.stdin.buffer:
    message = json.loads(line)
    headers = {
        "webhook-id": message["id"],
        "webhook-timestamp": message["timestamp"],
        "webhook-signature": message["signature"],
    }
    try:
        Webhook(message["secret"]).verify(message["body"], headers)
        print("ok")
    except WebhookVerificationError:
        print("not ok")
