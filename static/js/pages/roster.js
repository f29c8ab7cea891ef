// Tells how far a list is and, when there is something else to see, shows the page anew. Without script it reloads itself.
const box = document.querySelector("[data-roster]");
const percent = box?.querySelector("[data-percent]");
const bar = box?.querySelector("progress");
let state = null;

async function look() {
  const answer = await fetch(box.dataset.roster, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) {
    const far = await answer.json();
    if (far.settled || (state && far.state !== state)) { location.reload(); return; }
    state = far.state;
    if (far.state !== "waiting") {
      percent.textContent = `${far.percent}%`;
      bar.value = far.percent;
    }
  }
  setTimeout(look, 1500);
}

if (box) setTimeout(look, 1000);
