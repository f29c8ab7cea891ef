/* Offers the units that fit while somebody types into a field for a unit: a combobox with a list box (WAI-ARIA 1.2), reached by the arrows, Enter and Escape.
   Without it the field takes a code or a name all the same. */

const WAIT = 200;
const LEAST = 2;

for (const [number, field] of document.querySelectorAll("[data-unit-search]").entries()) {
  const address = field.dataset.unitSearchAt ?? field.form?.dataset.unitSearchAt;
  if (address) offer(field, address, `units-found-${number}`);
}

function offer(field, address, id) {
  const list = made("ul", { id, className: "unit-search__list", role: "listbox", hidden: true, ariaLabel: field.labels?.[0]?.firstChild?.textContent.trim() ?? "" });
  const said = made("span", { className: "vh", role: "status" });
  const around = made("span", { className: "unit-search" });
  field.before(around);
  around.append(field, list, said);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id })) field.setAttribute(name, value);
  let timer = 0;
  let latest = 0;
  let at = -1;

  function show(units, words) {
    at = -1;
    list.replaceChildren(...units.map(({ value, note }, place) => {
      const option = made("li", { id: `${id}-${place}`, role: "option", ariaSelected: "false", textContent: value });
      option.dataset.value = value;
      if (note) option.append(" ", made("small", { textContent: note }));
      return option;
    }));
    list.hidden = !units.length;
    field.setAttribute("aria-expanded", String(units.length > 0));
    field.removeAttribute("aria-activedescendant");
    said.textContent = words;
  }

  function close() {
    window.clearTimeout(timer);
    latest += 1;
    show([], "");
  }

  function move(place) {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = (place + list.children.length) % list.children.length;
    const option = list.children[at];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  }

  function take(option) {
    field.value = option.dataset.value;
    close();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async function ask() {
    const asked = ++latest;
    const url = new URL(address, window.location.href);
    url.searchParams.set("q", field.value);
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    const found = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!found || asked !== latest || document.activeElement !== field) return;
    const { unitSearchNone = "", unitSearchSome = "" } = field.dataset;
    show(found.units, found.units.length ? unitSearchSome.replace("{count}", found.units.length) : unitSearchNone);
  }

  field.addEventListener("input", () => {
    close();
    if (field.value.trim().length >= LEAST) timer = window.setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") move(at + 1);
    else if (event.key === "ArrowUp") move(at < 0 ? -1 : at - 1);
    else if (event.key === "Enter" && at >= 0) take(list.children[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  // Whoever comes back to a unit that is chosen types another over it.
  field.addEventListener("focus", () => field.select());
  field.addEventListener("blur", close);
  // Before the field loses its focus, which would close the list.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
}

function made(name, { role, ariaLabel, ariaSelected, ...values }) {
  const element = Object.assign(document.createElement(name), values);
  for (const [attribute, value] of Object.entries({ role, "aria-label": ariaLabel, "aria-selected": ariaSelected })) if (value) element.setAttribute(attribute, value);
  return element;
}
