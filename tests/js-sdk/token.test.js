// Signing in with a token that the client keeps in memory.

import assert from "node:assert/strict"
import { test } from "node:test"

import { admin, assertUser, bringIn, refused, signedInAdmin, stranger, tokenClient } from "./support.js"

const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString())

test("login gives a token, and the token opens the API", async () => {
  const client = tokenClient()
  await refused(401, client.admin.user.me())

  const token = await client.auth.login("user", "emailpass", admin)
  assert.equal(typeof token, "string")
  const claims = claimsOf(token)
  assert.equal(claims.actor_type, "user")
  assert.equal(claims.app_metadata.user_id, claims.actor_id)
  assert.equal(claims.exp - claims.iat, 86400)

  const { user } = await client.admin.user.me()
  assertUser(user)
  assert.equal(user.email, admin.email)
  assert.equal(user.id, claims.actor_id)
})

test("login is refused alike for a wrong password and an unknown address", async () => {
  const client = tokenClient()
  await refused(401, client.auth.login("user", "emailpass", { email: admin.email, password: "not the password" }))
  await refused(401, client.auth.login("user", "emailpass", { email: stranger().email, password: admin.password }))
  await refused(401, client.auth.login("user", "emailpass", { email: admin.email }))
  await refused(400, client.auth.login("user", "nosuch", admin))
  await refused(401, client.admin.user.me())
})

test("refresh gives another token that opens the API", async () => {
  const client = await signedInAdmin()
  const before = claimsOf(await client.client.getToken())

  const { token } = await client.auth.refresh()
  assert.equal(await client.client.getToken(), token)
  const after = claimsOf(token)
  assert.equal(after.actor_id, before.actor_id)
  assert.ok(after.exp >= before.exp)

  const { user } = await client.admin.user.me()
  assert.equal(user.email, admin.email)
  await refused(401, tokenClient().auth.refresh())
})

test("logout forgets the token", async () => {
  const client = await signedInAdmin()
  await client.admin.user.me()
  await client.auth.logout()
  await refused(401, client.admin.user.me())
})

test("rubbish in the place of a token is refused", async () => {
  const client = tokenClient()
  for (const token of ["rubbish", "a.b.c", `${await (await signedInAdmin()).client.getToken()}x`]) {
    await client.client.setToken(token)
    await refused(401, client.admin.user.me())
    await refused(401, client.auth.refresh())
  }
})

test("a registration without an invite gives no access", async () => {
  const person = stranger()
  const client = tokenClient()
  await client.auth.register("user", "emailpass", { email: person.email, password: person.password })
  await refused(401, client.admin.user.me())
  await refused(401, client.admin.user.list())
  await refused(401, client.admin.invite.create({ email: stranger().email }))
})

// The one test here that the reference itself fails: it answers 404, and only where the user is looked up.
test("a deleted user's token is dead at once, and so is the password", async () => {
  const host = await signedInAdmin()
  const person = stranger()
  const { id } = await bringIn(host, person)
  const client = tokenClient()
  await client.auth.login("user", "emailpass", { email: person.email, password: person.password })
  await client.admin.user.me()

  await host.admin.user.delete(id)
  await refused(401, client.auth.login("user", "emailpass", { email: person.email, password: person.password }))
  await refused(401, client.admin.user.me())
})
