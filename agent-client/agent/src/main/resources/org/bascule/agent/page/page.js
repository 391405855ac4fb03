"use strict";
// Brings what changes by itself up to date; the page works without.
(() => {
  const live = document.getElementById("live");
  if (live === null) return;
  let last = null;
  let ticks = 0;
  let composing = false;
  document.addEventListener("compositionstart", () => {
    composing = true;
  });
  document.addEventListener("compositionend", () => {
    composing = false;
  });
  const fields = () => [...live.querySelectorAll(".chat__form input[name=text]")];
  const toNewest = () => {
    for (const shown of live.querySelectorAll(".chat__messages, .terminal")) shown.scrollTop = shown.scrollHeight;
  };
  const show = (text) => {
    const active = document.activeElement;
    const focused = live.contains(active) ? active.id : "";
    const selection = fields().includes(active) ? [active.selectionStart, active.selectionEnd] : null;
    const scrolled = new Map([...live.querySelectorAll(".terminal")].map((shown) => [shown.id, shown.scrollLeft]));
    const typed = new Map(fields().map((field) => [field.id, field.value]));
    last = text;
    const parsed = new DOMParser().parseFromString(text, "text/html");
    live.replaceChildren(...parsed.body.childNodes);
    for (const field of fields()) field.value = typed.get(field.id) ?? "";
    for (const [id, left] of scrolled) document.getElementById(id)?.scrollTo(left, 0);
    toNewest();
    if (focused === "") return;
    const again = document.getElementById(focused);
    again?.focus();
    if (selection !== null) again?.setSelectionRange(...selection);
  };
  let looking = false;
  const look = async () => {
    // one after the other, so that buttons need not wait behind looks
    if (looking) return;
    looking = true;
    try {
      const answer = await fetch("live", { cache: "no-store", credentials: "same-origin", redirect: "error" });
      if (answer.status === 403) return location.assign("/");
      if (!answer.ok) return;
      const text = await answer.text();
      if (text === last) return;
      // never under somebody who is choosing among the tools of a question
      const active = document.activeElement;
      if (live.contains(active) && active.tagName === "INPUT" && !fields().includes(active)) return;
      if (!composing) show(text);
    } catch {
      // the agent is being started anew, perhaps
    } finally {
      looking = false;
    }
  };
  // a message is sent without loading the page anew
  live.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.classList.contains("chat__form")) return;
    event.preventDefault();
    const field = form.elements.text;
    const sent = field.value;
    const body = new URLSearchParams(new FormData(form));
    field.value = "";
    const putBack = () => {
      const present = document.getElementById(field.id);
      if (present !== null && present.value === "") present.value = sent;
    };
    const send = async () => {
      const answer = await fetch("say", { method: "POST", body, credentials: "same-origin", redirect: "manual" });
      if (answer.type === "opaqueredirect") return look();
      putBack();
      // why not, in the page that the form would have led to
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      const said = parsed.querySelector(".said");
      document.querySelector(".said")?.remove();
      if (said !== null) live.before(said);
    };
    send().catch(putBack);
  });
  setInterval(() => {
    ticks += 1;
    if (!document.hidden && (ticks % 2 === 0 || live.querySelector(".chat, .watch") !== null)) void look();
  }, 1000);
  toNewest();
  void look();
})();
