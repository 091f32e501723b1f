// What every file here needs: the Admin and Vestibule on one origin, a browser, and what people do in the Admin.

import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { chromium } from "playwright-core"

import { serve } from "./proxy.js"

export { totp } from "../authenticator.mjs"

const required = (name) => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set. Use tests/medusa-admin/run, which starts a server and sets it.`)
  return value
}

export const vestibule = required("SERVER_URL")
export const password = "Lantern-trombone-42"
/** The administrator, whom `run` has created. */
export const ada = "ada@example.com"
const port = Number(required("ADMIN_PORT"))

/** The Admin, a Chromium, and how to end both. */
export const start = async () => {
  const proxy = await serve(port, required("ADMIN_DIRECTORY"), vestibule)
  const browser = await chromium.launch({
    executablePath: required("CHROMIUM"),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  })
  const stop = async () => {
    await browser.close()
    proxy.closeAllConnections()
    proxy.close()
  }
  return { browser, stop }
}

// What the Admin's console has of every page, of every refused request, and of every error page for one.
const HARMLESS = /DialogTitle|aria-describedby|HydrateFallback|Failed to load resource|React Router caught|The above error/
const FAULT = /^(Type|Reference|Range|Syntax)Error\b/

/**
 * A person at a browser of their own. `page.refused` collects the requests that were answered with 400 or more, as
 * `status method path`; `page.complaints` what else the pages complain of.
 */
export const visitor = async (browser) => {
  const context = await browser.newContext({ baseURL: `http://localhost:${port}`, viewport: { width: 1280, height: 800 } })
  await context.grantPermissions(["clipboard-read", "clipboard-write"])
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  page.refused = []
  page.complaints = []
  page.on("console", (message) => {
    // The Admin logs a refusal as an error of a class with a short name that its build made up.
    const isRefusal = /^\w{1,3}: /.test(message.text())
    if (message.type() === "error" && !isRefusal && !HARMLESS.test(message.text())) page.complaints.push(message.text())
  })
  page.on("pageerror", (error) => {
    if (FAULT.test(error.name)) page.complaints.push(error.message)
  })
  page.on("response", (response) => {
    const path = new URL(response.url()).pathname.replace(/\b(user|invite|apk|authmfa|authmfachal)_\w+/g, "{id}")
    if (response.status() >= 400) page.refused.push(`${response.status()} ${response.request().method()} ${path}`)
  })
  return page
}

// Messages slide in and menus fade out; what turns for ever is not waited for.
const SETTLED = `Promise.allSettled(document.getAnimations()
  .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity)
  .map((animation) => animation.finished))`

/** Writes a picture of the page, where pictures were asked for, when nothing in it moves any more. */
export const picture = async (page, name) => {
  if (!process.env.PICTURES) return
  await page.evaluate(SETTLED)
  await page.screenshot({ path: join(process.env.PICTURES, `${name}.png`) })
}

/** Checks that nothing was refused since the last call except `expected`, and that the pages complained of nothing. */
export const assertRefused = (page, ...expected) => {
  // After the session has ended, pages that are still open go on to ask.
  const refused = page.refused.splice(0).filter((line) => !/^401 GET /.test(line))
  assert.deepEqual([...new Set(refused)].sort(), expected.sort())
  assert.deepEqual(page.complaints.splice(0), [])
}

export const button = (page, name) => page.getByRole("button", { name, exact: true })

export const enterCredentials = async (page, email, secret = password) => {
  await page.goto("/app/login")
  await page.getByPlaceholder("Email").fill(email)
  await page.getByPlaceholder("Password").fill(secret)
  await button(page, "Continue with Email").click()
}

export const signIn = async (page, email, secret = password) => {
  await enterCredentials(page, email, secret)
  await page.waitForURL("**/app/orders")
}

/** Opens the menu of a row of a table, or else the first menu of the page's sections, and chooses from it. */
export const choose = async (page, item, row) => {
  const place = row ? page.getByRole("row", { name: row }) : page.locator("[class*=shadow-elevation-card-rest]")
  const menus = place.locator("button[aria-haspopup=menu]")
  await (row ? menus.last() : menus.first()).click()
  await page.getByRole("menuitem", { name: item }).click()
}

export const copied = (page) => page.evaluate("navigator.clipboard.readText()")

/** Types six digits where the Admin has a field for each. With the last one it sends them. */
export const typeCode = async (page, code) => {
  const fields = page.locator("input[type=text]")
  for (const [place, digit] of [...code].entries()) await fields.nth(place).press(digit)
}

/** Invites an address on the page of invites, which must be open, and returns the link that the Admin copies. */
export const invite = async (page, email) => {
  await page.getByPlaceholder("john.doe@example.com").fill(email)
  await button(page, "Send invite").click()
  await page.getByRole("row", { name: email }).waitFor()
  return copyInvite(page, email)
}

export const copyInvite = async (page, email) => {
  await page.evaluate("navigator.clipboard.writeText('')")
  await choose(page, /copy/i, email)
  await page.waitForFunction("navigator.clipboard.readText()")
  return copied(page)
}

export const fillAcceptForm = async (page, secret = password) => {
  await page.getByPlaceholder("First Name").fill("Grace")
  await page.getByPlaceholder("Last Name").fill("Hopper")
  await page.getByPlaceholder("Password", { exact: true }).fill(secret)
  await page.getByPlaceholder("Repeat Password").fill(secret)
  await button(page, "Create account").click()
}

/** Creates a user with these roles on the command line. */
export const createUser = (email, ...roles) => {
  const given = roles.flatMap((role) => ["--role", role])
  execFileSync(required("SERVER_BINARY"), ["user", "create", "--email", email, "--password", password, ...given])
}

/** Calls the API as this user. */
export const api = async (email, method, path, body) => {
  const post = { method: "POST", headers: { "content-type": "application/json" } }
  const credentials = JSON.stringify({ email, password })
  const { token } = await (await fetch(`${vestibule}/auth/user/emailpass`, { ...post, body: credentials })).json()
  const headers = { ...post.headers, authorization: `Bearer ${token}` }
  const response = await fetch(`${vestibule}${path}`, { method, headers, body: body && JSON.stringify(body) })
  assert.ok(response.ok, `${method} ${path} returned ${response.status}`)
  return response.json()
}
