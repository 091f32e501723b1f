// The list of users and the page of one.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import { ada, assertRefused, button, choose, createUser, picture, signIn, start, visitor } from "./support.js"

let admin
before(async () => { admin = await start() })
after(() => admin.stop())

test("users are listed, searched, ordered, edited and deleted", async () => {
  createUser("grace@example.com", "role_super_admin")
  const page = await visitor(admin.browser)
  await signIn(page, ada)
  await page.goto("/app/settings/users")
  await page.getByText("2 of 2 results").waitFor()
  await picture(page, "users")
  await page.getByPlaceholder("Search").fill("grace")
  await page.getByText("1 of 1 results").waitFor()
  await page.goto("/app/settings/users?order=-email")
  await page.getByText("2 of 2 results").waitFor()
  assert.match(await page.locator("tbody tr").first().innerText(), /grace@example\.com/)

  await choose(page, "Edit", "grace@example.com")
  await page.getByRole("dialog").getByLabel("First Name").fill("Grace")
  await page.getByRole("dialog").getByLabel("Last Name").fill("Hopper")
  await button(page, "Save").click()
  await page.getByRole("dialog").waitFor({ state: "detached" })
  await page.getByText("Grace Hopper").first().waitFor()
  await page.goto(`${page.url()}/metadata/edit`)
  await page.getByPlaceholder("Key").fill("team")
  await page.getByPlaceholder("Value").fill("compilers")
  await button(page, "Save").click()
  await page.getByText("1 key").first().waitFor()
  await picture(page, "user")
  assertRefused(page)

  await choose(page, "Delete")
  await page.getByRole("alertdialog").getByRole("textbox").fill("Grace Hopper")
  await picture(page, "user-delete")
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click()
  await page.getByText("1 of 1 results").waitFor()
  // The Admin asks for the user once more after it has deleted them.
  assertRefused(page, "404 GET /admin/users/{id}")
})

test("an administrator's own account cannot be deleted, and the page says so", async () => {
  const page = await visitor(admin.browser)
  await signIn(page, ada)
  await page.goto("/app/settings/users")
  await page.getByRole("cell", { name: ada }).click()
  await page.getByText("JSON").waitFor()
  await choose(page, "Delete")
  await page.getByRole("alertdialog").getByRole("textbox").fill("Ada Lovelace")
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click()
  await page.getByText("A user cannot delete itself").waitFor()
  await choose(page, "Copy reset password link")
  await page.getByText("This is your own account.").waitFor()
  await picture(page, "user-own-account")
  assertRefused(page, "400 DELETE /admin/users/{id}", "400 POST /admin/users/{id}/reset-password")
})
