// Signing in over the page, when the session ended in the middle of an attempt. What needs more than a password is done on a page of its own.
import { words, wordsAsText } from "./said.js";
import { token } from "./outbox.js";

const AJAX = { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };

async function submit(url, form) {
  // Asking first brings a fresh token into the cookie.
  await fetch(url, { credentials: "same-origin", headers: AJAX, cache: "no-store" });
  const body = new URLSearchParams({ login: form.elements.login.value.trim(), password: form.elements.password.value, remember: "on" });
  const reply = await fetch(url, { method: "POST", credentials: "same-origin", headers: { ...AJAX, "X-CSRFToken": token() }, body });
  return { status: reply.status, data: await reply.json().catch(() => ({})) };
}

const errorsOf = ({ form } = {}) => [...(form?.errors ?? []), ...Object.values(form?.fields ?? {}).flatMap((field) => field.errors)];

export class SignInOver {
  // `comeBack` looks who is signed in now and says "ready" when the page goes on.
  constructor(url, comeBack) {
    Object.assign(this, { url, comeBack });
    this.dialog = words("sign-in").firstElementChild;
    this.form = this.dialog.querySelector("form");
    this.dialog.querySelector("[data-sign-in-link]").href = `${url}?next=${encodeURIComponent(location.pathname)}`;
    this.dialog.querySelector("[data-sign-in-later]").addEventListener("click", () => this.dialog.close());
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.signIn(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden && this.dialog.open) this.look(); });
    document.body.append(this.dialog);
  }

  open() { if (!this.dialog.open) this.dialog.showModal(); }
  close() { if (this.dialog.open) this.dialog.close(); }

  // Whether somebody is signed in by now, here or on another page; whoever it is, the dialog has done its work.
  async look() {
    const answer = await this.comeBack();
    if (answer === "ready" || answer === "other") this.close();
    return answer;
  }

  async signIn() {
    const button = this.form.querySelector("[value=sign-in]");
    this.fault("");
    button.disabled = true;
    try {
      const { status, data } = await submit(this.url, this.form);
      const faults = errorsOf(data);
      if (faults.length) this.fault(faults.join(" "));
      else if (["ready", "other"].includes(await this.look())) this.form.reset();
      else this.elsewhere(status === 200 ? data.location : "");
    } catch {
      this.fault(wordsAsText("sign-in-failed"));
    }
    button.disabled = false;
  }

  fault(text) {
    const line = this.dialog.querySelector("[data-sign-in-error]");
    line.querySelector("[data-text]").textContent = text;
    line.hidden = !text;
  }

  elsewhere(location) {
    const link = this.dialog.querySelector("[data-sign-in-link]");
    if (location?.startsWith("/")) link.href = location;
    this.dialog.querySelector("[data-sign-in-elsewhere]").hidden = false;
    link.focus();
  }
}
