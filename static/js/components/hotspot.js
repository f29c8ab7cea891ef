// Lets the picture be tapped. The list below it stays the truth: a tap sets it and says so with "change"; what is set is drawn on the picture.
function begin(frame) {
  const picture = frame.querySelector(".hotspot");
  if (!picture) return;
  const areas = [...frame.querySelectorAll("[data-area]")];
  const inputOf = (area) => [...frame.querySelectorAll("input[value]")].find((input) => input.value === area.dataset.area);
  const draw = () => { for (const area of areas) area.classList.toggle("is-chosen", Boolean(inputOf(area)?.checked)); };
  picture.classList.add("is-tapped");
  frame.querySelector("[data-hint-list]").hidden = true;
  frame.querySelector("[data-hint-tap]").hidden = false;
  picture.addEventListener("click", (event) => {
    const input = inputOf(event.target.closest("[data-area]") ?? picture);
    if (!input || input.disabled) return;
    input.checked = !input.checked;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  frame.addEventListener("change", draw);
  frame.closest("form")?.addEventListener("answer:shown", draw);
  draw();
}

const begun = new WeakSet();
const beginAll = (root) => {
  for (const frame of root.querySelectorAll("[data-hotspot]")) if (!begun.has(frame)) { begun.add(frame); begin(frame); }
};
beginAll(document);
document.addEventListener("card:drawn", ({ target }) => beginAll(target));
