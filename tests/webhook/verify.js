// Reads messages, one JSON object a line, and says of each whether Standard Webhooks' own library takes it. Started in the
// folder that has the library in its node_modules.

import { createRequire } from "node:module"
import { createInterface } from "node:readline"

const { Webhook, WebhookVerificationError } = createRequire(`${process.cwd()}/`)("standardwebhooks")

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, id, timestamp, signature, body } = JSON.parse(line)
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature }
  try {
    new Webhook(secret).verify(body, headers)
    console.log("ok")
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error
    console.log("not ok")
  }
}
