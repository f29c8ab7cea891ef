// "Only those not right": on at first, as long as script runs; without it everything is shown.
const label = document.querySelector("[data-only-wrong]");
if (label) {
  const box = label.querySelector("input");
  const right = document.querySelectorAll("[data-review] [data-right]");
  const show = () => { for (const item of right) item.hidden = box.checked; };
  label.hidden = false;
  box.addEventListener("change", show);
  show();
}
