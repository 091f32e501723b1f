// `sdk.admin.invite`: each method, by its name.

import assert from "node:assert/strict"

import { assertInvite, assertUser, refused, stranger } from "../support.js"
import { has } from "./expect.js"

/** An invite of a new address, by the administrator. */
const invited = async (mode, body = {}) => {
  const host = await mode.admin()
  const person = stranger()
  const { invite } = await host.admin.invite.create({ email: person.email, ...body })
  return { host, person, invite }
}

/** Registers; the token goes with the request that accepts, as the Medusa Admin sends it. */
const registration = async (mode, { email, password }) => {
  const sdk = mode.client()
  const token = await sdk.auth.register("user", "emailpass", { email, password })
  return { sdk, headers: { Authorization: `Bearer ${token}` } }
}

export const invites = {
  async "admin.invite.create"(mode) {
    const { host, person, invite } = await invited(mode, { metadata: { team: "ops" } })
    assertInvite(invite)
    has(invite, { email: person.email, accepted: false, metadata: { team: "ops" } })
    const short = await host.admin.invite.create({ email: stranger().email }, { fields: "accepted" })
    assert.deepEqual(short, { invite: { id: short.invite.id, accepted: false } })
    await refused(400, host.admin.invite.create({ email: person.email }))
    await refused(400, host.admin.invite.create({}))
    await refused(401, mode.client().admin.invite.create({ email: person.email }))
  },

  async "admin.invite.retrieve"(mode) {
    const { host, invite } = await invited(mode)
    const { invite: retrieved } = await host.admin.invite.retrieve(invite.id)
    has(retrieved, invite)
    const short = await host.admin.invite.retrieve(invite.id, { fields: "id,email" })
    assert.deepEqual(short, { invite: { id: invite.id, email: invite.email } })
    await refused(404, host.admin.invite.retrieve("invite_nosuch"))
  },

  async "admin.invite.list"(mode) {
    const { host, invite } = await invited(mode)
    const page = await host.admin.invite.list({ q: invite.email, limit: 5, offset: 0 })
    assert.deepEqual(page, { invites: [page.invites[0]], count: 1, offset: 0, limit: 5 })
    has(page.invites[0], invite)
    await refused(400, host.admin.invite.list({ nosuch: 1 }))
    await refused(401, mode.client().admin.invite.list())
  },

  async "admin.invite.accept"(mode) {
    const { host, person, invite } = await invited(mode)
    const { first_name, last_name, email } = person
    const { sdk, headers } = await registration(mode, person)
    const body = { invite_token: invite.token, email, first_name, last_name }
    const { user } = await sdk.admin.invite.accept(body, undefined, headers)
    assertUser(user)
    has(user, { email, first_name, last_name })
    assert.equal((await (await mode.signedIn(person)).admin.user.me()).user.id, user.id)
    await refused(404, host.admin.invite.retrieve(invite.id))

    const other = await registration(mode, stranger())
    await refused(401, other.sdk.admin.invite.accept(body, undefined, other.headers))
    await refused(401, mode.client().admin.invite.accept(body))
  },

  async "admin.invite.resend"(mode) {
    const { host, person, invite } = await invited(mode)
    const { invite: resent } = await host.admin.invite.resend(invite.id)
    assertInvite(resent)
    has(resent, { id: invite.id, email: person.email })
    assert.notEqual(resent.token, invite.token)
    const { sdk, headers } = await registration(mode, person)
    await refused(401, sdk.admin.invite.accept({ invite_token: invite.token, email: person.email }, undefined, headers))
    await refused(400, host.admin.invite.resend("invite_nosuch"))
  },

  async "admin.invite.delete"(mode) {
    const { host, invite } = await invited(mode)
    assert.deepEqual(await host.admin.invite.delete(invite.id), { id: invite.id, object: "invite", deleted: true })
    await refused(404, host.admin.invite.retrieve(invite.id))
    assert.equal((await host.admin.invite.list({ q: invite.email })).count, 0)
  },
}
