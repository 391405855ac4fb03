import { Field } from "../api/importer";

/** What the device is, as it says itself: hostile texts. Sizes in bytes. */
export interface SystemInfo {
  readonly hostName: string;
  readonly os: string;
  readonly kernel: string;
  readonly processor: string;
  readonly cores: number;
  readonly addresses: readonly string[];
  readonly fileSystems: readonly FileSystem[];
  readonly people: readonly Person[];
}

export interface FileSystem {
  readonly name: string;
  readonly size: number;
  readonly free: number;
}

/** Somebody who is signed in there. */
export interface Person {
  readonly user: string;
  readonly terminal: string;
}

/** @throws ImportError what is no such thing */
export function importInfo(text: string): SystemInfo {
  const info = new Field(JSON.parse(text));
  const os = info.get("os");
  const optional = (field: Field) => (field.absent ? "" : field.text());
  return {
    hostName: optional(info.get("hostName")),
    os: [optional(os.get("name")), optional(os.get("version"))].filter((part) => part !== "").join(" "),
    kernel: optional(info.get("kernel")),
    processor: optional(info.get("cpu").get("name")),
    cores: info.get("cpu").get("threads").count(),
    addresses: info.get("addresses").texts(),
    fileSystems: info.get("fileSystems").list((field) => ({
      name: field.get("name").text(),
      size: field.get("size").number(),
      free: field.get("free").number(),
    })),
    people: info.get("people").list((field) => ({
      user: field.get("user").text(),
      terminal: field.get("terminal").text(),
    })),
  };
}
