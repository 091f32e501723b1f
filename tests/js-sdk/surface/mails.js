// The mails that the server has written to its folder.

import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

const directory = process.env.MAIL_DIRECTORY

const decoded = (text) =>
  text.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/g, (_, byte) => String.fromCharCode(parseInt(byte, 16)))

/** The token of the link to `page` in the mail to this address, which leaves a moment after the request that causes it. */
export const tokenMailedTo = async (email, page) => {
  if (!directory) throw new Error("MAIL_DIRECTORY is not set. Use tests/js-sdk/run.")
  for (let patience = 100; patience > 0; patience -= 1) {
    for (const name of await readdir(directory).catch(() => [])) {
      const mail = decoded(await readFile(join(directory, name), "utf8"))
      const link = mail.match(new RegExp(`/app/${page}\\?(?:token|code)=([\\w.-]+)`))
      if (mail.includes(`To: ${email}`) && link) return link[1]
    }
    await sleep(100)
  }
  throw new Error(`no mail to ${email} with a link to ${page}`)
}
