(() => {
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
        const answer = await fetch(`${vestibule.pages}password-strength`, { method: "POST", body });
        if (number !== latest || !(answer.ok || answer.status === 429)) return;
        const result = await answer.json().catch(() => ({}));
        hint.textContent = result.hint || "";
        hint.className = !answer.ok ? "hint" : result.good ? "hint good" : "hint bad";
      } catch { /* the form says it when it is sent */ }
    };
    field.addEventListener("input", () => { clearTimeout(timer); if (field.value) timer = setTimeout(check, 300); });
  }
})();
