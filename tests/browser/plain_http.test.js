// Plain http beyond localhost, as in a local network: there browsers send no Fetch Metadata, and pages are no secure context.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import { ada, button, invite, launch, password, setUp, signIn, url, visitor, home, signOut } from "./support.js"

const site = new URL(url)
site.hostname = "people.test"
const baseURL = site.origin

let chromium
before(async () => { chromium = await launch(["--host-resolver-rules=MAP people.test 127.0.0.1"]) })
after(() => chromium.close())

test("set-up, sign-in, an invitation and sign-out work over plain http under another name than localhost", async () => {
  const page = await visitor(chromium, { baseURL })
  const sent = []
  page.on("request", (request) => request.method() === "POST" && sent.push(request))
  await setUp(page)
  assert.equal(new URL(page.url()).origin, baseURL)
  for (const cookie of await page.context().cookies()) assert.equal(cookie.secure, false, cookie.name)
  // Read when the request is over: before, not all of its headers are known.
  const headers = await sent.at(-1).allHeaders()
  assert.equal(headers.origin, baseURL, "our own forms name their page")
  assert.equal(headers["sec-fetch-site"], undefined, "the browser sends no proof of its own")

  const link = await invite(page, "grace@example.com")
  const grace = await visitor(chromium, { baseURL })
  await grace.goto(link)
  await grace.getByLabel("Choose a password").fill(password)
  await grace.getByText("This password is good.").waitFor()
  await button(grace, "Accept and sign in").click()
  await grace.waitForURL(home)

  await signOut(page)
  await page.waitForURL("**/app/login*")
  await signIn(page, ada.email)
  await page.waitForURL(home)

  // A refusal is a page as well.
  await page.context().clearCookies()
  await signOut(page)
  await page.getByRole("heading", { name: "The form was not accepted" }).waitFor()
  await page.getByText("no cookie").waitFor()
})

test("a form of another website is refused by a page that explains it", async () => {
  const page = await visitor(chromium, { baseURL })
  await page.route("http://elsewhere.test/", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<form method="post" action="${baseURL}/app/logout"><button>Send</button></form>`,
    }))
  await page.goto("/app/login")
  await page.goto("http://elsewhere.test/")
  await button(page, "Send").click()
  await page.getByRole("heading", { name: "The form was not accepted" }).waitFor()
})
