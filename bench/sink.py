"""A mail server that counts: it takes letters, or hangs, or is not there."""

import contextlib
import re
import socketserver
import threading
from collections import Counter

from bench.serving import HOST, free_port

_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)


class Sink:
    """Listens on a port of its own. `letters` counts by Message-ID; `is_hanging`: whoever connects hears nothing."""

    def __init__(self) -> None:
        self.port, self.letters, self.is_hanging = free_port(), Counter(), threading.Event()
        self.server: socketserver.ThreadingTCPServer | None = None
        self.asked = 0

    def __enter__(self) -> "Sink":
        self.open()
        return self

    def __exit__(self, *error) -> None:
        self.close()

    def open(self) -> None:
        sink = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                sink.asked += 1
                if sink.is_hanging.is_set():
                    with contextlib.suppress(OSError):
                        self.rfile.readline()
                    return
                with contextlib.suppress(OSError):
                    sink.talk(self.rfile, self.wfile)

        class Listening(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        self.server = Listening((HOST, self.port), Conversation)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def close(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def talk(self, heard, said) -> None:
        """Speak SMTP (RFC 5321) with one client until it says good-bye."""
        said.write(b"220 sink\r\n")
        for line in iter(heard.readline, b""):
            word = line[:4].upper().strip()
            if word == b"DATA":
                said.write(b"354 go on\r\n")
                self._take(iter(heard.readline, b".\r\n"))
            said.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return

    def _take(self, lines) -> None:
        text = b"".join(lines)
        found = _ID.search(text)
        self.letters[(found[1] if found else text[:80]).decode(errors="replace")] += 1

    @property
    def doubled(self) -> int:
        return sum(count - 1 for count in self.letters.values())
