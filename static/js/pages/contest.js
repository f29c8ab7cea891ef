// Counts down to the beginning or the end by the server's clock; the page says both in words already.
const page = document.querySelector("[data-now]");
const offset = Number(page.dataset.now) * 1000 - Date.now();
const two = (number) => String(number).padStart(2, "0");

for (const line of document.querySelectorAll("[data-countdown]")) {
  const left = line.querySelector("[data-left]");
  const end = Number(line.dataset.countdown);
  const tick = () => {
    const seconds = Math.max(0, end - Math.floor((Date.now() + offset) / 1000));
    const days = Math.floor(seconds / 86400);
    const clock = `${two(Math.floor((seconds % 86400) / 3600))}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
    left.textContent = days ? `${days} ${line.dataset.days} ${clock}` : clock;
    line.hidden = false;
    if (seconds > 0) setTimeout(tick, 1000);
    // A second later, because the server decides; spread a little, because everybody waits for the same moment.
    else if (!document.querySelector("form input:focus")) setTimeout(() => location.reload(), 1000 + Math.random() * 3000);
  };
  if (end > (Date.now() + offset) / 1000) tick();
}
