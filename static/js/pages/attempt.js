// Saves every change of an answer at once and says so; what cannot be sent is kept on this device and sent again, also by later pages.
// Every page works as a plain form without this file; the rules of the commands are in docs/attempts.md.
import { countHeld, showCounts, showPlace, showPlaceFlag } from "../components/attempt-list.js";
import { Card } from "../components/cards.js";
import { Deadline } from "../components/deadline.js";
import { drawnAnew, redraw, sendFile } from "../components/file-sending.js";
import { OtherQuestions } from "../components/other-questions.js";
import { Outbox, token } from "../components/outbox.js";
import { isNotified, notify, unnotify } from "../components/said.js";
import { clockTime, now, setClock } from "../components/server-clock.js";
import { SignInOver } from "../components/sign-in-over.js";
import { newUuid } from "../components/uuids.js";
import { WaitingAnswers, idOf } from "../components/waiting-answers.js";

const form = document.getElementById("tra-loi");
const { attempt, whose } = form.dataset;
// A text is saved when its writer pauses, and every few seconds of writing on.
const PAUSE = 600;
const LONGEST = 5000;
const PROBE = 4000;
setClock(Number(form.dataset.now));

const bar = document.querySelector(".steps-bar");
const cards = new Map([...form.querySelectorAll("[data-card]")].map((node) => [Number(node.dataset.position), new Card(node, bar)]));
const cardOf = (target) => cards.get(Number(target.closest?.("[data-card]")?.dataset.position));
const urlOf = (position) => `${form.dataset.question.replace("/cau/0/", `/cau/${position}/`)}luu/`;

const store = new WaitingAnswers(form.dataset.keyUrl, whose);
const outbox = new Outbox(store, (command) => command.attempt === attempt, { leaves, held, refused, over, away, signedOut, otherPerson });
const others = new OtherQuestions(form, cards);
const signIn = new SignInOver(form.dataset.login, comeBack);
const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel(`bai-lam:${attempt}`) : null;
let wasOffline = false;
let isOver = false;
let deadline = null;

// --- giving commands -------------------------------------------------------------------------------------------------------------
function give(card, kind, said, at = now()) {
  // A change is newer than what its maker saw, and than what this page said before.
  card.newest[kind] = Math.max(at, card.newest[kind] + 1);
  const command = { attempt, position: card.position, kind, client_uuid: newUuid(), seq: card.newest[kind], url: card.url, ...said };
  if (kind === "answer" && form.dataset.position === String(card.position)) {
    // Should the plain form be sent after all, it is the same command.
    form.elements.client_uuid.value = command.client_uuid;
    form.elements.seq.value = command.seq;
  }
  card.said = command.client_uuid;
  const kept = store.keep(command);
  return Promise.all([kept, outbox.send(command)]);
}

function giveAnswer(card) {
  clearTimeout(card.timer);
  const at = card.writtenAt || now();
  card.dirtyAt = card.writtenAt = 0;
  return give(card, "answer", { fields: card.fields }, at);
}

const giveWritten = () => Promise.all([...cards.values()].filter((card) => card.dirtyAt).map(giveAnswer));

function written(card) {
  card.writtenAt = now();
  card.dirtyAt ||= card.writtenAt;
  clearTimeout(card.timer);
  card.timer = setTimeout(() => giveAnswer(card), Math.max(0, Math.min(PAUSE, card.dirtyAt + LONGEST - now())));
}

form.addEventListener("input", ({ target }) => {
  const card = cardOf(target);
  const isText = target.matches("textarea, input:not([type=checkbox], [type=radio], [type=file], [type=range])");
  if (card && isText && card.owns(target.name)) written(card);
});

form.addEventListener("change", ({ target }) => {
  const card = cardOf(target);
  if (!card) return;
  if (target.type === "file") sendChosenFile(card, target);
  else if (target.matches("[data-sure]")) give(card, "sure", { answer: { sure: card.sureness } });
  else if (card.owns(target.name) && (card.dirtyAt || !target.matches("textarea, input[type=text]"))) giveAnswer(card);
});

// --- what becomes of them --------------------------------------------------------------------------------------------------------
const countWaiting = () => outbox.waiting.filter((command) => command.kind === "answer").length;
const isOutdone = (card, command) => Boolean(store.get(idOf(command))) || (command.kind === "answer" && card?.dirtyAt > 0);

function leaves(command) {
  if (command.kind === "answer") cards.get(command.position)?.say("busy");
}

function held(command, data) {
  const card = cards.get(command.position);
  if (card) card.newest[command.kind] = Math.max(card.newest[command.kind], data.newest_seq);
  // What its taker does right now is newer than any reply.
  if (!isOutdone(card, command)) {
    settle(card, command, data);
    // Given on another page, or not the newest: the controls do not show it yet.
    if (card && command.kind === "answer" && !(data.is_newest && card.said === command.client_uuid)) showNewest(card, data.newest_fields);
  }
  tabs?.postMessage({ whose, position: command.position, kind: command.kind, data });
  unnotify("signed-out", "other-person", "submit-waits");
  refreshCounts();
  if (outbox.waiting.length) return;
  unnotify("offline", "offline-all");
  if (wasOffline) { wasOffline = false; notify("back", { time: clockTime(now()) }); }
}

function settle(card, { position, kind }, data) {
  if (kind === "flag") { card?.showFlag(data.newest.flagged); showPlaceFlag(position, data.newest.flagged); return; }
  if (kind === "sure") { card?.showSureness(data.newest.sure ?? 0); return; }
  const isAnswered = Object.keys(data.newest).length > 0;
  showPlace(position, isAnswered ? "saved" : "none");
  if (!isAnswered) card?.say("none");
  else card?.say(data.is_late ? "saved-late" : "saved", { time: data.saved_clock });
  if (data.is_newest) unnotify("newer");
  else notify("newer", { text: data.notice });
}

function showNewest(card, fields) {
  if (card.node.dataset.upload) drawAnew(card);
  else card.show(fields);
}

// Without network what waits is said as such; with network, a tap tries again at once.
function away(command) {
  const card = cards.get(command.position);
  if (command.kind === "answer") {
    showPlace(command.position, "wait");
    if (navigator.onLine && outbox.failures < 2 && !outbox.isStopped) card?.say("fail");
    else card?.say("wait", { time: clockTime(command.seq) });
  }
  refreshCounts();
  if (!outbox.isStopped && (!navigator.onLine || outbox.failures > 1)) sayOffline();
}

function refused(command, { message }) {
  const card = cards.get(command.position);
  if (card?.saved?.isConnected) card.say("refused", { text: message });
  else notify("refused-elsewhere", { number: command.position, text: message });
  if (command.kind === "answer") showPlace(command.position, "none");
  refreshCounts();
}

// The attempt is closed. What was refused stays on the device, so that the next page can say how much came too late.
function over() {
  if (isOver) return;
  isOver = outbox.isStopped = true;
  location.assign(form.dataset.over);
}

function refreshCounts() {
  const waiting = countWaiting();
  showCounts(waiting);
  if (isNotified("offline") || isNotified("offline-all")) sayOffline();
  if (isNotified("time-over")) notify("time-over", { number: waiting, time: clockTime(deadline.graceEnds) });
}

function sayOffline() {
  wasOffline = true;
  if (form.inert) return;
  const name = others.isLoaded || cards.size > 1 ? "offline-all" : "offline";
  unnotify("back", name === "offline" ? "offline-all" : "offline");
  notify(name, { held: countHeld(), number: countWaiting() });
}

// --- who is signed in ------------------------------------------------------------------------------------------------------------
function signedOut() {
  unnotify("offline", "offline-all");
  notify("signed-out");
  signIn.open();
}

function otherPerson() {
  unnotify("signed-out", "offline", "offline-all");
  signIn.close();
  notify("other-person", { number: countWaiting() });
}

async function comeBack() {
  const answer = await outbox.resume();
  if (answer === "other") otherPerson();
  if (answer !== "ready") return answer;
  unnotify("signed-out", "other-person");
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token();
  return answer;
}

// --- files -----------------------------------------------------------------------------------------------------------------------
async function drawAnew(card) {
  const isSingle = Boolean(form.dataset.position);
  redraw(card, await drawnAnew(card, isSingle ? form.dataset.question.replace("/cau/0/", `/cau/${card.position}/`) : location.pathname));
}

async function sendChosenFile(card, input) {
  const reply = await sendFile(card, input);
  if (!reply) return;
  const { status, data } = reply;
  if (status === 200) {
    card.newest.answer = Math.max(card.newest.answer, data.newest_seq);
    settle(card, { position: card.position, kind: "answer" }, data);
    refreshCounts();
    await drawAnew(card);
  } else if (status === 401 || status === 403 || data.code === "signed_out") {
    card.say("file-failed");
    outbox.resume().then((answer) => { if (answer === "signed-out") outbox.stop("signedOut"); });
  } else if (data.message) {
    card.say("refused", { text: data.message });
    input.value = "";
  } else {
    card.say("file-failed");
  }
}

// --- going elsewhere -------------------------------------------------------------------------------------------------------------
// Whether the server answers at all: a page that cannot be loaded must not take the place of one that works.
async function isReachable() {
  if (outbox.isNear || !navigator.onLine) return outbox.isNear;
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), PROBE);
  try { return (await fetch("/healthz", { cache: "no-store", signal: stop.signal })).ok; } catch { return false; } finally { clearTimeout(limit); }
}

async function flushAll() {
  const isWritten = [...cards.values()].some((card) => card.dirtyAt);
  if (!isWritten && !outbox.waiting.length) return;
  await giveWritten();
  await Promise.race([outbox.flush(), new Promise((done) => { setTimeout(done, 5000); })]);
}

function sendPlainForm(name, value) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  form.append(field);
  HTMLFormElement.prototype.submit.call(form);
  field.remove();
}

// Handing in, moving on for good and checking need everything to be there; going to another question does not, since what waits is kept here.
async function go(to, name = "go") {
  await flushAll();
  if (isOver || to === "save") return;
  const isFinal = name === "check" || to === "submit" || to === "next";
  if (isFinal && outbox.waiting.length) {
    notify("submit-waits");
    document.querySelector("[data-notices]").scrollIntoView({ block: "center" });
  } else if (!outbox.isStopped && await isReachable()) {
    if (name === "check" || to === "next") sendPlainForm(name, to);
    else location.assign(to === "submit" ? form.dataset.submit : form.dataset.question.replace("/cau/0/", `/cau/${to}/`));
  } else {
    if (!isFinal) others.show(Number(to));
    if (!outbox.isStopped) sayOffline();
  }
}

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  event.preventDefault();
  const card = button && cardOf(button);
  if (button?.matches("[data-flag]")) {
    const on = !card.isFlagged;
    card.showFlag(on);
    showPlaceFlag(card.position, on);
    give(card, "flag", { answer: { flagged: on } });
  } else if (button?.matches("[data-send]")) {
    sendChosenFile(card, card.node.querySelector("input[type=file]"));
  } else {
    go(button?.value ?? "save", button?.name === "check" ? "check" : "go");
  }
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-retry]")) outbox.flush();
  if (target.closest("[data-sign-in]")) signIn.open();
});
addEventListener("offline", () => { if (outbox.waiting.length || others.isLoaded || cards.size > 1) sayOffline(); });
addEventListener("online", () => { if (!outbox.waiting.length) unnotify("offline", "offline-all"); });
document.addEventListener("visibilitychange", () => {
  if (document.hidden) giveWritten();
  else if (outbox.isStopped && !signIn.dialog.open) comeBack();
});
addEventListener("pagehide", () => { giveWritten(); });
// A page that the browser kept whole may be older than the server's.
addEventListener("pageshow", (event) => { if (event.persisted && navigator.onLine) location.reload(); });

// --- another window of this browser ----------------------------------------------------------------------------------------------
tabs?.addEventListener("message", ({ data: { whose: theirs, position, kind, data } }) => {
  const card = cards.get(position);
  if (theirs !== whose || (card && data.newest_seq <= card.newest[kind])) return;
  if (card) card.newest[kind] = data.newest_seq;
  if (card && isOutdone(card, { attempt, position, kind })) return;
  settle(card, { position, kind }, { ...data, is_newest: true });
  if (card && kind === "answer") {
    showNewest(card, data.newest_fields);
    notify("other-tab", { number: position });
  }
  refreshCounts();
});

// --- the end of the time ---------------------------------------------------------------------------------------------------------
async function timeIsOver() {
  await giveWritten();
  form.inert = true;
  unnotify("offline", "offline-all");
  await flushAll();
  if (isOver) return;
  if (!outbox.waiting.length && await isReachable()) {
    handIn();
  } else if (now() < deadline.graceEnds) {
    notify("time-over", { number: countWaiting(), time: clockTime(deadline.graceEnds) });
    setTimeout(timeIsOver, 3000);
  } else {
    unnotify("time-over");
    notify("grace-over");
    if (await isReachable()) over();
    else setTimeout(timeIsOver, 5000);
  }
}

// What waits for the grace to end is other devices' answers; this one has nothing left to say.
function handIn() {
  isOver = true;
  const last = Object.assign(document.createElement("form"), { method: "post", action: form.dataset.submit, hidden: true });
  last.append(Object.assign(document.createElement("input"), { type: "hidden", name: "csrfmiddlewaretoken", value: token() }));
  document.body.append(last);
  last.submit();
}

// --- what was left on this device by an earlier page -----------------------------------------------------------------------------
function showLeft() {
  for (const command of outbox.waiting) {
    const card = cards.get(command.position);
    if (card && command.seq > card.newest[command.kind]) {
      card.newest[command.kind] = command.seq;
      if (command.kind === "flag") card.showFlag(command.answer.flagged);
      else if (command.kind === "sure") card.showSureness(command.answer.sure);
      else if (command.fields && !card.dirtyAt) { card.show(command.fields); card.said = command.client_uuid; }
    }
    if (command.kind === "answer") {
      showPlace(command.position, "wait");
      card?.say("wait", { time: clockTime(command.seq) });
    }
  }
  refreshCounts();
}

async function begin() {
  for (const card of cards.values()) card.showAsDrawn();
  if (await outbox.meet() === "ready") {
    await store.takeOver(attempt, urlOf);
    showLeft();
  }
  if (!outbox.isStopped) await outbox.flush();
  if (!store.isReady || outbox.isStopped) return;
  await others.load();
  if (outbox.waiting.length) showLeft();
}

const clock = document.querySelector("[data-deadline]");
if (clock) deadline = new Deadline(clock, (it) => { deadline = it; timeIsOver(); });
begin();
