"""A mail server on loopback that tells each letter as a line of JSON; its port comes first."""

import asyncio
import email.policy
import json
import sys
from email import message_from_bytes

from aiosmtpd.smtp import SMTP


class Sink:
    """Takes every letter."""

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - the library's name
        """Tells what was sent, and then says that it is taken."""
        letter = message_from_bytes(envelope.content, policy=email.policy.default)
        told = {
            "from": str(letter["from"]),
            "to": envelope.rcpt_tos,
            "subject": str(letter["subject"]),
            "body": letter.get_content(),
        }
        print(json.dumps(told), flush=True)
        return "250 taken"


async def main() -> None:
    """Serves until standard input ends: whoever has started it is gone then."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink()), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
