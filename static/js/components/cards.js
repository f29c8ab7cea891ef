// A card is one question on a page: its inputs, whatever their type, what the server is known to hold of it, and the line that says so.
import { words } from "./said.js";

const LOOKS = {
  busy: "saved--busy", none: "saved--busy", "sending-file": "saved--busy", wait: "saved--wait", fail: "saved--fail", refused: "saved--fail",
  "file-failed": "saved--fail",
};

export class Card {
  // `bar` holds the saved line where the card does not: the steps bar of a page of one question.
  constructor(node, bar = null) {
    this.bar = bar;
    this.take(node);
    this.position = Number(node.dataset.position);
    this.url = node.dataset.save;
    this.newest = { answer: Number(node.dataset.seq), flag: Number(node.dataset.flagSeq), sure: Number(node.dataset.sureSeq) };
    // Since when something is written here that no command says yet.
    this.dirtyAt = 0;
    this.writtenAt = 0;
  }

  take(node) {
    this.node = node;
    this.name = node.dataset.name;
  }

  get saved() { return this.node.querySelector("[data-saved]") ?? this.bar?.querySelector("[data-saved]"); }
  get isChecked() { return "checked" in this.node.dataset; }
  owns(name) { return name === this.name || name.startsWith(`${this.name}.`); }
  partOf(name) { return name.slice(this.name.length + 1); }
  get controls() { return [...this.node.querySelectorAll("[name]")].filter((control) => this.owns(control.name) && control.type !== "file"); }

  // As a plain form would send it.
  get fields() {
    const fields = {};
    for (const control of this.controls) {
      if (control.disabled || control.matches("button") || (["checkbox", "radio"].includes(control.type) && !control.checked)) continue;
      const values = control.multiple ? [...control.selectedOptions].map((option) => option.value) : [control.value];
      (fields[this.partOf(control.name)] ??= []).push(...values);
    }
    return fields;
  }

  show(fields) {
    const taken = {};
    for (const control of this.controls) {
      const part = this.partOf(control.name);
      const values = fields[part] ?? [];
      if (["checkbox", "radio"].includes(control.type)) {
        control.checked = values.includes(control.value);
      } else if (control.multiple) {
        for (const option of control.options) option.selected = values.includes(option.value);
      } else {
        const at = (taken[part] = (taken[part] ?? -1) + 1);
        const value = values[at] ?? "";
        if (control.value !== value) control.value = value;
      }
    }
    this.node.closest("form")?.dispatchEvent(new Event("answer:shown"));
  }

  get isFlagged() { return this.node.querySelector("[data-flag]")?.getAttribute("aria-pressed") === "true"; }

  showFlag(on) {
    const button = this.node.querySelector("[data-flag]");
    button?.setAttribute("aria-pressed", String(on));
    if (button) button.value = `${this.position}:${on ? 0 : 1}`;
  }

  get sureness() { return Number(this.node.querySelector("[data-sure]:checked")?.value ?? 0); }
  showSureness(level) { for (const choice of this.node.querySelectorAll("[data-sure]")) choice.checked = Number(choice.value) === level; }

  // Firefox keeps the state of inputs over a reload; what the server drew is the newer word.
  showAsDrawn() {
    for (const control of [...this.controls, ...this.node.querySelectorAll("[data-sure]")]) {
      if (["checkbox", "radio"].includes(control.type)) control.checked = control.defaultChecked;
      else if (control.matches("select")) for (const option of control.options) option.selected = option.defaultSelected;
      else if (control.matches("input, textarea")) control.value = control.defaultValue;
    }
  }

  say(state, fill) {
    const line = this.saved;
    if (!line) return;
    line.className = `saved ${LOOKS[state] ?? ""}`.trim();
    line.replaceChildren(words(state, fill));
  }
}
