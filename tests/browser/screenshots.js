// Writes a picture of every page to a folder: at five widths in English, light and dark, and in German and French at two.
// With ASSETS=crates/dashboard/assets the stylesheet and the script are those of the checkout, without a new build.

import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"

import { ada as adaLovelace, button, fill, innerPages, launch, makeWebhook, outerPages, password, setUp, setupPath, url, visitor } from "./support.js"

const [folder] = process.argv.slice(2)
const chromium = await launch()

const widths = (process.env.WIDTHS || "390,768,1024,1280,1440").split(",").map(Number)
const schemes = (process.env.SCHEMES || "light,dark").split(",")

const picture = async (page, name, wanted = widths) => {
  for (const width of wanted) {
    for (const colorScheme of schemes) {
      await page.setViewportSize({ width, height: 800 })
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true })
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}

/** Serves the stylesheet and the script of the checkout, so that a design can be looked at without a build. */
const ownAssets = async (page) => {
  const folder = process.env.ASSETS
  if (!folder) return
  const joined = (kind) => readdirSync(join(folder, kind)).sort().map((name) => readFileSync(join(folder, kind, name), "utf8")).join("")
  await page.context().route(/assets\/page-[^/]*\.css/, async (route) => {
    const served = await (await route.fetch()).text()
    const font = /inter-\w+\.woff2/.exec(served)[0]
    await route.fulfill({ contentType: "text/css", body: joined("style").replace("{font}", font) })
  })
  await page.context().route(/assets\/page-[^/]*\.js/, (route) => route.fulfill({ contentType: "text/javascript", body: joined("script") }))
}

/** Colleagues with all kinds of names. */
const colleagues = async () => {
  const call = async (path, body, token) => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) }
    return (await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) })).json()
  }
  const { token } = await call("/auth/user/emailpass", { email: adaLovelace.email, password })
  for (const [first_name, last_name, email] of [
    ["Katherine", "Johnson", "katherine@example.com"], ["Alan", "Turing", "alan@example.com"], ["Hedy", "Lamarr", "hedy@example.com"],
    ["Łukasz", "Dąbrowski", "lukasz@example.com"], ["محمد", "الحسيني", "rtl@example.com"], ["花子", "佐藤", "hanako@example.com"],
    ["Barbara", "Liskov", "barbara@example.com"], ["Edsger", "Dijkstra", "edsger@example.com"], ["Radia", "Perlman", "radia@example.com"],
    ["Wolfeschlegelsteinhausenbergerdorff", "Sr.", "a.long.name.of.a.person@subdomain.example.com"], [null, null, "without.name@example.com"],
    ["Margaret", "Hamilton", "margaret@example.com"], ["Annie", "Easley", "annie@example.com"],
  ]) await call("/admin/users", { first_name, last_name, email }, token)
}

const ada = await visitor(chromium)
await ownAssets(ada)
await ada.goto(setupPath)
await picture(ada, "setup")
await setUp(ada)
await picture(ada, "home-first")
const link = await fill(ada)
await colleagues()
const only = (process.env.PAGES || "").split(",").filter(Boolean)
const pages = Object.entries(await innerPages(ada)).filter(([name]) => !only.length || only.includes(name))
for (const [name, path] of pages) {
  await ada.goto(path)
  await picture(ada, name)
}
// What opens: menus, the selection, a question, the palette.
const opened = async (name, path, act) => {
  if (only.length && !only.includes(name)) return
  for (const width of [1280, 390].filter((width) => widths.includes(width))) {
    await ada.setViewportSize({ width, height: 800 })
    await ada.emulateMedia({ colorScheme: schemes[0] })
    await ada.goto(path)
    await act()
    await ada.screenshot({ path: join(folder, `open-${name}-${width}.png`) })
  }
}
await opened("row-menu", "/app/users", () => ada.locator("tbody .dots").nth(2).click())
await opened("selection", "/app/users", async () => {
  for (const place of [1, 2, 3]) await ada.locator("td.tick input").nth(place).check()
})
await opened("question", "/app/users", async () => {
  await ada.locator("td.tick input").nth(2).check()
  await button(ada.locator(".selection"), "Lock").click()
})
await opened("palette", "/app/users", async () => {
  await ada.keyboard.press("Control+k")
  await ada.keyboard.type("in")
  await ada.waitForTimeout(500)
})
await opened("account", "/app/users", async () => {
  const menu = ada.locator(".menu > summary")
  if (await menu.isVisible()) await menu.click()
  await ada.locator(".account summary").click()
})
await opened("invite-menu", "/app/invites", () => ada.locator("tbody summary").first().click())
if (!only.length) {
  await makeWebhook(ada)
  await picture(ada, "webhook-made")
  await ada.goto("/app/profile/second-factor")
  await button(ada, "Set up").click()
  await picture(ada, "second-factor-started")
}
for (const locale of ["en-GB", "de-DE", "fr-FR"]) {
  const anonymous = await visitor(chromium, { locale })
  await ownAssets(anonymous)
  const [language, isFirst] = [locale.slice(0, 2), locale === "en-GB"]
  for (const [name, path] of Object.entries(outerPages(link))) {
    if (only.length && !only.includes(name)) continue
    await anonymous.goto(path)
    await picture(anonymous, isFirst ? name : `${language}-${name}`, isFirst ? widths : [390])
  }
  await anonymous.context().close()
  if (isFirst) continue
  await ada.context().addCookies([{ name: "vestibule-language", value: language, url: `${url}/app` }])
  for (const [name, path] of pages) {
    await ada.goto(path)
    await picture(ada, `${language}-${name}`, widths.filter((width) => [390, 1280].includes(width)))
  }
}
await chromium.close()
console.log(`pictures are in ${folder}`)
