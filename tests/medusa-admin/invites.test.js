// Inviting, and what the invited see.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import {
  ada, assertRefused, button, choose, copyInvite, fillAcceptForm, invite, picture, signIn, start, visitor,
} from "./support.js"

let admin
let page
before(async () => {
  admin = await start()
  page = await visitor(admin.browser)
  await signIn(page, ada)
})
after(() => admin.stop())

const openInvites = () => page.goto("/app/settings/users/invite")

test("an invite is accepted after a weak password was refused, once", async () => {
  await openInvites()
  const link = await invite(page, "grace@example.com")
  await picture(page, "invites")
  assertRefused(page)

  const grace = await visitor(admin.browser)
  await grace.goto(link)
  await fillAcceptForm(grace, "password")
  // The Admin has no other words for it.
  await grace.getByText("Server error - Try again later.").waitFor()
  await picture(grace, "accept-weak-password")
  assert.ok(await button(grace, "Create account").isEnabled())
  await fillAcceptForm(grace)
  await grace.getByText("Your account has been registered").waitFor()
  await picture(grace, "accept-done")
  assertRefused(grace, "422 POST /auth/user/emailpass/register")
  await signIn(grace, "grace@example.com")

  const again = await visitor(admin.browser)
  await again.goto(link)
  await fillAcceptForm(again)
  await again.getByText("The invite is invalid or has expired.").waitFor()
  await picture(again, "accept-again")
  assertRefused(again, "400 POST /admin/invites/accept", "401 POST /auth/user/emailpass/register")
})

test("a link from before the invite was sent again, and that of a deleted invite, do not work", async () => {
  await openInvites()
  const older = await invite(page, "hedy@example.com")
  const resent = page.waitForResponse(/\/resend$/)
  await choose(page, "Resend invite", "hedy@example.com")
  await resent
  // The list is fetched again after the answer.
  let newer = older
  while (newer === older) newer = await copyInvite(page, "hedy@example.com")
  const deleted = await invite(page, "joan@example.com")
  await choose(page, "Delete", "joan@example.com")
  await button(page, "Delete").click()
  await page.getByRole("row", { name: "joan@example.com" }).waitFor({ state: "detached" })
  assertRefused(page)

  for (const [name, link] of [["older", older], ["deleted", deleted]]) {
    const visit = await visitor(admin.browser)
    await visit.goto(link)
    await fillAcceptForm(visit)
    await visit.getByText("Server error - Try again later.").waitFor()
    await picture(visit, `accept-${name}`)
    assertRefused(visit, "401 POST /admin/invites/accept")
  }
  const hedy = await visitor(admin.browser)
  await hedy.goto(newer)
  await fillAcceptForm(hedy, "Lantern-trombone-44")
  await hedy.getByText("Your account has been registered").waitFor()
  await hedy.goto("/app/invite?token=rubbish")
  await hedy.getByText("Your invite token is invalid").waitFor()
  assertRefused(hedy)
})

test("an address that has an invite or an account is refused with the reason", async () => {
  await openInvites()
  await invite(page, "mary@example.com")
  for (const [email, reason] of [["mary@example.com", "already exists"], [ada, "already exist: ada@example.com"]]) {
    await page.getByPlaceholder("john.doe@example.com").fill(email)
    await button(page, "Send invite").click()
    await page.getByText(reason).waitFor()
  }
  await picture(page, "invite-refused")
  assertRefused(page, "400 POST /admin/invites")
})
