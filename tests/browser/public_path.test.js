// A public URL with a path, behind a proxy that leaves the path in requests, and behind one that removes it.

import assert from "node:assert/strict"
import http from "node:http"
import { after, before, test } from "node:test"

import { ada, button, launch, password, setupPath, signOut, url, visitor } from "./support.js"

const port = Number(process.env.PROXY_PORT)
const base = `http://localhost:${port}/accounts`

// Nothing but what is below the path reaches the server.
let removesPath = false
const proxy = http.createServer((request, response) => {
  if (!/^\/accounts([/?]|$)/.test(request.url)) {
    response.writeHead(404).end("not below the path")
    return
  }
  const target = new URL(url)
  const options = { host: "127.0.0.1", port: target.port, path: removesPath ? request.url.slice("/accounts".length) || "/" : request.url, method: request.method, headers: request.headers }
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
  await page.waitForURL((url) => url.pathname === "/accounts/app")
  assert.deepEqual(page.lost, [])
})

for (const [removes, kind] of [[false, "leaves"], [true, "removes"]]) {
  test(`behind a proxy that ${kind} the path, users sign in, come from / to the pages, are invited, and sign out`, async () => {
    removesPath = removes
    const page = await careful()
    await page.goto(`${base}/`)
    await page.waitForURL(`${base}/app/login*`)
    await page.getByLabel("E-mail").fill(ada.email)
    await page.getByLabel("Password").fill(password)
    await button(page, "Sign in").click()
    await page.waitForURL((url) => url.pathname === "/accounts/app")
    await page.goto(`${base}/app/users/`)
    await page.getByRole("heading", { name: /^Users/ }).waitFor()
    await page.goto(`${base}/app/invites/new`)
    await page.getByLabel("E-mail addresses").fill(`${kind}@example.com`)
    await button(page, "Invite").click()
    const link = await page.getByLabel(`${kind}@example.com`, { exact: true }).inputValue()
    assert.ok(link.startsWith(`${base}/app/invite?token=`), link)
    const invited = await careful()
    await invited.goto(link)
    await invited.getByLabel("Choose a password").fill(password)
    await button(invited, "Accept and sign in").click()
    await invited.waitForURL((url) => url.pathname === "/accounts/app")
    assert.deepEqual((await page.request.get(`${base}/openapi.json`).then((answer) => answer.json())).servers.map(({ url }) => url), ["/accounts"])
    await signOut(page)
    await page.waitForURL(`${base}/app/login*`)
    assert.deepEqual([page.lost, invited.lost], [[], []])
    assert.deepEqual([page.complaints, invited.complaints], [[], []])
  })
}
