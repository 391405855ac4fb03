import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, configure, render } from "@testing-library/react";
import axe from "axe-core";
import type { ReactNode } from "react";
import { createMemoryRouter, Outlet, type RouteObject, RouterProvider } from "react-router";
import { afterEach, expect, vi } from "vitest";
import type { LiveEvent } from "../../api/event";
import { onFactorAsked } from "../../api/http";
import { LANGUAGES, loadTexts, TextProvider } from "../../i18n";
import { DialogProvider } from "../dialog";
import { askFactor } from "../factorAsk";
import { LiveProvider } from "../liveContext";
import { newQueryClient } from "../queries";
import { StepUp } from "../stepUp";
import { ToastProvider } from "../toasts";

await Promise.all(LANGUAGES.map(loadTexts));

// a busy machine takes its time
configure({ asyncUtilTimeout: 5_000 });

class QuietSocket {
  static last: QuietSocket | null = null;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor() {
    QuietSocket.last = this;
    // before anything is answered: what was answered earlier is asked for twice
    queueMicrotask(() => this.onopen?.());
  }
  close() {}
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  localStorage.clear();
  document.body.replaceChildren();
});

interface Options {
  readonly language?: "en" | "de";
}

/** A page under its address, with everything around it that the application gives: texts, dialogs, messages, live channel. */
export function renderPage(path: string, address: string, page: ReactNode, options: Options = {}) {
  return renderRoutes([{ path, element: page }], address, options);
}

/** The same for several addresses; any other shows nothing. */
export function renderRoutes(routes: RouteObject[], address: string, options: Options = {}) {
  vi.stubGlobal("WebSocket", QuietSocket);
  onFactorAsked(askFactor);
  localStorage.setItem("bascule.language", options.language ?? "en");
  const client = newQueryClient();
  const router = createMemoryRouter([{ element: <Around />, children: [...routes, { path: "*", element: null }] }], {
    initialEntries: [address],
  });
  const result = render(
    <QueryClientProvider client={client}>
      <TextProvider>
        <RouterProvider router={router} />
        <StepUp />
      </TextProvider>
    </QueryClientProvider>,
  );
  return { ...result, router, client };
}

function Around() {
  return (
    <ToastProvider>
      <LiveProvider>
        <DialogProvider>
          <main id="main-content">
            <Outlet />
          </main>
        </DialogProvider>
      </LiveProvider>
    </ToastProvider>
  );
}

/** Lets the server say something on the live channel. */
export function says(event: Record<string, unknown> | LiveEvent): void {
  QuietSocket.last?.onmessage?.({ data: JSON.stringify(event) });
}

/** Finds nothing serious, or names what it found. Colours and sizes need a browser that draws, and are judged there. */
export async function expectAccessible(): Promise<void> {
  const found = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  const serious = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}
