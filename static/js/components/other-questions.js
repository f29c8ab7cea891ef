// The other questions of an attempt, loaded into memory while there is network, so that a taker without network goes on from one to the next.
// With network every question is a page of its own.
import { Card } from "./cards.js";
import { showCurrent } from "./attempt-list.js";

export class OtherQuestions {
  constructor(form, cards) {
    this.form = form;
    this.cards = cards;
    this.pages = new Map();
  }

  get isLoaded() { return this.pages.size > 0; }

  async load() {
    const { cards: url } = this.form.dataset;
    if (!url || navigator.connection?.saveData) return;
    try {
      const reply = await fetch(url, { credentials: "same-origin" });
      if (!reply.ok || reply.redirected) return;
      await this.take(new DOMParser().parseFromString(await reply.text(), "text/html"));
    } catch {}
  }

  async take(drawn) {
    const scripts = new Set([...drawn.querySelectorAll("script[src]")].map((script) => script.getAttribute("src")));
    const [shown] = this.cards.values();
    const here = { node: shown.node, bar: shown.bar, title: document.title, action: this.form.getAttribute("action") };
    for (const page of drawn.querySelectorAll("[data-page]")) {
      const position = Number(page.dataset.page);
      const node = document.adoptNode(page.querySelector("[data-card]"));
      const bar = document.adoptNode(page.querySelector(".steps-bar"));
      const known = this.cards.get(position);
      if (!known) this.cards.set(position, new Card(node, bar));
      this.pages.set(position, known ? here : { node, bar, title: page.dataset.title + document.title.replace(/^.*( – )/, "$1"), action: page.dataset.action });
    }
    // The types that are asked elsewhere may need modules that this page lacks; they begin with what is drawn later.
    await Promise.all([...scripts].map((source) => import(source).catch(() => {})));
    this.form.dataset.loaded = "";
  }

  // Puts the page of this question in place of the one on the screen; whether it could.
  show(position) {
    const page = this.pages.get(position);
    const current = this.form.querySelector("[data-card]");
    if (!page) return false;
    if (page.node !== current) {
      document.querySelector(".steps-bar").replaceWith(page.bar);
      current.replaceWith(page.node);
      this.form.action = page.action;
      this.form.dataset.position = position;
      document.title = page.title;
      history.replaceState(history.state, "", this.form.dataset.question.replace("/cau/0/", `/cau/${position}/`));
      showCurrent(position);
      page.node.dispatchEvent(new Event("card:drawn", { bubbles: true }));
      this.form.dispatchEvent(new Event("answer:shown"));
    }
    this.focus(page.node);
    return true;
  }

  focus(node) {
    const question = node.querySelector(".question") ?? node;
    question.tabIndex = -1;
    question.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}
