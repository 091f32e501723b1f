// What makes the pages quicker. Everything works without it.
"use strict";
(() => {
  // Below which path the pages are: this script is at {path}/assets/.
  const pages = new URL("..", document.currentScript.src).pathname;
  const text = (name) => document.body.dataset[name] || "";
  const toasts = document.querySelector(".toasts");
  const toast = (message) => {
    const line = document.createElement("p");
    line.className = "toast";
    line.textContent = message;
    toasts.append(line);
    setTimeout(() => line.remove(), 4000);
  };
  for (const line of document.querySelectorAll(".toast")) setTimeout(() => line.remove(), 6000);

  // A message about what was done appears once: when loaded again, the page does not repeat it.
  const here = new URL(location.href);
  if (here.searchParams.has("done")) {
    here.searchParams.delete("done");
    history.replaceState(null, "", here);
  }

  // The menu is open where there is room for it.
  const menu = document.querySelector(".menu");
  if (menu) {
    const wide = matchMedia("(min-width: 52.01rem)");
    const fit = () => { menu.open = wide.matches; };
    wide.addEventListener("change", fit);
    fit();
  }

  const wire = (root) => {
    for (const button of root.querySelectorAll("[data-copy]")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        const field = document.getElementById(button.dataset.copy);
        try {
          await navigator.clipboard.writeText(field.value);
        } catch {
          field.select();
          document.execCommand("copy");
        }
        toast(text("copied"));
      });
    }
    for (const button of root.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => print());
    }
    for (const form of root.querySelectorAll("form[data-confirm]")) {
      form.addEventListener("submit", (event) => {
        if (form.dataset.sure) return;
        event.preventDefault();
        ask(form, event.submitter);
      });
    }
  };

  // A new password is rated while it is typed.
  for (const hint of document.querySelectorAll("[data-strength]")) {
    const field = document.getElementById(hint.dataset.strength);
    let timer = 0, latest = 0;
    const check = async () => {
      const number = ++latest;
      const form = field.form, body = new URLSearchParams();
      for (const name of ["form_token", "password", "email", "first_name", "last_name"]) {
        if (form.elements[name]) body.set(name, form.elements[name].value);
      }
      const owner = form.querySelector("[autocomplete=username]");
      if (owner) body.set("email", owner.value);
      body.set("least", field.minLength);
      try {
        const answer = await fetch(`${pages}password-strength`, { method: "POST", body });
        if (number !== latest || !(answer.ok || answer.status === 429)) return;
        const result = await answer.json().catch(() => ({}));
        hint.textContent = result.hint || "";
        hint.className = !answer.ok ? "hint" : result.good ? "hint good" : "hint bad";
      } catch { /* the form says it when it is sent */ }
    };
    field.addEventListener("input", () => { clearTimeout(timer); if (field.value) timer = setTimeout(check, 300); });
  }

  // A question before what cannot be taken back. Esc is no.
  const ask = (form, submitter) => {
    const dialog = document.createElement("dialog");
    const question = document.createElement("p");
    question.textContent = form.dataset.confirm;
    question.id = "question";
    dialog.setAttribute("aria-labelledby", "question");
    const actions = document.createElement("div");
    actions.className = "actions";
    const yes = document.createElement("button");
    yes.className = "button danger";
    yes.textContent = submitter.textContent;
    const no = document.createElement("button");
    no.className = "button";
    no.textContent = text("cancel");
    no.autofocus = true;
    yes.addEventListener("click", () => { form.dataset.sure = "1"; form.requestSubmit(submitter); });
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => { dialog.remove(); if (submitter) submitter.focus(); });
    actions.append(yes, no);
    dialog.append(question, actions);
    document.body.append(dialog);
    dialog.showModal();
  };

  // Lists change while one types.
  for (const form of document.querySelectorAll("form[data-live]")) {
    let timer = 0, latest = 0;
    const load = async () => {
      const number = ++latest;
      const query = new URLSearchParams(new FormData(form));
      for (const [name, value] of [...query]) if (!value) query.delete(name);
      const address = `${form.action}${query.size ? `?${query}` : ""}`;
      try {
        const answer = await fetch(address, { headers: { accept: "text/html" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(form.dataset.live);
        if (number !== latest) return;
        if (!fresh) { location.assign(address); return; }
        const place = document.getElementById(form.dataset.live);
        place.replaceWith(fresh);
        const heads = [document.querySelector(".head"), page.querySelector(".head")];
        if (heads[0] && heads[1]) heads[0].replaceWith(heads[1]);
        const tabs = [document.querySelector(".tabs"), page.querySelector(".tabs")];
        if (tabs[0] && tabs[1]) tabs[0].replaceWith(tabs[1]);
        wire(fresh);
        history.replaceState(null, "", address);
      } catch {
        if (number === latest) toast(text("failed"));
      }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(load, 150); });
    form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); load(); });
  }

  // Passkeys: the browser answers what the server asks, and the form sends the answer.
  const passkeys = window.PublicKeyCredential;
  const places = passkeys && passkeys.parseRequestOptionsFromJSON ? document.querySelectorAll("[data-passkey]") : [];
  const begun = async (place, form) => {
    if (place.dataset.options) return { options: JSON.parse(place.dataset.options) };
    const body = new URLSearchParams();
    for (const name of ["form_token", "token"]) if (form.elements[name]) body.set(name, form.elements[name].value);
    const answer = await fetch(place.dataset.begin.replace("/app/", pages), { method: "POST", body });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };
  let waiting = null;
  const use = async (place, form, mediation) => {
    if (waiting) waiting.abort();
    const abort = waiting = new AbortController();
    const { state, options } = await begun(place, form);
    const wanted = { signal: abort.signal };
    if (mediation) wanted.mediation = mediation;
    const isNew = place.dataset.passkey === "create";
    wanted.publicKey = isNew ? passkeys.parseCreationOptionsFromJSON(options) : passkeys.parseRequestOptionsFromJSON(options);
    const credential = await navigator.credentials[isNew ? "create" : "get"](wanted);
    if (state) form.elements.state.value = state;
    form.elements[place.dataset.answer || "answer"].value = JSON.stringify(credential);
    form.submit();
  };
  for (const place of places) {
    const form = place.closest("form");
    const button = place.querySelector("button");
    const problem = place.querySelector(".problem");
    place.hidden = false;
    const press = async () => {
      problem.hidden = true;
      try {
        await use(place, form);
      } catch (error) {
        if (error.name === "AbortError") return;
        problem.textContent = place.dataset.refused;
        problem.hidden = false;
      }
    };
    button.addEventListener("click", (event) => { event.preventDefault(); press(); });
    if ("now" in place.dataset) press();
  }
  // In the list under the e-mail field, renewed before the challenge expires.
  const login = [...places].find((place) => place.dataset.begin && place.dataset.passkey === "get");
  if (login && passkeys.isConditionalMediationAvailable && document.querySelector("[autocomplete~=webauthn]")) {
    passkeys.isConditionalMediationAvailable().then((available) => {
      const offer = () => { use(login, login, "conditional").catch(() => {}); };
      if (!available) return;
      offer();
      setInterval(() => { if (document.visibilityState === "visible") offer(); }, 270_000);
    });
  }
  // What the account has: the browser offers no other passkey of it.
  for (const list of document.querySelectorAll("[data-accepted]")) {
    if (passkeys && passkeys.signalAllAcceptedCredentials) {
      passkeys.signalAllAcceptedCredentials(JSON.parse(list.dataset.accepted)).catch(() => {});
    }
  }
  // A passkey that was removed here: the browser no longer offers it.
  for (const place of document.querySelectorAll("[data-unknown]")) {
    if (passkeys && passkeys.signalUnknownCredential) {
      passkeys.signalUnknownCredential(JSON.parse(place.dataset.unknown)).catch(() => {});
    }
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !field && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("input[type=search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
    if (event.key === "Escape") {
      if (field && field.type === "search") field.blur();
      if (menu && menu.open && !matchMedia("(min-width: 52.01rem)").matches) menu.open = false;
    }
  });

  wire(document);
})();
