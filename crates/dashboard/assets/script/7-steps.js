// A step that the server does shows how far it has come, and what it has found when it is over. Without script the page loads itself again.
(() => {
  const step = document.querySelector("[data-poll]");
  if (!step) return;
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.querySelector("[data-poll] progress");
      if (!now) { location.reload(); return; }
      const bar = document.querySelector("[data-poll] progress");
      bar.value = now.value;
      bar.nextElementSibling.textContent = now.nextElementSibling.textContent;
    } catch { /* the server is away for a moment */ }
    setTimeout(look, 1_500);
  };
  setTimeout(look, 700);
})();
