import { Spinner } from "@patternfly/react-core";
import { QueryClientProvider } from "@tanstack/react-query";
import { createBrowserRouter, Navigate, RouterProvider, useRouteError } from "react-router";
import { onFactorAsked, onSignedOut } from "../api/http";
import { TextProvider, useTexts } from "../i18n";
import { DevicesPage } from "../pages/devices/DevicesPage";
import { countsQueryOf, deviceQueryOf, readDeviceFilter } from "../pages/devices/filter";
import { LoginPage } from "../pages/login/LoginPage";
import { askFactor } from "./factorAsk";
import { NotFoundPage, ProblemAlert } from "./problems";
import { deviceCountsQuery, deviceQuery, devicesQuery, foldersBelowQuery, meQuery, newQueryClient } from "./queries";
import { TERMINAL_ROUTE } from "./routes";
import { Shell } from "./Shell";
import { goToLogin } from "./signIn";
import { StepUp } from "./stepUp";

onSignedOut(goToLogin);
onFactorAsked(askFactor);

const client = newQueryClient();

/** Every address of the application. The first load carries the way in and the list of devices; the rest loads when it is opened. */
const router = createBrowserRouter([
  {
    errorElement: <Broken />,
    HydrateFallback: Loading,
    children: [
      { path: "/login", element: <LoginPage /> },
      {
        // What the first page needs is asked for at once, not when its place in the page has been drawn.
        loader: () => {
          void client.prefetchQuery(meQuery);
          return null;
        },
        shouldRevalidate: () => false,
        element: <Shell />,
        children: [
          { index: true, element: <Navigate to="/devices" replace /> },
          {
            path: "/devices",
            loader: ({ request }) => {
              const filter = readDeviceFilter(new URL(request.url).searchParams);
              void client.prefetchQuery(devicesQuery(deviceQueryOf(filter)));
              const folders = foldersBelowQuery(null);
              // at the first visit alone: later the tree asks by itself, and this runs at each change of the filter
              if (client.getQueryData(folders.queryKey) === undefined) void client.prefetchInfiniteQuery(folders);
              void client.prefetchQuery(deviceCountsQuery(countsQueryOf(filter)));
              return null;
            },
            element: <DevicesPage />,
          },
          {
            path: "/devices/:uid",
            loader: ({ params }) => {
              void client.prefetchQuery(deviceQuery(params.uid ?? ""));
              return null;
            },
            lazy: async () => ({ Component: (await import("../pages/device")).DevicePage }),
            children: [
              { index: true, lazy: async () => ({ Component: (await import("../pages/device")).OverviewTab }) },
              {
                id: TERMINAL_ROUTE,
                path: "terminal",
                element: null /* DevicePage keeps the terminal while one looks at its other tabs */,
                loader: ({ params }) => {
                  const ahead = import("../pages/terminal/ahead");
                  // changes are accepted from a page that knows whose it is
                  void client
                    .ensureQueryData(meQuery)
                    .then(async () => (await ahead).openAhead(params.uid ?? ""))
                    .catch(() => undefined);
                  return import("../pages/terminal/TerminalTool");
                },
                shouldRevalidate: () => false,
              },
              {
                path: "desktop",
                lazy: async () => ({ Component: (await import("../pages/desktop/DesktopTool")).DesktopTool }),
              },
              { path: "files", lazy: async () => ({ Component: (await import("../pages/files/FilesTab")).FilesTab }) },
              {
                path: "processes",
                lazy: async () => ({
                  Component: (await import("../pages/processes/ProcessesTab")).ProcessesTab,
                }),
              },
              { path: "chat", lazy: async () => ({ Component: (await import("../pages/chat/ChatTab")).ChatTab }) },
              {
                path: "sub-devices",
                lazy: async () => ({ Component: (await import("../pages/device")).SubDevicesTab }),
              },
              { path: "history", lazy: async () => ({ Component: (await import("../pages/device")).HistoryTab }) },
              { path: "*", element: <NotFoundPage /> },
            ],
          },
          {
            path: "/assistance",
            lazy: async () => ({ Component: (await import("../pages/assistance/AssistancePage")).AssistancePage }),
          },
          {
            path: "/sessions",
            lazy: async () => ({ Component: (await import("../pages/sessions/SessionsPage")).SessionsPage }),
          },
          {
            path: "/sessions/:sid/watch",
            lazy: async () => ({ Component: (await import("../pages/watch/WatchPage")).WatchPage }),
          },
          { path: "/people", element: <Navigate to="/people/users" replace /> },
          {
            path: "/people/users",
            lazy: async () => ({ Component: (await import("../pages/people")).UsersPage }),
          },
          {
            path: "/people/users/:id",
            lazy: async () => ({ Component: (await import("../pages/people")).UserPage }),
          },
          {
            path: "/people/groups",
            lazy: async () => ({ Component: (await import("../pages/people")).GroupsPage }),
          },
          {
            path: "/people/groups/:id",
            lazy: async () => ({ Component: (await import("../pages/people")).GroupPage }),
          },
          {
            path: "/access",
            lazy: async () => ({ Component: (await import("../pages/access")).AccessPage }),
          },
          {
            path: "/access/everybody",
            lazy: async () => ({ Component: (await import("../pages/access")).EverybodyPage }),
          },
          {
            path: "/access/person",
            lazy: async () => ({ Component: (await import("../pages/access")).PersonPage }),
          },
          {
            path: "/access/effective",
            lazy: async () => ({ Component: (await import("../pages/access")).EffectivePage }),
          },
          {
            path: "/requests",
            lazy: async () => ({ Component: (await import("../pages/requests/RequestsPage")).RequestsPage }),
          },
          {
            path: "/audit",
            lazy: async () => ({ Component: (await import("../pages/audit/AuditPage")).AuditPage }),
          },
          {
            path: "/settings",
            lazy: async () => ({ Component: (await import("../pages/settings/SettingsPage")).SettingsPage }),
          },
          {
            path: "/settings/sign-in",
            lazy: async () => ({ Component: (await import("../pages/settings/SignInPage")).SignInPage }),
          },
          {
            path: "/settings/sign-in/providers/new",
            lazy: async () => ({ Component: (await import("../pages/settings/ProviderPage")).NewProviderPage }),
          },
          {
            path: "/settings/sign-in/providers/:id",
            lazy: async () => ({ Component: (await import("../pages/settings/ProviderPage")).ProviderPage }),
          },
          {
            path: "/account",
            lazy: async () => ({ Component: (await import("../pages/account/AccountPage")).AccountPage }),
          },
          {
            path: "/blocked-addresses",
            lazy: async () => ({ Component: (await import("../pages/blocked/BlockedPage")).BlockedPage }),
          },
          {
            path: "/relays",
            lazy: async () => ({ Component: (await import("../pages/relays/RelaysPage")).RelaysPage }),
          },
          {
            path: "/domains",
            lazy: async () => ({ Component: (await import("../pages/domains/DomainsPage")).DomainsPage }),
          },
          {
            path: "/transfer",
            lazy: async () => ({ Component: (await import("../pages/transfer/TransferPage")).TransferPage }),
          },
          { path: "*", element: <NotFoundPage /> },
        ],
      },
    ],
  },
]);

export function App() {
  return (
    <QueryClientProvider client={client}>
      <TextProvider>
        <RouterProvider router={router} />
        <StepUp />
      </TextProvider>
    </QueryClientProvider>
  );
}

function Loading() {
  const { t } = useTexts();
  return (
    <main className="whole-page">
      <Spinner aria-label={t("loading")} />
    </main>
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
