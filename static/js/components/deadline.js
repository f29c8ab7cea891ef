// The clock of an attempt, by the server's time. At the end the page is told once.
import { now } from "./server-clock.js";
import { words } from "./said.js";

const two = (number) => String(number).padStart(2, "0");

export class Deadline {
  constructor(clock, isOver) {
    this.clock = clock;
    this.at = Number(clock.dataset.deadline) * 1000;
    this.graceEnds = this.at + Number(clock.dataset.grace) * 1000;
    this.isOver = isOver;
    this.last = Infinity;
    this.tick();
  }

  tick() {
    const seconds = Math.max(0, Math.ceil((this.at - now()) / 1000));
    this.draw(seconds);
    this.speak(seconds);
    this.last = seconds;
    if (seconds > 0) setTimeout(() => this.tick(), 1000);
    else this.isOver(this);
  }

  draw(seconds) {
    const hours = Math.floor(seconds / 3600);
    const text = `${hours ? `${hours}:` : ""}${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
    const isShort = seconds < 300;
    this.clock.classList.toggle("is-short", isShort);
    this.clock.querySelector("[data-left]").replaceChildren(isShort ? words("left", { time: text }) : text);
  }

  speak(seconds) {
    for (const minutes of [5, 1]) {
      if (this.last === Infinity || seconds > minutes * 60 || this.last <= minutes * 60) continue;
      document.querySelector("[data-timer-said]").replaceChildren(words("minutes-left", { time: minutes }));
    }
  }
}
