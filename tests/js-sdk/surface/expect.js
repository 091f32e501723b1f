// What answers are compared with.

import assert from "node:assert/strict"

/** These fields have these values. Further fields are more than the reference has, and allowed. */
export const has = (actual, expected) =>
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, actual[name]])), expected)

export const assertId = (id, prefix) => assert.match(id, new RegExp(`^${prefix}_[0-9A-HJKMNP-TV-Z]{26}$`))

export const assertToken = (token) => assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/)

export const assertTime = (time) => assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

export const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString())
