// The second factor: set up and removed on the profile page, asked for at sign-in, and required by a role.

import { after, before, test } from "node:test"

import {
  ada, api, assertRefused, button, createUser, enterCredentials, picture, signIn, start, totp, typeCode, visitor,
} from "./support.js"

let admin
before(async () => { admin = await start() })
after(() => admin.stop())

/** Sets up a second factor on the profile page, and returns its secret and the recovery codes. */
const enrol = async (page) => {
  await page.goto("/app/settings/profile")
  await button(page, "Enable").click()
  const dialog = page.getByRole("dialog")
  const secret = (await dialog.getByText(/^[A-Z2-7]{32}$/).innerText()).trim()
  await picture(page, "second-factor-set-up")
  await typeCode(page, totp(secret))
  await button(page, "Complete").waitFor()
  const codes = (await dialog.innerText()).match(/([0-9a-f]{4}-){7}[0-9a-f]{4}/g)
  await picture(page, "second-factor-recovery-codes")
  await button(page, "Complete").click()
  await button(page, "Disable").waitFor()
  return { secret, codes }
}

const disable = async (page) => {
  await page.goto("/app/settings/profile")
  await button(page, "Disable").click()
  await page.getByRole("alertdialog").getByRole("button", { name: "Disable" }).click()
  await button(page, "Enable").waitFor()
}

test("a second factor is set up, asked for at sign-in and removed", async () => {
  const page = await visitor(admin.browser)
  await signIn(page, ada)
  const { secret, codes } = await enrol(page)
  assertRefused(page)

  const phone = await visitor(admin.browser)
  await enterCredentials(phone, ada)
  await phone.getByText("Enter the 6-digit code").waitFor()
  await typeCode(phone, "000000")
  await phone.getByText("Invalid MFA challenge code").waitFor()
  await picture(phone, "sign-in-wrong-code")
  // A code counts once: the next one.
  await typeCode(phone, totp(secret, 1))
  await phone.waitForURL("**/app/orders")
  assertRefused(phone, "400 POST /auth/mfa/challenges/{id}/verify")

  const lost = await visitor(admin.browser)
  await enterCredentials(lost, ada)
  await lost.getByText("Use a recovery code").click()
  await lost.getByPlaceholder("Recovery code").fill(codes[0])
  await button(lost, "Verify").click()
  await lost.waitForURL("**/app/orders")
  await disable(lost)
  await picture(lost, "second-factor-removed")
  assertRefused(lost)
})

test("a user whose role requires a second factor signs in and sets it up", async () => {
  const { role } = await api(ada, "POST", "/admin/rbac/roles", { name: "Careful", requires_mfa: true })
  createUser("careful@example.com", role.id, "role_super_admin")
  const page = await visitor(admin.browser)
  await signIn(page, "careful@example.com")
  await page.goto("/app/settings/users")
  await page.getByText("An error occurred").waitFor()
  await picture(page, "second-factor-required")
  assertRefused(page, "403 GET /admin/users")
  await enrol(page)
  await page.goto("/app/settings/users")
  await page.getByText("careful@example.com").waitFor()
  assertRefused(page)
})

test("the profile's names are edited", async () => {
  const page = await visitor(admin.browser)
  await signIn(page, ada)
  await page.goto("/app/settings/profile/edit")
  await page.getByRole("dialog").getByLabel("First Name").fill("Augusta Ada")
  await button(page, "Save").click()
  await page.getByText("Augusta Ada Lovelace").first().waitFor()
  await picture(page, "profile")
  assertRefused(page)
})
