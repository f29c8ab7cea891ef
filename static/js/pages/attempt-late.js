// The result of an attempt that its deadline closed, while it still takes answers that were given in time: sends what waits on this device, and
// once nothing waits has everything marked. Where it cannot know what waits, it lets the time run out.
import { Outbox } from "../components/outbox.js";
import { now, setClock } from "../components/server-clock.js";
import { WaitingAnswers, idOf } from "../components/waiting-answers.js";

const notice = document.querySelector("[data-late]");
const done = document.querySelector("[data-late-done]");
const { attempt, keyUrl, question } = notice.dataset;
const until = Number(notice.dataset.late) * 1000;
setClock(Number(notice.dataset.now));

// Refused as too late: kept until the result is there, which says how many.
const tooLate = new Set();
const store = new WaitingAnswers(keyUrl);
const outbox = new Outbox(store, (command) => command.attempt === attempt && !tooLate.has(command.client_uuid), {
  held: look, refused: look, over: (command) => { tooLate.add(command.client_uuid); look(); }, away: show,
});

function show() {
  const waits = notice.querySelector("[data-late-waits]");
  const count = new Set(outbox.waiting.map(idOf)).size;
  waits.hidden = !count;
  waits.querySelector("[data-number]").textContent = count;
}

async function look() {
  show();
  if (!outbox.waiting.length && await store.keepsOnDevice() && navigator.onLine) done.submit();
}

async function begin() {
  const answer = await outbox.meet();
  if (answer === "ready") {
    await store.takeOver(attempt, (position) => `${question.replace("/cau/0/", `/cau/${position}/`)}luu/`);
    show();
    await outbox.flush();
    await look();
  } else if (answer === "away") {
    outbox.tryLater();
  }
}

const leave = () => { if (navigator.onLine) location.reload(); else setTimeout(leave, 2000); };
setTimeout(leave, Math.max(1000, until - now() + 1000));
begin();
