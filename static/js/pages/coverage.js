// Shows the page anew when the figures that are being counted in the background are there. Without script it reloads itself.
const box = document.querySelector("[data-waits]");

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
  if (answer?.ok && (await answer.json()).settled) { location.reload(); return; }
  setTimeout(look, 5000);
}

if (box) setTimeout(look, 3000);
