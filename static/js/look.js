// In the head, so that a chosen theme never flashes.
(() => {
  const root = document.documentElement;
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  if (kept("theme")) root.dataset.theme = kept("theme");
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch {}
  });
  const wide = matchMedia("(min-width: 60rem)");
  const unfold = () => document.querySelectorAll("[data-open-wide]").forEach((box) => { box.open = wide.matches; });
  wide.addEventListener("change", unfold);
  addEventListener("DOMContentLoaded", () => {
    unfold();
    const { replay } = document.body.dataset;
    if (replay && kept("bai-lam:cho")) import(replay);
  });
})();
