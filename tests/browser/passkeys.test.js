// Passkeys, with Chromium's virtual authenticator: added, sign-in without a name, second factor, proof, invite, removed.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import { ada as administrator, assertSound, button, invite, launch, password, setUp, signIn, visitor } from "./support.js"

let chromium
let ada
before(async () => {
  chromium = await launch()
  ada = await visitor(chromium)
  await setUp(ada)
})
after(() => chromium.close())

/** Gives a page's browser an authenticator, which answers without asking. Returns its id, and what sends commands to it. */
const authenticator = async (page, more = {}) => {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send("WebAuthn.enable", { enableUI: false })
  const options = {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
    isUserVerified: true, automaticPresenceSimulation: true, ...more,
  }
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options })
  const send = (method, parameters = {}) => devtools.send(`WebAuthn.${method}`, { authenticatorId, ...parameters })
  return { send, passkeys: async () => (await send("getCredentials")).credentials }
}

/** Adds a passkey in the profile. */
const add = async (page, name) => {
  await page.goto("/app/profile/second-factor")
  await page.getByLabel("Name of the passkey").fill(name)
  await button(page, "Add a passkey").click()
  await page.getByText("Last used").first().waitFor()
}

/** Moves a passkey into another browser's authenticator. */
const carry = async (from, to) => {
  for (const credential of await from.passkeys()) await to.send("addCredential", { credential })
}

test("a passkey is added, signs in without a name, and is a second factor and a proof", async () => {
  const device = await authenticator(ada)
  await ada.goto("/app/profile/second-factor")
  await assertSound(ada, "no passkey yet")
  await add(ada, "Laptop")
  await assertSound(ada, "passkey added")
  await ada.getByText("Passkey on this one device").waitFor()
  assert.equal((await device.passkeys()).length, 1)
  assert.equal(await ada.getByRole("heading", { name: "Recovery codes" }).count(), 1, "with the first factor")

  // Without a name.
  const again = await visitor(chromium)
  const other = await authenticator(again, { automaticPresenceSimulation: false })
  await carry(device, other)
  await again.goto("/app/login?next=/app/profile")
  await assertSound(again, "sign-in with a passkey")
  await other.send("setAutomaticPresenceSimulation", { enabled: true })
  await button(again, "Sign in with a passkey").click()
  await again.waitForURL("**/app/profile")

  // After the password.
  const half = await visitor(chromium)
  const third = await authenticator(half, { automaticPresenceSimulation: false })
  await carry(other, third)
  await signIn(half, administrator.email)
  await half.waitForURL("**/app/login/factor*")
  await assertSound(half, "second factor by a passkey")
  await third.send("setAutomaticPresenceSimulation", { enabled: true })
  await button(half, "Use your passkey").click()
  await half.waitForURL("**/app/users*")
})

test("without verification of the user, and with a passkey of no one, there is no sign-in", async () => {
  const page = await visitor(chromium)
  const device = await authenticator(page, { automaticPresenceSimulation: false })
  await page.goto("/app/login")
  await device.send("setAutomaticPresenceSimulation", { enabled: true })
  await button(page, "Sign in with a passkey").click()
  await page.getByText("No passkey was used.").waitFor()
  await device.send("setUserVerified", { isUserVerified: false })
  await button(page, "Sign in with a passkey").click()
  await page.getByText("No passkey was used.").waitFor()
  assert.equal(new URL(page.url()).pathname, "/app/login")
})

test("an invite is accepted with a passkey and no password", async () => {
  const link = await invite(ada, "grace@example.com")
  const grace = await visitor(chromium)
  const device = await authenticator(grace)
  await grace.goto(link)
  await assertSound(grace, "invitation with a passkey")
  await grace.getByLabel("First name").fill("Grace")
  await button(grace, "Accept with a passkey").click()
  await grace.getByText("Welcome! You are signed in.").waitFor()
  assert.equal((await device.passkeys()).length, 1)
  // The only sign-in method stays.
  await grace.goto("/app/profile/second-factor")
  await button(grace, "Remove").click()
  await grace.getByRole("dialog").getByRole("button", { name: "Remove" }).click()
  await grace.getByText("This is your only sign-in method.").waitFor()
  // She signs in again, from the list under the e-mail field.
  await grace.goto("/app/profile")
  await button(grace, "Sign out").first().click()
  await grace.waitForURL("**/app/users*")
})

test("an administrator sees and resets a user's passkeys", async () => {
  await ada.goto("/app/users?q=grace")
  await ada.getByRole("link", { name: /grace/i }).first().click()
  await ada.getByText("Passkey on this one device").waitFor()
  await assertSound(ada, "a user with a passkey")
})
