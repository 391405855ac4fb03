import {
  Badge,
  Banner,
  Button,
  Divider,
  Dropdown,
  DropdownGroup,
  DropdownItem,
  DropdownList,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
  MenuToggle,
  Nav,
  NavItem,
  NavList,
  Page,
  PageSidebar,
  PageSidebarBody,
  PageToggleButton,
  SkipToContent,
  Spinner,
} from "@patternfly/react-core";
import { BarsIcon, UserIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Outlet, useLocation } from "react-router";
import { logsOf, type Me } from "../api/me";
import { LANGUAGES, useTexts } from "../i18n";
import { useConsentNotices } from "./consentNotices";
import { DialogProvider } from "./dialog";
import { Inert, inertText } from "./inert";
import { AppLink } from "./links";
import { LiveProvider, useLive } from "./liveContext";
import { ProblemAlert } from "./problems";
import { assistanceQuery, meQuery } from "./queries";
import { useRelayFigures } from "./relayFigures";
import { useRequestNotices } from "./requestNotices";
import { MOST_WAITING } from "./requestQueries";
import { useScrollMemory } from "./scroll";
import { signOut } from "./signIn";
import { THEMES, useTheme } from "./theme";
import { ToastProvider } from "./toasts";

/** What stands around every page: who and where one is, the way to the other pages, and whether live data arrives. */
export function Shell() {
  const { t } = useTexts();
  const me = useQuery(meQuery);
  if (me.isPending) {
    return (
      <main className="whole-page">
        <Spinner aria-label={t("loading")} />
      </main>
    );
  }
  if (me.isError) {
    return (
      <main className="whole-page">
        <ProblemAlert title={t("me.failure")} error={me.error} retry={() => void me.refetch()} />
      </main>
    );
  }
  return (
    <ToastProvider>
      <LiveProvider>
        <DialogProvider>
          <Frame me={me.data} />
        </DialogProvider>
      </LiveProvider>
    </ToastProvider>
  );
}

const MAIN = "main-content";

function Frame({ me }: { readonly me: Me }) {
  const { t } = useTexts();
  const location = useLocation();
  useScrollMemory(MAIN);
  useRelayFigures();
  const user = me.user.id;
  useEffect(() => {
    // without it they stay a while longer
    import("../files/store").then(({ tidied }) => tidied(user)).catch(() => undefined);
  }, [user]);
  const masthead = (
    <Masthead display={{ default: "inline" }}>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton variant="plain" aria-label={t("shell.navigation")}>
            <BarsIcon />
          </PageToggleButton>
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo component={(props) => <AppLink {...props} href="/devices" />} aria-label={t("shell.home")}>
            <img src="/icon.svg" alt="" width="28" height="28" />
            <span className="brand">Bascule</span>
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <span className="masthead-domain">
          <span className="masthead-domain__label">{t("shell.domain")} </span>
          <strong>
            <Inert text={me.domain.name} />
          </strong>
        </span>
        <UserMenu me={me} />
      </MastheadContent>
    </Masthead>
  );
  return (
    <Page
      masthead={masthead}
      sidebar={<Sidebar me={me} path={location.pathname} />}
      isManagedSidebar
      isContentFilled
      mainContainerId={MAIN}
      mainAriaLabel={t("shell.content")}
      skipToContent={<SkipToContent href={`#${MAIN}`}>{t("shell.skip")}</SkipToContent>}
      banner={<ConnectionBanner />}
    >
      <Outlet />
    </Page>
  );
}

interface Entry {
  readonly href: string;
  readonly label: string;
  /** How many there wait for somebody. */
  readonly badge?: number;
}

function Sidebar({ me, path }: { readonly me: Me; readonly path: string }) {
  const { t } = useTexts();
  const holds = (permission: string) => me.permissions.anywhere.includes(permission);
  const signIn = me.permissions.domain.includes("manage-sign-in");
  const waiting = useRequestNotices() + useConsentNotices();
  const helps = holds("receive-assistance-requests");
  const calls = useQuery({ ...assistanceQuery({ state: "open", limit: MOST_WAITING }), enabled: helps }).data;
  const entries: readonly Entry[] = [
    { href: "/devices", label: t("nav.devices") },
    ...(helps ? [{ href: "/assistance", label: t("nav.assistance"), badge: calls?.items.length ?? 0 }] : []),
    { href: "/sessions", label: t("nav.sessions") },
    { href: "/access", label: t("nav.access") },
    { href: "/requests", label: t("nav.requests"), badge: waiting },
    { href: "/people", label: t("nav.people") },
    ...(logsOf(me).length > 0 ? [{ href: "/audit", label: t("nav.audit") }] : []),
    // a file holds what its reader sees, and changes what its writer may change
    ...(holds("see-resources") ? [{ href: "/transfer", label: t("nav.transfer") }] : []),
    ...(holds("manage-permissions") || signIn ? [{ href: "/settings", label: t("nav.settings") }] : []),
    ...(signIn || me.operator ? [{ href: "/blocked-addresses", label: t("nav.blocked") }] : []),
    ...(me.operator ? [{ href: "/relays", label: t("nav.relays") }] : []),
    ...(me.operator ? [{ href: "/domains", label: t("nav.domains") }] : []),
  ];
  return (
    <PageSidebar>
      <PageSidebarBody>
        <Nav aria-label={t("shell.navigation")}>
          <NavList>
            {entries.map(({ href, label, badge = 0 }) => {
              const active = path === href || path.startsWith(`${href}/`);
              return (
                <NavItem key={href} isActive={active} itemId={href}>
                  <AppLink href={href} {...(active ? { "aria-current": "page" } : {})}>
                    {label}
                    {badge > 0 && (
                      <Badge screenReaderText={t("nav.waiting")}>{badge < MOST_WAITING ? badge : `${badge}+`}</Badge>
                    )}
                  </AppLink>
                </NavItem>
              );
            })}
          </NavList>
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
}

function UserMenu({ me }: { readonly me: Me }) {
  const { t, language, setLanguage } = useTexts();
  const [theme, setTheme] = useTheme();
  const [open, setOpen] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  return (
    <>
      <form ref={form} method="post" action="/logout" hidden>
        <input type="hidden" name="csrf" value={me.csrf} />
      </form>
      <Dropdown
        isOpen={open}
        onOpenChange={setOpen}
        onSelect={() => setOpen(false)}
        popperProps={{ position: "end" }}
        toggle={(ref) => (
          <MenuToggle
            ref={ref}
            isExpanded={open}
            onClick={() => setOpen(!open)}
            icon={<UserIcon />}
            variant="plainText"
            aria-label={t("shell.userMenu", { user: inertText(me.user.name) })}
            className="user-toggle"
          >
            <Inert text={me.user.name} />
          </MenuToggle>
        )}
      >
        <DropdownList>
          <DropdownItem component={(props) => <AppLink {...props} href="/account" />}>
            {t("account.title")}
          </DropdownItem>
        </DropdownList>
        <Divider />
        <DropdownGroup label={t("shell.language")}>
          <DropdownList>
            {LANGUAGES.map((each) => (
              <DropdownItem key={each} isSelected={each === language} onClick={() => setLanguage(each)} lang={each}>
                {t(`language.${each}`)}
              </DropdownItem>
            ))}
          </DropdownList>
        </DropdownGroup>
        <Divider />
        <DropdownGroup label={t("shell.theme")}>
          <DropdownList>
            {THEMES.map((each) => (
              <DropdownItem key={each} isSelected={each === theme} onClick={() => setTheme(each)}>
                {t(`theme.${each}`)}
              </DropdownItem>
            ))}
          </DropdownList>
        </DropdownGroup>
        <Divider />
        <DropdownList>
          <DropdownItem onClick={() => form.current && signOut(form.current)}>{t("shell.signOut")}</DropdownItem>
        </DropdownList>
      </Dropdown>
    </>
  );
}

/** How long a gap lasts before it is worth a banner. */
const PATIENCE_MS = 1_500;

function ConnectionBanner() {
  const { t } = useTexts();
  const { state } = useLive();
  const [shown, setShown] = useState(false);
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const follow = () => setOnline(navigator.onLine);
    window.addEventListener("online", follow);
    window.addEventListener("offline", follow);
    return () => {
      window.removeEventListener("online", follow);
      window.removeEventListener("offline", follow);
    };
  }, []);
  useEffect(() => {
    if (state === "open") {
      setShown(false);
      return undefined;
    }
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <div role="status">
      {(shown || !online) && (
        <Banner status="warning" className="connection-banner">
          {t(online ? "live.lost" : "live.offline")}
          {online && (
            <Button variant="link" isInline onClick={() => location.reload()}>
              {t("action.reload")}
            </Button>
          )}
        </Banner>
      )}
    </div>
  );
}
