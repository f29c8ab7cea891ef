// What a QR code says: codes, digits, bytes. docs/qr-format.md describes each; certificates/codes.py and payload.py are the same in Python.
const ALPHABET = "23456789BCFGHJKMNPQRTVX";
const HEAD = { 1: 13, 2: 15 };
const SIGNATURE = 64;
const LONGEST = 400;
const EPOCH = Date.UTC(2000, 0, 1);

const utf8 = new TextEncoder();

export const normalised = (typed) => typed.slice(0, 40).normalize("NFKC").toUpperCase().replace(/[^0-9A-Z]+/g, "");

export function isWellFormed(code) {
  if (code.length !== 8 && code.length !== 10) return false;
  const values = [...code].map((letter) => ALPHABET.indexOf(letter));
  return !values.includes(-1) && values.reduce((sum, value, place) => sum + value * (code.length - place), 0) % ALPHABET.length === 0;
}

export const shownCode = (code) => [code.slice(0, 4), code.slice(4, 8), code.slice(8)].filter(Boolean).join("-");

// The address in a QR code, of whatever site: only what is signed counts.
export function partsOf(text) {
  const found = /\/xac-minh\/([^/?#]+)\/?(?:#(.*))?$/s.exec(text.trim());
  if (!found) return null;
  let code = found[1];
  try { code = decodeURIComponent(code); } catch { /* left as it is: no code of ours holds a percent sign */ }
  return { code: normalised(code), digits: (found[2] ?? "").trim() };
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

export function joined(...parts) {
  const all = parts.map((part) => (typeof part === "string" ? utf8.encode(part) : part));
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) { bytes.set(part, at); at += part.length; }
  return bytes;
}

const dayOf = (days) => new Date(EPOCH + days * 86_400_000).toISOString().slice(0, 10);
const pair = (bytes, at) => bytes[at] * 256 + bytes[at + 1];

// Takes the digits apart without believing them; null for what is no payload, { version } alone for one of a newer kind.
export function takenApart(digits, code) {
  if (!/^[1-9][0-9]*$/.test(digits) || digits.length >= LONGEST) return null;
  let text = BigInt(digits).toString(16);
  if (text.length % 2) text = `0${text}`;
  const bytes = fromHex(text);
  const body = bytes.slice(1, -SIGNATURE);
  if (bytes[0] !== 1 || bytes.length < SIGNATURE + 2) return null;
  const version = body[0];
  if (version > 2) return { version };
  const head = HEAD[version];
  if (!head || body.length <= head) return null;
  const ends = version > 1 ? pair(body, 5) : 0;
  let number;
  try { number = new TextDecoder("utf-8", { fatal: true }).decode(body.slice(head)); } catch { return null; }
  return {
    version, number, keyId: hex(body.slice(1, 3)), issuedOn: dayOf(pair(body, 3)), validUntil: ends ? dayOf(ends) : null,
    nameDigest: hex(body.slice(head - 8, head)), signature: bytes.slice(-SIGNATURE),
    signed: joined(`lms-certificate-${version}\0`, code, version > 1 ? "\0" : "", body),
  };
}

export const revocationDigest = async (code, digits) => hex((await sha256(joined(`lms-revocation-1\0${code}\0${digits}`))).slice(0, 8));

const cleaned = (name) => name.normalize("NFC").replace(/[ÐƉ]/g, "Đ").replace(/[ðɖ]/g, "đ").replace(/\p{C}/gu, (sign) => (/\s/.test(sign) ? sign : ""))
  .normalize("NFC").replace(/\s+/g, " ").trim().toUpperCase();

const nameDigest = async (code, name) => hex((await sha256(joined(`${code}\0${name}`))).slice(0, 8));

// Two habits of placing the tone: HÒA and HOÀ. The paper has one of them, the person who types may have the other.
const NEW = ["OÀ", "OÁ", "OẢ", "OÃ", "OẠ", "OÈ", "OÉ", "OẺ", "OẼ", "OẸ", "UỲ", "UÝ", "UỶ", "UỸ", "UỴ"];
const OLD = ["ÒA", "ÓA", "ỎA", "ÕA", "ỌA", "ÒE", "ÓE", "ỎE", "ÕE", "ỌE", "ÙY", "ÚY", "ỦY", "ŨY", "ỤY"];
const placed = (name, from, to) => name.split(" ")
  .map((word) => from.reduce((text, spelling, place) => (text.endsWith(spelling) ? text.slice(0, -2) + to[place] : text), word)).join(" ");

export async function isNameOf(typed, code, digest) {
  const name = cleaned(typed);
  const spellings = new Set([name, placed(name, NEW, OLD), placed(name, OLD, NEW)]);
  for (const spelling of spellings) if (await nameDigest(code, spelling) === digest) return true;
  return false;
}
