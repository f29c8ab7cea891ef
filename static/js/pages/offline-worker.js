// Stands between the pages under /xac-minh/ and the network. Network first; without one, every page is answered with the checker, which
// reads code and digits from its address. What it keeps is named in self.kept, by the script that loads this one. No other page is kept.
const NAME = "xac-minh";
const PATIENCE = 10_000;
const { page, files, published, manifest } = self.kept;
const keeps = new Set([...files, ...published, manifest, page]);

const pathOf = (url) => new URL(url).pathname;
const isHashed = (path) => /\.[0-9a-f]{12}\.\w+$/.test(path);

async function keepOne(cache, url) {
  const answer = await fetch(url, { cache: "no-cache", credentials: "omit" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  await cache.put(url, answer);
}

async function install() {
  const cache = await caches.open(NAME);
  await Promise.all([page, ...files].map((url) => keepOne(cache, url)));
  // The page works without these, and says so.
  await Promise.allSettled([...published, manifest].map((url) => keepOne(cache, url)));
  await self.skipWaiting();
}

async function activate() {
  const cache = await caches.open(NAME);
  for (const request of await cache.keys()) if (!keeps.has(pathOf(request.url))) await cache.delete(request);
  await self.clients.claim();
}

const patient = (request) => Promise.race([
  fetch(request), new Promise((_, reject) => { setTimeout(() => reject(new Error("no answer")), PATIENCE); }),
]);

async function opened(request) {
  try {
    const answer = await patient(request);
    if (pathOf(request.url) === page && answer.ok) await (await caches.open(NAME)).put(page, answer.clone());
    return answer;
  } catch {
    return (await caches.match(page, { ignoreVary: true })) ?? Response.error();
  }
}

async function fetched(request, path) {
  const cache = await caches.open(NAME);
  const copy = await cache.match(path, { ignoreVary: true });
  if (copy && isHashed(path)) return copy;
  try {
    const answer = await patient(request);
    if (answer.ok) await cache.put(path, answer.clone());
    return answer;
  } catch {
    return copy ?? Response.error();
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = pathOf(request.url);
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(opened(request));
  else if (keeps.has(path)) event.respondWith(fetched(request, path));
});
