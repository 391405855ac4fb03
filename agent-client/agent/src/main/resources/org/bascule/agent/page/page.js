"use strict";
// Brings what changes by itself up to date; the page works without.
(() => {
  const live = document.getElementById("live");
  if (live === null) return;
  let last = null;
  const look = async () => {
    try {
      const answer = await fetch("live", { cache: "no-store", credentials: "same-origin", redirect: "error" });
      if (answer.status === 403) return location.assign("/");
      if (!answer.ok) return;
      const text = await answer.text();
      if (text === last) return;
      // never under somebody who is choosing among the tools of a question
      const active = document.activeElement;
      if (live.contains(active) && active.tagName === "INPUT") return;
      const focused = live.contains(active) ? active.id : "";
      last = text;
      const parsed = new DOMParser().parseFromString(text, "text/html");
      live.replaceChildren(...parsed.body.childNodes);
      if (focused !== "") document.getElementById(focused)?.focus();
    } catch {
      // the agent is being started anew, perhaps
    }
  };
  setInterval(() => {
    if (!document.hidden) void look();
  }, 2000);
  void look();
})();
