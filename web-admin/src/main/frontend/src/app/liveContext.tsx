import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { LiveEvent } from "../api/event";
import { request, tellWhy } from "../api/http";
import { LiveChannel, type LiveState, liveUrl } from "./live";
import { goToLogin } from "./signIn";
import { LiveUpdates } from "./updates";

interface Live {
  readonly state: LiveState;
  /** Hears every live event until the returned function is called. */
  readonly listen: (listener: (event: LiveEvent) => void) => () => void;
}

const Context = createContext<Live | null>(null);

/** Holds the live channel open while the application is shown, and feeds what arrives to the pages. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  const listeners = useRef(new Set<(event: LiveEvent) => void>());
  // Before what is inside asks for anything: whether an answer may be old is told by what was asked for when the channel opened.
  useLayoutEffect(() => {
    const updates = new LiveUpdates(client);
    const channel = new LiveChannel({
      url: liveUrl(location),
      onState: setState,
      onMissed: () => updates.everything(),
      beforeRetry: async () => {
        await request("GET", "/api/me");
      },
      onEvent: (event) => {
        if (event.type === "signed-out" && !tellWhy(event.why)) goToLogin();
        updates.apply(event);
        for (const listener of listeners.current) listener(event);
      },
    });
    channel.start();
    return () => {
      channel.stop();
      updates.stop();
    };
  }, [client]);
  const listen = useCallback((listener: (event: LiveEvent) => void) => {
    listeners.current.add(listener);
    return () => {
      listeners.current.delete(listener);
    };
  }, []);
  const value = useMemo(() => ({ state, listen }), [state, listen]);
  return <Context value={value}>{children}</Context>;
}

export function useLive(): Live {
  const live = useContext(Context);
  if (live === null) throw new Error("useLive needs a LiveProvider above it");
  return live;
}
