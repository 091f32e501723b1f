// Writes a picture of every page, at 1280 and 390 pixels, light and dark, to a folder.

import { join } from "node:path"

import { button, fill, innerPages, launch, makeWebhook, outerPages, setUp, setupPath, visitor } from "./support.js"

const [folder] = process.argv.slice(2)
const chromium = await launch()

const picture = async (page, name) => {
  for (const width of [1280, 390]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 800 })
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true })
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}

const ada = await visitor(chromium)
await ada.goto(setupPath)
await picture(ada, "setup")
await setUp(ada)
const link = await fill(ada)
for (const [name, path] of Object.entries(await innerPages(ada))) {
  await ada.goto(path)
  await picture(ada, name)
}
await makeWebhook(ada)
await picture(ada, "webhook-made")
await ada.goto("/app/profile/second-factor")
await button(ada, "Set up").click()
await picture(ada, "second-factor-started")
const anonymous = await visitor(chromium)
for (const [name, path] of Object.entries(outerPages(link))) {
  await anonymous.goto(path)
  await picture(anonymous, name)
}
await chromium.close()
console.log(`pictures are in ${folder}`)
