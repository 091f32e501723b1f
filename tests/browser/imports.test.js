// Importing a table, with JavaScript and without it.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"

import { assertSound, button, launch, setUp, visitor } from "./support.js"

let chromium, ada
before(async () => {
  chromium = await launch()
  ada = await visitor(chromium)
  await setUp(ada)
})
after(() => chromium.close())

const table = (rows, name) => ({
  name: "people.csv",
  mimeType: "text/csv",
  buffer: Buffer.from(
    "E-Mail;First name;A column with a rather long name that goes on\r\n" +
      Array.from({ length: rows }, (_, row) => `${name}${row}@example.com;${name} ${row};${"x".repeat(80)}`).join("\r\n") +
      "\r\nno-address;None;\r\n",
  ),
})

/** Uploads, chooses, checks, starts and undoes, and looks at each page. */
const wholeWay = async (page, name, look) => {
  await page.goto("/app/users")
  await page.getByRole("link", { name: "Import", exact: true }).click()
  await page.getByLabel("Table (CSV)").setInputFiles(table(1_200, name))
  await look("first")
  await button(page, "Upload").click()
  await page.getByRole("heading", { name: "people.csv" }).waitFor()
  assert.equal(await page.getByLabel("E-Mail: Becomes").inputValue(), "email")
  await look("columns")
  await button(page, "Check").click()
  await page.getByRole("heading", { name: "Nothing was changed yet" }).waitFor()
  await page.getByText("This is no e-mail address.").first().waitFor()
  await look("checked")
  await button(page, "Start the import").click()
  await page.getByRole("heading", { name: "The import is finished" }).waitFor()
  await look("finished")
  await page.getByRole("link", { name: "Report (CSV)" }).waitFor()
}

test("a table is imported with script, and every page on the way is sound", async () => {
  await wholeWay(ada, "grace", (name) => assertSound(ada, name))
  const report = ada.waitForEvent("download")
  await ada.getByRole("link", { name: "Report (CSV)" }).click()
  assert.equal((await report).suggestedFilename(), "import-report.csv")
  await button(ada, "Undo").click()
  await ada.getByRole("dialog").getByRole("button", { name: "Undo" }).click()
  await ada.getByText("The import is undone.").waitFor()
  await assertSound(ada, "undone")
})

test("a step goes on when its page is closed, and the page shows how far it has come", async () => {
  await ada.goto("/app/import")
  await ada.getByLabel("Table (CSV)").setInputFiles(table(50_000, "many"))
  await button(ada, "Upload").click()
  await button(ada, "Check").click()
  await ada.getByText(/^[1-9][\d,]* of 50,001 rows$/).waitFor()
  await assertSound(ada, "progress")
  await ada.goto("/app/import")
  await ada.getByRole("link", { name: "people.csv" }).click()
  await ada.getByRole("heading", { name: "Nothing was changed yet" }).waitFor({ timeout: 60_000 })
  await button(ada, "Discard").click()
  await ada.getByRole("dialog").getByRole("button", { name: "Discard" }).click()
  await ada.getByText("The upload is discarded.").waitFor()
})

test("a table that is too large or broken is refused with the reason", async () => {
  await ada.goto("/app/import")
  await ada.getByLabel("Table (CSV)").setInputFiles({ name: "large.csv", mimeType: "text/csv", buffer: Buffer.alloc(9 << 20, "a") })
  await button(ada, "Upload").click()
  await ada.getByText("The file has more than 8 MiB.").waitFor()
  await ada.getByLabel("Table (CSV)").setInputFiles({ name: "broken.csv", mimeType: "text/csv", buffer: Buffer.from("email\n\"ada@example.com\n") })
  await button(ada, "Upload").click()
  await ada.getByText("Line 2, column 1: a quotation mark is not closed.").waitFor()
  await assertSound(ada, "refused")
})

test("a table is imported without script", async () => {
  const context = await chromium.newContext({ baseURL: ada.url().split("/app")[0], javaScriptEnabled: false, storageState: await ada.context().storageState() })
  const plain = await context.newPage()
  await wholeWay(plain, "lin", async () => {})
  await button(plain, "Undo").click()
  await plain.getByText("Undone").first().waitFor()
  await context.close()
})
