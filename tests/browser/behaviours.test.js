// What users rely on when something goes another way than planned: secrets that are shown once, sign-in without cookies, users who
// cannot sign in yet, and errors in their language beside the field.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { after, before, test } from "node:test"

import { ada, assertSound, button, home, invite, launch, password, setUp, signIn, totp, visitor } from "./support.js"

let chromium, page
before(async () => {
  chromium = await launch()
  page = await visitor(chromium)
  await setUp(page)
})
after(() => chromium.close())

/** Accepts an invite with a password, in a browser of its own. */
const accept = async (link, options) => {
  const invited = await visitor(chromium, options)
  await invited.goto(link)
  await invited.getByLabel("Choose a password").fill(password)
  await button(invited, "Accept and sign in").click()
  await invited.waitForURL(home)
  return invited
}

test("a key is made once, and shown for one reload and a Back, and no more", async () => {
  await page.goto("/app/api-keys")
  await page.getByLabel("Name").fill("Shop")
  await button(page, "Create key").click()
  const secret = page.getByRole("textbox", { name: "API key" })
  await secret.waitFor()
  const key = await secret.inputValue()
  assert.match(key, /^sk_/)
  await page.reload()
  assert.equal(await secret.inputValue(), key)
  await page.goto("/app/users")
  await page.goBack()
  assert.equal(await page.getByRole("heading", { name: "API keys" }).isVisible(), true)
  await page.reload()
  assert.equal(await secret.count(), 0, "it is not shown a third time")
  assert.equal(await page.getByRole("row", { name: /Shop/ }).count(), 1, "one key was made")
  assert.equal((await page.content()).includes(key), false)
})

test("without cookies, the sign-in page says that they are missing", async () => {
  const stranger = await visitor(chromium)
  await stranger.goto("/app/login")
  await stranger.getByLabel("E-mail").fill(ada.email)
  await stranger.getByLabel("Password").fill(password)
  await stranger.waitForLoadState("networkidle")
  await stranger.context().clearCookies()
  await button(stranger, "Sign in").click()
  await stranger.getByText("Your browser sent no cookie with this form.").waitFor()
  await assertSound(stranger, "cookies missing")
  await stranger.context().close()
})

test("users who are locked or deleted while signed in read why they are out", async () => {
  const grace = await accept(await invite(page, "grace@example.com"))
  await page.goto("/app/users?q=grace")
  await page.getByRole("link", { name: "grace@example.com" }).click()
  await page.getByRole("link", { name: "Security" }).click()
  await button(page, "Lock").click()
  await button(page.getByRole("dialog"), "Lock").click()
  await page.getByText("The user is locked.", { exact: true }).waitFor()
  await grace.goto("/app/profile")
  await grace.getByText("Your account is locked.").waitFor()
  await grace.context().close()

  const alan = await accept(await invite(page, "alan@example.com"))
  await page.goto("/app/users?q=alan")
  await page.getByRole("link", { name: "alan@example.com" }).click()
  await page.getByRole("link", { name: "Security" }).click()
  await page.getByRole("link", { name: "Delete…", exact: true }).click()
  await page.getByLabel("To confirm").fill("alan@example.com")
  await button(page, "Delete permanently").click()
  await page.getByText("The user is deleted.").waitFor()
  await alan.goto("/app/profile")
  await alan.getByText("Your account was deleted.").waitFor()
  await alan.context().close()
})

test("a user created on the page gets a link to set a password, at once or later", async () => {
  await page.goto("/app/users")
  await page.getByRole("link", { name: "New user" }).click()
  await page.getByLabel("E-mail").fill("joan@example.com")
  await page.getByLabel("First name").fill("Joan")
  await page.getByLabel("Send a link to set a password").uncheck()
  await button(page, "Create user").click()
  await page.getByRole("heading", { name: "Joan", exact: true }).waitFor()
  await button(page, "Send a link to set a password").click()
  await page.waitForURL("**/app/users/user_*")
  await page.goto("/app/invites")
  const link = await page.getByRole("row", { name: /joan@example.com/ }).getByRole("link", { name: "Copy link" }).getAttribute("href")
  const joan = await accept(new URL(link).pathname + new URL(link).search)
  await joan.goto("/app/profile")
  assert.equal(await joan.getByLabel("First name").inputValue(), "Joan")
  await joan.context().close()
})

test("password managers find the address on the invitation", async () => {
  const link = await invite(page, "mary@example.com")
  const mary = await visitor(chromium)
  await mary.goto(link)
  const name = mary.locator('input[autocomplete~="username"]')
  assert.deepEqual([await name.inputValue(), (await name.getAttribute("type")) === "hidden"], ["mary@example.com", false])
  assert.equal(await mary.locator('input[type=password][autocomplete="new-password"]').count(), 1)
  await mary.context().close()
})

test("recovery codes say whose they are, can be downloaded, and are shown for one reload and a Back", async () => {
  const edsger = await accept(await invite(page, "edsger@example.com"), { acceptDownloads: true })
  await edsger.goto("/app/profile/second-factor")
  await button(edsger, "Set up an authenticator app").or(button(edsger, "Set up")).first().click()
  const secret = await edsger.getByRole("textbox", { name: "Secret" }).inputValue()
  await edsger.locator("#code").fill(await totp(secret))
  await button(edsger, "Turn on").click()
  const codes = edsger.locator("ul.codes code")
  await codes.first().waitFor()
  const shown = await codes.allTextContents()
  assert.ok(shown.length >= 8 && shown.every((code) => /^[a-z0-9]{5}-[a-z0-9]{5}$/i.test(code.trim())), shown.join(" "))
  await edsger.getByText("edsger@example.com").first().waitFor()
  await assertSound(edsger, "recovery codes")
  const [file] = await Promise.all([edsger.waitForEvent("download"), edsger.getByRole("link", { name: "Download" }).click()])
  const text = readFileSync(await file.path(), "utf8")
  assert.ok(text.includes("edsger@example.com") && shown.every((code) => text.includes(code.trim())), text)
  await edsger.reload()
  assert.deepEqual(await codes.allTextContents(), shown)
  await edsger.goto("/app/profile")
  await edsger.goBack()
  assert.deepEqual(await codes.allTextContents(), shown)
  await edsger.reload()
  assert.equal(await codes.count(), 0)
  await edsger.context().close()
})

test("errors are in the page's language, beside the field", async () => {
  for (const [locale, wrong] of [["de-DE", /E-Mail|Adresse/], ["fr-FR", /adresse/i]]) {
    const other = await visitor(chromium, { locale })
    await other.goto("/app/login")
    await other.locator("#email").fill(ada.email)
    await other.locator("input[type=password]").fill(password)
    await other.locator("main form button").first().click()
    await other.waitForURL(home)
    await other.goto("/app/users/new")
    await other.locator("form.fields").evaluate((form) => { form.noValidate = true })
    await other.locator("#email").fill("nobody")
    await other.locator("form.fields button.primary").click()
    const problem = other.locator("#email-problem")
    await problem.waitFor()
    assert.match(await problem.textContent(), wrong)
    assert.equal(await other.locator("#email").getAttribute("aria-describedby"), "email-problem")
    await assertSound(other, `an error in ${locale}`)
    await other.context().close()
  }
})

test("the search finds full names, parts in any order, without accents and with any apostrophe, and ids", async () => {
  await page.goto("/app/users/new")
  await page.getByLabel("E-mail").fill("sinead@example.com")
  await page.getByLabel("First name").fill("Sinéad")
  await page.getByLabel("Last name").fill("O’Connor")
  await page.getByLabel("Send a link to set a password").uncheck()
  await button(page, "Create user").click()
  await page.waitForURL("**/app/users/user_*")
  const id = new URL(page.url()).pathname.split("/").pop()
  for (const words of ["Sinéad O’Connor", "o'connor sinead", "SINEAD", "connor", id]) {
    await page.goto(`/app/users?q=${encodeURIComponent(words)}`)
    assert.deepEqual(await page.locator("tbody tr").count(), 1, words)
  }
  const names = page.locator("tbody bdi.main")
  assert.equal(await names.first().textContent(), "Sinéad O’Connor", "names are isolated")
})

test("who may invite and not read roles, invites with what they may give", async () => {
  await page.goto("/app/roles/new")
  await page.getByLabel("Name").fill("Inviter")
  await button(page, "Create role").click()
  await page.waitForURL("**/app/roles/role_*")
  for (const name of ["invite:create", "invite:read"]) await page.getByLabel(name, { exact: true }).check()
  await button(page, "Save permissions").or(button(page, "Save")).last().click()
  await page.waitForURL("**done=*")
  await page.goto("/app/invites/new")
  await page.getByLabel("E-mail addresses").fill("inviter@example.com")
  const chosen = await page.locator('input[name="role"]:checked').evaluateAll((boxes) => boxes.map((box) => box.labels[0].textContent.trim()))
  assert.deepEqual(chosen, ["Inviter"], "the form begins with the role that allows the least")
  await button(page, "Invite").click()
  const link = new URL(await page.getByLabel("inviter@example.com", { exact: true }).inputValue())
  const inviter = await accept(link.pathname + link.search)
  await inviter.goto("/app/invites/new")
  await inviter.getByLabel("E-mail addresses").fill("guest@example.com")
  assert.equal(await inviter.getByLabel("Super Admin").count(), 0)
  await button(inviter, "Invite").click()
  await inviter.getByText("1 of 1 invited").or(inviter.getByLabel("guest@example.com", { exact: true })).first().waitFor()
  await inviter.context().close()
})
