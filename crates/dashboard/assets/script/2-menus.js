// Menus and the navigation: one is open at a time, and a click beside it or Esc closes it.
(() => {
  const wide = matchMedia("(min-width: 56.01rem)");
  const menu = document.querySelector(".menu");
  if (menu) {
    const fit = () => { menu.open = wide.matches; };
    wide.addEventListener("change", fit);
    fit();
  }

  let floating = null;
  const closeFloating = () => {
    if (!floating) return;
    floating.dots.setAttribute("aria-expanded", "false");
    floating.panel.remove();
    floating = null;
  };
  const closeAll = (except) => {
    for (const more of document.querySelectorAll("details.more[open]")) if (more !== except) more.open = false;
    closeFloating();
  };

  // The menu of a row is made when it is opened: there may be two hundred rows.
  const open = (dots) => {
    const template = document.getElementById("row-menu");
    const panel = document.createElement("div");
    panel.className = "panel";
    panel.innerHTML = template.innerHTML.replaceAll("{href}", new URL(dots.closest("tr").querySelector("a.whole").href).pathname);
    for (const item of panel.querySelectorAll("[data-for]")) {
      if (!item.dataset.for.split(" ").includes(dots.parentElement.dataset.menu)) item.remove();
    }
    const row = dots.closest("tr");
    const name = row.querySelector(".main").textContent.trim();
    for (const item of panel.querySelectorAll("[data-title]")) item.dataset.title += `: ${name}`;
    const cell = document.createElement("div");
    cell.className = "more floating";
    dots.after(cell);
    cell.append(panel);
    dots.setAttribute("aria-expanded", "true");
    floating = { dots, panel: cell };
    if (panel.getBoundingClientRect().bottom > innerHeight) panel.classList.add("up");
    panel.querySelector("a, button").focus();
  };
  document.addEventListener("click", (event) => {
    const dots = event.target.closest("td[data-menu] > .dots");
    if (dots) {
      event.preventDefault();
      const same = floating && floating.dots === dots;
      closeAll();
      if (!same) open(dots);
      return;
    }
    const within = event.target.closest("details.more");
    if (!event.target.closest(".floating, dialog")) closeAll(within);
  });
  document.addEventListener("toggle", (event) => {
    const more = event.target;
    if (!more.matches || !more.matches("details.more") || !more.open) return;
    const panel = more.querySelector(".panel");
    if (panel && !more.closest(".account") && panel.getBoundingClientRect().bottom > innerHeight) panel.classList.add("up");
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const opened = floating ? floating.dots : document.querySelector("details.more[open] > summary");
      closeAll();
      if (opened) opened.focus();
      if (menu && menu.open && !wide.matches) menu.open = false;
    }
    // Arrows move in an open menu.
    const panel = event.target.closest && event.target.closest(".panel");
    if (panel && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const items = [...panel.querySelectorAll("a, button")];
      const step = event.key === "ArrowDown" ? 1 : items.length - 1;
      items[(items.indexOf(document.activeElement) + step) % items.length].focus();
      event.preventDefault();
    }
  });
})();
