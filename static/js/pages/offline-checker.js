// The checker without network: reads code and digits from the address, the camera, a photo or the hand, and shows what can be said.
import { canVerify } from "../components/ed25519.js";
import { verdictOf } from "../components/paper-verdict.js";
import { published } from "../components/published.js";
import { canRead, hasCamera, textFromCamera, textOnPhoto } from "../components/qr-camera.js";
import { isNameOf, isWellFormed, normalised, partsOf, shownCode } from "../components/qr-payload.js";
import { words } from "../components/said.js";

const box = document.querySelector("[data-checker]");
const { keys: keysUrl, list: listUrl, ed25519, jsqr, worker, home } = box.dataset;
const part = (name) => box.querySelector(`[data-part="${name}"]`);
const OLD_DAYS = 7;
const DAY = 86_400_000;
let known = { keys: [], list: null, fault: "" };

const twice = (number) => String(number).padStart(2, "0");
const dayOf = (at) => `${at.getFullYear()}-${twice(at.getMonth() + 1)}-${twice(at.getDate())}`;
const shownDay = (day) => day.split("-").reverse().join("/");
const shownTime = (at) => `${twice(at.getHours())}:${twice(at.getMinutes())}, ${shownDay(dayOf(at))}`;
const lastDay = (day) => shownDay(new Date(Date.parse(day) - DAY).toISOString().slice(0, 10));

function notices() {
  const place = part("list");
  place.replaceChildren();
  const { list, fault } = known;
  if (fault) place.append(words(fault === "older" ? "list-older" : "list-refused"));
  if (!list) { place.append(words("list-none")); return; }
  const made = new Date(list.made_at);
  const days = Math.floor((Date.now() - made) / DAY);
  const fill = { when: shownTime(made), days: String(days) };
  if (days < -1) place.append(words("clock-wrong", fill));
  else place.append(words(days > OLD_DAYS ? "list-old" : "list-good", fill));
}

function compare(code, paper) {
  part("compare").hidden = !paper;
  part("same-name").replaceChildren();
  part("name").value = "";
  if (!paper) return;
  part("number").textContent = paper.number;
  part("day").textContent = shownDay(paper.issuedOn);
  part("ends-row").hidden = !paper.validUntil;
  part("ends").textContent = paper.validUntil ? lastDay(paper.validUntil) : "";
  part("code").textContent = shownCode(code);
  part("name-form").onsubmit = async (event) => {
    event.preventDefault();
    const typed = part("name").value;
    if (!typed.trim()) return;
    part("same-name").replaceChildren(words(await isNameOf(typed, code, paper.nameDigest) ? "name-same" : "name-other"));
  };
}

async function judge({ code, digits }) {
  const said = await canVerify(ed25519) || !digits ? await verdictOf({ code, digits, keys: known.keys, list: known.list, today: dayOf(new Date()) }) : { state: "no-crypto" };
  const { state, paper } = said;
  part("lead").hidden = true;
  // Without a list nobody knows whether it was revoked: then only the signature is said to be right.
  const name = state === "valid" && !known.list ? "signed" : state;
  part("verdict").replaceChildren(words(`verdict-${name}`, { code: shownCode(code), ends: paper?.validUntil ? lastDay(paper.validUntil) : "" }));
  part("verdict").dataset.state = state;
  compare(code, paper);
  part("online").hidden = !isWellFormed(code);
  part("online").href = `${home}${code}/`;
  part("verdict").scrollIntoView({ block: "nearest" });
}

async function judgeText(text) {
  const parts = partsOf(text);
  if (parts) await judge(parts);
  else { part("verdict").replaceChildren(words("verdict-foreign")); compare("", null); }
}

async function judgeAddress() {
  const parts = partsOf(location.pathname + location.hash);
  if (parts && location.pathname !== box.dataset.page) await judge(parts);
}

let stop;
async function scan() {
  if (stop) { stop.abort(); return; }
  stop = new AbortController();
  part("camera").hidden = false;
  part("scan").dataset.on = "";
  try {
    const text = await textFromCamera(part("video"), stop.signal);
    if (text) await judgeText(text);
  } catch { part("verdict").replaceChildren(words("no-camera")); } finally {
    stop = null;
    part("camera").hidden = true;
    delete part("scan").dataset.on;
  }
}

async function readPhoto() {
  const [file] = part("photo").files;
  if (!file) return;
  const text = await textOnPhoto(file).catch(() => "");
  part("photo").value = "";
  if (text) await judgeText(text);
  else { part("verdict").replaceChildren(words("photo-unread")); compare("", null); }
}

async function offerReading() {
  if (!await canRead(jsqr)) { part("no-reader").hidden = false; return; }
  part("scan").hidden = !hasCamera();
  part("photo-row").hidden = false;
  part("scan").addEventListener("click", scan);
  part("photo").addEventListener("change", readPhoto);
}

async function installWorker() {
  if (!("serviceWorker" in navigator)) { part("ready").replaceChildren(words("not-installable")); return; }
  try {
    await navigator.serviceWorker.register(worker, { scope: home });
    await navigator.serviceWorker.ready;
    part("ready").replaceChildren(words("ready"));
    box.dataset.ready = "";
  } catch { if (navigator.onLine) part("ready").replaceChildren(words("not-installable")); }
}

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  part("install").hidden = false;
  part("install").addEventListener("click", () => { event.prompt(); part("install").hidden = true; }, { once: true });
});
part("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = part("typed").value;
  const parts = partsOf(typed) ?? { code: normalised(typed), digits: "" };
  if (navigator.onLine && !parts.digits && isWellFormed(parts.code)) location.assign(`${home}${parts.code}/`);
  else judge(parts);
});
addEventListener("hashchange", judgeAddress);

const [canCheck] = await Promise.all([canVerify(ed25519), published(keysUrl, listUrl).then((found) => { known = found; })]);
// Who can check no signature refuses every list, and must not call ours a stranger's.
if (canCheck) notices();
await judgeAddress();
box.dataset.settled = "";
await Promise.all([offerReading(), installWorker()]);
