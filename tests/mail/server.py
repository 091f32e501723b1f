"""A mail server for tests, made with aiosmtpd.

Prints "listening PORT", then one line of JSON for each mail that it took: from, to, headers, text, html, and whether the
connection was encrypted and which user had logged in.

  --certificates DIR   makes there, with openssl, where they are missing: ca.pem, which issued localhost.pem and other.pem (for
                       the name other.example), and stranger.pem, an authority that issued neither
  --port PORT          where it listens, instead of at one that is free
  --tls WAY            none, starttls (required before a mail) or tls
  --certificate NAME   localhost or other
  --user U --password P   a login is required
  --reply STAGE=TEXT   answers TEXT at RCPT or DATA instead of taking the mail, such as --reply "RCPT=550 no such user"
"""

import argparse
import asyncio
import email
import email.policy
import json
import logging
import pathlib
import ssl
import subprocess
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for authority in ("ca", "stranger"):
        if not (folder / f"{authority}.pem").exists():
            openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", f"/CN=Vestibule test {authority}", "-addext", "keyUsage=critical,keyCertSign",
                "-keyout", str(folder / f"{authority}.key"), "-out", str(folder / f"{authority}.pem"),
            )
    for name, names in (("localhost", "DNS:localhost,IP:127.0.0.1"), ("other", "DNS:other.example")):
        if not (folder / f"{name}.pem").exists():
            openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}",
                "-addext", "basicConstraints=critical,CA:FALSE",
                "-CA", str(folder / "ca.pem"), "-CAkey", str(folder / "ca.key"),
                "-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem"),
            )


def part(message, kind):
    found = message.get_body((kind,))
    return found.get_content().replace("\r\n", "\n") if found else None


class Handler:
    def __init__(self, replies):
        self.replies = replies

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "RCPT" in self.replies:
            return self.replies["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if "DATA" in self.replies:
            return self.replies["DATA"]
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        login = session.auth_data.login.decode() if session.auth_data else None
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "encrypted": session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None,
            "user": login,
            "headers": [[name, str(value)] for name, value in message.items()],
            "text": part(message, "plain"),
            "html": part(message, "html"),
        }
        print(json.dumps(mail), flush=True)
        return "250 taken"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificates", type=pathlib.Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", choices=("none", "starttls", "tls"), default="none")
    parser.add_argument("--certificate", default="localhost")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--reply", action="append", default=[])
    options = parser.parse_args()

    # A client that refuses the certificate is what some tests are about; it is no news, and neither is a login in plain.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
    warnings.simplefilter("ignore")

    context = None
    if options.certificates:
        make_certificates(options.certificates)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        name = options.certificates / options.certificate
        context.load_cert_chain(f"{name}.pem", f"{name}.key")

    def authenticator(server, session, envelope, mechanism, data):
        expected = (options.user.encode(), options.password.encode())
        return AuthResult(success=(data.login, data.password) == expected, handled=False, auth_data=data)

    def session():
        return SMTP(
            Handler(dict(reply.split("=", 1) for reply in options.reply)),
            hostname="mail.test",
            enable_SMTPUTF8=True,
            tls_context=context if options.tls == "starttls" else None,
            require_starttls=options.tls == "starttls",
            authenticator=authenticator if options.user else None,
            auth_required=options.user is not None,
            auth_require_tls=options.tls == "starttls",
        )

    server = await asyncio.get_running_loop().create_server(
        session, "127.0.0.1", options.port, ssl=context if options.tls == "tls" else None
    )
    print("listening", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
