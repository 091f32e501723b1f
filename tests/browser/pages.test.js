// Every page: nothing for axe to find, no sideways scrolling, no complaint of the script; and what the script does.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import {
  assertSound, button, fewLooks, fill, innerPages, invite, launch, makeWebhook, outerPages, password, setUp, signIn, url, visitor,
  home, openAccount, signOut,
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

for (const language of ["de", "fr"]) {
  test(`every inner page is sound in ${language}`, async () => {
    const as = (value) => ada.context().addCookies([{ name: "vestibule-language", value, url: `${url}/app` }])
    const pages = await innerPages(ada)
    await as(language)
    for (const [name, path] of Object.entries(pages)) {
      await ada.goto(path)
      assert.equal(await ada.locator("html").getAttribute("lang"), language)
      await assertSound(ada, `${name} in ${language}`, fewLooks)
    }
    await as("en")
  })
}

test("every outer page is sound, in each language", async () => {
  for (const locale of ["en-GB", "de-DE", "fr-FR"]) {
    const anonymous = await visitor(chromium, { locale })
    for (const [name, path] of Object.entries(outerPages(link))) {
      await anonymous.goto(path)
      assert.equal(await anonymous.locator("html").getAttribute("lang"), locale.slice(0, 2))
      await assertSound(anonymous, `${name} ${locale}`, locale === "en-GB" ? undefined : fewLooks)
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
  await ada.getByText("Nothing matches.").first().waitFor()
  assert.deepEqual(ada.complaints, [])
})

test("what cannot be taken back is asked first, and Esc is no", async () => {
  await ada.goto("/app/users?q=hopper")
  await ada.locator("tbody a").first().click()
  await ada.waitForURL("**/app/users/user_*")
  await ada.getByRole("link", { name: "Security" }).click()
  await ada.waitForURL("**?tab=security")
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
  await ada.getByRole("status").getByText("The user is locked.").waitFor()
  await button(ada, "Undo").click()
  await ada.getByText("The user is unlocked.").waitFor()
})

test("a change of roles is undone by its toast", async () => {
  await ada.goto("/app/users?q=hopper")
  await ada.locator("tbody a").first().click()
  const [viewer, editor] = [ada.getByLabel("Viewer"), ada.getByLabel("Editor")]
  assert.deepEqual([await viewer.isChecked(), await editor.isChecked()], [true, false])
  await viewer.uncheck()
  await editor.check()
  await button(ada, "Save roles").click()
  await ada.getByRole("status").getByText("The roles are saved.").waitFor()
  assert.deepEqual([await viewer.isChecked(), await editor.isChecked()], [false, true])
  await assertSound(ada, "roles-saved", fewLooks)
  await button(ada, "Undo").click()
  await ada.waitForFunction(() => document.querySelector("[value=role_viewer]").checked)
  assert.equal(await editor.isChecked(), false)
})

test("rows of metadata are added, changed and removed", async () => {
  await ada.goto("/app/users?q=hopper")
  await ada.locator("tbody a").first().click()
  const [keys, kinds, values] = ["Key", "Kind of value", "Value"].map((name) => ada.getByLabel(name, { exact: true }))
  assert.equal(await keys.count(), 2)
  await button(ada, "Add a row").click()
  await keys.nth(0).fill("team")
  await values.nth(0).fill("north")
  await keys.nth(2).fill("offices")
  await kinds.nth(2).selectOption("JSON")
  await values.nth(2).fill('["Berlin", ')
  await button(ada, "Save").click()
  await ada.getByText("This is not JSON. See line 1").waitFor()
  assert.equal(await ada.locator("[aria-invalid]").inputValue(), '["Berlin", ')
  await assertSound(ada, "metadata-problem", fewLooks)
  await ada.locator("[aria-invalid]").fill('["Berlin", { "floor": 2 }]')
  await button(ada, "Save").click()
  await ada.getByText("Saved.").waitFor()
  assert.equal(await keys.nth(0).inputValue(), "offices")
  assert.match(await values.nth(0).inputValue(), /"floor": 2/)
  assert.equal(await keys.nth(1).inputValue(), "team")
  await ada.locator(".pair").nth(0).getByRole("button", { name: "Remove" }).click()
  await button(ada, "Save").click()
  await ada.getByText("Saved.").waitFor()
  assert.deepEqual([await keys.nth(0).inputValue(), await keys.count()], ["team", 3])
  // Saving another field leaves values as they are, also those that HTML would change.
  await values.nth(0).fill("\n north\n")
  await button(ada, "Save").click()
  await ada.getByText("Saved.").waitFor()
  await ada.reload()
  assert.equal(await values.nth(0).inputValue(), "\n north\n")
})

test("several invites are revoked after a question that names them", async () => {
  await invite(ada, "first.of.two@example.com")
  await invite(ada, "second.of.two@example.com")
  await ada.goto("/app/invites?q=of.two")
  await ada.locator("[data-all]").check()
  await assertSound(ada, "invites-chosen", fewLooks)
  await button(ada.locator(".selection"), "Revoke").click()
  const dialog = ada.getByRole("dialog")
  await dialog.getByText("Revoke (2): second.of.two@example.com, first.of.two@example.com").waitFor()
  await button(dialog, "Revoke").click()
  await ada.getByText("The selected invites are revoked.").waitFor()
  assert.equal(await ada.getByText("of.two@example.com").count(), 2)
})

test("a test mail is sent, and the mail of an invite is seen before it is sent", async () => {
  await ada.goto("/app/settings")
  await button(ada, "Send a test mail").click()
  await ada.getByText("the mail was written to the folder").waitFor()
  await assertSound(ada, "test-mail", fewLooks)
  await ada.goto("/app/invites/new")
  await ada.getByLabel("E-mail addresses").fill("preview@example.com")
  const [mail] = await Promise.all([ada.context().waitForEvent("page"), button(ada, "Preview the mail").click()])
  await mail.getByText("preview@example.com").first().waitFor()
  assert.equal(await mail.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor), "rgb(244, 244, 245)")
  await mail.close()
  assert.equal(await ada.getByLabel("E-mail addresses").inputValue(), "preview@example.com")
})

test("a link is copied", async () => {
  await ada.context().grantPermissions(["clipboard-read", "clipboard-write"])
  await ada.goto("/app/invites")
  await ada.getByRole("link", { name: "Copy link" }).first().click()
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
  // The row is outlined, not its name alone.
  const outline = await ada.evaluate("getComputedStyle(document.activeElement, '::after').outlineStyle")
  assert.equal(outline, "solid")
  await ada.keyboard.press("Enter")
  await ada.waitForURL("**/app/users/user_*")
})

test("the language is switched and kept", async () => {
  await ada.goto("/app/users")
  await openAccount(ada)
  await button(ada, "Deutsch").click()
  await ada.getByRole("heading", { name: /^Personen/ }).waitFor()
  await ada.goto("/app/invites")
  await ada.getByRole("heading", { name: "Einladungen" }).waitFor()
  await assertSound(ada, "invites in German")
  await openAccount(ada)
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

test("the theme is switched and kept", async () => {
  const ground = () => ada.evaluate("getComputedStyle(document.body).backgroundColor")
  await ada.emulateMedia({ colorScheme: "light" })
  await ada.goto("/app/users")
  const light = await ground()
  await openAccount(ada)
  await button(ada, "Dark").click()
  await ada.locator("html[data-theme=dark]").waitFor()
  assert.notEqual(await ground(), light)
  await ada.goto("/app/invites")
  assert.notEqual(await ground(), light)
  await openAccount(ada)
  await button(ada, "System").click()
  await ada.locator("html:not([data-theme])").waitFor()
  assert.equal(await ground(), light)
})

test("a menu of a row, and the selection of several", async () => {
  await ada.goto("/app/users?q=hopper")
  await ada.locator("tbody .dots").click()
  await ada.getByRole("link", { name: "Open", exact: true }).waitFor()
  await ada.keyboard.press("Escape")
  await ada.getByRole("link", { name: "Open", exact: true }).waitFor({ state: "detached" })
  await ada.getByRole("checkbox", { name: /hopper|grace/i }).check()
  const bar = ada.getByRole("group", { name: "Selection" })
  await button(bar, "Lock").click()
  const dialog = ada.getByRole("dialog")
  assert.match(await dialog.getByRole("heading").textContent(), /Lock: Grace/)
  await button(dialog, "Cancel").click()
  await bar.getByRole("button", { name: "Clear selection" }).click()
  await bar.waitFor({ state: "hidden" })
})

test("anywhere in a row leads to the user, and the header sorts", async () => {
  await ada.goto("/app/users")
  await ada.getByRole("link", { name: "User", exact: true }).click()
  await ada.waitForURL("**/app/users?sort=name")
  assert.equal(await ada.locator("th[aria-sort]").getAttribute("aria-sort"), "ascending")
  const row = await ada.locator("tbody tr").last().boundingBox()
  await ada.mouse.click(row.x + row.width * 0.7, row.y + row.height / 2)
  await ada.waitForURL("**/app/users/user_*")
})

test("the palette finds pages and people, by the keyboard alone", async () => {
  await ada.goto("/app")
  await ada.keyboard.press("Control+k")
  await ada.keyboard.type("webh")
  await ada.getByRole("option", { name: "Webhooks", exact: true }).waitFor()
  await assertSound(ada, "palette")
  await ada.getByRole("combobox").fill("hopper")
  await ada.getByRole("option", { name: /Hopper/ }).waitFor()
  await ada.keyboard.press("Enter")
  await ada.waitForURL("**/app/users/user_*")
  assert.deepEqual(ada.complaints, [])
})

test("signing out ends the session", async () => {
  const page = await visitor(chromium)
  await signIn(page, "ada@example.com")
  await page.waitForURL(home)
  await signOut(page)
  await page.getByText("You are signed out.").waitFor()
  await page.goBack()
  await page.goto("/app/users")
  await page.waitForURL("**/app/login?next=*")
  await page.getByLabel("E-mail").fill("ada@example.com")
  await page.getByLabel("Password").fill(password)
  await page.keyboard.press("Enter")
  await page.waitForURL("**/app/users")
})
