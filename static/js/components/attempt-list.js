// The list of all questions: what the server holds, what waits, what is marked to look at again; and the numbers above it.
import { wordsAsText } from "./said.js";

const list = () => document.querySelector(".navi");
const place = (position) => list().querySelector(`[name="go"][value="${position}"], [data-place="${position}"]`);

function label(one, position) {
  const state = one.classList.contains("is-wait") ? "wait" : one.classList.contains("is-saved") ? "saved" : "none";
  const more = [...(one.hasAttribute("aria-current") ? ["place-current"] : []), ...(one.classList.contains("is-flag") ? ["place-flag"] : [])];
  one.setAttribute("aria-label", wordsAsText(`place-${state}`, { number: position }) + more.map((name) => wordsAsText(name)).join(""));
}

export const countHeld = () => list().querySelectorAll("ol .is-saved").length;

export function showCounts(waiting) {
  list().querySelector("[data-count]").textContent = countHeld();
  const waits = list().querySelector("[data-waits]");
  waits.hidden = !waiting;
  waits.querySelector("[data-waiting]").textContent = waiting;
}

// state: "saved", "wait" or "none"
export function showPlace(position, state) {
  const one = place(position);
  if (!one) return;
  one.classList.toggle("is-saved", state === "saved");
  one.classList.toggle("is-wait", state === "wait");
  label(one, position);
}

export function showPlaceFlag(position, on) {
  const one = place(position);
  if (!one) return;
  one.classList.toggle("is-flag", on);
  label(one, position);
}

export function showCurrent(position) {
  for (const old of list().querySelectorAll("ol [aria-current]")) {
    old.removeAttribute("aria-current");
    label(old, old.value || old.dataset.place);
  }
  place(position)?.setAttribute("aria-current", "true");
  label(place(position), position);
}
