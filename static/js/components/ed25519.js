// Checks Ed25519 signatures: by the browser itself where it can (Chromium 137, Safari 17, Firefox 129), else by the library that npm brought.
let way;

async function byBrowser(signature, message, publicKey) {
  const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
}

async function chosen(library) {
  if (!globalThis.crypto?.subtle) return null;
  try {
    await byBrowser(new Uint8Array(64), new Uint8Array(1), new Uint8Array(32).fill(1));
    return byBrowser;
  } catch (error) {
    if (error?.name !== "NotSupportedError" && error?.name !== "TypeError") return byBrowser;
  }
  if (!library) return null;
  const { verifyAsync } = await import(library);
  // Strict, as RFC 8032 and the browsers are: else a signature could be written in a second way.
  return (signature, message, publicKey) => verifyAsync(signature, message, publicKey, { zip215: false });
}

export async function canVerify(library = "") {
  way ??= chosen(library).catch(() => null);
  return Boolean(await way);
}

export async function isSigned(signature, message, publicKey) {
  try { return await (await way)(signature, message, publicKey); } catch { return false; }
}
