// Brought in by look.js on any page while answers of a quiz wait on this device: sends those of whoever is signed in, and says what became of
// them. The attempt that the page itself is about is left to the page.
import { Outbox } from "./outbox.js";
import { words } from "./said.js";
import { WaitingAnswers } from "./waiting-answers.js";

const { replayKey, replayWords } = document.body.dataset;
const here = document.querySelector("[data-attempt]")?.dataset.attempt;
const store = new WaitingAnswers(replayKey);
const counts = { sent: new Set(), late: new Set(), refused: new Set() };
let reason = "";
let said = null;

const note = (kind, command) => { if (command.kind === "answer") counts[kind].add(`${command.attempt}:${command.position}`); };
const outbox = new Outbox(store, (command) => command.attempt !== here, {
  held: (command) => note("sent", command),
  refused: (command, { message }) => { note("refused", command); reason = message; },
  over: async (command) => { note("late", command); await store.forget(command); },
});

async function say() {
  if (!Object.values(counts).some((ones) => ones.size)) return;
  const reply = await fetch(replayWords, { credentials: "same-origin" });
  if (!reply.ok) return;
  const drawn = new DOMParser().parseFromString(await reply.text(), "text/html");
  const notice = words("replayed", {}, drawn).firstElementChild;
  for (const [kind, ones] of Object.entries(counts)) {
    if (ones.size) notice.querySelector("[data-parts]").append(words(`replayed-${kind}`, { number: ones.size, text: reason }, drawn));
  }
  said?.remove();
  said = notice;
  (document.querySelector("[data-notices]") ?? document.querySelector("main")).prepend(notice);
}

// Rounds follow until nothing waits or nobody answers; those after a pause are the outbox's own.
async function send() {
  let before = Infinity;
  while (outbox.waiting.length && outbox.waiting.length < before) {
    before = outbox.waiting.length;
    await outbox.flush();
  }
  await say().catch(() => {});
}

if (!(await store.isEmpty()) && (await outbox.meet()) === "ready") {
  await store.recall();
  if (outbox.waiting.length) await send();
  addEventListener("online", () => setTimeout(send, 2000));
}
