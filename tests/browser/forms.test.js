// What forms promise in a browser: a reload makes nothing twice, and what was typed is back when the session has ended in between. A
// second tab keeps working.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import { ada, assertSound, button, home, invite, launch, password, setUp, signIn, visitor } from "./support.js"

let chromium, page
before(async () => {
  chromium = await launch()
  page = await visitor(chromium)
  await setUp(page)
})
after(() => chromium.close())

const rows = () => page.locator("table tbody tr").count()

/** Ends the session in the page's browser, as the profile of another browser does. */
const endElsewhere = async () => {
  const other = await visitor(chromium)
  await signIn(other, ada.email)
  await other.waitForURL(home)
  await other.goto("/app/profile")
  await button(other, "End all others").click()
  await other.waitForURL("**done=sessions-ended")
  await other.context().close()
}

test("reloading what a form has made makes no second webhook, invite or link", async () => {
  await page.goto("/app/webhooks/new")
  await page.getByLabel("Web address (URL)").fill("https://hooks.example.com/x")
  await page.getByLabel("user.created", { exact: true }).check()
  await button(page, "Create webhook").click()
  await page.getByRole("textbox", { name: "Secret" }).waitFor()
  await page.reload()
  await page.getByRole("textbox", { name: "Secret" }).waitFor()
  await page.goto("/app/webhooks")
  assert.equal(await rows(), 1)
  await invite(page, "grace@example.com")
  const link = await page.getByLabel("grace@example.com", { exact: true }).inputValue()
  await page.reload()
  assert.equal(await page.getByLabel("grace@example.com", { exact: true }).inputValue(), link)
})

test("a session that ends while its user writes: the reason is shown, and the form is back", async () => {
  await page.goto("/app/roles/new")
  await page.getByLabel("Name").fill("Support <north>")
  await page.getByLabel("Description").fill("Helps \"everyone\" & more")
  await endElsewhere()
  await button(page, "Create role").click()
  await page.getByText("You were signed out, here or on another device.").waitFor()
  await assertSound(page, "signed out elsewhere")
  await page.getByLabel("E-mail").fill(ada.email)
  await page.getByLabel("Password").fill(password)
  await button(page, "Sign in").click()
  await page.waitForURL("**/app/roles/new*")
  await page.getByText("What you typed is back").waitFor()
  assert.equal(await page.getByLabel("Name").inputValue(), "Support <north>")
  assert.equal(await page.getByLabel("Description").inputValue(), "Helps \"everyone\" & more")
  await button(page, "Create role").click()
  await page.waitForURL("**/app/roles/role_*")
})

test("a form in a second tab works after signing in in the first", async () => {
  const second = await page.context().newPage()
  await second.goto("/app/roles/new")
  await second.getByLabel("Name").fill("Second tab")
  await endElsewhere()
  await page.goto("/app/users")
  await page.waitForURL("**/app/login?*")
  await page.getByLabel("E-mail").fill(ada.email)
  await page.getByLabel("Password").fill(password)
  await button(page, "Sign in").click()
  await page.waitForURL("**/app/users*")
  await button(second, "Create role").click()
  await second.waitForURL("**/app/roles/role_*")
  await second.close()
})
