// Counts the words of a text while it is written, as quizzes.grading.rubrics does, and says when they are too few or too many.
const count = (text) => text.split(/\s+/).filter(Boolean).length;

for (const hint of document.querySelectorAll("[data-word-count]")) {
  const text = document.getElementById(hint.dataset.wordCount);
  const now = hint.querySelector("[data-words-now]");
  const { least, most } = hint.dataset;
  const show = () => {
    const words = count(text.value);
    now.hidden = !words;
    now.querySelector("[data-number]").textContent = words;
    hint.classList.toggle("is-outside", words > 0 && (words < Number(least || 0) || words > Number(most || Infinity)));
  };
  text.addEventListener("input", show);
  text.form?.addEventListener("answer:shown", show);
  show();
}
