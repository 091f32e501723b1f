// What the looks promise: nothing hangs over at any width, with long names, in every language; and the budget.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import { ada as adaLovelace, fill, innerPages, launch, password, setUp, url, visitor } from "./support.js"

let chromium, ada
before(async () => {
  chromium = await launch()
  ada = await visitor(chromium)
  await setUp(ada)
  await fill(ada)
  const call = async (path, body, token) => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) }
    const answer = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) })
    assert.ok(answer.ok, `${path}: ${answer.status}`)
    return answer.json()
  }
  const { token } = await call("/auth/user/emailpass", { email: adaLovelace.email, password })
  await call("/admin/api-keys", { title: "Nightly import of the customers, with a long title that says what it is for", type: "secret" }, token)
  for (let number = 0; number < 55; number += 1) {
    await call("/admin/users", { first_name: "Maximiliane", last_name: `Hohenzollern ${number}`, email: `person.${number}@example.com` }, token)
  }
})
after(() => chromium.close())

for (const language of ["en", "de", "fr"]) {
  test(`no page hangs over at any width from 320 to 1600, in ${language}`, async () => {
    await ada.context().addCookies([{ name: "vestibule-language", value: language, url: `${url}/app` }])
    for (const [name, path] of Object.entries(await innerPages(ada))) {
      await ada.goto(path)
      const over = []
      for (let width = 320; width <= 1600; width += 16) {
        await ada.setViewportSize({ width, height: 800 })
        const pixels = await ada.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if (pixels > 0) over.push(`${width}: ${pixels}`)
      }
      assert.deepEqual(over, [], `${name} in ${language}`)
    }
    await ada.setViewportSize({ width: 1280, height: 800 })
  })
}

test("the list of fifty users stays within its budget", async () => {
  await ada.context().addCookies([{ name: "vestibule-language", value: "en", url: `${url}/app` }])
  const session = await ada.context().newCDPSession(ada)
  await session.send("Network.enable")
  await session.send("Network.setCacheDisabled", { cacheDisabled: true })
  const sent = new Map(), kinds = new Map()
  session.on("Network.responseReceived", ({ requestId, response }) => kinds.set(requestId, response.mimeType))
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => sent.set(requestId, encodedDataLength))
  const page = await ada.goto("/app/users", { waitUntil: "networkidle" })
  assert.equal(await ada.locator("tbody tr").count(), 50)
  const total = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0)
  const of = (kind) => [...kinds].filter(([, type]) => type.includes(kind)).reduce((sum, [id]) => sum + (sent.get(id) || 0), 0)
  const raw = (await page.body()).length
  // Without the headers, which are the same for each page.
  const { responseBodySize: body } = await page.request().sizes()
  const lengths = await ada.evaluate(async () => {
    const length = async (address) => (await (await fetch(address)).text()).length
    return { style: await length(document.querySelector("link[rel=stylesheet]").href), script: await length(document.querySelector("script[src]").src) }
  })
  console.log(`HTML ${raw} raw, ${body} sent; style ${lengths.style}, script ${lengths.script} raw; font ${of("font")}; cold visit ${total} in ${sent.size} requests`)
  assert.ok(raw < 60_000, `HTML: ${raw}`)
  assert.ok(body < 8 * 1024, `HTML sent: ${body}`)
  assert.ok(lengths.style < 40_000, `stylesheet: ${lengths.style}`)
  assert.ok(lengths.script < 30_000, `script: ${lengths.script}`)
  assert.ok(total < 90 * 1024, `cold visit: ${total}`)
  await session.detach()
})
