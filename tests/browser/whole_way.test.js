// The whole way: set-up, an invitation, acceptance in a second browser, a second factor, and being deleted while signed in.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import { button, invite, launch, password, setUp, setupPath, signIn, totp, visitor, home } from "./support.js"

let chromium
before(async () => { chromium = await launch() })
after(() => chromium.close())

test("from the set-up link to being deleted while signed in", async () => {
  const ada = await visitor(chromium)
  await setUp(ada)
  await ada.getByText("Welcome! You are signed in.").waitFor()
  const again = await visitor(chromium)
  assert.equal((await again.goto(setupPath)).status(), 401)
  await again.getByText("no longer works").waitFor()

  const link = await invite(ada, "grace@example.com")
  const grace = await visitor(chromium)
  await grace.goto(link)
  await grace.getByText("Ada Lovelace").waitFor()
  await grace.getByLabel("First name").fill("Grace")
  await grace.getByLabel("Choose a password").fill("password")
  await grace.getByText("too easy to guess").waitFor()
  await button(grace, "Accept and sign in").click()
  await grace.getByRole("alert").waitFor()
  assert.equal(await grace.getByLabel("First name").inputValue(), "Grace", "what was typed stays")
  assert.equal(await grace.getByLabel("Choose a password").inputValue(), "", "a password does not")
  await grace.getByLabel("Choose a password").fill(password)
  await grace.getByText("This password is good.").waitFor()
  await button(grace, "Accept and sign in").click()
  await grace.waitForURL(home)

  await grace.goto("/app/profile/second-factor")
  await button(grace, "Set up").click()
  const secret = await grace.getByLabel("Secret").inputValue()
  assert.ok(await grace.locator("svg.qr path").getAttribute("d"))
  await grace.getByLabel("The six digits").fill(totp(secret))
  await button(grace, "Turn on").click()
  await grace.getByRole("heading", { name: "Recovery codes" }).waitFor()
  const codes = await grace.locator(".codes code").allTextContents()
  assert.equal(new Set(codes).size, 10)

  const phone = await visitor(chromium)
  await signIn(phone, "grace@example.com")
  await phone.waitForURL("**/app/login/factor*")
  await phone.goto("/app/users")
  await phone.waitForURL("**/app/login/factor*")
  await phone.getByLabel("Code").fill(totp(secret, 1))
  await button(phone, "Continue").click()
  await phone.waitForURL(home)

  const lost = await visitor(chromium)
  await signIn(lost, "grace@example.com")
  await lost.getByLabel("Code").fill(codes[0])
  await button(lost, "Continue").click()
  await lost.waitForURL(home)

  await ada.goto("/app/users?q=grace")
  await ada.getByRole("link", { name: /^grace/i }).click()
  await button(ada, "Actions").or(ada.locator(".head summary")).first().click()
  await ada.getByRole("link", { name: "Delete user…" }).click()
  await ada.getByLabel("To confirm").fill("somebody@example.com")
  await button(ada, "Delete permanently").click()
  await ada.getByRole("alert").waitFor()
  await ada.getByLabel("To confirm").fill("grace@example.com")
  await button(ada, "Delete permanently").click()
  await ada.getByText("The user is deleted.").waitFor()
  for (const page of [grace, phone, lost]) {
    await page.goto("/app/users")
    await page.waitForURL("**/app/login?next=*")
  }
})
