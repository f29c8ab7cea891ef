// Putting steps in order by buttons and by dragging. The numbers beside the steps stay the truth: whatever moves here sets them all and
// says so with one "change"; "answer:shown" on the form means that they were set from outside.
const AT = "[data-order-item]";
const itemsOf = (list) => [...list.querySelectorAll(AT)];
const numberOf = (item) => item.querySelector("select");
const own = new WeakSet();

// The others are moved around the one that is held, so that it keeps the focus and the pointer.
function arrange(list, order, held) {
  const middle = order.indexOf(held);
  for (const item of order.slice(0, Math.max(0, middle))) list.insertBefore(item, held);
  for (const item of order.slice(middle + 1)) list.append(item);
}

function markEnds(list) {
  const items = itemsOf(list);
  for (const [index, item] of items.entries()) {
    for (const button of item.querySelectorAll("[data-order-move]")) {
      // Not "disabled": that would take the focus away from whoever presses it again and again.
      const atEnd = button.dataset.orderMove === "-1" ? index === 0 : index === items.length - 1;
      button.setAttribute("aria-disabled", String(atEnd));
    }
  }
}

function showNumbers(list) {
  const items = itemsOf(list);
  const wanted = (item) => Number(numberOf(item).value) || items.length + 1;
  const order = [...items].sort((one, other) => wanted(one) - wanted(other));
  if (order.some((item, index) => item !== items[index])) arrange(list, order, list.querySelector(`${AT}:focus-within`));
  markEnds(list);
}

function setNumbers(list, moved, said) {
  const items = itemsOf(list);
  for (const [index, item] of items.entries()) numberOf(item).value = String(index + 1);
  markEnds(list);
  said.textContent = `${moved.querySelector(".order__text").textContent}: ${items.indexOf(moved) + 1}/${items.length}`;
  const change = new Event("change", { bubbles: true });
  own.add(change);
  numberOf(moved).dispatchEvent(change);
}

function moveTo(list, item, place) {
  const order = itemsOf(list).filter((other) => other !== item);
  order.splice(Math.max(0, Math.min(place, order.length)), 0, item);
  arrange(list, order, item);
}

function drag(list, item, said, { pointerId }) {
  const before = itemsOf(list);
  const follow = (event) => {
    if (event.pointerId !== pointerId) return;
    const others = itemsOf(list).filter((other) => other !== item);
    const middle = (other) => { const box = other.getBoundingClientRect(); return box.top + box.height / 2; };
    const place = others.filter((other) => middle(other) < event.clientY).length;
    if (itemsOf(list).indexOf(item) !== place) moveTo(list, item, place);
  };
  const drop = (event) => {
    if (event.pointerId !== pointerId) return;
    for (const [name, act] of [["pointermove", follow], ["pointerup", drop], ["pointercancel", drop]]) removeEventListener(name, act);
    item.classList.remove("is-held");
    if (event.type === "pointercancel") arrange(list, before, item);
    else if (itemsOf(list).some((other, index) => other !== before[index])) setNumbers(list, item, said);
  };
  item.classList.add("is-held");
  for (const [name, act] of [["pointermove", follow], ["pointerup", drop], ["pointercancel", drop]]) addEventListener(name, act);
}

function begin(list) {
  const frame = list.closest("fieldset");
  const said = frame.querySelector("[data-order-said]");
  for (const part of frame.querySelectorAll("[data-order-grip], [data-order-move], [data-order-moved]")) part.hidden = false;
  frame.querySelector("[data-order-plain]").hidden = true;
  list.classList.add("is-moved");
  showNumbers(list);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-order-move]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const item = button.closest(AT);
    moveTo(list, item, itemsOf(list).indexOf(item) + Number(button.dataset.orderMove));
    setNumbers(list, item, said);
  });
  list.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.target.closest("[data-order-grip]")) return;
    event.preventDefault();
    drag(list, event.target.closest(AT), said, event);
  });
  // A number chosen by hand moves its step there. What is heard is the change of all numbers, not of this one alone.
  list.addEventListener("change", (event) => {
    const item = event.target.closest(AT);
    const place = Number(event.target.value);
    if (own.has(event) || !place) return;
    event.stopPropagation();
    moveTo(list, item, place - 1);
    setNumbers(list, item, said);
  });
  list.closest("form")?.addEventListener("answer:shown", () => showNumbers(list));
}

const begun = new WeakSet();
const beginAll = (root) => {
  for (const list of root.querySelectorAll("[data-order]")) if (!begun.has(list)) { begun.add(list); begin(list); }
};
beginAll(document);
document.addEventListener("card:drawn", ({ target }) => beginAll(target));
