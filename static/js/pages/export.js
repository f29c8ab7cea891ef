// Tells how far the file is and, when it is written, shows the page with the link. Without script the page reloads itself.
const box = document.querySelector("[data-export]");
const percent = box?.querySelector("[data-percent]");
const bar = box?.querySelector("progress");

async function look() {
  const answer = await fetch(box.dataset.export, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) {
    const export_ = await answer.json();
    if (export_.over) { location.reload(); return; }
    percent.textContent = `${export_.percent}%`;
    bar.value = export_.percent;
  }
  setTimeout(look, 2000);
}

if (box) setTimeout(look, 1000);
