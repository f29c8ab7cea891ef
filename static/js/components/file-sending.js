// Sends a file as soon as it is chosen, says how far it is, and draws the card anew with what the server then holds.
import { token } from "./outbox.js";

function upload(url, file, tell) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token());
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => { if (total) tell(Math.floor((loaded / total) * 100)); });
    request.addEventListener("loadend", () => done({ status: request.status, data: request.response ?? {} }));
    const body = new FormData();
    body.append("file", file);
    request.send(body);
  });
}

// The card as the server draws it now; null when it cannot be had.
export async function drawnAnew(card, pageUrl) {
  try {
    const reply = await fetch(pageUrl, { credentials: "same-origin", cache: "no-store" });
    if (!reply.ok) return null;
    const drawn = new DOMParser().parseFromString(await reply.text(), "text/html");
    const node = drawn.querySelector(`[data-card][data-position="${card.position}"]`);
    return node && document.adoptNode(node);
  } catch { return null; }
}

export function redraw(card, node) {
  if (!node) return;
  // The line in the card goes on saying what it says.
  const line = card.node.querySelector("[data-saved]");
  if (line) node.querySelector("[data-saved]")?.replaceWith(line);
  card.node.replaceWith(node);
  card.take(node);
  node.dispatchEvent(new Event("card:drawn", { bubbles: true }));
}

// Says what became of it: { status, data } as of an answer.
export async function sendFile(card, input) {
  const [file] = input.files;
  if (!file) return null;
  const tell = (percent) => card.say("sending-file", { number: `${percent}%` });
  tell(0);
  input.disabled = true;
  const reply = await upload(card.node.dataset.upload, file, tell);
  input.disabled = false;
  return reply;
}
