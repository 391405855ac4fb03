import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { createBrowserRouter, Navigate, RouterProvider, useRouteError } from "react-router";
import { onSignedOut } from "../api/http";
import { TextProvider, useTexts } from "../i18n";
import { AuditPage } from "../pages/audit/AuditPage";
import { DevicePage } from "../pages/device/DevicePage";
import { HistoryTab } from "../pages/device/HistoryTab";
import { OverviewTab } from "../pages/device/OverviewTab";
import { DevicesPage } from "../pages/devices/DevicesPage";
import { LoginPage } from "../pages/login/LoginPage";
import { SessionsPage } from "../pages/sessions/SessionsPage";
import { NotFoundPage, ProblemAlert } from "./problems";
import { newQueryClient } from "./queries";
import { Shell } from "./Shell";
import { goToLogin } from "./signIn";

onSignedOut(goToLogin);

/** Every address of the application. Tools load when they are opened. */
const router = createBrowserRouter([
  {
    errorElement: <Broken />,
    children: [
      { path: "/login", element: <LoginPage /> },
      {
        element: <Shell />,
        children: [
          { index: true, element: <Navigate to="/devices" replace /> },
          { path: "/devices", element: <DevicesPage /> },
          {
            path: "/devices/:uid",
            element: <DevicePage />,
            children: [
              { index: true, element: <OverviewTab /> },
              { path: "terminal", element: null } /* DevicePage keeps the terminal while one looks at its other tabs */,
              { path: "history", element: <HistoryTab /> },
              { path: "*", element: <NotFoundPage /> },
            ],
          },
          { path: "/sessions", element: <SessionsPage /> },
          { path: "/audit", element: <AuditPage /> },
          { path: "*", element: <NotFoundPage /> },
        ],
      },
    ],
  },
]);

export function App() {
  const [client] = useState(newQueryClient);
  return (
    <QueryClientProvider client={client}>
      <TextProvider>
        <RouterProvider router={router} />
      </TextProvider>
    </QueryClientProvider>
  );
}

/** A fault in the page itself, or a part of it that could not be loaded: a sentence and a way on, never a blank page. */
function Broken() {
  const { t } = useTexts();
  return (
    <main className="whole-page">
      <ProblemAlert title={t("broken.title")} error={useRouteError()} retry={() => location.reload()} />
    </main>
  );
}
