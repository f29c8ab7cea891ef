// Tells the server how far the reader got: every half minute of attention, on leaving, and once at the end.
// Nothing depends on it: without script the button under the lesson says "read to the end".
const article = document.querySelector("[data-reading]");
const url = article.dataset.reading;
const form = document.querySelector("form.read-to-end");
const token = document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? form?.elements.csrfmiddlewaretoken.value;
const headings = [...article.querySelectorAll("h2[id], h3[id]")];
// Scrolling through in a few seconds is not reading: a fifth of the lesson's time must have passed.
const enough = Math.min(Number(article.dataset.minutes) * 12, 90) * 1000;

let attentive = 0;
let since = document.hidden ? 0 : performance.now();
let done = !form;
let watched = false;

const attention = () => attentive + (since ? performance.now() - since : 0);

function here() {
  const above = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight * 0.5);
  return above.at(-1);
}

function report(extra = {}) {
  const body = new URLSearchParams(extra);
  const heading = here();
  if (heading) {
    body.set("anchor", heading.id);
    body.set("anchor_title", heading.textContent.trim().slice(0, 160));
  }
  return fetch(url, {
    method: "POST", keepalive: true, credentials: "same-origin",
    headers: { Accept: "application/json", "X-CSRFToken": token }, body,
  }).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
}

async function finish() {
  if (done || attention() < enough) return;
  done = true;
  const answer = await report({ read_to_end: "1" });
  if (!answer?.kept) { done = false; return; }
  const said = document.createElement("p");
  said.className = "small soft";
  said.setAttribute("role", "status");
  said.textContent = form.dataset.said;
  form.replaceWith(said);
}

if (form) {
  let visible = false;
  new IntersectionObserver(([entry]) => { visible = entry.isIntersecting; if (visible) finish(); }).observe(form);
  setInterval(() => { if (visible) finish(); }, 3000);
}

setInterval(() => { if (!document.hidden) report(); }, 30000);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { attentive = attention(); since = 0; report(); } else { since = performance.now(); }
});

for (const video of article.querySelectorAll("video")) {
  let seen = 0;
  let last = 0;
  video.addEventListener("timeupdate", () => {
    const step = video.currentTime - last;
    if (step > 0 && step < 2) seen += step;
    last = video.currentTime;
    if (!watched && video.duration && seen >= video.duration * 0.9) { watched = true; report({ watched: "1" }); }
  });
}

// Back where the reader stopped, unless the address names another place.
if (!location.hash && article.dataset.anchor) document.getElementById(article.dataset.anchor)?.scrollIntoView();
