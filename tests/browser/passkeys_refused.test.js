// Passkeys that are refused, with Chromium's virtual authenticator: another site, no verification of the user, a copy of the
// device, and passkeys that are gone. Each is answered by a real browser, and refused by its reason alone.

import assert from "node:assert/strict"
import { createServer } from "node:http"
import { after, before, test } from "node:test"

import { add, authenticator, carry } from "./passkeys.js"
import { button, launch, setUp, url, visitor } from "./support.js"

let chromium
let ada
let laptop
before(async () => {
  chromium = await launch()
  ada = await visitor(chromium)
  await setUp(ada)
  laptop = await authenticator(ada)
  await add(ada, "Laptop")
})
after(() => chromium.close())

const post = async (path, body) => {
  const headers = { "content-type": "application/json" }
  const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) })
  return { status: answer.status, ...(await answer.json()) }
}

const begin = async () => (await post("/auth/user/passkey")).ceremony

const finish = (ceremony, answer) => post("/auth/user/passkey/callback", { state: ceremony.state, answer })

/** What the browser of this page answers to these options, or the name of its error. */
const answer = (page, options) =>
  page.evaluate(async (options) => {
    try {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
      return (await navigator.credentials.get({ publicKey })).toJSON()
    } catch (error) {
      return error.name
    }
  }, options)

/** What the browser of this page states in an answer. */
const stated = (answer) => JSON.parse(Buffer.from(answer.response.clientDataJSON, "base64url"))

/** A page of another site, which imitates ours. Returns it on a port of its own, at this host. */
const elsewhere = async (host, visit) => {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<h1>Sign in</h1>"))
  await new Promise((listening) => { server.listen(0, "127.0.0.1", listening) })
  try {
    const page = await visitor(chromium)
    await page.goto(`http://${host}:${server.address().port}/`)
    await visit(page, `http://${host}:${server.address().port}`)
    await page.context().close()
  } finally {
    server.close()
  }
}

/** Signs in with Ada's own device, whose counter goes on. */
const signInAsOwner = async () => {
  const ceremony = await begin()
  return finish(ceremony, await answer(ada, ceremony.options))
}

/** A browser that offers passkeys by the button alone: the list under a field is answered at once by this authenticator. */
const withoutList = async () => {
  const page = await visitor(chromium)
  await page.addInitScript(() => { PublicKeyCredential.isConditionalMediationAvailable = async () => false })
  return page
}

/** A browser with a copy of Ada's passkey, as it is now. */
const withCopy = async (more) => {
  const page = await withoutList()
  const device = await authenticator(page, more)
  await carry(laptop, device)
  return { page, device }
}

test("what follows is refused for its reason alone: the same answer from our own page signs in", async () => {
  const signedIn = await signInAsOwner()
  assert.equal(signedIn.status, 200, JSON.stringify(signedIn))
})

test("an answer that another origin has obtained is refused, though the relying party is ours", async () => {
  await elsewhere("localhost", async (page, origin) => {
    await carry(laptop, await authenticator(page))
    const ceremony = await begin()
    const obtained = await answer(page, ceremony.options)
    assert.equal(stated(obtained).origin, origin)
    const refused = await finish(ceremony, obtained)
    assert.deepEqual([refused.status, refused.code], [401, "passkey_refused"])
  })
})

test("another host gets no answer for our relying party, and one for its own is refused", async () => {
  await elsewhere("evil.localhost", async (page) => {
    const device = await authenticator(page)
    const ceremony = await begin()
    // A passkey of its own, with the id and the handle of Ada's.
    const [{ credentialId, userHandle, privateKey, signCount }] = await laptop.passkeys()
    const stolen = { credentialId, userHandle, privateKey, signCount, isResidentCredential: true, rpId: "evil.localhost" }
    await device.send("addCredential", { credential: stolen })
    const options = { ...ceremony.options, rpId: "evil.localhost" }
    const obtained = await answer(page, options)
    assert.equal(obtained.response.userHandle, Buffer.from(userHandle, "base64").toString("base64url"))
    const refused = await finish(ceremony, obtained)
    assert.deepEqual([refused.status, refused.code], [401, "passkey_refused"])
    const next = await begin()
    assert.equal(await answer(page, next.options), "SecurityError")
  })
  await elsewhere("127.0.0.1", async (page) => {
    await authenticator(page)
    assert.equal(await answer(page, (await begin()).options), "SecurityError")
  })
})

test("a script that asks for no verification of the user does not sign in", async () => {
  const { page } = await withCopy({ isUserVerified: false })
  await page.goto("/docs")
  const ceremony = await begin()
  assert.equal(ceremony.options.userVerification, "required")
  const obtained = await answer(page, { ...ceremony.options, userVerification: "discouraged" })
  assert.equal(typeof obtained, "object", obtained)
  const flags = Buffer.from(obtained.response.authenticatorData, "base64url")[32]
  assert.equal(flags & 5, 1, "the user was present, and not verified")
  const refused = await finish(ceremony, obtained)
  assert.deepEqual([refused.status, refused.code], [401, "passkey_refused"])
})

test("a copy of the device, whose counter has stayed behind, is refused by name", async () => {
  const copies = await laptop.passkeys()
  for (let round = 0; round < 3; round += 1) assert.equal((await signInAsOwner()).status, 200)
  const thief = await withoutList()
  const copy = await authenticator(thief)
  for (const credential of copies) await copy.send("addCredential", { credential })
  await thief.goto("/app/login")
  await button(thief, "Sign in with a passkey").click()
  await thief.getByText("its counter has gone back, so there may be a copy of it").waitFor()
  assert.equal((await copy.passkeys()).length, 1, "a passkey that is known is not forgotten")
  // The owner's own goes on.
  assert.equal((await signInAsOwner()).status, 200)
  await ada.goto("/app/audit?action=sign_in.failed")
  await ada.getByText("passkey’s counter went back").first().waitFor()
})

test("a passkey that was deleted in the authenticator leaves a plain message, and the other sign-in methods", async () => {
  const { page, device } = await withCopy()
  await page.goto("/app/login")
  await device.send("clearCredentials")
  await button(page, "Sign in with a passkey").click()
  await page.getByText("No passkey was used. Try again, or choose another way.").waitFor()
  assert.ok(await page.getByLabel("Password").isEnabled())
})

test("a passkey that was removed here is refused with a plain message, and the browser forgets it", async () => {
  const { page, device } = await withCopy()
  await ada.goto("/app/profile/second-factor")
  await button(ada, "Remove").click()
  await ada.getByRole("dialog").getByRole("button", { name: "Remove" }).click()
  await ada.getByText("The second factor is removed.").waitFor()
  await page.goto("/app/login")
  await button(page, "Sign in with a passkey").click()
  await page.getByText("This passkey is not known here: it was removed, or never added.").waitFor()
  await device.until((passkeys) => passkeys.length === 0)
})
