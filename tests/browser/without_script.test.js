// The main ways with JavaScript switched off.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import { button, invite, launch, password, setUp, visitor, home, signOut } from "./support.js"

let chromium
before(async () => { chromium = await launch() })
after(() => chromium.close())

test("set-up, invitation, acceptance, search, locking, roles and deletion need no script", async () => {
  const plain = { javaScriptEnabled: false }
  const ada = await visitor(chromium, plain)
  await setUp(ada)
  const link = await invite(ada, "grace@example.com")
  const grace = await visitor(chromium, plain)
  await grace.goto(link)
  await grace.getByLabel("Choose a password").fill(password)
  await button(grace, "Accept and sign in").click()
  await grace.waitForURL(home)

  await ada.goto("/app/users")
  await ada.getByRole("searchbox").fill("grace")
  await button(ada, "Search").click()
  await ada.waitForURL("**/app/users?q=grace*")
  assert.equal(await ada.locator("tbody tr").count(), 1)
  await ada.getByRole("link", { name: "grace@example.com" }).click()
  await ada.getByLabel("First name").fill("Grace")
  await button(ada, "Save").click()
  await ada.getByRole("heading", { name: "Grace", exact: true }).waitFor()
  await ada.getByLabel("Viewer").uncheck()
  await button(ada, "Save roles").click()
  await ada.getByText("The roles are saved.").waitFor()
  await grace.goto("/app/users")
  await grace.getByText("You lack: user:read").waitFor()
  await ada.getByRole("link", { name: "Security" }).click()
  await button(ada, "Lock").click()
  await ada.getByText("The user is locked.", { exact: true }).waitFor()
  await grace.goto("/app/profile")
  await grace.waitForURL("**/app/login?next=*")
  await ada.getByRole("link", { name: "Security" }).click()
  await ada.getByRole("link", { name: "Delete…", exact: true }).click()
  await ada.getByLabel("To confirm").fill("grace@example.com")
  await button(ada, "Delete permanently").click()
  await ada.getByText("The user is deleted.").waitFor()

  await invite(ada, "other@example.com")
  await ada.goto("/app/invites")
  await ada.locator("tbody summary").first().click()
  await ada.getByRole("link", { name: "Revoke…" }).click()
  await button(ada, "Revoke").click()
  await ada.getByText("The invite is revoked.").waitFor()

  await ada.setViewportSize({ width: 390, height: 800 })
  await ada.goto("/app/users")
  assert.equal(await button(ada, "Sign out").isVisible(), false, "the menu is closed")
  await signOut(ada)
  await ada.getByText("You are signed out.").waitFor()
})
