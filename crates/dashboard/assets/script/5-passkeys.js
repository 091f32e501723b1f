(() => {
  // Passkeys: the browser answers what the server asks, and the form sends the answer.
  const passkeys = window.PublicKeyCredential;
  const places = passkeys && passkeys.parseRequestOptionsFromJSON ? document.querySelectorAll("[data-passkey]") : [];
  const begun = async (place, form) => {
    if (place.dataset.options) return { options: JSON.parse(place.dataset.options) };
    const body = new URLSearchParams();
    for (const name of ["form_token", "token"]) if (form.elements[name]) body.set(name, form.elements[name].value);
    const answer = await fetch(place.dataset.begin.replace("/app/", vestibule.pages), { method: "POST", body });
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
})();
