// `sdk.admin.user`: each method, by its name. Roles are of Vestibule's own design, behind the client's own methods.

import assert from "node:assert/strict"

import { admin, assertUser, refused } from "../support.js"
import { assertToken, claimsOf, has } from "./expect.js"

const SUPER_ADMIN = "role_super_admin"

const assertRoles = (roles) => {
  assert.deepEqual(roles.map(({ id, name }) => [id, name]), [[SUPER_ADMIN, "Super Admin"]])
}

/** A user without the time of the last request, which each request changes. */
const unseen = ({ last_seen_at: _, ...user }) => user

export const users = {
  async "admin.user.me"(mode) {
    const { sdk, user } = await mode.member()
    const answer = await sdk.admin.user.me()
    assert.deepEqual(Object.keys(answer), ["user"])
    assertUser(answer.user)
    has(answer.user, unseen(user))
    assert.deepEqual(await sdk.admin.user.me({ fields: "id,email" }), { user: { id: user.id, email: user.email } })
    await refused(401, mode.client().admin.user.me())
  },

  async "admin.user.list"(mode) {
    const host = await mode.admin()
    const { user } = await mode.member()
    const page = await host.admin.user.list({ q: user.email, limit: 5, offset: 0, order: "-created_at" })
    assert.deepEqual(page, { users: [page.users[0]], count: 1, offset: 0, limit: 5 })
    assertUser(page.users[0])
    has(page.users[0], unseen(user))
    const two = await host.admin.user.list({ email: [user.email, admin.email], order: "-created_at", fields: "email" })
    assert.deepEqual(two.users.map(({ email }) => email), [user.email, admin.email])
    await refused(400, host.admin.user.list({ nosuch: 1 }))
    await refused(401, mode.client().admin.user.list())
  },

  async "admin.user.retrieve"(mode) {
    const host = await mode.admin()
    const { user } = await mode.member()
    const { user: retrieved } = await host.admin.user.retrieve(user.id)
    assertUser(retrieved)
    has(retrieved, unseen(user))
    const short = await host.admin.user.retrieve(user.id, { fields: "id,email" })
    assert.deepEqual(short, { user: { id: user.id, email: user.email } })
    await refused(404, host.admin.user.retrieve("user_nosuch"))
  },

  async "admin.user.update"(mode) {
    const host = await mode.admin()
    const { user } = await mode.member()
    const change = { first_name: "Augusta", last_name: null, avatar_url: "https://example.com/a.png", metadata: { a: 1 } }
    const { user: updated } = await host.admin.user.update(user.id, change)
    assertUser(updated)
    has(updated, { ...change, id: user.id, email: user.email })
    const short = await host.admin.user.update(user.id, { first_name: "Ada" }, { fields: "first_name" })
    assert.deepEqual(short, { user: { id: user.id, first_name: "Ada" } })
    await refused(400, host.admin.user.update(user.id, { first_name: 5 }))
    await refused(404, host.admin.user.update("user_nosuch", { first_name: "A" }))
  },

  async "admin.user.delete"(mode) {
    const host = await mode.admin()
    const { user, sdk } = await mode.member()
    assert.deepEqual(await host.admin.user.delete(user.id), { id: user.id, object: "user", deleted: true })
    await refused(404, host.admin.user.retrieve(user.id))
    await refused(401, sdk.admin.user.me())
  },

  async "admin.user.listAuthProviders"(mode) {
    const { user, sdk } = await mode.member()
    assert.deepEqual(await sdk.admin.user.listAuthProviders(user.id), { providers: ["emailpass"] })
    assert.deepEqual(await sdk.admin.user.listAuthProviders("user_nosuch"), { providers: [] })
    await refused(401, mode.client().admin.user.listAuthProviders(user.id))
  },

  async "admin.user.generateResetPasswordToken"(mode) {
    const host = await mode.admin()
    const { user } = await mode.member()
    const answer = await host.admin.user.generateResetPasswordToken(user.id)
    assert.deepEqual(Object.keys(answer), ["token"])
    assertToken(answer.token)
    const claims = claimsOf(answer.token)
    has(claims, { entity_id: user.email, provider: "emailpass", actor_type: "user" })
    assert.equal(claims.exp - claims.iat, 15 * 60)
    await refused(404, host.admin.user.generateResetPasswordToken("user_nosuch"))
  },

  async "admin.user.listRoles"(mode) {
    const { user, sdk } = await mode.member()
    const page = await sdk.admin.user.listRoles(user.id)
    assertRoles(page.roles)
    has(page, { count: 1, offset: 0, limit: 50 })
    const { roles } = await sdk.admin.user.listRoles(user.id, { fields: "name" })
    assert.deepEqual(roles, [{ id: SUPER_ADMIN, name: "Super Admin" }])
    assert.deepEqual(await sdk.admin.user.listRoles("user_nosuch"), { roles: [], count: 0, offset: 0, limit: 50 })
  },

  async "admin.user.addRoles"(mode) {
    const host = await mode.admin()
    const { user, sdk } = await mode.member()
    await host.admin.user.removeRole(user.id, SUPER_ADMIN)
    await refused(403, sdk.admin.user.list())
    const answer = await host.admin.user.addRoles(user.id, { roles: [SUPER_ADMIN] })
    assert.deepEqual(Object.keys(answer), ["roles"])
    assertRoles(answer.roles)
    await sdk.admin.user.list()
    await refused(400, host.admin.user.addRoles(user.id, { roles: [] }))
  },

  async "admin.user.removeRole"(mode) {
    const host = await mode.admin()
    const { user, sdk } = await mode.member()
    const answer = await host.admin.user.removeRole(user.id, SUPER_ADMIN)
    assert.deepEqual(answer, { id: SUPER_ADMIN, object: "user_role", deleted: true })
    await refused(403, sdk.admin.user.list())
  },

  async "admin.user.removeRoles"(mode) {
    const host = await mode.admin()
    const { user, sdk } = await mode.member()
    const answer = await host.admin.user.removeRoles(user.id, { roles: [SUPER_ADMIN] })
    assert.deepEqual(answer, { ids: [SUPER_ADMIN], object: "user_role", deleted: true })
    await refused(403, sdk.admin.user.list())
  },
}
