// Keeps the ranking fresh while somebody looks at it; a server that has nothing new answers 304. Without script the page is reloaded by hand.
const EVERY = 5000;
const box = document.querySelector("[data-ranking]");
let etag = box.dataset.etag;
let timer = 0;

async function look() {
  timer = 0;
  if (document.hidden) return;
  // The state that is shown is named by hand, so that 304 is seen here and nothing is drawn anew for it.
  const answer = await fetch(box.dataset.ranking, {
    headers: { "If-None-Match": etag }, credentials: "same-origin", cache: "no-store",
  }).catch(() => null);
  if (answer?.status === 200) {
    etag = answer.headers.get("ETag") ?? "";
    box.innerHTML = await answer.text();
  }
  plan();
}

function plan() {
  const isFinal = box.querySelector("[data-final]");
  document.querySelector("[data-live]").hidden = Boolean(isFinal);
  if (!isFinal && !timer && !document.hidden) timer = setTimeout(look, EVERY);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  timer = 0;
  if (!document.hidden) look();
});
plan();
