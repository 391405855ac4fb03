import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@patternfly/react-core/dist/styles/base.css";
import { App } from "./app/App";
import { loadTexts, presentLanguage } from "./i18n";
// After the components: what is said here about them is meant to win.
import "./app/app.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
const show = () =>
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
// Without texts the page still works, with keys instead of words.
loadTexts(presentLanguage()).then(show, show);
