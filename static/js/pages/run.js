// Tells how far a list or a file is and, when there is something else to see, shows the page anew. Without script it reloads itself.
const box = document.querySelector("[data-progress]");
const percent = box?.querySelector("[data-percent]");
const done = box?.querySelector("[data-done]");
const bar = box?.querySelector("progress");

async function look() {
  const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) {
    const far = await answer.json();
    if (far.settled) { location.reload(); return; }
    percent.textContent = `${far.percent}%`;
    bar.value = far.percent;
    if (done) done.textContent = far.done.toLocaleString(document.documentElement.lang);
  }
  setTimeout(look, 2000);
}

if (box) setTimeout(look, 1000);
