// What does not wait for the application.

// Before the first paint: the dark theme where it was chosen, or where the system asks for it. src/app/theme.ts goes on from here.
const kept = (name) => {
  try {
    return localStorage.getItem(`bascule.${name}`);
  } catch {
    // A browser that keeps nothing follows the system.
    return null;
  }
};
{
  const theme = kept("theme");
  const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("pf-v6-theme-dark", dark);
}

// The list of devices, where most people begin: the server answers while the browser still reads the application. src/api/early.ts takes the answers.
if (location.pathname === "/devices" && location.search === "") {
  const early = ["/api/me", "/api/devices?sort=name&limit=50", "/api/devices/counts", "/api/folders?limit=100"];
  const headers = { Accept: "application/json, application/problem+json" };
  const language = kept("language");
  if (language !== null) headers["Accept-Language"] = language;
  const init = {
    headers,
    credentials: "same-origin",
    redirect: "error",
    cache: "no-store",
  };
  // First the channel, so that little is missed; src/app/live.ts takes it with what came meanwhile.
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/events`);
  const channel = { socket, heard: [] };
  socket.onmessage = (message) => {
    if (channel.heard.push(message) > 1_000) socket.close();
  };
  globalThis.basculeEarlyChannel = channel;
  globalThis.basculeEarly = new Map(early.map((address) => [address, fetch(address, init).catch(() => null)]));
}
