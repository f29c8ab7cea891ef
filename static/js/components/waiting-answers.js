// Answers that the server has not acknowledged: kept on this device, encrypted under a key that only their giver is handed by the server and that
// lives in memory alone. What another person left here is never read, sent or shown. Where the browser cannot encrypt, or keep anything at
// all, it goes on with less: unencrypted, or in memory. One entry for each attempt, question and kind: the newest. See docs/attempts.md.
const DATABASE = "bai-lam";
const BOX = "cho";
// While something waits, this mark makes look.js bring replay.js into whichever page comes next.
const MARK = "bai-lam:cho";
const PATIENCE = 3000;

export const idOf = (command) => `${command.attempt}:${command.position}:${command.kind}`;

function openBox() {
  return new Promise((done) => {
    setTimeout(() => done(null), PATIENCE);
    try {
      const asked = indexedDB.open(DATABASE, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(BOX, { keyPath: "id" });
      asked.onsuccess = () => { asked.result.onversionchange = () => asked.result.close(); done(asked.result); };
      asked.onerror = () => done(null);
    } catch { done(null); }
  });
}

// One transaction; `act` is given the box and a function that takes the result. Whatever fails is as if nothing were kept here.
function within(box, mode, act) {
  return new Promise((done) => {
    let result;
    try {
      const work = box.transaction(BOX, mode);
      work.oncomplete = () => done(result);
      work.onerror = work.onabort = () => done(undefined);
      act(work.objectStore(BOX), (value) => { result = value; });
    } catch { done(undefined); }
  });
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

export class WaitingAnswers {
  constructor(keyUrl, whose = "") {
    this.keyUrl = keyUrl;
    this.whose = whose;
    this.memory = new Map();
    this.key = null;
    this.isReady = false;
    this.box = openBox();
  }

  get commands() { return [...this.memory.values()].sort((one, other) => one.seq - other.seq); }
  get(id) { return this.memory.get(id); }
  async keepsOnDevice() { return this.isReady && Boolean(await this.box); }

  // Says who is asking now: "ready", "other" (somebody else than before), "signed-out", or "away" when nobody answers.
  async ask() {
    let given;
    try {
      const reply = await fetch(this.keyUrl, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } });
      if (reply.status === 401) return "signed-out";
      if (!reply.ok) return "away";
      given = await reply.json();
    } catch { return "away"; }
    if (this.whose && this.whose !== given.whose) return "other";
    this.whose = given.whose;
    if (!this.isReady) await this.begin(given.key);
    return "ready";
  }

  async begin(key) {
    const cipher = globalThis.crypto?.subtle;
    this.key = cipher ? await cipher.importKey("raw", bytesOf(key), "AES-GCM", false, ["encrypt", "decrypt"]).catch(() => null) : null;
    this.isReady = true;
    const early = this.commands;
    await this.recall();
    for (const command of early) if (this.memory.get(idOf(command)) === command) await this.write(command);
  }

  // Brings what an earlier page, or another window, left here into memory.
  async recall() {
    const box = await this.box;
    if (!box || !this.isReady) return;
    const records = await within(box, "readonly", (entries, give) => {
      const asked = entries.getAll(IDBKeyRange.bound(`${this.whose}:`, `${this.whose};`));
      asked.onsuccess = () => give(asked.result);
    });
    for (const record of records ?? []) {
      const command = await this.read(record);
      if (!command) continue;
      const known = this.memory.get(idOf(command));
      if (!known || known.seq < command.seq) this.memory.set(idOf(command), command);
    }
  }

  async read(record) {
    if (record.plain) return record.plain;
    try {
      const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: record.iv }, this.key, record.sealed);
      return JSON.parse(new TextDecoder().decode(text));
    } catch { return null; }
  }

  async keep(command) {
    this.memory.set(idOf(command), command);
    if (this.isReady) await this.write(command);
  }

  async write(command) {
    const box = await this.box;
    if (!box) return;
    const record = { id: `${this.whose}:${idOf(command)}`, client_uuid: command.client_uuid, seq: command.seq };
    if (this.key) {
      record.iv = crypto.getRandomValues(new Uint8Array(12));
      record.sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: record.iv }, this.key, new TextEncoder().encode(JSON.stringify(command)));
    } else {
      record.plain = command;
    }
    // Acknowledged or outdone while it was being sealed.
    if (this.memory.get(idOf(command))?.client_uuid !== command.client_uuid) return;
    await within(box, "readwrite", (entries) => {
      const old = entries.get(record.id);
      old.onsuccess = () => { if (!old.result || old.result.seq <= record.seq) entries.put(record); };
    });
    try { localStorage.setItem(MARK, "1"); } catch {}
  }

  // Lets go of this very command; a newer one of the same question stays.
  async forget(command) {
    const id = idOf(command);
    if (this.memory.get(id)?.client_uuid === command.client_uuid) this.memory.delete(id);
    const box = await this.box;
    if (!box || !this.isReady) return;
    const left = await within(box, "readwrite", (entries, give) => {
      const old = entries.get(`${this.whose}:${id}`);
      old.onsuccess = () => {
        if (old.result?.client_uuid === command.client_uuid) entries.delete(old.result.id);
        const count = entries.count();
        count.onsuccess = () => give(count.result);
      };
    });
    if (left === 0) this.unmark();
  }

  async isEmpty() {
    const box = await this.box;
    const count = box ? await within(box, "readonly", (entries, give) => { const asked = entries.count(); asked.onsuccess = () => give(asked.result); }) : 0;
    if (!count) this.unmark();
    return !count;
  }

  unmark() { try { localStorage.removeItem(MARK); } catch {} }

  // The former version kept one entry a question in localStorage, readable by anybody; those of this attempt move over, once.
  async takeOver(attempt, urlOf) {
    const prefix = `bai-lam:${attempt}:`;
    let keys = [];
    try { keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix)); } catch {}
    for (const key of keys) {
      try {
        const { position, kind, client_uuid, seq, answer } = JSON.parse(localStorage.getItem(key));
        const command = { attempt, position: Number(position), kind, client_uuid, seq, answer, url: urlOf(position) };
        if (client_uuid && !this.memory.has(idOf(command))) await this.keep(command);
      } catch {}
      localStorage.removeItem(key);
    }
  }
}
