// An authenticator app for the tests of browsers and clients: RFC 6238 with SHA-1, six digits and 30 seconds.

import { createHmac } from "node:crypto"

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

const bytesOf = (secret) => {
  const bits = [...secret].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("")
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
}

/** The code of now, or of so many steps later: a code counts once, and the server takes those of the next step. */
export const totp = (secret, later = 0) => {
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later))
  const hash = createHmac("sha1", bytesOf(secret)).update(step).digest()
  const number = hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, "0")
}
