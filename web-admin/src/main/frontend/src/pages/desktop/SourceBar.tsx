import { Button, FormSelect, FormSelectOption, TextInput } from "@patternfly/react-core";
import { ExternalLinkAltIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { inertText } from "../../app/inert";
import { subDevicesQuery } from "../../app/queries";
import { useTexts } from "../../i18n";
import { offered, onDevice, USUAL_VNC_PORT, type VncServer } from "./source";

const MOST_SUB_DEVICES = 100;
const OWN = "";
const PORT = "port";

interface SourceBarProps {
  readonly uid: string;
  /** Null for the device's own screen. */
  readonly server: VncServer | null;
  readonly onSource: (server: VncServer | null) => void;
}

/** Whose screen is shown: the device's, that of a VNC server on it, or that of something behind it. And the way to have several side by side. */
export function SourceBar({ uid, server, onSource }: SourceBarProps) {
  const { t } = useTexts();
  const subs = useQuery(subDevicesQuery(uid, { limit: MOST_SUB_DEVICES }));
  const servers = offered(subs.data?.items ?? []);
  const known = server !== null && servers.some((each) => each.server.text === server.text);
  const onThis = server !== null && server.host === "localhost";
  const [asksPort, setAsksPort] = useState(false);
  const [port, setPort] = useState(String(onThis ? server.port : USUAL_VNC_PORT));
  const wanted = onDevice(Number(port));
  const value = asksPort || onThis ? PORT : server === null ? OWN : server.text;
  const choose = (next: string) => {
    setAsksPort(next === PORT);
    if (next === PORT) return;
    onSource(servers.find((each) => each.server.text === next)?.server ?? null);
  };
  return (
    <div className="desktop-tools">
      <FormSelect
        className="desktop-tools__choice"
        aria-label={t("desktop.source")}
        value={value}
        onChange={(_event, next) => choose(next)}
      >
        <FormSelectOption value={OWN} label={t("desktop.source.own")} />
        {servers.map(({ server: each, name }) => (
          <FormSelectOption
            key={each.text}
            value={each.text}
            label={t("desktop.source.sub", { name: inertText(name), port: String(each.port) })}
          />
        ))}
        {server !== null && !known && !onThis && (
          <FormSelectOption value={server.text} label={t("desktop.source.other", { server: server.text })} />
        )}
        <FormSelectOption value={PORT} label={t("desktop.source.port")} />
      </FormSelect>
      {value === PORT && (
        <form
          className="desktop-source"
          onSubmit={(event) => {
            event.preventDefault();
            if (wanted === null) return;
            setAsksPort(false);
            onSource(wanted);
          }}
        >
          <TextInput
            className="desktop-source__port"
            aria-label={t("desktop.source.portField")}
            type="number"
            min={1}
            max={65_535}
            value={port}
            validated={wanted === null ? "error" : "default"}
            onChange={(_event, text) => setPort(text)}
          />
          <Button type="submit" variant="secondary" size="sm" isDisabled={wanted === null}>
            {t("desktop.source.show")}
          </Button>
        </form>
      )}
      <Button
        variant="link"
        size="sm"
        component="a"
        href={`/devices/${uid}/desktop${server === null ? "" : `?vnc=${encodeURIComponent(server.text)}`}`}
        target="_blank"
        rel="noopener"
        icon={<ExternalLinkAltIcon />}
      >
        {t("desktop.newWindow")}
      </Button>
    </div>
  );
}
