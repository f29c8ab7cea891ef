// Keys and list of revocations: asked for anew, checked, and the newest good ones kept on this device for times without network.
import { faultOfList, mergedKeys } from "./paper-verdict.js";

const kept = (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
const keep = (name, value) => { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* a full or closed store: the worker's copy is left */ } };

async function asked(url) {
  try {
    const answer = await fetch(url, { cache: "no-cache", credentials: "omit" });
    return answer.ok ? await answer.json() : null;
  } catch { return null; }
}

// { keys, list, fault }: fault says why a list that came was not taken; the one that was kept is used then.
export async function published(keysUrl, listUrl) {
  const [told, list] = await Promise.all([asked(keysUrl), asked(listUrl)]);
  const keys = mergedKeys(kept("xac-minh:khoa") ?? [], told?.keys ?? []);
  if (keys.length) keep("xac-minh:khoa", keys);
  return { keys, ...await taken(list, keys) };
}

async function taken(list, keys) {
  const before = kept("xac-minh:thu-hoi");
  // The kept one is checked again: a key may have become known to others since.
  const usable = before && !await faultOfList(before, keys, null) ? before : null;
  if (!list) return { list: usable, fault: "" };
  const fault = await faultOfList(list, keys, before);
  if (fault) return { list: usable, fault };
  keep("xac-minh:thu-hoi", list);
  return { list, fault: "" };
}
