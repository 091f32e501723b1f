// What every test file here needs: the server's address, an administrator, clients, and people to invite.

import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { createRequire } from "node:module"

// Required, not imported: the package does not declare its ES modules as such, and only a recent node guesses it.
const { default: Medusa, FetchError } = createRequire(import.meta.url)("@medusajs/js-sdk")

const required = (name) => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set. Use tests/js-sdk/run, which starts a server and sets it.`)
  return value
}

export const baseUrl = required("VESTIBULE_URL")
export const admin = { email: required("ADMIN_EMAIL"), password: required("ADMIN_PASSWORD") }

/** A client that keeps its token in memory, as in a server-side program. */
export const tokenClient = () => new Medusa({ baseUrl, auth: { type: "jwt", jwtTokenStorageMethod: "memory" } })

/** A client that keeps a session cookie, as in a browser. Its calls must run inside `Browser.run`. */
export const sessionClient = () =>
  new Medusa({ baseUrl, auth: { type: "session", jwtTokenStorageMethod: "memory" } })

/** A client that shows an API key, as a program does. */
export const keyClient = (apiKey) => new Medusa({ baseUrl, apiKey })

/** A client that shows a publishable key, as the pages of a shop do. */
export const publishableClient = (publishableKey) => new Medusa({ baseUrl, publishableKey })

/** A token client that has signed in as the administrator. */
export const signedInAdmin = async () => {
  const client = tokenClient()
  await client.auth.login("user", "emailpass", admin)
  return client
}

/** A word that no other run on the same database has used. */
export const unique = () => randomBytes(5).toString("hex")

/** A person without an account. */
export const stranger = () => {
  const word = unique()
  return { email: `ada.${word}@example.com`, password: `Correct-${word}-horse`, first_name: "Ada", last_name: `L${word}` }
}

/** Registers `person` with a client of their own and accepts the invite that `token` belongs to. */
export const accept = async (person, token) => {
  const client = tokenClient()
  await client.auth.register("user", "emailpass", { email: person.email, password: person.password })
  const { first_name, last_name } = person
  return client.admin.invite.accept({ invite_token: token, email: person.email, first_name, last_name })
}

/** Invites `person` and accepts in their name: the whole way from an address to a user. */
export const bringIn = async (host, person) => {
  const { invite } = await host.admin.invite.create({ email: person.email })
  const { user } = await accept(person, invite.token)
  return user
}

export { FetchError }

/** The call is refused with this status, by the client's own error, with a message that says something. */
export const refused = (status, call) =>
  assert.rejects(call, (error) => {
    assert.ok(error instanceof FetchError, `not an answer of the server: ${error.stack}`)
    assert.equal(error.status, status, `status ${error.status}, message "${error.message}"`)
    assert.ok(error.message.length > 0, "an error without a message")
    return true
  })

/** Every field of a user, with its type. */
export const assertUser = (user) => {
  assert.match(user.id, /^user_[0-9A-HJKMNP-TV-Z]{26}$/)
  assert.match(user.email, /@/)
  for (const field of ["first_name", "last_name", "avatar_url"]) {
    assert.ok(user[field] === null || typeof user[field] === "string", `${field}: ${JSON.stringify(user[field])}`)
  }
  assert.ok(user.metadata === null || typeof user.metadata === "object")
  assertTimes(user)
}

/** Every field of an invite that is still open, with its type. */
export const assertInvite = (invite) => {
  assert.match(invite.id, /^invite_[0-9A-HJKMNP-TV-Z]{26}$/)
  assert.match(invite.email, /@/)
  assert.equal(invite.accepted, false)
  assert.match(invite.token, /^[\w-]+\.[\w-]+\.[\w-]+$/)
  assert.ok(new Date(invite.expires_at) > new Date(invite.created_at), "expires before it was created")
  assert.ok(invite.metadata === null || typeof invite.metadata === "object")
  assertTimes(invite)
}

const assertTimes = (row) => {
  for (const field of ["created_at", "updated_at"]) {
    assert.match(row[field], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, field)
  }
  assert.equal(row.deleted_at, null)
}
