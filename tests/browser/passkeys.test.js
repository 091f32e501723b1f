// Passkeys, with Chromium's virtual authenticator: added, sign-in without a name, second factor, proof, invite, removed.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import { add, authenticator, carry } from "./passkeys.js"
import { ada as administrator, assertSound, button, invite, launch, setUp, signIn, visitor, home, signOut } from "./support.js"

let chromium
let ada
before(async () => {
  chromium = await launch()
  ada = await visitor(chromium)
  await setUp(ada)
})
after(() => chromium.close())

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
  await half.waitForURL(home)
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
  await signOut(grace)
  await grace.waitForURL(home)
})

test("an administrator removes one passkey, its sessions end, and its browser forgets it", async () => {
  await ada.goto("/app/users?q=grace")
  await ada.getByRole("link", { name: /grace/i }).first().click()
  await ada.getByRole("link", { name: "Security" }).click()
  await ada.getByText("Passkey on this one device").waitFor()
  await assertSound(ada, "a user with a passkey")
  // It is her only sign-in method.
  await button(ada, "Remove Passkey").click()
  await ada.getByRole("dialog").getByRole("button", { name: "Remove" }).click()
  await ada.getByText("This passkey is the only sign-in method of the user").waitFor()

  const phone = await visitor(chromium)
  const hers = await authenticator(phone)
  await phone.goto(await invite(ada, "hedy@example.com"))
  await phone.getByLabel("First name").fill("Hedy")
  await button(phone, "Accept with a passkey").click()
  await phone.getByText("Welcome! You are signed in.").waitFor()
  const [first] = await hers.passkeys()
  // Another device: it has none of them.
  await hers.send("clearCredentials")
  await add(phone, "Tablet")
  assert.equal((await hers.passkeys()).length, 1)

  await ada.goto("/app/users?q=hedy")
  await ada.getByRole("link", { name: /hedy/i }).first().click()
  await ada.getByRole("link", { name: "Security" }).click()
  await button(ada, "Remove Passkey").click()
  await ada.getByRole("dialog").getByRole("button", { name: "Remove" }).click()
  await ada.getByText("The second factor is removed.").waitFor()
  assert.equal(await ada.getByText("Passkey on this one device").count(), 1)
  await phone.goto("/app/profile")
  await phone.waitForURL("**/app/login?next=*")

  const lost = await visitor(chromium)
  const device = await authenticator(lost, { automaticPresenceSimulation: false })
  await device.send("addCredential", { credential: first })
  await lost.goto("/app/login")
  await device.send("setAutomaticPresenceSimulation", { enabled: true })
  await button(lost, "Sign in with a passkey").click()
  await lost.getByText("This passkey is not known here").waitFor()
  await device.until((passkeys) => passkeys.length === 0)
  await assertSound(lost, "an unknown passkey")
})
