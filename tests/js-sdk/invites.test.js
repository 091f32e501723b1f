// Invites: create, list, retrieve, resend, accept, delete.

import assert from "node:assert/strict"
import { before, test } from "node:test"

import { accept, admin, assertInvite, assertUser, refused, signedInAdmin, stranger, tokenClient } from "./support.js"

let host
before(async () => {
  host = await signedInAdmin()
})

test("an invite is created, retrieved and listed", async () => {
  const person = stranger()
  const { invite } = await host.admin.invite.create({ email: person.email, metadata: { team: "ops", n: 1 } })
  assertInvite(invite)
  assert.equal(invite.email, person.email)
  assert.deepEqual(invite.metadata, { team: "ops", n: 1 })
  assert.equal(Math.round((new Date(invite.expires_at) - new Date(invite.created_at)) / 60_000), 24 * 60)

  const { invite: retrieved } = await host.admin.invite.retrieve(invite.id)
  assert.deepEqual(retrieved, { ...retrieved, ...invite })

  const page = await host.admin.invite.list({ email: person.email })
  assert.deepEqual([page.count, page.offset, page.limit], [1, 0, 50])
  assert.equal(page.invites.length, 1)
  assert.deepEqual(page.invites[0], { ...page.invites[0], ...invite })

  const { invite: short } = await host.admin.invite.retrieve(invite.id, { fields: "id,email" })
  assert.deepEqual(short, { id: invite.id, email: person.email })
  const { count } = await host.admin.invite.list({ q: person.email.toUpperCase() })
  assert.equal(count, 1)
})

test("accepting an invite makes a user who can sign in", async () => {
  const person = stranger()
  const { invite } = await host.admin.invite.create({ email: person.email })
  const { user } = await accept(person, invite.token)
  assertUser(user)
  assert.deepEqual([user.email, user.first_name, user.last_name], [person.email, person.first_name, person.last_name])

  const client = tokenClient()
  await client.auth.login("user", "emailpass", { email: person.email, password: person.password })
  const { user: me } = await client.admin.user.me()
  assert.equal(me.id, user.id)

  await refused(404, host.admin.invite.retrieve(invite.id))
  assert.equal((await host.admin.invite.list({ email: person.email })).count, 0)
})

test("an invite is accepted once", async () => {
  const person = stranger()
  const { invite } = await host.admin.invite.create({ email: person.email })
  await accept(person, invite.token)
  await refused(401, accept(stranger(), invite.token))
})

test("resending makes a new token, and the old one is dead", async () => {
  const person = stranger()
  const { invite } = await host.admin.invite.create({ email: person.email })
  const { invite: resent } = await host.admin.invite.resend(invite.id)
  assertInvite(resent)
  assert.equal(resent.id, invite.id)
  assert.notEqual(resent.token, invite.token)
  assert.ok(new Date(resent.expires_at) >= new Date(invite.expires_at))

  await refused(401, accept(person, invite.token))
  const { user } = await accept(person, resent.token)
  assert.equal(user.email, person.email)
})

test("a deleted invite opens nothing and does not stand in the way of a new one", async () => {
  const person = stranger()
  const { invite } = await host.admin.invite.create({ email: person.email })
  assert.deepEqual(await host.admin.invite.delete(invite.id), { id: invite.id, object: "invite", deleted: true })
  await refused(404, host.admin.invite.retrieve(invite.id))
  await refused(401, accept(person, invite.token))

  const { invite: second } = await host.admin.invite.create({ email: person.email })
  assert.notEqual(second.id, invite.id)
  assert.equal((await accept(person, second.token)).user.email, person.email)
})

test("an invite that cannot be is refused", async () => {
  const person = stranger()
  await host.admin.invite.create({ email: person.email })
  await refused(400, host.admin.invite.create({ email: person.email }))
  await refused(400, host.admin.invite.create({ email: admin.email }))
  await refused(400, host.admin.invite.create({}))
  await refused(400, host.admin.invite.create({ email: 5 }))
  await refused(400, host.admin.invite.create({ email: stranger().email, nosuch: 1 }))
  await refused(400, host.admin.invite.list({ nosuch: 1 }))
  await refused(404, host.admin.invite.retrieve("invite_nosuch"))
  await refused(400, host.admin.invite.resend("invite_nosuch"))
  await refused(401, tokenClient().admin.invite.create({ email: stranger().email }))
})

test("accepting is refused without a registration, with rubbish, and to a user", async () => {
  const person = stranger()
  const { invite } = await host.admin.invite.create({ email: person.email })
  await refused(401, tokenClient().admin.invite.accept({ invite_token: invite.token, email: person.email }))
  await refused(401, accept(person, "rubbish"))
  await refused(400, host.admin.invite.accept({ invite_token: invite.token, email: person.email }))
  await host.admin.invite.retrieve(invite.id)
})
