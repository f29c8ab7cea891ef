/* Offers the units that fit while somebody types into a field for a unit; without it the field takes a code or a name all the same. */

const WAIT = 200;

for (const form of document.querySelectorAll("form[data-unit-search-at]")) {
  for (const [number, field] of form.querySelectorAll("[data-unit-search]").entries()) offer(field, form.dataset.unitSearchAt, number);
}

function offer(field, address, number) {
  const list = document.createElement("datalist");
  list.id = `units-found-${number}`;
  field.after(list);
  field.setAttribute("list", list.id);
  let timer = 0;
  let latest = 0;
  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    if (field.value.trim().length < 2 || field.value.includes(" · ")) return;
    timer = window.setTimeout(async () => {
      const asked = ++latest;
      const url = new URL(address, window.location.href);
      url.searchParams.set("q", field.value);
      const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer?.ok || asked !== latest) return;
      const { units } = await answer.json();
      list.replaceChildren(...units.map(({ value, note }) => Object.assign(document.createElement("option"), { value, label: note ? `${value} (${note})` : value })));
    }, WAIT);
  });
}
