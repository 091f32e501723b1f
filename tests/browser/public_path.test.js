// A public URL with a path, behind a proxy that leaves the path in requests. The tests in Rust have both kinds of proxy.

import assert from "node:assert/strict"
import http from "node:http"
import { after, before, test } from "node:test"

import { ada, button, launch, password, setupPath, url, visitor } from "./support.js"

const port = Number(process.env.PROXY_PORT)
const base = `http://localhost:${port}/accounts`

// Nothing but what is below the path reaches the server.
const proxy = http.createServer((request, response) => {
  if (!/^\/accounts([/?]|$)/.test(request.url)) {
    response.writeHead(404).end("not below the path")
    return
  }
  const target = new URL(url)
  const options = { host: "127.0.0.1", port: target.port, path: request.url, method: request.method, headers: request.headers }
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
