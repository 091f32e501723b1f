// Publishable keys by `sdk.admin.apiKey`: the same methods as for secret ones, and they open nothing.

import assert from "node:assert/strict"

import { keyClient, publishableClient, refused, unique } from "../support.js"
import { has } from "./expect.js"

/** A key that the administrator has just made. */
const made = async (mode) => {
  const host = await mode.admin()
  const { api_key } = await host.admin.apiKey.create({ title: `Shop ${unique()}`, type: "publishable" })
  return { host, key: api_key }
}

export const publishableKeys = {
  async "a publishable key is created, and its token stays visible"(mode) {
    const { host, key } = await made(mode)
    assert.match(key.token, /^pk_[0-9a-f]{64}$/)
    has(key, { type: "publishable", revoked_at: null, revoked_by: null, sales_channels: [] })
    const { api_key: retrieved } = await host.admin.apiKey.retrieve(key.id)
    assert.deepEqual(retrieved, key)
    const page = await host.admin.apiKey.list({ type: "publishable", q: key.title })
    assert.deepEqual([page.count, page.api_keys], [1, [key]])
    assert.equal((await host.admin.apiKey.list({ type: "secret", q: key.title })).count, 0)
  },

  async "a publishable key is renamed, revoked and deleted"(mode) {
    const { host, key } = await made(mode)
    const { api_key: renamed } = await host.admin.apiKey.update(key.id, { title: "Renamed" })
    has(renamed, { id: key.id, title: "Renamed", token: key.token })
    await refused(400, host.admin.apiKey.delete(key.id))
    const { api_key: revoked } = await host.admin.apiKey.revoke(key.id)
    const { user } = await host.admin.user.me()
    assert.equal(revoked.revoked_by, user.id)
    assert.deepEqual(await host.admin.apiKey.delete(key.id), { id: key.id, object: "api_key", deleted: true })
    await refused(404, host.admin.apiKey.retrieve(key.id))
  },

  async "a publishable key opens nothing"(mode) {
    const { key } = await made(mode)
    await refused(401, keyClient(key.token).admin.user.list())
    await refused(401, publishableClient(key.token).admin.user.list())
  },
}
