// Before the first paint: the dark theme where it was chosen, or where the system asks for it. src/app/theme.ts goes on from here.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("bascule.theme");
  } catch {
    // A browser that keeps nothing follows the system.
  }
  const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("pf-v6-theme-dark", dark);
})();
