// Lists: they change while one types, "/" leads to the search, and one box chooses all.
(() => {
  for (const form of document.querySelectorAll("form[data-live]")) {
    let timer = 0, latest = 0;
    const load = async () => {
      const number = ++latest;
      const query = new URLSearchParams(new FormData(form));
      for (const [name, value] of [...query]) if (!value) query.delete(name);
      const address = `${form.action}${query.size ? `?${query}` : ""}`;
      form.classList.add("busy");
      try {
        const answer = await fetch(address, { headers: { accept: "text/html" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(form.dataset.live);
        if (number !== latest) return;
        if (!fresh) { location.assign(address); return; }
        document.getElementById(form.dataset.live).replaceWith(fresh);
        for (const part of [".head", ".tabs"]) {
          const [old, now] = [document.querySelector(part), page.querySelector(part)];
          if (old && now) old.replaceWith(now);
        }
        vestibule.wire(fresh);
        history.replaceState(null, "", address);
        try { sessionStorage.setItem(`list:${location.pathname}`, location.search); } catch { /* as above */ }
        announce(fresh);
      } catch {
        if (number === latest) vestibule.toast(vestibule.text("failed"));
      } finally {
        if (number === latest) form.classList.remove("busy");
      }
    };
    form.addEventListener("input", (event) => {
      clearTimeout(timer);
      timer = setTimeout(load, event.target.matches("select, [type=date]") ? 0 : 150);
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); load(); });
  }

  // Screen readers hear what a search found.
  const live = document.createElement("p");
  live.className = "hide";
  live.setAttribute("role", "status");
  document.body.append(live);
  const announce = (list) => {
    const range = list.querySelector(".pager .quiet") || list.querySelector(".empty p");
    live.textContent = range ? range.textContent : "";
  };

  // A click on a time, which has a tooltip, opens the row as a click beside it does.
  document.addEventListener("click", (event) => {
    const row = event.target.closest(".list tbody tr");
    const whole = row && !event.target.closest("a, button, input, summary, .panel") && row.querySelector("a.whole");
    if (whole && !String(getSelection())) whole.click();
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-all]")) return;
    for (const box of event.target.closest("table").querySelectorAll("td.tick input")) box.checked = event.target.checked;
  });

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !field && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector(".filters input[type=search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
    if (event.key === "Escape" && field && field.type === "search") field.blur();
  });
})();
