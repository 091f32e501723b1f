// Reads answers of passkeys, one JSON object a line, and says of each whether SimpleWebAuthn's server library takes it: "ok", or
// why not. Started in the folder that has the library in its node_modules.
//
// A line of a registration: { create: true, origin, rp_id, challenge, answer }. One of a sign-in has no `create`, the passkey's
// registration, { challenge, answer, user }, as `registration`, and whether the answer must name the user as `needs_user`.

import { webcrypto } from "node:crypto"
import { createInterface } from "node:readline"
import { pathToFileURL } from "node:url"

// Node 18 has it as an import alone.
globalThis.crypto ??= webcrypto

const library = pathToFileURL(`${process.cwd()}/node_modules/@simplewebauthn/server/esm/index.js`)
const { verifyAuthenticationResponse, verifyRegistrationResponse } = await import(library)

/** Configured as Vestibule: user verification, and the algorithms that it offers. */
const supportedAlgorithmIDs = [-7, -8, -257]

const register = async ({ origin, rp_id, challenge, answer }) => {
  const expected = { expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rp_id }
  const options = { response: answer, ...expected, requireUserVerification: true, supportedAlgorithmIDs }
  const { verified, registrationInfo } = await verifyRegistrationResponse(options)
  if (!verified) throw new Error("not verified")
  return registrationInfo.credential
}

/** What the library leaves to its caller: to find the passkey by its id, and its owner by the handle (WebAuthn 3, 7.2, 6). */
const check = (answer, credential, user, needsUser) => {
  if (answer.id !== credential.id) throw new Error("no such passkey")
  const handle = answer.response?.userHandle ?? undefined
  if (needsUser ? handle !== user : ![user, undefined].includes(handle)) throw new Error("another user's passkey")
}

const signIn = async ({ origin, rp_id, challenge, answer, registration, needs_user }) => {
  const credential = await register({ origin, rp_id, ...registration })
  check(answer, credential, registration.user, needs_user)
  const expected = { expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rp_id }
  const options = { response: answer, ...expected, credential, requireUserVerification: true }
  const { verified } = await verifyAuthenticationResponse(options)
  if (!verified) throw new Error("not verified")
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  try {
    await (asked.create ? register(asked) : signIn(asked))
    console.log("ok")
  } catch (error) {
    console.log(String(error.message).replace(/\s+/g, " ").slice(0, 200) || "refused")
  }
}
