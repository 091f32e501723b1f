// A public URL with a path, behind a proxy that removes the path from requests and behind one that leaves it.

import assert from "node:assert/strict"
import http from "node:http"
import { after, before, test } from "node:test"

import { ada, button, launch, password, setupPath, url, visitor } from "./support.js"

const port = Number(process.env.PROXY_PORT)
const base = `http://localhost:${port}/accounts`
let removes = false

// Nothing but what is below the path reaches the server.
const proxy = http.createServer((request, response) => {
  if (!/^\/accounts([/?]|$)/.test(request.url)) {
    response.writeHead(404).end("not below the path")
    return
  }
  const path = removes ? request.url.replace(/^\/accounts\/?/, "/") : request.url
  const target = new URL(url)
  const options = { host: "127.0.0.1", port: target.port, path, method: request.method, headers: request.headers }
  request.pipe(http.request(options, (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders)
    answer.pipe(response)
  }))
})

let chromium
before(async () => {
  await new Promise((done) => proxy.listen(port, "127.0.0.1", done))
  chromium = await launch()
})
after(async () => {
  await chromium.close()
  proxy.close()
})

/** A browser that notes each request outside the path. */
const careful = async () => {
  const page = await visitor(chromium)
  page.lost = []
  page.on("request", (request) => request.url().startsWith(base) || page.lost.push(request.url()))
  return page
}

test("set-up, pages and links are below the path", async () => {
  const page = await careful()
  await page.goto(base + setupPath)
  await page.getByLabel("E-mail").fill(ada.email)
  await page.getByLabel("First name").fill(ada.first)
  await page.getByLabel("Password").fill(password)
  await page.getByText("This password is good.").waitFor()
  await button(page, "Create account").click()
  await page.waitForURL(`${base}/app/users*`)
  assert.deepEqual(page.lost, [])
})

for (const [name, does] of [["removes", true], ["leaves", false]]) {
  test(`behind a proxy that ${name} the path, sign-in, an invitation and sign-out work`, async () => {
    removes = does
    const page = await careful()
    await page.goto(`${base}/`)
    await page.waitForURL(`${base}/app/login*`)
    await page.getByLabel("E-mail").fill(ada.email)
    await page.getByLabel("Password").fill(password)
    await button(page, "Sign in").click()
    await page.waitForURL(`${base}/app/users*`)
    for (const cookie of await page.context().cookies()) {
      assert.match(cookie.path, /^\/accounts(\/app)?$/, cookie.name)
    }
    await page.getByRole("link", { name: "Profile" }).or(page.locator('a[href$="/app/profile"]')).first().click()
    await page.waitForURL(`${base}/app/profile`)

    const email = `${name}@example.com`
    await page.goto(`${base}/app/invites/new`)
    await page.getByLabel("E-mail addresses").fill(email)
    await button(page, "Invite").click()
    const link = await page.getByLabel(email, { exact: true }).inputValue()
    assert.ok(link.startsWith(`${base}/app/invite?token=`), link)
    const other = await careful()
    await other.goto(link)
    await other.getByLabel("Choose a password").fill(password)
    await button(other, "Accept and sign in").click()
    await other.waitForURL(`${base}/app/users*`)

    await button(page, "Sign out").click()
    await page.waitForURL(`${base}/app/login*`)
    await page.goto(`${base}/docs`)
    await page.getByText("/admin/users/me").first().waitFor()
    assert.deepEqual([...page.lost, ...other.lost], [])
    assert.deepEqual([...page.complaints, ...other.complaints], [])
  })
}
