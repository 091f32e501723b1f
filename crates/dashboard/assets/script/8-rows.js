// Rows of keys and values: one more, and one less. Without script there are two free ones, and an empty one is none.
(() => {
  for (const rows of document.querySelectorAll(".pairs")) {
    const add = rows.querySelector("[data-add]");
    add.hidden = false;
    for (const clear of rows.querySelectorAll("[data-clear]")) clear.hidden = false;
    rows.addEventListener("click", (event) => {
      const clear = event.target.closest("[data-clear]"), all = [...rows.querySelectorAll(".pair")];
      if (clear) {
        const pair = clear.closest(".pair");
        for (const field of pair.querySelectorAll("input, textarea")) field.value = "";
        pair.hidden = true;
        add.focus();
      }
      if (!event.target.closest("[data-add]")) return;
      const fresh = all.at(-1).cloneNode(true);
      fresh.hidden = false;
      for (const part of fresh.querySelectorAll(".problem")) part.remove();
      for (const field of fresh.querySelectorAll("input, select, textarea")) {
        field.name = field.name.replace(/\d+$/, all.length);
        field.value = "";
        field.removeAttribute("aria-invalid");
        field.removeAttribute("aria-describedby");
      }
      all.at(-1).after(fresh);
      fresh.querySelector("input").focus();
    });
  }
})();
