// How the client stores the session: by a token, and by a session's cookie.

import { Browser } from "../browser.js"
import { accept, admin, sessionClient, signedInAdmin, stranger, tokenClient } from "../support.js"

/** Who a test of a method can be, in one mode. */
class Mode {
  constructor(name, client) {
    this.name = name
    /** A client of its own, not signed in. */
    this.client = client
  }

  /** The administrator's client. */
  async admin() {
    return this.signedIn(admin)
  }

  /** A client that is signed in by this password. */
  async signedIn({ email, password }) {
    const sdk = this.client()
    await sdk.auth.login("user", "emailpass", { email, password })
    return sdk
  }

  /** A new user: who it is, the user, and a client that is signed in. */
  async member() {
    const person = stranger()
    const host = await signedInAdmin()
    const { invite } = await host.admin.invite.create({ email: person.email })
    const { user } = await accept(person, invite.token)
    return { person, user, sdk: await this.signedIn(person) }
  }
}

/** The same client, all of whose calls run in this browser. */
const within = (browser, target) =>
  new Proxy(target, {
    get(object, name) {
      const value = object[name]
      if (typeof value === "function") return (...given) => browser.run(() => value.apply(object, given))
      return value !== null && typeof value === "object" ? within(browser, value) : value
    },
  })

export const modes = [
  new Mode("jwt", tokenClient),
  new Mode("session", () => within(new Browser(), sessionClient())),
]
