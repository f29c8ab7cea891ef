// Sends what waits, again and again until the server has said a word to each: after 1, 2, 4 … 30 seconds, when the network returns, when the page
// comes back into view. A command goes out once at a time; the newest of its question follows it.
import { idOf } from "./waiting-answers.js";
import { setClock } from "./server-clock.js";

const WAITS = [1, 2, 4, 8, 15, 30];
const PATIENCE = 15000;
const NEAR = 20000;
// Browsers refuse to let larger bodies outlive their page.
const OUTLIVES = 15000;

export const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

async function post({ url, client_uuid, seq, kind, answer, fields }) {
  const body = JSON.stringify({ client_uuid, seq, kind, answer, fields });
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const reply = await fetch(url, {
      method: "POST", keepalive: body.length < OUTLIVES, credentials: "same-origin", signal: stop.signal, redirect: "manual",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() }, body,
    });
    const data = (reply.headers.get("Content-Type") ?? "").includes("json") ? await reply.json() : {};
    return { status: reply.status, data };
  } catch {
    return { status: 0, data: {} };
  } finally {
    clearTimeout(limit);
  }
}

function meaningOf({ status, data }) {
  if (status === 200 && data.now) return "held";
  if (status === 409 && ["finished", "time_over"].includes(data.code)) return "over";
  if (status === 401) return "signed-out";
  // Somebody else may be signed in by now: then the attempt is not there for them, and the token is another.
  if (status === 403 || (status === 404 && data.code)) return "not-mine";
  if ([400, 409, 413].includes(status) && data.code) return "refused";
  return "away";
}

// `hears` says what becomes of each command: leaves, held, refused, over, away (each given the command and the reply's data), signedOut, otherPerson.
export class Outbox {
  constructor(store, wants, hears) {
    Object.assign(this, { store, wants, hears, failures: 0, sending: new Map(), timer: 0, isStopped: false, heardAt: performance.now() });
    addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => { if (!document.hidden && this.waiting.length) this.flush(); });
  }

  get waiting() { return this.store.commands.filter(this.wants); }
  // The server answered a moment ago, at the latest when it gave this page.
  get isNear() { return navigator.onLine && !this.failures && performance.now() - this.heardAt < NEAR; }

  // One after the other, oldest first; the first that nobody answers ends the round.
  async flush() {
    clearTimeout(this.timer);
    if (this.isStopped) return;
    if (!this.store.isReady) await this.meet();
    await this.store.recall();
    for (const command of this.waiting) {
      if (this.isStopped || (await this.send(command)) === "away") break;
    }
    if (!this.store.isReady && !this.isStopped) this.tryLater();
  }

  async meet() {
    const answer = await this.store.ask();
    if (answer === "other") this.stop("otherPerson");
    if (answer === "signed-out") this.stop("signedOut");
    return answer;
  }

  stop(why) {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.hears[why]?.();
  }

  // After somebody signed in again, or came back: goes on if it is the same person.
  async resume() {
    const answer = await this.store.ask();
    if (answer !== "ready") return answer;
    this.isStopped = false;
    this.failures = 0;
    await this.flush();
    return answer;
  }

  send(command) {
    const id = idOf(command);
    if (!this.sending.has(id)) this.sending.set(id, this.deliver(command, id));
    return this.sending.get(id);
  }

  async deliver(command, id) {
    if (this.isStopped) {
      this.sending.delete(id);
      this.hears.away?.(command, {});
      return "stopped";
    }
    this.hears.leaves?.(command);
    const reply = await post(command);
    let meaning = meaningOf(reply);
    if (meaning === "not-mine") meaning = await this.ifMine(reply.status);
    await this.settle(command, meaning, reply.data);
    this.sending.delete(id);
    const next = this.store.get(id);
    return meaning !== "away" && next && next.client_uuid !== command.client_uuid ? this.send(next) : meaning;
  }

  async ifMine(status) {
    const answer = await this.store.ask();
    if (answer === "other" || answer === "signed-out") return answer;
    return answer === "ready" && status === 404 ? "refused" : "away";
  }

  async settle(command, meaning, data) {
    setClock(data.now);
    if (meaning === "held" || meaning === "refused") {
      this.failures = 0;
      this.heardAt = performance.now();
      await this.store.forget(command);
      this.hears[meaning]?.(command, data);
      if (this.waiting.some((other) => !this.sending.has(idOf(other)))) this.tryLater();
    } else if (meaning === "over") {
      await this.hears.over?.(command, data);
    } else {
      this.failures += 1;
      this.hears.away?.(command, data);
      if (meaning === "away") this.tryLater();
      else if (!this.isStopped) this.stop(meaning === "other" ? "otherPerson" : "signedOut");
    }
  }

  tryLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), WAITS[Math.min(Math.max(this.failures, 1), WAITS.length) - 1] * 1000);
  }
}
