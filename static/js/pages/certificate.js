// The buttons that copy the address of the verification page, and hand it to the phone's own sharing; without script the address stands in
// its field to be copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.done;
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const url = document.getElementById(button.dataset.share).value;
    // Closing the sheet without sharing is an answer, not a fault.
    await navigator.share({ title: button.dataset.title, url }).catch(() => {});
  });
}
