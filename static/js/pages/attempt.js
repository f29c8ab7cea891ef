// Saves every change of an answer at once and says so; what cannot be sent is kept on this device and sent again, also after a
// reload. The page works as a plain form without this file; the rules of the commands are in docs/attempts.md.
const form = document.getElementById("tra-loi");
const { attempt, position } = form.dataset;
const saved = document.querySelector("[data-saved]");
const notices = document.querySelector("[data-notices]");
const fields = form.elements;
const WAITS = [1, 2, 4, 8, 15, 30];
const PREFIX = `bai-lam:${attempt}:`;

// The server's clock, as far as this page knows it: the device's own may be wrong.
let offset = Number(form.dataset.now) - Date.now();
const now = () => Math.round(Date.now() + offset);
const time = (moment) => new Date(moment).toLocaleTimeString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hour12: false });

// A change is newer than what its maker saw, and than what this page said before.
const newest = { answer: Number(form.dataset.seq), flag: Number(form.dataset.flagSeq) };
const nextSeq = (kind) => (newest[kind] = Math.max(now(), newest[kind] + 1));

function newUuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// --- what is kept on this device: the newest unsent command of each question, one entry each -------------------------------------
const memory = new Map();
const keyOf = (command) => `${PREFIX}${command.position}:${command.kind}`;

function keep(command) {
  memory.set(keyOf(command), command);
  try { localStorage.setItem(keyOf(command), JSON.stringify(command)); } catch {}
}

function forget(command) {
  const key = keyOf(command);
  if (memory.get(key)?.client_uuid === command.client_uuid) memory.delete(key);
  try {
    if (JSON.parse(localStorage.getItem(key))?.client_uuid === command.client_uuid) localStorage.removeItem(key);
  } catch {}
}

function recall() {
  try {
    for (let number = 0; number < localStorage.length; number += 1) {
      const key = localStorage.key(number);
      if (!key.startsWith(PREFIX) || memory.has(key)) continue;
      const command = JSON.parse(localStorage.getItem(key));
      if (command?.client_uuid) memory.set(key, command);
    }
  } catch {}
}

// --- what the page says ----------------------------------------------------------------------------------------------------------
function words(name, fill = {}) {
  const part = document.querySelector(`template[data-said="${name}"]`).content.cloneNode(true);
  if (fill.time !== undefined) part.querySelector("[data-time]").textContent = fill.time;
  if (fill.text !== undefined) part.querySelector("[data-text]").textContent = fill.text;
  return part;
}

const LOOKS = { busy: "saved--busy", none: "saved--busy", wait: "saved--wait", fail: "saved--fail", refused: "saved--fail" };
function say(state, fill) {
  saved.className = `saved ${LOOKS[state] ?? ""}`.trim();
  saved.replaceChildren(words(state, fill));
}

function notify(name, fill) {
  const part = words(name, fill);
  part.firstElementChild.dataset.notice = name;
  const login = part.querySelector("[data-login]");
  if (login) login.href = `${form.dataset.login}?next=${encodeURIComponent(location.pathname)}`;
  notices.querySelector(`[data-notice="${name}"]`)?.remove();
  notices.append(part);
}

const unnotify = (...names) => { for (const name of names) notices.querySelector(`[data-notice="${name}"]`)?.remove(); };
const ofThisPage = (command) => String(command.position) === position && command.kind === "answer";
const inList = (number) => document.querySelector(`.navi [name="go"][value="${number}"]`);

function showPlace(number, state) {
  const place = inList(number);
  place?.classList.toggle("is-saved", state === "saved");
  place?.classList.toggle("is-wait", state === "wait");
  document.querySelector("[data-count]").textContent = document.querySelectorAll(".navi ol .is-saved").length;
}

function showAnswer(answer) {
  const chosen = new Set(answer.chosen ?? []);
  for (const input of form.querySelectorAll('input[name="answer"]')) input.checked = chosen.has(input.value);
}

function showFlag(on) {
  const button = fields.flag;
  button.setAttribute("aria-pressed", String(on));
  button.value = on ? "0" : "1";
  inList(position)?.classList.toggle("is-flag", on);
}

const readAnswer = () => {
  const chosen = [...form.querySelectorAll('input[name="answer"]:checked')].map((input) => input.value);
  return chosen.length ? { chosen } : {};
};

// --- sending ---------------------------------------------------------------------------------------------------------------------
// What is on its way, by question: whoever wants to leave waits for it.
const sending = new Map();
let failures = 0;
let timer = 0;
let wasOffline = false;
let over = false;

const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? fields.csrfmiddlewaretoken.value;
const addressOf = (command) => form.action.replace(`/cau/${position}/`, `/cau/${command.position}/`);

async function post(command) {
  const body = JSON.stringify({ client_uuid: command.client_uuid, seq: command.seq, kind: command.kind, answer: command.answer });
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), 15000);
  try {
    const reply = await fetch(addressOf(command), {
      method: "POST", keepalive: true, credentials: "same-origin", signal: stop.signal, redirect: "manual",
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

function send(command) {
  const key = keyOf(command);
  if (!sending.has(key)) sending.set(key, deliver(command, key));
  return sending.get(key);
}

async function deliver(command, key) {
  if (ofThisPage(command)) say("busy");
  const { status, data } = await post(command);
  sending.delete(key);
  if (status === 200) taken(command, data);
  else if (status === 409 && ["finished", "time_over"].includes(data.code)) ended(command);
  else if (status === 401 || status === 403) signedOut(command);
  else if ([400, 404, 409, 413].includes(status) && data.code) refused(command, data.message);
  else failed(command, status);
  const next = memory.get(key);
  if (next && next.client_uuid !== command.client_uuid) await send(next);
}

function taken(command, data) {
  forget(command);
  failures = 0;
  offset = data.now - Date.now();
  newest[command.kind] = Math.max(newest[command.kind], String(command.position) === position ? data.newest_seq : 0);
  if (command.kind === "flag") {
    if (String(command.position) === position && !memory.has(keyOf(command))) showFlag(data.newest.flagged);
  } else if (!memory.has(keyOf(command))) {
    showPlace(command.position, Object.keys(data.newest).length ? "saved" : "");
    if (ofThisPage(command)) settle(data);
  }
  unnotify("signed-out", "offline");
  if (wasOffline && !memory.size) { wasOffline = false; notify("back", { time: time(now()) }); }
}

function settle(data) {
  if (data.is_newest) { unnotify("newer"); } else { showAnswer(data.newest); notify("newer", { text: data.notice }); }
  if (Object.keys(data.newest).length) say("saved", { time: data.saved_clock });
  else say("none");
}

// Without network what waits is said as such; with network, a tap tries again at once.
function failed(command, status) {
  failures += 1;
  const offline = !navigator.onLine;
  if (command.kind === "answer") showPlace(command.position, "wait");
  if (ofThisPage(command)) {
    if (offline) say("wait", { time: time(command.seq) });
    else say("fail");
  }
  if (offline || (!status && failures > 1)) { wasOffline = true; unnotify("back"); notify("offline", { time: memory.size }); }
  clearTimeout(timer);
  timer = setTimeout(flush, WAITS[Math.min(failures, WAITS.length) - 1] * 1000);
}

function refused(command, message) {
  forget(command);
  if (ofThisPage(command)) say("refused", { text: message });
}

function signedOut(command) {
  if (ofThisPage(command)) say("wait", { time: time(command.seq) });
  notify("signed-out");
}

function ended(command) {
  forget(command);
  over = true;
  location.assign(form.dataset.over);
}

async function flush() {
  recall();
  await Promise.all([...memory.values()].map(send));
}

function give(kind, answer) {
  const command = { position, kind, client_uuid: newUuid(), seq: nextSeq(kind), answer };
  if (kind === "answer") {
    // Should the plain form be sent after all, it is the same command.
    fields.client_uuid.value = command.client_uuid;
    fields.seq.value = command.seq;
  }
  keep(command);
  return send(command);
}

// --- what the taker does ---------------------------------------------------------------------------------------------------------
form.addEventListener("change", (event) => { if (event.target.name === "answer") give("answer", readAnswer()); });
saved.addEventListener("click", (event) => { if (event.target.closest("[data-retry]")) flush(); });

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  event.preventDefault();
  if (button?.name === "flag") {
    const on = button.getAttribute("aria-pressed") !== "true";
    showFlag(on);
    give("flag", { flagged: on });
    return;
  }
  const go = button?.value ?? "save";
  clearTimeout(timer);
  await Promise.race([flush(), new Promise((done) => { setTimeout(done, 5000); })]);
  if (over || go === "save") return;
  // Leaving for another question is safe, since what waits is kept here, unless there is no network to load it. Submitting is not: what the
  // server does not hold by then is not marked.
  if (memory.size && (go === "submit" || failures || !navigator.onLine)) return;
  location.assign(go === "submit" ? form.dataset.submit : form.dataset.question.replace("/cau/0/", `/cau/${go}/`));
});

addEventListener("online", flush);
addEventListener("offline", () => { wasOffline = true; if (memory.size) notify("offline", { time: memory.size }); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && memory.size) flush(); });
// A page that the browser kept whole may be older than the server's.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// --- what was left on this device by an earlier visit ------------------------------------------------------------------------------
recall();
const left = memory.get(`${PREFIX}${position}:answer`);
if (left && left.seq > newest.answer) { showAnswer(left.answer); newest.answer = left.seq; } else if (!left) showAnswerAsRendered();
if (memory.size) flush();

// Firefox keeps the state of inputs over a reload; the server's word is the newer one.
function showAnswerAsRendered() {
  for (const input of form.querySelectorAll('input[name="answer"]')) input.checked = input.defaultChecked;
}

// --- the clock -------------------------------------------------------------------------------------------------------------------
const clock = document.querySelector("[data-deadline]");
if (clock) {
  const deadline = Number(clock.dataset.deadline) * 1000;
  const shown = clock.querySelector("[data-left]");
  const spoken = document.querySelector("[data-timer-said]");
  const two = (number) => String(number).padStart(2, "0");
  let last = Infinity;
  const tick = async () => {
    const seconds = Math.max(0, Math.ceil((deadline - now()) / 1000));
    const hours = Math.floor(seconds / 3600);
    const text = `${hours ? `${hours}:` : ""}${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
    const short = seconds < 300;
    clock.classList.toggle("is-short", short);
    shown.replaceChildren(short ? words("left", { time: text }) : text);
    for (const minutes of [5, 1]) {
      if (seconds <= minutes * 60 && last > minutes * 60 && last !== Infinity) spoken.replaceChildren(words("minutes-left", { time: minutes }));
    }
    last = seconds;
    if (seconds > 0) { setTimeout(tick, 1000); return; }
    await flush();
    if (!over && !memory.size) location.assign(form.dataset.over);
  };
  tick();
}
