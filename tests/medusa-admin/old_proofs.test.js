// What the Admin shows when the last proof of identity is too old, which `run` makes it almost at once.

import { after, before, test } from "node:test"

import { ada, assertRefused, button, choose, createUser, picture, signIn, start, visitor } from "./support.js"

const REASON = /This needs a recent sign-in\. Sign in again/

let admin
before(async () => { admin = await start() })
after(() => admin.stop())

test("what widens access is refused with a sentence that says what to do", async () => {
  createUser("grace@example.com", "role_super_admin")
  const page = await visitor(admin.browser)
  await signIn(page, ada)
  await page.goto("/app/settings/users/invite")
  await page.getByPlaceholder("john.doe@example.com").fill("hedy@example.com")
  await button(page, "Send invite").click()
  await page.getByText(REASON).waitFor()
  await picture(page, "old-proof-invite")
  assertRefused(page, "400 POST /admin/invites")

  await page.goto("/app/settings/secret-api-keys/create")
  await page.getByRole("dialog").getByRole("textbox").fill("Nightly")
  await button(page, "Save").click()
  await page.getByText(REASON).waitFor()
  await picture(page, "old-proof-api-key")
  assertRefused(page, "403 POST /admin/api-keys")

  await page.goto("/app/settings/users")
  await page.getByText("grace@example.com").click()
  await page.getByText("JSON").waitFor()
  await choose(page, "Copy reset password link")
  await page.getByText(REASON).waitFor()
  assertRefused(page, "403 POST /admin/users/{id}/reset-password")

  await page.goto("/app/settings/profile")
  await button(page, "Enable").click()
  await page.getByText(REASON).waitFor()
  await picture(page, "old-proof-second-factor")
  assertRefused(page, "403 POST /auth/mfa/factors")
})
