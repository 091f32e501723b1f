// The part of a browser that node's fetch lacks: a cookie jar.
//
// The client asks for cookies with `credentials: "include"` and forbids them with "omit"; node knows neither cookies nor
// whose they are. So fetch is wrapped once, and a call that runs inside `Browser.run` sends and keeps that browser's cookies.

import { AsyncLocalStorage } from "node:async_hooks"

const current = new AsyncLocalStorage()
const bareFetch = globalThis.fetch

globalThis.fetch = async (url, init = {}) => {
  const browser = current.getStore()
  if (!browser || init.credentials !== "include") return bareFetch(url, init)

  const headers = new Headers(init.headers)
  if (browser.cookies.size > 0) headers.set("cookie", browser.cookieHeader())
  const response = await bareFetch(url, { ...init, headers })
  // Several lines arrive joined by commas, which dates contain as well. getSetCookie() is missing in Debian 12's node 18.
  const lines = response.headers.get("set-cookie")?.split(/, (?=[^\s;,=]+=)/) ?? []
  lines.forEach((line) => browser.keep(line))
  return response
}

export class Browser {
  cookies = new Map()

  /** Runs `call`; whatever it fetches uses this browser's cookies. */
  run(call) {
    return current.run(this, call)
  }

  cookieHeader() {
    return [...this.cookies].map(([name, { value }]) => `${name}=${value}`).join("; ")
  }

  /** Keeps one `Set-Cookie` line, or forgets the cookie when the line is a deletion. */
  keep(line) {
    const [pair, ...rest] = line.split(";").map((part) => part.trim())
    const name = pair.slice(0, pair.indexOf("="))
    const value = pair.slice(pair.indexOf("=") + 1)
    const attributes = new Map(
      rest.map((part) => {
        const [key, ...words] = part.split("=")
        return [key.toLowerCase(), words.join("=")]
      }),
    )
    const deleted = attributes.has("max-age")
      ? Number(attributes.get("max-age")) <= 0
      : attributes.has("expires") && new Date(attributes.get("expires")) <= new Date()
    if (deleted || value === "") this.cookies.delete(name)
    else this.cookies.set(name, { value, attributes })
  }

  /** The same cookies in another browser: what a thief who copied them would hold. */
  copy() {
    const other = new Browser()
    other.cookies = new Map(this.cookies)
    return other
  }
}
