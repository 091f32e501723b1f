// Signing in and out, and passwords that were forgotten.

import { after, before, test } from "node:test"

import {
  ada, assertRefused, button, choose, copied, createUser, enterCredentials, picture, signIn, start, visitor,
} from "./support.js"

let admin
before(async () => { admin = await start() })
after(() => admin.stop())

test("a wrong password is refused at the form, and the right one opens the Admin", async () => {
  const page = await visitor(admin.browser)
  await enterCredentials(page, ada, "Other-harbour-77x")
  await page.getByText("Invalid email or password").waitFor()
  await picture(page, "sign-in-wrong-password")
  assertRefused(page, "401 POST /auth/user/emailpass")
  await signIn(page, ada)
  await page.getByText("Your orders will show up here.").waitFor()
  await picture(page, "sign-in-done")
  await page.getByRole("button", { name: "Ada Lovelace" }).click()
  await page.getByRole("menuitem", { name: "Log out" }).click()
  await page.waitForURL("**/app/login*")
  await page.goto("/app/settings/users")
  await page.waitForURL("**/app/login*")
  assertRefused(page)
})

test("a link that an administrator copies sets a new password once", async () => {
  createUser("grace@example.com", "role_super_admin")
  const page = await visitor(admin.browser)
  await signIn(page, ada)
  await page.goto("/app/settings/users")
  await page.getByText("grace@example.com").click()
  await page.getByText("JSON").waitFor()
  await choose(page, "Copy reset password link")
  await page.getByText("Reset password link copied").waitFor()
  const link = await copied(page)
  assertRefused(page)

  const grace = await visitor(admin.browser)
  const set = async (secret) => {
    await grace.getByPlaceholder("New password", { exact: true }).fill(secret)
    await grace.getByPlaceholder("Repeat new password").fill(secret)
    await button(grace, "Reset password").click()
  }
  await grace.goto(link)
  await set("password")
  await grace.getByText("The password is too easy to guess.").waitFor()
  await picture(grace, "reset-weak-password")
  await set("Lantern-trombone-43")
  await grace.getByText("Password reset successful").waitFor()
  await picture(grace, "reset-done")
  await grace.goto(link)
  await set("Lantern-trombone-44")
  await grace.getByText("Invalid token").waitFor()
  await picture(grace, "reset-used-link")
  await signIn(grace, "grace@example.com", "Lantern-trombone-43")
  // Weak passwords, and the link that was used.
  assertRefused(grace, "400 POST /auth/user/emailpass/update", "401 POST /auth/user/emailpass/update")
})

test("a forgotten password is reset by mail", async () => {
  const page = await visitor(admin.browser)
  await page.goto("/app/login")
  await page.getByRole("link", { name: "Reset" }).click()
  await page.getByText("Enter your email below").waitFor()
  await page.getByPlaceholder("Email").fill(ada)
  await button(page, "Send reset instructions").click()
  await page.getByText("Successfully sent you an email").waitFor()
  await picture(page, "forgot-password")
  await page.goto("/app/reset-password?token=rubbish")
  await page.getByText("Your reset link is invalid").waitFor()
  assertRefused(page)
})
