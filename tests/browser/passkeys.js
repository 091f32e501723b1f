// Chromium's virtual authenticator, for the tests of passkeys.

import { button } from "./support.js"

/** Gives a page's browser an authenticator, which answers without asking. Returns what sends commands to it. */
export const authenticator = async (page, more = {}) => {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send("WebAuthn.enable", { enableUI: false })
  const options = {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
    isUserVerified: true, automaticPresenceSimulation: true, ...more,
  }
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options })
  const send = (method, parameters = {}) => devtools.send(`WebAuthn.${method}`, { authenticatorId, ...parameters })
  const passkeys = async () => (await send("getCredentials")).credentials
  /** Waits until the passkeys are these: the browser changes them after the page has asked for it. */
  const until = async (are) => {
    for (let round = 0; !are(await passkeys()); round += 1) {
      if (round === 100) throw new Error(`the authenticator has ${(await passkeys()).length} passkeys`)
      await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(resolve) }))
    }
  }
  return { send, passkeys, until }
}

/** Adds a passkey in the profile. */
export const add = async (page, name) => {
  await page.goto("/app/profile/second-factor")
  await page.getByLabel("Name of the passkey").fill(name)
  await button(page, "Add a passkey").click()
  await page.locator(".main", { hasText: name }).waitFor()
}

/** Moves a passkey into another browser's authenticator. */
export const carry = async (from, to) => {
  for (const credential of await from.passkeys()) await to.send("addCredential", { credential })
}
