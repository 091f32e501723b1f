// `sdk.auth`: each method, by its name.

import assert from "node:assert/strict"

import { refused, signedInAdmin, stranger } from "../support.js"
import { assertToken, claimsOf, has } from "./expect.js"
import { tokenMailedTo } from "./mails.js"

const emailpass = ({ email, password }) => ["user", "emailpass", { email, password }]

export const auth = {
  async "auth.register"(mode) {
    const person = stranger()
    const token = await mode.client().auth.register(...emailpass(person))
    assertToken(token)
    has(claimsOf(token), { actor_type: "user", actor_id: "", auth_provider: "emailpass", app_metadata: {} })

    const { person: member } = await mode.member()
    await refused(401, mode.client().auth.register(...emailpass({ ...member, password: `x${member.password}` })))
    await refused(422, mode.client().auth.register(...emailpass({ ...stranger(), password: "password" })))
    await refused(400, mode.client().auth.register("user", "nosuch", person))
  },

  async "auth.login"(mode) {
    const { person, user } = await mode.member()
    const sdk = mode.client()
    await refused(401, sdk.admin.user.me())
    const token = await sdk.auth.login(...emailpass(person))
    assertToken(token)
    has(claimsOf(token), { actor_type: "user", actor_id: user.id })
    assert.equal((await sdk.admin.user.me()).user.id, user.id)

    await refused(401, mode.client().auth.login(...emailpass({ ...person, password: "not the password" })))
    await refused(401, mode.client().auth.login(...emailpass(stranger())))
    await refused(400, mode.client().auth.login("user", "nosuch", person))
  },

  async "auth.refresh"(mode) {
    const { sdk, user } = await mode.member()
    const answer = await sdk.auth.refresh()
    assert.deepEqual(Object.keys(answer), ["token"])
    has(claimsOf(answer.token), { actor_type: "user", actor_id: user.id })
    assert.equal((await sdk.admin.user.me()).user.id, user.id)
    await refused(401, mode.client().auth.refresh())
  },

  async "auth.logout"(mode) {
    const { sdk } = await mode.member()
    await sdk.admin.user.me()
    assert.equal(await sdk.auth.logout(), undefined)
    await refused(401, sdk.admin.user.me())
    await refused(401, sdk.auth.refresh())
  },

  async "auth.resetPassword"(mode) {
    const { person, sdk } = await mode.member()
    const anonymous = mode.client()
    assert.equal(await anonymous.auth.resetPassword("user", "emailpass", { identifier: person.email }), undefined)
    const token = await tokenMailedTo(person.email, "reset-password")
    has(claimsOf(token), { entity_id: person.email, actor_type: "user", provider: "emailpass" })
    await sdk.admin.user.me()

    // The same answer for an address that no user has.
    const unknown = { identifier: stranger().email }
    assert.equal(await anonymous.auth.resetPassword("user", "emailpass", unknown), undefined)
    await refused(400, anonymous.auth.resetPassword("user", "emailpass", {}))
  },

  async "auth.updateProvider"(mode) {
    const { person, user, sdk } = await mode.member()
    const { token } = await (await signedInAdmin()).admin.user.generateResetPasswordToken(user.id)
    const password = `${person.password}-2`
    const anonymous = mode.client()
    await refused(400, anonymous.auth.updateProvider("user", "emailpass", { password: "password" }, token))
    assert.equal(await anonymous.auth.updateProvider("user", "emailpass", { password }, token), undefined)

    await refused(401, mode.client().auth.login(...emailpass(person)))
    assertToken(await mode.client().auth.login("user", "emailpass", { email: person.email, password }))
    // The sessions of the old password are over, and so is the token.
    await refused(401, sdk.admin.user.me())
    await refused(401, anonymous.auth.updateProvider("user", "emailpass", { password: `${password}-3` }, token))
    await refused(401, anonymous.auth.updateProvider("user", "emailpass", { password }, "rubbish"))
  },

  async "auth.listProviders"(mode) {
    const { providers } = await mode.client().auth.listProviders("user")
    assert.equal(providers.length, 1)
    const emailpass = { id: "emailpass", display_name: "Email/Password Authentication", flow: "credentials" }
    has(providers[0], emailpass)
  },

  async "auth.verification.request"(mode) {
    const { email, password } = stranger()
    const sdk = mode.client()
    await refused(401, sdk.auth.verification.request({ entity_id: email, entity_type: "email" }))
    await sdk.auth.register("user", "emailpass", { email, password })
    await sdk.auth.login("user", "emailpass", { email, password })
    const { verification } = await sdk.auth.verification.request({ entity_id: email, entity_type: "email" })
    has(verification, { entity_id: email, entity_type: "email", code_provider: "token", verified_at: null })
    assert.match(verification.id, /^authver_/)
    await refused(400, sdk.auth.verification.request({ entity_id: email }))
  },

  async "auth.verification.confirm"(mode) {
    const { email, password } = stranger()
    const sdk = mode.client()
    await sdk.auth.register("user", "emailpass", { email, password })
    await sdk.auth.login("user", "emailpass", { email, password })
    await sdk.auth.verification.request({ entity_id: email, entity_type: "email" })
    const code = await tokenMailedTo(email, "verify")
    const confirmed = await mode.client().auth.verification.confirm({ code })
    has(confirmed, { entity_id: email, entity_type: "email", code_provider: "token" })
    assert.ok(Math.abs(new Date(confirmed.verified_at) - new Date()) < 60_000, confirmed.verified_at)
    await refused(400, mode.client().auth.verification.confirm({ code }))
    await refused(400, mode.client().auth.verification.confirm({ code: "rubbish" }))
  },
}
