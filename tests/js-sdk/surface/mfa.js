// `sdk.auth.mfa`: each method, by its name.

import assert from "node:assert/strict"

import { refused } from "../support.js"
import { totp } from "../../authenticator.mjs"
import { assertId, assertTime, assertToken, claimsOf, has } from "./expect.js"

const passwordOf = ({ email, password }) => ({ email, password })

const started = (sdk) => sdk.auth.mfa.start({ provider: "totp", label: "phone" })

/** A user whose second factor is enabled, and its secret. */
const enrolled = async (mode) => {
  const member = await mode.member()
  const { mfa_factor, secret } = await started(member.sdk)
  await member.sdk.auth.mfa.verify(mfa_factor.id, { code: totp(secret) })
  return { ...member, factor: mfa_factor, secret }
}

const assertFactor = (factor, status) => {
  assertId(factor.id, "authmfa")
  assertId(factor.auth_identity_id, "authid")
  has(factor, { provider: "totp", status, deleted_at: null })
  assertTime(factor.created_at)
  assertTime(factor.updated_at)
}

export const mfa = {
  async "auth.mfa.list"(mode) {
    const { sdk } = await mode.member()
    assert.deepEqual(await sdk.auth.mfa.list(), { mfa_factors: [] })
    const { mfa_factor } = await started(sdk)
    assert.deepEqual(await sdk.auth.mfa.list(), { mfa_factors: [mfa_factor] })
    await refused(401, mode.client().auth.mfa.list())
  },

  async "auth.mfa.start"(mode) {
    const { sdk } = await mode.member()
    const metadata = { a: 1 }
    const answer = await sdk.auth.mfa.start({ provider: "totp", label: "phone", issuer: "Acme", metadata })
    assertFactor(answer.mfa_factor, "pending")
    assert.deepEqual(answer.mfa_factor.metadata, { a: 1, label: "phone" })
    assert.match(answer.secret, /^[A-Z2-7]{32}$/)
    assert.equal(answer.otpauth_url, `otpauth://totp/Acme:phone?secret=${answer.secret}&issuer=Acme`)
    await refused(400, sdk.auth.mfa.start({ provider: "nosuch" }))
    await refused(401, started(mode.client()))
  },

  async "auth.mfa.verify"(mode) {
    const { sdk } = await mode.member()
    const { mfa_factor, secret } = await started(sdk)
    await refused(400, sdk.auth.mfa.verify(mfa_factor.id, { code: "no code" }))
    const { mfa_factor: enabled } = await sdk.auth.mfa.verify(mfa_factor.id, { code: totp(secret) })
    assertFactor(enabled, "enabled")
    assert.equal(enabled.id, mfa_factor.id)
    await refused(404, sdk.auth.mfa.verify("authmfa_nosuch", { code: totp(secret) }))
  },

  async "auth.mfa.disable"(mode) {
    const { sdk, factor, person } = await enrolled(mode)
    const { mfa_factor: disabled } = await sdk.auth.mfa.disable(factor.id)
    assertFactor(disabled, "disabled")
    assert.equal(disabled.id, factor.id)
    assertToken(await mode.client().auth.login("user", "emailpass", passwordOf(person)))
  },

  async "auth.mfa.generateRecoveryCodes"(mode) {
    const { sdk } = await enrolled(mode)
    const { recovery_codes } = await sdk.auth.mfa.generateRecoveryCodes()
    assert.equal(new Set(recovery_codes).size, 10)
    recovery_codes.forEach((text) => assert.match(text, /^([0-9a-f]{4}-){7}[0-9a-f]{4}$/))
    assert.equal((await sdk.auth.mfa.generateRecoveryCodes({ count: 3 })).recovery_codes.length, 3)
    await refused(400, sdk.auth.mfa.generateRecoveryCodes({ count: 51 }))
  },

  async "auth.mfa.verifyChallenge"(mode) {
    const { sdk, person, user, secret } = await enrolled(mode)
    const { recovery_codes } = await sdk.auth.mfa.generateRecoveryCodes({ count: 1 })

    for (const [method, given] of [["totp", totp(secret, 1)], ["recovery_code", recovery_codes[0]]]) {
      const client = mode.client()
      const answer = await client.auth.login("user", "emailpass", passwordOf(person))
      assertToken(answer.token)
      assert.equal(answer.mfa_required, true)
      assertId(answer.mfa_challenge.id, "authmfachal")
      has(answer.mfa_challenge, { methods: ["totp", "recovery_code"], attempts: 0, max_attempts: 5, completed_at: null })
      await refused(401, client.admin.user.me())

      const wrong = client.auth.mfa.verifyChallenge(answer.mfa_challenge.id, { method, code: "no code" })
      await refused(400, wrong)
      const token = await client.auth.mfa.verifyChallenge(answer.mfa_challenge.id, { method, code: given })
      assertToken(token)
      has(claimsOf(token), { actor_id: user.id, mfa_enabled: true })
      assert.equal((await client.admin.user.me()).user.id, user.id)
    }
  },
}
