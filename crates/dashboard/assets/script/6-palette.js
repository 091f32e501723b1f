// The command palette (Ctrl+K): pages, actions, and people and invites as the lists find them.
(() => {
  const trigger = document.querySelector("[data-palette]");
  if (!trigger) return;
  trigger.hidden = false;
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  trigger.querySelector("kbd").textContent = isMac ? "⌘K" : "Ctrl K";

  const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const fixed = () => {
    const links = [...document.querySelectorAll(".menu nav a, .account .panel > a")];
    const actions = [...document.getElementById("actions").content.querySelectorAll("a")];
    return [...links, ...actions].map((link) => ({
      name: link.textContent.trim(),
      href: link.getAttribute("href"),
      icon: (link.querySelector("use").getAttribute("href") || "").slice(3),
      note: "",
    }));
  };
  const found = async (path, words, icon) => {
    const answer = await fetch(`${vestibule.pages}${path}?rows=5&q=${encodeURIComponent(words)}`);
    if (!answer.ok) return [];
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return [...page.querySelectorAll(".list tbody tr")].slice(0, 5).map((row) => {
      const link = row.querySelector("a.whole, .panel a");
      const [main, more] = [row.querySelector(".main"), row.querySelector(".lines .quiet")];
      return {
        name: main.textContent.trim(),
        href: link && link.matches(".whole") ? link.getAttribute("href") : `${vestibule.pages}${path}?q=${encodeURIComponent(main.textContent.trim())}`,
        icon,
        note: more ? more.textContent.trim() : "",
      };
    });
  };

  const open = () => {
    if (document.querySelector(".palette")) return;
    const dialog = document.createElement("dialog");
    dialog.className = "palette";
    dialog.setAttribute("aria-label", trigger.textContent.trim());
    dialog.innerHTML = '<input type="text" role="combobox" aria-expanded="true" aria-controls="commands" autocomplete="off" spellcheck="false"><ul id="commands" role="listbox"></ul>';
    const [field, list] = [dialog.querySelector("input"), dialog.querySelector("ul")];
    field.placeholder = trigger.dataset.hint;
    field.setAttribute("aria-label", trigger.dataset.hint);
    list.setAttribute("aria-label", trigger.dataset.hint);
    const known = fixed();
    let items = [], at = 0, number = 0, timer = 0;
    const mark = (place) => {
      at = place;
      [...list.children].forEach((item, index) => item.setAttribute("aria-selected", index === at));
      const item = list.children[at];
      if (item) { field.setAttribute("aria-activedescendant", item.id); item.scrollIntoView({ block: "nearest" }); }
    };
    const show = (next) => {
      items = next;
      list.replaceChildren(...items.map((item, index) => {
        const line = document.createElement("li");
        line.id = `command-${index}`;
        line.setAttribute("role", "option");
        line.innerHTML = `${vestibule.icon(item.icon)}<span></span><span class="quiet"></span>`;
        const [name, note] = line.querySelectorAll("span");
        name.textContent = item.name;
        note.textContent = item.note;
        line.addEventListener("pointermove", () => { if (at !== index) mark(index); });
        line.addEventListener("click", () => location.assign(item.href));
        return line;
      }));
      mark(0);
    };
    const search = async () => {
      const mine = ++number, words = field.value.trim();
      const own = known.filter((item) => plain(item.name).includes(plain(words)));
      show(own);
      if (words.length < 2) return;
      const may = (path) => known.some((item) => item.href === `${vestibule.pages}${path}`);
      const lists = await Promise.all([
        may("users") ? found("users", words, "user") : [],
        may("invites") ? found("invites", words, "mail") : [],
      ]).catch(() => [[], []]);
      if (mine === number) show([...own, ...lists.flat()]);
    };
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 120); });
    field.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: items.length - 1 }[event.key];
      if (step && items.length) { event.preventDefault(); mark((at + step) % items.length); }
      if (event.key === "Enter" && items[at]) { event.preventDefault(); location.assign(items[at].href); }
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    search();
  };
  trigger.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open(); }
  });
})();
