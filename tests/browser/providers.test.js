// Sign-in through a provider of OpenID Connect: an invitation, a sign-up by rule, linking, and the second factor.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import {
  ada as administrator, assertSound, button, invite, launch, password, setUp, signIn, totp, url, visitor,
  home,
} from "./support.js"

let chromium
let ada
before(async () => {
  chromium = await launch()
  ada = await visitor(chromium)
  await setUp(ada)
})
after(() => chromium.close())

/** Signs in at the provider, on its own pages, and consents. */
const atProvider = async (page, name) => {
  await page.getByPlaceholder("Enter any login").fill(name)
  await page.getByPlaceholder("and password").fill("any")
  await page.getByRole("button", { name: "Sign-in" }).click()
  await page.getByRole("button", { name: "Continue" }).click()
  // The provider's pages ask for a font that is not here.
  page.complaints.length = 0
}

const continueWithCompany = async (page, name) => {
  await button(page, "Continue with Company").click()
  await atProvider(page, name)
}

test("an invite is accepted with an account elsewhere, which then signs in", async () => {
  const link = await invite(ada, "grace@example.com")
  const grace = await visitor(chromium)
  await grace.goto(link)
  await assertSound(grace, "invitation with a provider")
  // The provider's address is another than the invited one: the invite was received.
  await continueWithCompany(grace, "grace.hopper@private.example")
  await grace.getByText("You have signed in with Company").waitFor()
  await grace.getByText("grace.hopper@private.example").waitFor()
  await assertSound(grace, "invitation, signed in")
  assert.equal(await grace.getByLabel("Last name").inputValue(), "Hopper", "the provider's name is offered")
  await button(grace, "Accept and sign in").click()
  await grace.getByText("Welcome! You are signed in.").waitFor()
  await grace.goto("/app/profile")
  await grace.getByText("grace@example.com").first().waitFor()

  const again = await visitor(chromium)
  await again.goto("/app/profile")
  await assertSound(again, "sign-in with a provider")
  await continueWithCompany(again, "grace.hopper@private.example")
  await again.waitForURL("**/app/profile")
})

test("without an invite, only addresses of the domain become users", async () => {
  const eve = await visitor(chromium)
  await eve.goto("/app/login")
  await continueWithCompany(eve, "eve@elsewhere.example")
  await eve.getByText("Ask an administrator for an invite").waitFor()
  await assertSound(eve, "no account")
  assert.equal(await eve.getByRole("button", { name: "Create my account" }).count(), 0)

  const hedy = await visitor(chromium)
  await hedy.goto("/app/login")
  await continueWithCompany(hedy, "hedy@company.example")
  await hedy.getByText("hedy@company.example").first().waitFor()
  await assertSound(hedy, "sign-up")
  await button(hedy, "Create my account").click()
  await hedy.getByText("Welcome! You are signed in.").waitFor()
  await ada.goto("/app/users?q=hedy")
  await ada.getByText("hedy@company.example").first().waitFor()
})

test("an address that belongs to a user never signs in as that user", async () => {
  const stranger = await visitor(chromium)
  await stranger.goto("/app/login")
  await continueWithCompany(stranger, administrator.email)
  await stranger.getByText("An account with your address exists already").waitFor()
  await assertSound(stranger, "an account with this address exists")
  await stranger.goto("/app/users")
  await stranger.waitForURL("**/app/login?next=*")
})

/** Signs in with a password on the sign-in page that is open. */
const withPassword = async (page, email) => {
  await page.getByLabel("E-mail").fill(email)
  await page.getByLabel("Password").fill(password)
  await button(page, "Sign in").click()
}

test("its user signs in as before, is asked, and has the link; another user has not", async () => {
  const link = await invite(ada, "lise@company.example")
  const lise = await visitor(chromium)
  await lise.goto(link)
  await lise.getByLabel("Choose a password").fill(password)
  await button(lise, "Accept and sign in").click()
  await lise.getByText("Welcome! You are signed in.").waitFor()

  const page = await visitor(chromium)
  await page.goto("/app/login")
  await continueWithCompany(page, "lise@company.example")
  await button(page, "Sign in and link").click()
  await withPassword(page, administrator.email)
  await page.getByText("is to be linked with another account").waitFor()
  await assertSound(page, "a link for another user")
  await button(page, "Sign out and continue").click()
  await withPassword(page, "lise@company.example")
  await page.getByText("From then on you can sign in to this account with it.").waitFor()
  await assertSound(page, "consent to a link")
  await button(page, "Link Company").click()
  await page.getByText("The sign-in method is linked.").waitFor()

  const again = await visitor(chromium)
  await again.goto("/app/profile")
  await continueWithCompany(again, "lise@company.example")
  await again.waitForURL("**/app/profile")
  await again.getByText("lise@company.example").first().waitFor()
})

test("a provider on another site posts its response", async () => {
  const ivy = await visitor(chromium)
  const posted = []
  ivy.on("request", (request) => {
    if (request.method() === "POST" && request.url().includes("/app/login/callback/")) posted.push(request)
  })
  await ivy.goto("/app/login")
  await button(ivy, "Continue with Posting").click()
  await atProvider(ivy, "ivy@company.example")
  await button(ivy, "Create my account").click()
  await ivy.getByText("Welcome! You are signed in.").waitFor()
  assert.equal(posted.length, 1)
  const headers = await posted[0].allHeaders()
  assert.equal(headers["sec-fetch-site"], "cross-site")
  assert.equal(headers.cookie, undefined, "browsers send no cookie of ours with it")

  // The request after it has the session: the user of this browser links the provider.
  await ada.goto("/app/profile")
  await button(ada, "Link Posting").click()
  await atProvider(ada, "ada.posting@company.example")
  await ada.getByText("The sign-in method is linked.").waitFor()
  await ada.getByRole("button", { name: "Remove Posting" }).click()
  await ada.getByText("The sign-in method is removed.").waitFor()
})

test("an address that is not verified is refused, and refusing at the provider leads back", async () => {
  const page = await visitor(chromium)
  await page.goto("/app/login")
  await continueWithCompany(page, "unverified@company.example")
  await page.getByRole("alert").getByText("has not confirmed your e-mail address").waitFor()
  await page.context().clearCookies()
  await page.goto("/app/login")
  await button(page, "Continue with Company").click()
  await page.getByRole("link", { name: "[ Cancel ]" }).click()
  await page.getByRole("alert").getByText("was not completed at the other service").waitFor()
})

test("a state works once, and in its own browser alone", async () => {
  const page = await visitor(chromium)
  let callback
  page.on("request", (request) => {
    if (request.url().includes("/app/login/callback/")) callback = request.url()
  })
  await page.goto("/app/login")
  await continueWithCompany(page, "ida@company.example")
  await page.getByText("ida@company.example").first().waitFor()
  await page.goto(callback)
  await page.getByRole("alert").getByText("has expired, or was begun in another browser").waitFor()

  const other = await visitor(chromium)
  await other.route("**/app/login/callback/**", (route) => route.abort())
  await other.goto("/app/login")
  await button(other, "Continue with Company").click()
  const stolen = other.waitForRequest("**/app/login/callback/**")
  await atProvider(other, "ida@company.example")
  const victim = await visitor(chromium)
  await victim.goto("/app/login")
  await victim.goto((await stolen).url())
  await victim.getByRole("alert").getByText("has expired, or was begun in another browser").waitFor()
})

test("a provider is linked by consent, signs in, asks for the second factor, and is removed", async () => {
  await ada.goto("/app/profile")
  await button(ada, "Link Company").click()
  await atProvider(ada, "ada.lovelace@company.example")
  await ada.getByText("The sign-in method is linked.").waitFor()
  await ada.getByText("ada.lovelace@company.example").waitFor()
  await assertSound(ada, "profile with two sign-in methods")

  await ada.goto("/app/profile/second-factor")
  await button(ada, "Set up").click()
  const secret = await ada.getByLabel("Secret").inputValue()
  await ada.getByLabel("The six digits").fill(totp(secret))
  await button(ada, "Turn on").click()
  await ada.getByRole("heading", { name: "Recovery codes" }).waitFor()

  const other = await visitor(chromium)
  await other.goto("/app/login")
  await continueWithCompany(other, "ada.lovelace@company.example")
  await other.waitForURL("**/app/login/factor*")
  await other.getByLabel("Code").fill(totp(secret, 1))
  await button(other, "Continue").click()
  await other.waitForURL(home)

  await ada.goto("/app/profile")
  await ada.getByRole("button", { name: "Remove Company" }).click()
  await ada.getByText("The sign-in method is removed.").waitFor()
  await other.goto("/app/users")
  await other.waitForURL("**/app/login?next=*")
  const late = await visitor(chromium)
  await late.goto("/app/login")
  await continueWithCompany(late, "ada.lovelace@company.example")
  await late.getByText("You have no account here yet").waitFor()
})

test("programs sign in by the API, with a cookie jar of their own", async () => {
  const begun = await (await fetch(`${url}/auth/user/company`, { method: "POST" })).json()
  const at = new URL(begun.location)
  assert.equal(at.searchParams.get("code_challenge_method"), "S256")
  assert.ok(at.searchParams.get("nonce") && at.searchParams.get("state"))
  assert.ok(!begun.location.includes("a-secret-of-the-tests"))
  const callback = `${url}/auth/user/company/callback?code=made-up&state=${at.searchParams.get("state")}`
  const refused = await fetch(`${callback}&iss=${at.origin}`)
  assert.equal(refused.status, 401)
  assert.equal((await refused.json()).code, "sign_in_code_refused")
  const elsewhere = await fetch(`${url}/auth/user/company`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ callback_url: "https://evil.example/" }),
  })
  assert.equal(elsewhere.status, 400)
  assert.equal((await elsewhere.json()).code, "callback_url_not_allowed")
})

test("the password still signs in", async () => {
  const page = await visitor(chromium)
  await signIn(page, administrator.email)
  await page.waitForURL("**/app/login/factor*")
})
