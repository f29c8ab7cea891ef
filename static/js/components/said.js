// Words of the page in the reader's language: templates marked data-said, cloned, with numbers and times filled in.
export function words(name, fill = {}, root = document) {
  const part = root.querySelector(`template[data-said="${name}"]`).content.cloneNode(true);
  for (const [key, text] of Object.entries(fill)) {
    for (const place of part.querySelectorAll(`[data-${key}]`)) place.textContent = text;
  }
  return part;
}

export const wordsAsText = (name, fill) => words(name, fill).textContent.replace(/\s+/g, " ").trim();

// The notices over the questions: one of each name, the newest words of it.
const notices = () => document.querySelector("[data-notices]");
const shown = (name) => notices().querySelector(`[data-notice="${name}"]`);

export function notify(name, fill) {
  const part = words(name, fill).firstElementChild;
  part.dataset.notice = name;
  const old = shown(name);
  if (old) {
    // A notice that says the same again is left alone: it would be read out again.
    if (old.textContent !== part.textContent) old.replaceWith(part);
  } else {
    notices().append(part);
  }
}

export const unnotify = (...names) => { for (const name of names) shown(name)?.remove(); };
export const isNotified = (name) => Boolean(shown(name));
