// `sdk.admin.apiKey`: each method, by its name.

import assert from "node:assert/strict"

import { keyClient, refused, unique } from "../support.js"
import { assertId, assertTime, has } from "./expect.js"

/** A key that the administrator has just made. */
const made = async (mode) => {
  const host = await mode.admin()
  const { api_key } = await host.admin.apiKey.create({ title: `Report ${unique()}`, type: "secret" })
  return { host, key: api_key }
}

/** Every field of a key as it is shown later: without its token. */
const assertShown = (shown, key, changed = {}) => {
  assert.equal(shown.token, "")
  const { id, redacted, title, type, created_by, created_at } = key
  const open = { revoked_at: null, revoked_by: null, deleted_at: null, sales_channels: [] }
  has(shown, { id, redacted, title, type, created_by, created_at, ...open, ...changed })
}

export const apiKeys = {
  async "admin.apiKey.create"(mode) {
    const { host, key } = await made(mode)
    assertId(key.id, "apk")
    assert.match(key.token, /^sk_[0-9a-f]{64}$/)
    assert.equal(key.redacted, `${key.token.slice(0, 6)}***${key.token.slice(-3)}`)
    const { user } = await host.admin.user.me()
    has(key, { type: "secret", created_by: user.id, last_used_at: null, revoked_at: null, revoked_by: null })
    assert.deepEqual(key.sales_channels, [])
    assertTime(key.created_at)
    assertTime(key.updated_at)

    // The client's own way to use a key.
    const program = keyClient(key.token)
    assert.ok((await program.admin.user.list({ limit: 1 })).count > 0)
    await refused(400, host.admin.apiKey.create({ title: "X", type: "nosuch" }))
    await refused(400, host.admin.apiKey.create({ type: "secret" }))
    await refused(401, mode.client().admin.apiKey.create({ title: "X", type: "secret" }))
  },

  async "admin.apiKey.retrieve"(mode) {
    const { host, key } = await made(mode)
    const answer = await host.admin.apiKey.retrieve(key.id)
    assert.deepEqual(Object.keys(answer), ["api_key"])
    assertShown(answer.api_key, key)
    await refused(404, host.admin.apiKey.retrieve("apk_nosuch"))
  },

  async "admin.apiKey.list"(mode) {
    const { host, key } = await made(mode)
    const page = await host.admin.apiKey.list({ title: key.title, type: "secret", limit: 5, offset: 0 })
    assert.deepEqual(page, { api_keys: [page.api_keys[0]], count: 1, offset: 0, limit: 5 })
    assertShown(page.api_keys[0], key)
    assert.equal((await host.admin.apiKey.list({ q: key.title })).count, 1)
    await refused(401, mode.client().admin.apiKey.list())
  },

  async "admin.apiKey.update"(mode) {
    const { host, key } = await made(mode)
    const { api_key } = await host.admin.apiKey.update(key.id, { title: "Renamed" })
    assertShown(api_key, key, { title: "Renamed" })
    await refused(404, host.admin.apiKey.update("apk_nosuch", { title: "X" }))
    await refused(400, host.admin.apiKey.update(key.id, { title: 5 }))
  },

  async "admin.apiKey.revoke"(mode) {
    const { host, key } = await made(mode)
    const { user } = await host.admin.user.me()
    const { api_key } = await host.admin.apiKey.revoke(key.id)
    assertTime(api_key.revoked_at)
    assertShown(api_key, key, { revoked_at: api_key.revoked_at, revoked_by: user.id })
    await refused(401, keyClient(key.token).admin.user.list())
    await refused(400, host.admin.apiKey.revoke(key.id))
  },

  async "admin.apiKey.delete"(mode) {
    const { host, key } = await made(mode)
    await refused(400, host.admin.apiKey.delete(key.id))
    await host.admin.apiKey.revoke(key.id)
    assert.deepEqual(await host.admin.apiKey.delete(key.id), { id: key.id, object: "api_key", deleted: true })
    await refused(404, host.admin.apiKey.retrieve(key.id))
  },
}
