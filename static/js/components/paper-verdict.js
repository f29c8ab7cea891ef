// What can be said of a paper without network: a pure answer from code, digits, keys, list of revocations and the day.
import { isSigned } from "./ed25519.js";
import { fromHex, isWellFormed, joined, revocationDigest, takenApart } from "./qr-payload.js";

const PARTS = ["format", "sequence", "made_at", "next_at", "revoked", "superseded", "ask", "key"];
const DIGEST = 16;

const holds = (digests, digest) => {
  for (let at = 0; at < digests.length; at += DIGEST) if (digests.slice(at, at + DIGEST) === digest) return true;
  return false;
};

const signers = async (keys, keyId, signature, signed) => {
  const found = [];
  for (const key of keys) {
    if (key.fingerprint.startsWith(keyId) && await isSigned(signature, signed, fromHex(key.public_key))) found.push(key);
  }
  return found;
};

// state: valid, revoked, superseded, expired, ask, compromised, forged, unknown-key, newer, code-only, mistyped
export async function verdictOf({ code, digits, keys, list, today }) {
  if (!isWellFormed(code)) return { state: "mistyped" };
  if (!digits) return { state: "code-only" };
  const paper = takenApart(digits, code);
  if (!paper) return { state: "forged" };
  if (!paper.number) return { state: "newer" };
  if (!keys.some((key) => key.fingerprint.startsWith(paper.keyId))) return { state: "unknown-key" };
  const [signer] = await signers(keys, paper.keyId, paper.signature, paper.signed);
  if (!signer) return { state: "forged" };
  if (signer.state === "compromised") return { state: "compromised", paper };
  const digest = list ? await revocationDigest(code, digits) : "";
  for (const kind of ["revoked", "superseded", "ask"]) if (list && holds(list[kind], digest)) return { state: kind, paper };
  if (paper.validUntil && paper.validUntil <= today) return { state: "expired", paper };
  return { state: "valid", paper };
}

const isDigests = (text) => typeof text === "string" && text.length % DIGEST === 0 && /^[0-9a-f]*$/.test(text);
const isMoment = (text) => typeof text === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text);

// "" when the list can be used, else why not: "form", "key", "signature", or "older" than the one that was seen before.
export async function faultOfList(list, keys, seen) {
  const isFormed = list?.format === "lms-revocations-1" && Number.isSafeInteger(list.sequence) && list.sequence >= 0
    && isMoment(list.made_at) && isMoment(list.next_at) && isDigests(list.revoked) && isDigests(list.superseded) && isDigests(list.ask)
    && /^[0-9a-f]{64}$/.test(list.key) && /^[0-9a-f]{128}$/.test(list.signature);
  if (!isFormed) return "form";
  const key = keys.find((one) => one.fingerprint === list.key);
  if (!key || key.state === "compromised") return "key";
  const signed = joined(PARTS.map((part) => `${list[part]}\n`).join(""));
  if (!await isSigned(fromHex(list.signature), signed, fromHex(key.public_key))) return "signature";
  if (seen && (list.sequence < seen.sequence || (list.sequence === seen.sequence && list.made_at < seen.made_at))) return "older";
  return "";
}

// Keys that were once told to be known to others stay so, and no key is forgotten, whatever is told later.
export function mergedKeys(kept, told) {
  const merged = new Map(kept.map((key) => [key.fingerprint, key]));
  for (const key of told) {
    const before = merged.get(key.fingerprint);
    merged.set(key.fingerprint, before?.state === "compromised" ? before : key);
  }
  return [...merged.values()];
}
