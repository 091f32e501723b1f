// What is sent by mail: a change of address, and a code to sign in.

import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"

import { ada as administrator, assertSound, button, invite, launch, password, setUp, visitor, home } from "./support.js"

let chromium
let ada
before(async () => {
  chromium = await launch()
  ada = await visitor(chromium)
  await setUp(ada)
})
after(() => chromium.close())

/** The newest mail to an address that has this in it, once it is there. */
const mail = async (to, part) => {
  const folder = process.env.MAIL_FOLDER
  for (let tries = 0; tries < 150; tries++) {
    let names = []
    try {
      names = readdirSync(folder).sort().reverse()
    } catch {
      // Nothing was sent yet.
    }
    for (const name of names) {
      const text = readFileSync(join(folder, name), "utf8").replace(/=\r?\n/g, "").replace(/=3D/g, "=")
      if (new RegExp(`^To: .*${to}`, "im").test(text) && text.includes(part)) return text
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`no mail to ${to} with ${part}`)
}

/** The path of the link in a mail. */
const linkTo = async (to, path) => {
  const found = (await mail(to, `${path}?token=`)).match(new RegExp(`http[^\\s"<>]*${path}\\?token=[A-Za-z0-9_.-]+`))
  const { pathname, search } = new URL(found[0])
  return pathname + search
}

test("the new address confirms a change, and the old one reverts it", async () => {
  await ada.goto("/app/profile")
  await assertSound(ada, "profile")
  await ada.getByLabel("New address").fill("countess@example.com")
  await button(ada, "Change address").click()
  await ada.getByText("Its link confirms the change.").waitFor()
  const link = await linkTo("countess@example.com", "/app/email")
  const other = await visitor(chromium)
  await other.goto(link)
  await other.getByText("The link alone changes nothing.").waitFor()
  await assertSound(other, "a link to confirm a new address, without a session")
  assert.equal(await other.getByText(administrator.email).count(), 0, "a stranger learns no address")
  await other.getByRole("link", { name: "Sign in" }).click()
  await other.getByLabel("E-mail").fill(administrator.email)
  await other.getByLabel("Password").fill(password)
  await button(other, "Sign in").click()
  await other.waitForURL("**/app/email?token=*")
  await assertSound(other, "confirm a new address")
  await button(other, "Change the address").click()
  await other.getByText("The address is changed.").waitFor()
  await ada.goto("/app/profile")
  await ada.waitForURL("**/app/login?next=*")

  await other.goto(await linkTo(administrator.email, "/app/email/revert"))
  await assertSound(other, "revert a change of address")
  await button(other, "Revert the change").click()
  await other.getByText("The old address is restored").waitFor()
  await other.goto(await linkTo(administrator.email, "/app/reset-password"))
  await other.getByLabel("New password").fill(`${password}-again`)
  await button(other, "Set password").click()
  await other.getByLabel("E-mail").fill(administrator.email)
  await other.getByLabel("Password").fill(`${password}-again`)
  await button(other, "Sign in").click()
  await other.waitForURL(home)
  ada = other
})

test("a code signs in, by its digits or by its link in the same browser", async () => {
  const page = await visitor(chromium)
  await page.goto("/app/login")
  await assertSound(page, "sign-in with codes")
  await page.getByRole("link", { name: "Sign in with a code by mail" }).click()
  await assertSound(page, "ask for a code")
  await page.getByLabel("E-mail").fill(administrator.email)
  await button(page, "Send me a code").click()
  await page.getByLabel("Code").waitFor()
  await assertSound(page, "enter a code")
  const link = await linkTo(administrator.email, "/app/login/code")
  const elsewhere = await visitor(chromium)
  await elsewhere.goto(link)
  await assertSound(elsewhere, "the link of a code")
  await button(elsewhere, "Sign in").click()
  await elsewhere.getByText("begun in another browser").waitFor()
  await page.getByLabel("Code").fill(link.slice(-6))
  await button(page, "Sign in").click()
  await page.waitForURL(home)
})

test("an invite is accepted without a password, and a code signs in", async () => {
  const link = await invite(ada, "grace@example.com")
  const grace = await visitor(chromium)
  await grace.goto(link)
  await assertSound(grace, "invitation with codes")
  await button(grace, "Accept without a password").click()
  await grace.getByText("Welcome! You are signed in.").waitFor()
  const again = await visitor(chromium)
  await again.goto("/app/login/code?next=/app/profile")
  await again.getByLabel("E-mail").fill("grace@example.com")
  await button(again, "Send me a code").click()
  await again.goto(await linkTo("grace@example.com", "/app/login/code"))
  await button(again, "Sign in").click()
  await again.waitForURL("**/app/profile")
  assert.equal(await again.getByText("grace@example.com").first().isVisible(), true)
})
