// Words that can be tapped or dragged into the gaps of a text. The lists in the gaps stay the truth: a word that is put sets its list and says
// so with "change". While a word is held, a button lies over each list, so that a tap or the Enter key puts it there.
const FAR = 8;
const EDGE = 72;

class Words {
  constructor(frame) {
    this.frame = frame;
    this.once = "once" in frame.dataset;
    this.words = [...frame.querySelectorAll("[data-word]")];
    this.gaps = [...frame.querySelectorAll("[data-gap]")];
    this.held = null;
    for (const part of frame.querySelectorAll("[data-words], [data-hint-words]")) part.hidden = false;
    frame.querySelector("[data-hint-lists]").hidden = true;
    frame.addEventListener("click", (event) => this.clicked(event));
    frame.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.held) this.hold(null); });
    frame.addEventListener("pointerdown", (event) => this.pressed(event));
    frame.addEventListener("change", (event) => { this.takeElsewhere(event.target.closest("[data-gap]")); this.draw(); });
    frame.closest("form")?.addEventListener("answer:shown", () => this.draw());
    this.draw();
  }

  listOf(gap) { return gap.querySelector("select"); }

  draw() {
    const used = new Set(this.gaps.map((gap) => this.listOf(gap).value));
    for (const word of this.words) word.classList.toggle("is-used", this.once && used.has(word.dataset.word));
  }

  hold(word) {
    this.held = word;
    for (const other of this.words) other.setAttribute("aria-pressed", String(other === word));
    for (const gap of this.gaps) gap.querySelector("[data-put]").hidden = !word;
  }

  clicked(event) {
    if (this.dragged) { this.dragged = false; return; }
    const word = event.target.closest("[data-word]");
    const put = event.target.closest("[data-put]");
    if (word) this.hold(word === this.held ? null : word);
    else if (put && this.held) this.put(this.held, put.closest("[data-gap]"));
  }

  put(word, gap) {
    const list = this.listOf(gap);
    list.value = word.dataset.word;
    this.hold(null);
    list.focus({ preventScroll: true });
    list.dispatchEvent(new Event("change", { bubbles: true }));
    this.say(word, gap);
  }

  takeElsewhere(gap) {
    if (!this.once || !gap) return;
    for (const other of this.gaps) {
      if (other !== gap && this.listOf(gap).value && this.listOf(other).value === this.listOf(gap).value) this.listOf(other).value = "";
    }
  }

  say(word, gap) {
    const said = this.frame.querySelector("[data-said-put]").content.cloneNode(true);
    said.querySelector("[data-word-said]").textContent = word.textContent;
    said.querySelector("[data-gap-said]").textContent = gap.dataset.gap;
    this.frame.querySelector("[data-words-said]").replaceChildren(said);
  }

  // --- dragging ----------------------------------------------------------------------------------------------------------------
  pressed(start) {
    const word = start.target.closest("[data-word]");
    if (!word || start.button !== 0) return;
    this.dragged = false;
    let ghost = null;
    const move = (event) => {
      if (event.pointerId !== start.pointerId) return;
      if (!ghost && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < FAR) return;
      ghost ??= this.lift(word);
      ghost.style.left = `${event.clientX}px`;
      ghost.style.top = `${event.clientY}px`;
      if (event.clientY < EDGE) scrollBy(0, -FAR);
      if (event.clientY > innerHeight - EDGE) scrollBy(0, FAR);
      const over = this.gapAt(event);
      for (const gap of this.gaps) gap.classList.toggle("is-over", gap === over);
    };
    const end = (event) => {
      if (event.pointerId !== start.pointerId) return;
      for (const [name, act] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) removeEventListener(name, act);
      if (!ghost) return;
      const gap = event.type === "pointerup" ? this.gapAt(event) : null;
      this.drop(word, gap, ghost);
    };
    for (const [name, act] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) addEventListener(name, act);
  }

  lift(word) {
    const ghost = word.cloneNode(true);
    ghost.classList.add("word--held");
    ghost.setAttribute("aria-hidden", "true");
    ghost.tabIndex = -1;
    delete ghost.dataset.word;
    document.body.append(ghost);
    this.hold(word);
    return ghost;
  }

  drop(word, gap, ghost) {
    ghost.remove();
    for (const other of this.gaps) other.classList.remove("is-over");
    // The click that follows a drag on the word itself is no tap; a drag that ends elsewhere has none.
    this.dragged = true;
    setTimeout(() => { this.dragged = false; }, 0);
    if (gap) this.put(word, gap);
    else this.hold(null);
  }

  gapAt({ clientX, clientY }) {
    const gap = document.elementFromPoint(clientX, clientY)?.closest("[data-gap]");
    return this.gaps.includes(gap) ? gap : null;
  }
}

const begun = new WeakSet();
const beginAll = (root) => {
  for (const frame of root.querySelectorAll("[data-drag-words]")) if (!begun.has(frame)) { begun.add(frame); new Words(frame); }
};
beginAll(document);
document.addEventListener("card:drawn", ({ target }) => beginAll(target));
