// Fingerprint, face or the device's lock (WebAuthn). A form [data-passkey="sign-in|confirm|add"] holds a field "credential";
// its button stays hidden without script or where the browser cannot do it. What went wrong is said beside it.
const able = Boolean(window.PublicKeyCredential && navigator.credentials);

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }));

function readable({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (publicKey.user) options.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  if (publicKey.excludeCredentials) options.excludeCredentials = named(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) options.allowCredentials = named(publicKey.allowCredentials);
  return { publicKey: options };
}

function sendable(credential) {
  const { response } = credential;
  const sent = { clientDataJSON: text(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) sent[part] = text(response[part]);
  }
  if (response.getTransports) sent.transports = response.getTransports();
  return JSON.stringify({
    type: credential.type, id: credential.id, rawId: text(credential.rawId), response: sent,
    authenticatorAttachment: credential.authenticatorAttachment, clientExtensionResults: credential.getClientExtensionResults(),
  });
}

const given = () => JSON.parse(document.getElementById("js_data").textContent);

async function asked(form) {
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()).request_options;
}

async function create(form) {
  const options = given().creation_options;
  if (form.elements.passwordless?.checked) {
    Object.assign(options.publicKey.authenticatorSelection, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
  }
  return navigator.credentials.create(readable(options));
}

const ways = {
  "sign-in": async (form) => navigator.credentials.get(readable(await asked(form))),
  confirm: async () => navigator.credentials.get(readable(given().request_options)),
  add: create,
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = [...document.querySelectorAll("[data-passkey-button]")].find((one) => one.form === form);
  const error = document.querySelector("[data-passkey-error]");
  const missing = document.querySelector("[data-passkey-missing]");
  if (missing) missing.hidden = able;
  button.hidden = !able;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.hidden = true;
    button.disabled = true;
    try {
      form.elements.credential.value = sendable(await ways[form.dataset.passkey](form));
      form.submit();
    } catch {
      error.hidden = false;
      button.disabled = false;
    }
  });
}
