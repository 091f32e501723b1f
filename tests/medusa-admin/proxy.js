// One origin for both, as docs/medusa-admin.md has it: the Admin's files at /app, and everything else from Vestibule.

import { createReadStream, statSync } from "node:fs"
import { createServer, request } from "node:http"
import { extname, join, normalize } from "node:path"

const types = { ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".json": "application/json" }

const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

/** A file of the Admin; every other path below /app is one of its pages, which its script shows. */
const serveAdmin = (directory, path, response) => {
  const wanted = join(directory, normalize(path.slice("/app".length)))
  const file = isFile(wanted) ? wanted : join(directory, "index.html")
  response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" })
  createReadStream(file).pipe(response)
}

const pass = (vestibule, incoming, response) => {
  const headers = { ...incoming.headers, "x-forwarded-for": incoming.socket.remoteAddress }
  const outgoing = request(new URL(incoming.url, vestibule), { method: incoming.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers)
    answer.pipe(response)
  })
  outgoing.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()))
  incoming.pipe(outgoing)
}

/** Serves the Admin in `directory` and the server at `vestibule` on this port. */
export const serve = (port, directory, vestibule) =>
  new Promise((resolve) => {
    const server = createServer((incoming, response) => {
      const { pathname } = new URL(incoming.url, "http://localhost")
      const isAdmin = pathname === "/app" || pathname.startsWith("/app/")
      return isAdmin ? serveAdmin(directory, pathname, response) : pass(vestibule, incoming, response)
    }).listen(port, "127.0.0.1", () => resolve(server))
  })
