// Secret and publishable API keys.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import { ada, assertRefused, button, choose, copied, picture, signIn, start, vestibule, visitor } from "./support.js"

let admin
let page
before(async () => {
  admin = await start()
  page = await visitor(admin.browser)
  await signIn(page, ada)
})
after(() => admin.stop())

const create = async (kind, title) => {
  await page.goto(`/app/settings/${kind}-api-keys/create`)
  await page.getByRole("dialog").getByRole("textbox").fill(title)
  await button(page, "Save").click()
  await page.getByText("API key was successfully created.").waitFor()
}

/** Revokes and deletes the key whose page is open. */
const end = async (kind, title) => {
  for (const [item, answer] of [["Revoke API key", "successfully revoked"], ["Delete", "successfully deleted"]]) {
    await choose(page, item)
    await page.getByRole("alertdialog").getByRole("button", { name: item }).click()
    await page.getByText(`API key ${title} was ${answer}`).waitFor()
    await picture(page, `api-key-${kind}-${item.split(" ")[0].toLowerCase()}d`)
  }
  await page.waitForURL(`**/${kind}-api-keys`)
  // The Admin asks for the key once more after it has deleted it.
  assertRefused(page, "404 GET /admin/api-keys/{id}")
}

test("a secret key is created, used, renamed, revoked and deleted", async () => {
  await create("secret", "Nightly")
  await button(page, "Copy API key").click()
  await picture(page, "api-key-secret-created")
  const key = await copied(page)
  const list = () => fetch(`${vestibule}/admin/users`, { headers: { authorization: `Basic ${btoa(`${key}:`)}` } })
  assert.equal((await list()).status, 200)
  await button(page, "Continue").click()
  await page.waitForURL("**/secret-api-keys/apk_*")
  await choose(page, "Edit")
  await page.getByRole("dialog").getByRole("textbox").fill("Nightly import")
  await button(page, "Save").click()
  await page.getByText("API key Nightly import was successfully updated.").waitFor()
  await end("secret", "Nightly import")
  assert.equal((await list()).status, 401)
})

test("a publishable key is created, listed, revoked and deleted", async () => {
  await create("publishable", "Storefront")
  await page.waitForURL("**/publishable-api-keys/apk_*")
  await picture(page, "api-key-publishable")
  await page.goto("/app/settings/publishable-api-keys")
  await page.getByRole("cell", { name: "Storefront", exact: true }).click()
  await page.getByText("No sales channels found").waitFor()
  await end("publishable", "Storefront")
})
