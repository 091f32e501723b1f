// Every page: nothing for axe to find, no sideways scrolling, no complaint of the script; and what the script does.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import {
  assertSound, button, fill, innerPages, launch, makeWebhook, outerPages, password, setUp, signIn, visitor,
} from "./support.js"

let chromium, ada, link
before(async () => {
  chromium = await launch()
  ada = await visitor(chromium)
  await setUp(ada)
  link = await fill(ada)
})
after(() => chromium.close())

test("every inner page is sound", async () => {
  for (const [name, path] of Object.entries(await innerPages(ada))) {
    await ada.goto(path)
    await assertSound(ada, name)
  }
})

test("every outer page is sound, in German too", async () => {
  for (const locale of ["en-GB", "de-DE"]) {
    const anonymous = await visitor(chromium, { locale })
    for (const [name, path] of Object.entries(outerPages(link))) {
      await anonymous.goto(path)
      assert.equal(await anonymous.locator("html").getAttribute("lang"), locale.slice(0, 2))
      await assertSound(anonymous, `${name} ${locale}`)
    }
    await anonymous.context().close()
  }
})

test("a factor that is being set up, and a form with errors, are sound", async () => {
  await ada.goto("/app/profile/second-factor")
  await button(ada, "Set up").click()
  await assertSound(ada, "factor-started")
  await ada.goto("/app/invites/new")
  await ada.getByLabel("E-mail addresses").fill("fine@example.com\nwrong")
  await button(ada, "Invite").click()
  await ada.getByText("1 of 2 invited").waitFor()
  assert.equal(await ada.getByLabel("E-mail addresses").inputValue(), "wrong")
  await assertSound(ada, "invite-outcomes")
})

test("a webhook's secret, shown once, and its form with errors are sound", async () => {
  await makeWebhook(ada)
  await assertSound(ada, "webhook-made")
  await ada.goto("/app/webhooks/new")
  await ada.getByLabel("Web address (URL)").fill("https://10.0.0.1/hook")
  await button(ada, "Create webhook").click()
  await ada.getByText("webhooks.allowed_networks").waitFor()
  assert.equal(await ada.getByLabel("Web address (URL)").inputValue(), "https://10.0.0.1/hook")
  await assertSound(ada, "webhook-errors")
})

test("the list changes while one types, and / and Esc do what they say", async () => {
  await ada.goto("/app/users")
  await ada.keyboard.press("/")
  const search = ada.getByRole("searchbox")
  assert.ok(await search.evaluate((field) => field === document.activeElement))
  await ada.keyboard.type("hopper")
  await ada.waitForURL("**/app/users?q=hopper")
  await ada.locator("tbody tr").nth(1).waitFor({ state: "detached" })
  assert.equal(await ada.locator("tbody tr").count(), 1)
  await ada.keyboard.press("Escape")
  assert.ok(await search.evaluate((field) => field !== document.activeElement))
  await search.fill("no such name")
  await ada.getByText("Nothing matches.").waitFor()
  assert.deepEqual(ada.complaints, [])
})

test("what cannot be taken back is asked first, and Esc is no", async () => {
  await ada.goto("/app/users?q=hopper")
  await ada.locator("tbody a").first().click()
  await ada.waitForURL("**/app/users/user_*")
  const here = ada.url()
  await button(ada, "Lock").click()
  const dialog = ada.getByRole("dialog")
  await dialog.waitFor()
  await ada.keyboard.press("Escape")
  await dialog.waitFor({ state: "detached" })
  assert.equal(ada.url(), here)
  assert.ok(await button(ada, "Lock").evaluate((lock) => lock === document.activeElement), "the focus is back")
  await button(ada, "Lock").click()
  await button(dialog, "Lock").click()
  await button(ada, "Unlock").waitFor()
  await ada.getByRole("status").getByText("The user is locked.").waitFor()
  await button(ada, "Unlock").click()
  await button(ada, "Lock").waitFor()
})

test("a link is copied", async () => {
  await ada.context().grantPermissions(["clipboard-read", "clipboard-write"])
  await ada.goto("/app/invites")
  await button(ada, "Copy link").first().click()
  await ada.getByText("Copied").waitFor()
  assert.match(await ada.evaluate("navigator.clipboard.readText()"), /\/app\/invite\?token=/)
})

test("by the keyboard alone one comes to a user, and sees where one is", async () => {
  await ada.goto("/app/users")
  await ada.keyboard.press("Tab")
  const focused = () => ada.evaluate("document.activeElement.matches('a, button') ? document.activeElement.textContent.trim() : ''")
  assert.equal(await focused(), "Skip to content")
  await ada.keyboard.press("Enter")
  for (let presses = 0; presses < 30 && !/hopper/i.test(await focused()); presses += 1) await ada.keyboard.press("Tab")
  assert.match(await focused(), /hopper/i)
  const outline = await ada.evaluate("getComputedStyle(document.activeElement).outlineStyle")
  assert.equal(outline, "solid")
  await ada.keyboard.press("Enter")
  await ada.waitForURL("**/app/users/user_*")
})

test("the language is switched and kept", async () => {
  await ada.goto("/app/users")
  await button(ada, "Deutsch").click()
  await ada.getByRole("heading", { name: /^Personen/ }).waitFor()
  await ada.goto("/app/invites")
  await ada.getByRole("heading", { name: "Einladungen" }).waitFor()
  await assertSound(ada, "invites in German")
  await button(ada, "English").click()
  await ada.getByRole("heading", { name: "Invites" }).waitFor()
})

test("two hundred rows scroll, and the page stays small", async () => {
  const addresses = Array.from({ length: 190 }, (_, number) => `person.${number}@example.com`)
  await ada.goto("/app/invites/new")
  await ada.getByLabel("E-mail addresses").fill(addresses.join("\n"))
  await button(ada, "Invite").click()
  await ada.getByText("190 of 190 invited").waitFor()
  const page = await ada.goto("/app/invites?rows=200")
  assert.equal(await ada.locator("tbody tr").count(), 193)
  assert.ok((await page.text()).length < 400_000)
})

test("signing out ends the session", async () => {
  const page = await visitor(chromium)
  await signIn(page, "ada@example.com")
  await page.waitForURL("**/app/users")
  await button(page, "Sign out").click()
  await page.getByText("You are signed out.").waitFor()
  await page.goBack()
  await page.goto("/app/users")
  await page.waitForURL("**/app/login?next=*")
  await page.getByLabel("E-mail").fill("ada@example.com")
  await page.getByLabel("Password").fill(password)
  await page.keyboard.press("Enter")
  await page.waitForURL("**/app/users")
})
