// The methods that lie outside of what Vestibule serves: why, and what the server answers. It is never a 500.

export const outside = {
  "auth.callback": {
    why: "the built-in provider asks for a password and never redirects; embedders add providers that do",
    call: (sdk) => sdk.auth.callback("user", "emailpass", { code: "x", state: "y" }),
    status: 401,
    message: "Callback authentication not implemented for provider emailpass",
  },
  "auth.createUser": {
    why: "the reference has it in its Enterprise Edition only; users come by invites, or POST /admin/users creates them",
    call: (sdk) => sdk.auth.createUser("emailpass"),
    status: 400,
    message: "The actor type emailpass is not allowed to use the auth provider user",
  },
  "admin.apiKey.batchSalesChannels": {
    why: "sales channels belong to a shop",
    call: (sdk) => sdk.admin.apiKey.batchSalesChannels("apk_nosuch", { add: ["sc_nosuch"] }),
    status: 404,
    message: "There is no route POST /admin/api-keys/apk_nosuch/sales-channels",
  },
}
