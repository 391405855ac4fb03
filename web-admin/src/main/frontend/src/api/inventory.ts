import { Field } from "./importer";

/** What a device says of itself. Every member may be missing, every text is hostile. Sizes in bytes. */
export interface Inventory {
  readonly taken: Date | null;
  readonly hostName: string | null;
  readonly os: {
    readonly name: string | null;
    readonly version: string | null;
    readonly architecture: string | null;
    readonly bits: number | null;
  } | null;
  readonly system: { readonly manufacturer: string | null; readonly model: string | null } | null;
  readonly cpu: { readonly name: string | null; readonly cores: number | null; readonly threads: number | null } | null;
  readonly memory: number | null;
  readonly disks: readonly {
    readonly name: string | null;
    readonly model: string | null;
    readonly size: number | null;
  }[];
  readonly interfaces: readonly {
    readonly name: string | null;
    readonly mac: string | null;
    readonly addresses: readonly string[];
  }[];
}

export function importInventory(value: unknown): Inventory {
  const root = new Field(value);
  return {
    taken: root.get("taken").timeOrNull(),
    hostName: root.get("hostName").textOrNull(),
    os: root.get("os").opt((os) => ({
      name: os.get("name").textOrNull(),
      version: os.get("version").textOrNull(),
      architecture: os.get("architecture").textOrNull(),
      bits: os.get("bits").numberOrNull(),
    })),
    system: root.get("system").opt((system) => ({
      manufacturer: system.get("manufacturer").textOrNull(),
      model: system.get("model").textOrNull(),
    })),
    cpu: root.get("cpu").opt((cpu) => ({
      name: cpu.get("name").textOrNull(),
      cores: cpu.get("cores").numberOrNull(),
      threads: cpu.get("threads").numberOrNull(),
    })),
    memory: root.get("memory").numberOrNull(),
    disks: root.get("disks").listOrEmpty((disk) => ({
      name: disk.get("name").textOrNull(),
      model: disk.get("model").textOrNull(),
      size: disk.get("size").numberOrNull(),
    })),
    interfaces: root.get("interfaces").listOrEmpty((each) => ({
      name: each.get("name").textOrNull(),
      mac: each.get("mac").textOrNull(),
      addresses: each.get("addresses").texts(),
    })),
  };
}
