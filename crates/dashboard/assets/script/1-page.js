// What makes the pages quicker. Everything works without it.
"use strict";
const vestibule = (() => {
  // Below which path the pages are: this script is at {path}/assets/.
  const pages = new URL("..", document.currentScript.src).pathname;
  const text = (name) => document.body.dataset[name] || "";
  const icon = (name) => `<svg class="icon" aria-hidden="true"><use href="#i-${name}"/></svg>`;

  // Toasts go away on their own, but not while one reads them, and can be closed. One that can be undone stays for ten seconds.
  const toasts = document.querySelector(".toasts");
  const dismissible = (toast) => {
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.setAttribute("aria-label", text("close"));
    close.innerHTML = icon("close");
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
    let timer = 0;
    const go = () => { timer = setTimeout(() => toast.remove(), toast.querySelector("form") ? 10_000 : 6000); };
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", go);
    toast.addEventListener("focusin", () => clearTimeout(timer));
    go();
  };
  const toast = (message) => {
    const line = document.createElement("div");
    line.className = "toast";
    const said = document.createElement("span");
    said.textContent = message;
    line.append(said);
    toasts.append(line);
    dismissible(line);
  };
  for (const line of document.querySelectorAll(".toast")) dismissible(line);

  // A message about what was done appears once: when loaded again, the page does not repeat it.
  const here = new URL(location.href);
  if (here.searchParams.has("done")) {
    here.searchParams.delete("done");
    history.replaceState(null, "", here);
  }

  // A link back leads to the list as it was filtered.
  try {
    if (document.querySelector("form[data-live]")) sessionStorage.setItem(`list:${location.pathname}`, location.search);
    for (const link of document.querySelectorAll("[data-back]")) link.search = sessionStorage.getItem(`list:${link.pathname}`) || "";
  } catch { /* without storage it leads to the whole list */ }

  // Times stay true while the page is open.
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  const units = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60]];
  setInterval(() => {
    for (const time of document.querySelectorAll("time[title]")) {
      const past = (Date.now() - Date.parse(time.dateTime)) / 1000;
      const unit = units.find(([, length]) => past >= length);
      if (unit) time.textContent = words.format(-Math.floor(past / unit[1]), unit[0]);
    }
  }, 30_000);

  // A question before what cannot be taken back. Esc is no.
  const ask = (form, submitter) => {
    const asked = submitter && submitter.dataset.confirm ? submitter.dataset : form.dataset;
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "question");
    dialog.setAttribute("aria-describedby", "consequence");
    dialog.innerHTML = '<div class="inside"><h2 id="question"></h2><p id="consequence"></p><div class="actions"></div></div>';
    const chosen = form.querySelectorAll("td.tick input:checked");
    const names = [...chosen].map((box) => box.closest("tr").querySelector(".main").textContent.trim());
    const whom = names.length ? `: ${names.slice(0, 3).join(", ")}${names.length > 3 ? ` +${names.length - 3}` : ""}` : "";
    const what = submitter ? submitter.textContent.trim() : "";
    const number = names.length > 1 ? ` (${names.length})` : "";
    dialog.querySelector("h2").textContent = (asked.title || what) + number + whom;
    dialog.querySelector("p").textContent = asked.confirm;
    const yes = document.createElement("button");
    yes.className = "button filled";
    yes.textContent = what;
    const no = document.createElement("button");
    no.className = "button";
    no.textContent = text("cancel");
    no.autofocus = true;
    yes.addEventListener("click", () => { form.dataset.sure = "1"; dialog.close(); form.requestSubmit(submitter); });
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => { dialog.remove(); if (submitter && submitter.isConnected) submitter.focus(); });
    dialog.querySelector(".actions").append(no, yes);
    document.body.append(dialog);
    dialog.showModal();
  };
  document.addEventListener("submit", (event) => {
    const form = event.target, submitter = event.submitter;
    const isAsked = form.dataset.confirm || (submitter && submitter.dataset.confirm);
    if (isAsked && !form.dataset.sure && !event.defaultPrevented) {
      event.preventDefault();
      ask(form, submitter);
      return;
    }
    delete form.dataset.sure;
    // What was sent is shown as sent, and is not sent twice.
    if (event.defaultPrevented || form.method === "get" || !submitter) return;
    setTimeout(() => submitter.setAttribute("aria-busy", "true"));
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const busy of document.querySelectorAll("button[aria-busy]")) busy.removeAttribute("aria-busy");
  });

  // The text of a field, or where a link leads to. Pages by plain HTTP have no clipboard: a selected field is copied there.
  const copy = async (control) => {
    let field = document.getElementById(control.dataset.copy);
    if (!field) {
      field = document.createElement("input");
      field.className = "hide";
      field.value = control.href;
      control.after(field);
    }
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select();
      document.execCommand("copy");
    }
    if (control.href) field.remove();
    toast(text("copied"));
  };
  document.addEventListener("click", (event) => {
    const control = event.target.closest("[data-copy], [data-print]");
    if (!control) return;
    event.preventDefault();
    if ("copy" in control.dataset) copy(control);
    else print();
  });
  // What only the script can do appears with it.
  const wire = (root) => {
    for (const hidden of root.querySelectorAll("[data-copy], [data-print], [data-all]")) hidden.hidden = false;
    for (const cell of root.querySelectorAll("td[data-menu]")) {
      const dots = document.createElement("button");
      dots.type = "button";
      dots.className = "dots";
      dots.setAttribute("aria-label", cell.closest("table").querySelector("th.acts").textContent.trim());
      cell.append(dots);
    }
  };
  wire(document);
  // What is cut off can be read in full.
  document.addEventListener("mouseover", (event) => {
    const part = event.target.closest(".list .main, .list .quiet, .list .badge, .list td");
    if (part && !part.title && part.scrollWidth > part.clientWidth) part.title = part.textContent.trim();
  });
  return { pages, text, icon, toast, wire };
})();
