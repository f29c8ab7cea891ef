// Runs in the head, so that a chosen theme never flashes. Theme: the system's until the reader chooses, kept on this device.
// [data-open-wide]: folded on a phone, open on a wide screen.
(() => {
  const root = document.documentElement;
  let kept = null;
  try { kept = localStorage.getItem("theme"); } catch {}
  if (kept) root.dataset.theme = kept;
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch {}
  });
  const wide = matchMedia("(min-width: 60rem)");
  const unfold = () => document.querySelectorAll("[data-open-wide]").forEach((box) => { box.open = wide.matches; });
  wide.addEventListener("change", unfold);
  document.addEventListener("DOMContentLoaded", unfold);
})();
