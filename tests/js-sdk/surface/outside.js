// The methods that lie outside of what Vestibule serves: why, and what the server answers. It is never a 500.

export const outside = {
  "auth.callback": {
    why: "the built-in provider asks for a password and never redirects; embedders add providers that do",
    call: (sdk) => sdk.auth.callback("user", "emailpass", { code: "x", state: "y" }),
    status: 401,
    message: "Callback authentication not implemented for provider emailpass",
  },
  "auth.createUser": {
    why: "it is for those who have signed in elsewhere and have no account yet",
    call: (sdk) => sdk.auth.createUser("emailpass"),
    status: 400,
    message: "You have an account already.",
  },
  "admin.apiKey.batchSalesChannels": {
    why: "sales channels belong to a shop",
    call: (sdk) => sdk.admin.apiKey.batchSalesChannels("apk_nosuch", { add: ["sc_nosuch"] }),
    status: 404,
    message: "There is no route POST /admin/api-keys/apk_nosuch/sales-channels",
  },
}
