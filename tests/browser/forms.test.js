// What forms promise in a browser: a reload makes nothing twice, what is shown once survives one reload and one way back, and what
// was typed is back when the session has ended in between. A second tab keeps working. Without cookies, the page says so.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import { ada, assertSound, button, invite, launch, password, setUp, signIn, totp, visitor } from "./support.js"

let chromium, page
before(async () => {
  chromium = await launch()
  page = await visitor(chromium)
  await setUp(page)
})
after(() => chromium.close())

const rows = () => page.locator("table tbody tr").count()

test("a key is made once, and shown on the page, on a reload and on a way back", async () => {
  await page.goto("/app/api-keys")
  await page.getByLabel("Purpose").fill("Nightly")
  await button(page, "Create key").click()
  const key = page.locator('input[value^="sk_"]')
  await key.waitFor()
  const value = await key.inputValue()
  assert.equal(await rows(), 1)
  await page.reload()
  assert.equal(await key.inputValue(), value, "after a reload")
  await page.goto("/app/profile")
  await page.goBack()
  assert.equal(await key.inputValue(), value, "on the way back")
  await page.reload()
  await page.getByText("Nightly").first().waitFor()
  assert.equal(await key.count(), 0, "and no more")
  assert.equal(await rows(), 1)
})

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

/** Ends the session in the page's browser, as the profile of another browser does. */
const endElsewhere = async () => {
  const other = await visitor(chromium)
  await signIn(other, ada.email)
  await other.waitForURL("**/app/users*")
  await other.goto("/app/profile")
  await button(other, "End all others").click()
  await other.waitForURL("**done=sessions-ended")
  await other.context().close()
}

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

test("without cookies, the page says that they are missing", async () => {
  const other = await visitor(chromium)
  await other.route("**/*", async (route) => {
    const headers = { ...route.request().headers() }
    delete headers.cookie
    const answer = await route.fetch({ headers, maxRedirects: 0 })
    const sent = answer.headers()
    delete sent["set-cookie"]
    await route.fulfill({ response: answer, headers: sent })
  })
  await other.goto("/app/login")
  await other.getByLabel("E-mail").fill(ada.email)
  await other.getByLabel("Password").fill(password)
  await button(other, "Sign in").click()
  await other.getByText("Your browser sent no cookie with this form.").waitFor()
  await other.context().close()
})

test("a user is created on the page, and sets a password by the link", async () => {
  await page.goto("/app/users")
  await page.getByRole("link", { name: "New user" }).click()
  await assertSound(page, "new user")
  await page.getByLabel("E-mail").fill("hedy@example.com")
  await page.getByLabel("First name").fill("Hedy")
  await page.getByLabel("Send a link to set a password").uncheck()
  await button(page, "Create user").click()
  await page.getByText("The user is created.").waitFor()
  await button(page, "Create a link").click()
  const link = await page.locator('input[value*="/app/invite?token="]').inputValue()
  const hedy = await visitor(chromium)
  await hedy.goto(new URL(link).pathname + new URL(link).search)
  const user = hedy.locator('input[autocomplete="username"]')
  assert.equal(await user.inputValue(), "hedy@example.com")
  assert.notEqual(await user.getAttribute("type"), "hidden", "password managers pass over hidden fields")
  await assertSound(hedy, "invitation with a user name")
  await hedy.getByLabel("Choose a password").fill(password)
  await button(hedy, "Accept and sign in").click()
  await hedy.waitForURL("**/app/*done=welcome*")
  await hedy.context().close()
})

test("recovery codes have ten characters in two groups, and say what they are for", async () => {
  await page.goto("/app/profile/second-factor")
  await button(page, "Set up").click()
  const secret = await page.getByLabel("Secret").inputValue()
  await page.getByLabel("The six digits").fill(totp(secret))
  await button(page, "Turn on").click()
  await page.getByRole("heading", { name: "Recovery codes" }).waitFor()
  const codes = await page.locator(".codes code").allTextContents()
  assert.equal(new Set(codes).size, 10)
  for (const code of codes) assert.match(code, /^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$/)
  await assertSound(page, "recovery codes")
  await page.emulateMedia({ media: "print" })
  for (const part of [ada.email, "Vestibule", String(new Date().getUTCFullYear())]) {
    assert.ok(await page.locator("dl.facts", { hasText: part }).isVisible(), part)
  }
  await page.emulateMedia({ media: "screen" })
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download" }).click()])
  const text = (await (await download.createReadStream()).toArray()).join("")
  for (const part of [ada.email, ...codes]) assert.ok(text.includes(part), part)
  await page.getByRole("link", { name: "I have kept them" }).click()
  assert.equal(await page.locator(".codes").count(), 0)
  await button(page, "Sign out").click()
  await page.waitForURL("**/app/login*")
  await signIn(page, ada.email)
  await page.getByLabel("Code").fill(codes[0].toUpperCase().replace("-", " "))
  await button(page, "Continue").click()
  await page.waitForURL("**/app/users*")
})
