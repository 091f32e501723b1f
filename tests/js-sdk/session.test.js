// Signing in with a session cookie, as the Medusa Admin does in a browser.

import assert from "node:assert/strict"
import { test } from "node:test"

import { Browser } from "./browser.js"
import { admin, assertUser, refused, sessionClient } from "./support.js"

// The other cookie tells on which devices an account has signed in before. It signs no one in.
const sessionCookie = (browser) => {
  assert.deepEqual([...browser.cookies.keys()].sort(), ["connect.sid", "vestibule-device"])
  return browser.cookies.get("connect.sid")
}

test("login keeps a session cookie that scripts cannot read", async () => {
  const browser = new Browser()
  const client = sessionClient()
  await browser.run(async () => {
    await refused(401, client.admin.user.me())
    await client.auth.login("user", "emailpass", admin)
    const { user } = await client.admin.user.me()
    assertUser(user)
    assert.equal(user.email, admin.email)
  })

  const { attributes } = sessionCookie(browser)
  assert.ok(attributes.has("httponly"))
  assert.equal(attributes.get("path"), "/")
  assert.equal(attributes.get("samesite")?.toLowerCase(), "lax")
})

test("the cookie is what opens the API, not the client", async () => {
  const browser = new Browser()
  await browser.run(() => sessionClient().auth.login("user", "emailpass", admin))
  const { user } = await browser.run(() => sessionClient().admin.user.me())
  assert.equal(user.email, admin.email)
  await refused(401, new Browser().run(() => sessionClient().admin.user.me()))
})

test("logout ends the session on the server, also for a copied cookie", async () => {
  const browser = new Browser()
  const client = sessionClient()
  await browser.run(() => client.auth.login("user", "emailpass", admin))
  const thief = browser.copy()
  await thief.run(() => sessionClient().admin.user.me())

  await browser.run(() => client.auth.logout())
  await refused(401, browser.run(() => client.admin.user.me()))
  await refused(401, thief.run(() => sessionClient().admin.user.me()))
  await refused(401, browser.run(() => client.auth.logout()))
})

test("two sessions of one person end one by one", async () => {
  const [desk, phone] = [new Browser(), new Browser()]
  await desk.run(() => sessionClient().auth.login("user", "emailpass", admin))
  await phone.run(() => sessionClient().auth.login("user", "emailpass", admin))
  assert.notEqual(sessionCookie(desk).value, sessionCookie(phone).value)

  await phone.run(() => sessionClient().auth.logout())
  await refused(401, phone.run(() => sessionClient().admin.user.me()))
  const { user } = await desk.run(() => sessionClient().admin.user.me())
  assert.equal(user.email, admin.email)
})

test("a session is refreshed", async () => {
  const browser = new Browser()
  const client = sessionClient()
  await browser.run(async () => {
    await client.auth.login("user", "emailpass", admin)
    const { token } = await client.auth.refresh()
    assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/)
    const { user } = await client.admin.user.me()
    assert.equal(user.email, admin.email)
  })
})
