// The sum of the points by criterion, while they are typed. Read as vietnamese.numbers does for such small numbers: 0,5 and 0.5.
const rubric = document.querySelector("[data-rubric]");
if (rubric) {
  const sum = rubric.querySelector("[data-sum]");
  const fields = [...rubric.querySelectorAll("input[data-most]")];
  const fixed = [...rubric.querySelectorAll("[data-points]")].reduce((all, part) => all + Number(part.dataset.points), 0);
  const read = (text) => (/^\d*[.,]?\d*$/.test(text.trim()) && /\d/.test(text) ? Number(text.trim().replace(",", ".")) : NaN);
  const show = () => {
    const points = fields.map((field) => read(field.value));
    const isWhole = points.every((value, index) => value >= 0 && value <= Number(fields[index].dataset.most));
    sum.hidden = !isWhole;
    // Thirds are shown as 0,667 and 0,333: together they are the whole.
    if (isWhole) sum.querySelector("[data-sum-now]").textContent = String(Math.round((fixed + points.reduce((all, value) => all + value, 0)) * 1000) / 1000).replace(".", ",");
  };
  rubric.addEventListener("input", show);
  show();
}
