// Users: list, retrieve, update, delete.

import assert from "node:assert/strict"
import { before, test } from "node:test"

import { assertUser, bringIn, refused, signedInAdmin, stranger, tokenClient } from "./support.js"

let host
before(async () => {
  host = await signedInAdmin()
})

test("a user is retrieved and found", async () => {
  const person = stranger()
  const made = await bringIn(host, person)
  const { user } = await host.admin.user.retrieve(made.id)
  assertUser(user)
  assert.deepEqual(user, { ...user, ...made })

  const { user: short } = await host.admin.user.retrieve(made.id, { fields: "id,email" })
  assert.deepEqual(short, { id: made.id, email: person.email })
  assert.deepEqual(await host.admin.user.listAuthProviders(made.id), { providers: ["emailpass"] })

  const byEmail = await host.admin.user.list({ email: person.email })
  assert.deepEqual([byEmail.count, byEmail.users[0].id], [1, made.id])
  const byId = await host.admin.user.list({ id: [made.id, "user_nosuch"] })
  assert.deepEqual([byId.count, byId.users[0].id], [1, made.id])
})

test("a list is searched, ordered and turned page by page", async () => {
  const family = stranger().last_name
  const people = [stranger(), stranger(), stranger()].map((person) => ({ ...person, last_name: family }))
  for (const person of people) await bringIn(host, person)
  const emails = people.map(({ email }) => email).sort()

  const all = await host.admin.user.list({ q: family.toUpperCase(), order: "email" })
  assert.deepEqual([all.count, all.offset, all.limit], [3, 0, 50])
  assert.deepEqual(all.users.map(({ email }) => email), emails)
  all.users.forEach(assertUser)

  const second = await host.admin.user.list({ q: family, order: "-email", limit: 1, offset: 1, fields: "id,email" })
  assert.deepEqual([second.count, second.offset, second.limit], [3, 1, 1])
  assert.deepEqual(second.users, [{ id: all.users[1].id, email: emails[1] }])

  const before2020 = { q: family, created_at: { $lt: "2020-01-01T00:00:00Z" } }
  assert.deepEqual(await host.admin.user.list(before2020), { users: [], count: 0, offset: 0, limit: 50 })
  await refused(400, host.admin.user.list({ nosuch: 1 }))
  await refused(400, host.admin.user.list({ limit: "abc" }))
})

test("a user is updated, and what was not named stays", async () => {
  const made = await bringIn(host, stranger())
  const first = await host.admin.user.update(made.id, { first_name: "Augusta", metadata: { a: 1, b: { c: [1, 2] } } })
  assertUser(first.user)
  assert.deepEqual([first.user.first_name, first.user.last_name], ["Augusta", made.last_name])

  const avatar_url = "https://example.com/a.png"
  await host.admin.user.update(made.id, { last_name: null, avatar_url, metadata: { a: "", d: true } })
  const { user } = await host.admin.user.retrieve(made.id)
  assert.deepEqual([user.first_name, user.last_name, user.avatar_url], ["Augusta", null, avatar_url])
  assert.deepEqual(user.metadata, { b: { c: [1, 2] }, d: true })
  assert.equal(user.created_at, made.created_at)
  assert.ok(user.updated_at >= made.updated_at)
})

test("an update that cannot be is refused", async () => {
  const made = await bringIn(host, stranger())
  await refused(400, host.admin.user.update(made.id, { first_name: 5 }))
  await refused(400, host.admin.user.update(made.id, { nosuch: "x" }))
  await refused(404, host.admin.user.update("user_nosuch", { first_name: "A" }))
  await refused(401, tokenClient().admin.user.update(made.id, { first_name: "A" }))
  const { user } = await host.admin.user.retrieve(made.id)
  assert.deepEqual(user, { ...user, ...made })
})

test("a deleted user is gone, and the address can be invited again", async () => {
  const person = stranger()
  const made = await bringIn(host, person)
  assert.deepEqual(await host.admin.user.delete(made.id), { id: made.id, object: "user", deleted: true })
  await refused(404, host.admin.user.retrieve(made.id))
  assert.equal((await host.admin.user.list({ email: person.email })).count, 0)

  const again = await bringIn(host, person)
  assert.notEqual(again.id, made.id)
  assert.equal(again.email, person.email)
})

test("a user cannot delete their own account", async () => {
  const { user } = await host.admin.user.me()
  await refused(400, host.admin.user.delete(user.id))
  await host.admin.user.me()
})
