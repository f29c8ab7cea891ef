// Counts the words of a text while it is written, as quizzes.grading.rubrics does, and says when they are too few or too many.
const count = (text) => text.split(/\s+/).filter(Boolean).length;

const begun = new WeakSet();

function begin(hint) {
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

const beginAll = (root) => {
  for (const hint of root.querySelectorAll("[data-word-count]")) if (!begun.has(hint)) { begun.add(hint); begin(hint); }
};
beginAll(document);
document.addEventListener("card:drawn", ({ target }) => beginAll(target));
