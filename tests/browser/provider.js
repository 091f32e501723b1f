// A certified provider of OpenID Connect (npm oidc-provider) with its own pages: any name signs in, with any password.
// Writes the configuration of a Vestibule that uses it.
//
// usage: node provider.js URL-OF-VESTIBULE CONFIGURATION-FILE

import { writeFileSync } from "node:fs"
import { createServer } from "node:http"
import Provider from "oidc-provider"

const [vestibule, configuration] = process.argv.slice(2)

/** ada@company.example has a verified address; "unverified" has one that is not. */
const findAccount = (_context, id) => ({
  accountId: id,
  claims: () => ({
    sub: id,
    email: id.includes("@") ? id : `${id}@company.example`,
    email_verified: !id.startsWith("unverified"),
    name: "Grace Hopper",
    given_name: "Grace",
    family_name: "Hopper",
  }),
})

/** Starts a provider, and returns its issuer. */
const start = (host, id) =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const issuer = `http://${host}:${server.address().port}`
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: "vestibule",
            client_secret: "a-secret-of-the-tests",
            redirect_uris: [`${vestibule}/app/login/callback/${id}`, `${vestibule}/auth/user/${id}/callback`],
          },
        ],
        claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "given_name", "family_name"] },
        findAccount,
        cookies: { keys: ["a key of the tests"] },
        pkce: { required: () => true },
      })
      server.on("request", provider.callback())
      resolve(issuer)
    })
  })

const company = await start("localhost", "company")
// For browsers, 127.0.0.1 is another site than localhost, where Vestibule is.
const posting = await start("127.0.0.1", "posting")
writeFileSync(
  configuration,
  `[auth.sign_up]
domains = ["company.example"]

[[auth.oidc]]
id = "company"
name = "Company"
issuer = "${company}"
client_id = "vestibule"
client_secret = "a-secret-of-the-tests"

[[auth.oidc]]
id = "posting"
name = "Posting"
issuer = "${posting}"
client_id = "vestibule"
client_secret = "a-secret-of-the-tests"
response_mode = "form_post"
`,
)
