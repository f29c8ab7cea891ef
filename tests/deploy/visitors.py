"""Somebody with a browser: keeps cookies, sends forms as the page asked for them, and goes from one door of the house to another."""

import http.client
import json
import socket
import ssl
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def place(self) -> str:
        """Return where a redirect leads, without the name of the site."""
        url = urlsplit(self.headers.get("Location", ""))
        return url.path + (f"?{url.query}" if url.query else "")

    def json(self) -> dict:
        return json.loads(self.body)


class _Loopback(http.client.HTTPSConnection):
    """Asks for a name, on loopback, whatever the name's address is."""

    def connect(self) -> None:
        self.sock = self._context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), self.timeout), server_hostname=self.host)


@dataclass
class Visitor:
    name: str
    port: int
    context: ssl.SSLContext | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    timeout: float = 60

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: dict | None = None, *, files: dict[str, tuple[str, bytes]] | None = None, **headers: str) -> Answer:
        """Send a form, with the token that the site has given."""
        fields = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **(fields or {})}
        if files is None:
            return self.ask("POST", path, urlencode(fields, doseq=True).encode(), {"Content-Type": "application/x-www-form-urlencoded", **headers})
        return self.ask("POST", path, _parts(fields, files), {"Content-Type": "multipart/form-data; boundary=part", **headers})

    def sign_in(self, login: str, password: str) -> Answer:
        self.get("/tai-khoan/login/")
        return self.post("/tai-khoan/login/", {"login": login, "password": password})

    def at(self, other: "Visitor") -> "Visitor":
        """Go on, with the same cookies, through the door that somebody else came by."""
        return Visitor(other.name, other.port, other.context, other.headers, self.cookies)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        kind = {"context": self.context} if self.context else {}
        connection = (_Loopback(self.name, self.port, timeout=self.timeout, **kind) if self.context
                      else http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout))
        sent = {"Host": self.name, "Referer": f"https://{self.name}/", "Accept-Language": "vi", **self.headers, **_as_headers(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, sent)
            reply = connection.getresponse()
            answer = Answer(reply.status, reply.headers, reply.read())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies.update({morsel.key: morsel.value for morsel in SimpleCookie(line).values()})
        return answer


def _as_headers(named: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in named.items()}


def _parts(fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> bytes:
    lines = [f'--part\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    lines += [f'--part\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode() + data + b"\r\n"
              for name, (file, data) in files.items()]
    return b"".join(lines) + b"--part--\r\n"
