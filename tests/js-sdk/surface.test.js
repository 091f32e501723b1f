// Every method of `sdk.auth`, `sdk.admin.user`, `sdk.admin.invite` and `sdk.admin.apiKey`, with a token and with a session.

import assert from "node:assert/strict"
import { test } from "node:test"

import { FetchError, tokenClient } from "./support.js"
import { apiKeys } from "./surface/api-keys.js"
import { auth } from "./surface/auth.js"
import { invites } from "./surface/invites.js"
import { mfa } from "./surface/mfa.js"
import { modes } from "./surface/modes.js"
import { outside } from "./surface/outside.js"
import { publishableKeys } from "./surface/publishable-keys.js"
import { users } from "./surface/users.js"

const covered = { ...auth, ...mfa, ...users, ...invites, ...apiKeys }

/** The paths of an object's public methods: its own, those of its class, and those of plain objects within it. */
const methodsOf = (object, path) => {
  const names = [...Object.keys(object), ...Object.getOwnPropertyNames(Object.getPrototypeOf(object))]
  const isPublic = (name) => !["constructor", "client", "config"].includes(name) && !name.endsWith("_")
  const isPlain = (value) => value !== null && typeof value === "object"
  return names.filter(isPublic).flatMap((name) => {
    if (typeof object[name] === "function") return [`${path}.${name}`]
    return isPlain(object[name]) ? methodsOf(object[name], `${path}.${name}`) : []
  })
}

const inherited = methodsOf({}, "")

test("every method of the client has a test here, or a reason why it lies outside", () => {
  const { auth, admin } = tokenClient()
  const parts = { auth, "admin.user": admin.user, "admin.invite": admin.invite, "admin.apiKey": admin.apiKey }
  const found = Object.entries(parts).flatMap(([path, part]) => methodsOf(part, path))
  const own = found.filter((path) => !inherited.some((name) => path.endsWith(name)))
  assert.deepEqual(own.sort(), [...Object.keys(covered), ...Object.keys(outside)].sort())
})

for (const mode of modes) {
  for (const [method, check] of Object.entries(covered)) {
    test(`${mode.name}: ${method}`, () => check(mode))
  }

  for (const [name, check] of Object.entries(publishableKeys)) {
    test(`${mode.name}: ${name}`, () => check(mode))
  }

  for (const [method, { why, call, status, message }] of Object.entries(outside)) {
    test(`${mode.name}: ${method} is refused: ${why}`, async () => {
      const sdk = await mode.admin()
      await assert.rejects(call(sdk), (error) => {
        assert.ok(error instanceof FetchError, error.stack)
        assert.deepEqual([error.status, error.message], [status, message])
        return true
      })
      await sdk.admin.user.me()
    })
  }
}
