// What every file here needs: a browser, people in it, and what must hold of every page.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { chromium } from "playwright-core"

export { totp } from "../authenticator.mjs"

const required = (name) => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set. Use tests/browser/run, which starts a server and sets it.`)
  return value
}

export const url = required("VESTIBULE_URL")
export const setupPath = required("SETUP_PATH")
export const password = "Lantern-trombone-42"
export const ada = { email: "ada@example.com", first: "Ada", last: "Lovelace" }

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** One Chromium for a file of tests. */
export const launch = (more = []) =>
  chromium.launch({
    executablePath: required("CHROMIUM"),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync", ...more],
  })

/** A person with a browser. Errors of the page's script are collected in `page.complaints`. */
export const visitor = async (chromium, options = {}) => {
  const context = await chromium.newContext({ baseURL: url, viewport: { width: 1280, height: 800 }, ...options })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  page.complaints = []
  page.on("pageerror", (error) => page.complaints.push(error.message))
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of [345]\d\d/.test(message.text())) page.complaints.push(message.text())
  })
  return page
}

/** The start page, where signing in leads. */
export const home = /\/app(\?.*)?$/

/** Opens the account menu, which has the language, the theme and signing out. */
export const openAccount = async (page) => {
  const menu = page.locator("summary[aria-label='Menu'], summary[aria-label='Menü']")
  if (await menu.isVisible()) await menu.click()
  await page.locator(".account summary").click()
}

export const signOut = async (page) => {
  await openAccount(page)
  await button(page, "Sign out").click()
}

export const button = (page, name) => page.getByRole("button", { name, exact: true })

/** Makes the first administrator by the link that the program printed. */
export const setUp = async (page) => {
  await page.goto(setupPath)
  await page.getByLabel("E-mail").fill(ada.email)
  await page.getByLabel("First name").fill(ada.first)
  await page.getByLabel("Last name").fill(ada.last)
  await page.getByLabel("Password").fill(password)
  await button(page, "Create account").click()
  await page.waitForURL(home)
}

/** Invites an address, and tells the link. */
export const invite = async (page, email) => {
  await page.goto("/app/invites/new")
  await page.getByLabel("E-mail addresses").fill(email)
  await button(page, "Invite").click()
  const link = await page.getByLabel(email, { exact: true }).inputValue()
  return new URL(link).pathname + new URL(link).search
}

export const signIn = async (page, email) => {
  await page.goto("/app/login")
  await page.getByLabel("E-mail").fill(email)
  await page.getByLabel("Password").fill(password)
  await button(page, "Sign in").click()
}

const everyLook = [[1440, "light"], [1280, "dark"], [1024, "light"], [768, "light"], [390, "light"], [390, "dark"]]

/** A wide and a narrow one, dark and light: for languages whose pages are those of English with other texts. */
export const fewLooks = [[1280, "dark"], [390, "light"]]

/** What must hold of a page: axe finds nothing, nothing hangs over the edge, the script complains of nothing. */
export const assertSound = async (page, name, looks = everyLook) => {
  if (!await page.evaluate("window.axe")) await page.evaluate(axe)
  for (const [width, colorScheme] of looks) {
    await page.setViewportSize({ width, height: 800 })
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
    const found = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')
    const violations = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)
    assert.deepEqual(violations, [], `${name} at ${width}, ${colorScheme}`)
    const over = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert.ok(over <= 0, `${name} at ${width}: ${over} pixels hang over`)
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.emulateMedia({ colorScheme: "light" })
  assert.deepEqual(page.complaints, [], name)
}

/** Every page, by name; what leads there is done before. `link` is that of a pending invite. */
export const innerPages = async (page) => {
  const first = async (list, selector) => {
    await page.goto(list)
    return page.locator(selector).first().getAttribute("href")
  }
  const user = await first("/app/users?q=grace", "tbody a")
  const webhook = await first("/app/webhooks", "tbody a")
  const role = await first("/app/roles", 'tbody a:not([href$="role_super_admin"])')
  return {
    users: "/app/users",
    "users-no-match": "/app/users?q=no-such-name",
    "users-of-a-period": "/app/users?joined=7&seen=-30",
    home: "/app",
    user,
    "user-security": `${user}?tab=security`,
    "user-activity": `${user}?tab=activity`,
    "user-mail": `${user}?tab=mail`,
    "user-delete": `${user}/delete`,
    import: "/app/import",
    invites: "/app/invites",
    "invites-empty": "/app/invites?state=revoked",
    "invite-new": "/app/invites/new",
    "invite-revoke": await first("/app/invites", 'a[href$="/revoke"]'),
    roles: "/app/roles",
    role,
    "role-super-admin": "/app/roles/role_super_admin",
    "role-new": "/app/roles/new",
    "role-delete": `${role}/delete`,
    "api-keys": "/app/api-keys",
    webhooks: "/app/webhooks",
    "webhook-new": "/app/webhooks/new",
    webhook,
    "webhook-delete": `${webhook}/delete`,
    deliveries: "/app/deliveries",
    delivery: await first("/app/deliveries", "tbody a"),
    "deliveries-no-match": "/app/deliveries?destination=pigeon",
    audit: "/app/audit",
    "audit-middle": "/app/audit?rows=2&page=2",
    "audit-lost": "/app/audit?rows=2&after=of-another-list",
    settings: "/app/settings",
    doctor: "/app/doctor",
    profile: "/app/profile",
    "second-factor": "/app/profile/second-factor",
    "not-found": "/app/nosuch",
  }
}

export const outerPages = (link) => ({
  login: "/app/login",
  forgot: "/app/forgot",
  invitation: link,
  "invitation-invalid": "/app/invite?token=nonsense",
  "reset-invalid": "/app/reset-password?token=nonsense",
  verify: "/app/verify?code=nonsense",
  "signed-out": "/app/login?done=signed-out",
  "setup-gone": setupPath,
})

/** Makes a webhook whose address does not exist, and sends it a test. */
export const makeWebhook = async (page) => {
  await page.goto("/app/webhooks/new")
  const long = "a-rather-long-path-that-goes-on-and-on-and-does-not-end-before-it-is-much-wider-than-a-telephone"
  await page.getByLabel("Web address (URL)").fill(`https://hooks.example.com/${long}`)
  await page.getByLabel("Description").fill("Customer relations, all offices")
  for (const event of ["user.created", "user.deleted", "auth.new_device", "invite.accepted"]) {
    await page.getByLabel(event, { exact: true }).check()
  }
  await button(page, "Create webhook").click()
  await page.getByRole("textbox", { name: "Secret" }).waitFor()
}

/** People, a role, a webhook and invites, so that the pages have something to show. Tells the link of an invite. */
export const fill = async (page) => {
  await page.goto("/app/roles/new")
  await page.getByLabel("Name").fill("Support, with a rather long name that says what it is for")
  await button(page, "Create role").click()
  await page.waitForURL("**/app/roles/role_*")
  await makeWebhook(page)
  const other = await visitor(page.context().browser())
  await other.goto(await invite(page, "grace.brewster.murray.hopper.with.a.long.address@navy.mil.example.com"))
  await other.getByLabel("First name").fill("Grace Brewster Murray Maximiliane-Josephine")
  await other.getByLabel("Last name").fill("Hopper von und zu Hohenzollern-Sigmaringen")
  await other.getByLabel("Choose a password").fill(password)
  await button(other, "Accept and sign in").click()
  await other.waitForURL(home)
  await other.context().close()
  await invite(page, "a.person.who.has.not.accepted.yet.and.has.a.long.address@subdomain.example.com")
  return invite(page, "new@example.com")
}
