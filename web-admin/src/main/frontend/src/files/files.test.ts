import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it, vi } from "vitest";
import { shown } from "../pages/files/view";
import { concat, lp, u8, u16, u32, u64, unb64u } from "../session/bytes";
import { download, FileError, list, type Sink, upload } from "./client";
import { type Entry, EntryReader, MalformedList, modeText } from "./entry";
import { bytesOf, fromAddress, isName, join, jsonOf, nameOf, parentOf, rawOf, textOf, toAddress } from "./path";
import { PIECE, PieceHash } from "./pieceHash";
import { type DeviceSide, fileSession } from "./testing";
import { readText, written } from "./text";
import { ZipWriter } from "./zip";

const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** As `files.md` says it. */
function pieces(bytes: Uint8Array): string {
  const all = createHash("sha256");
  for (let at = 0; at < bytes.length; at += PIECE)
    all.update(
      createHash("sha256")
        .update(bytes.subarray(at, at + PIECE))
        .digest(),
    );
  return all.digest("hex");
}

const random = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7919 + (i >> 8) * 31) & 255);

function encoded(kind: string, name: Uint8Array, size = 5): Uint8Array<ArrayBuffer> {
  return concat(
    u8(kind.charCodeAt(0)),
    u16(0o754),
    u64(size),
    u64(1_600_000_000_789),
    u32(0),
    u32(0),
    lp(name),
    lp(""),
  );
}

describe("paths", () => {
  it.each([
    ["plain", "/srv/data"],
    ["a line end, quotes and HTML", "/a\n\"<b>'%&?#="],
    ["no UTF-8", "/\xff\xfe\x80"],
    ["other scripts", `/${rawOf("ümläut ☃ 😀")}`],
    ["the root", "/"],
  ])("survive an address: %s", (_what, raw) => {
    expect(fromAddress(`?x=1&path=${toAddress(raw)}`)).toBe(raw);
    expect([...unb64u(jsonOf(raw))]).toEqual([...bytesOf(raw)]);
  });

  it.each(["", "?path=", "?path=relative", "?path=/a//b", "?path=/a/../b", "?path=/a/", "?path=/a%00b", "?path=/%zz"])(
    "that are none are not taken from an address: %s",
    (search) => expect(fromAddress(search)).toBeUndefined(),
  );

  it("are taken apart and put together", () => {
    expect(parentOf("/a/b")).toBe("/a");
    expect(parentOf("/a")).toBe("/");
    expect(nameOf("/a/b")).toBe("b");
    expect(join("/", "a")).toBe("/a");
    expect(textOf("\xc3\xa4\xff")).toBe("ä\ufffd");
    for (const bad of ["", ".", "..", "a/b", "a\0", "x".repeat(256)]) expect(isName(bad)).toBe(false);
  });
});

describe("a list", () => {
  it("is read however it is cut", () => {
    const names = [rawOf("a"), "\xff\n", "x".repeat(255)];
    const all = concat(...names.map((name) => encoded("f", bytesOf(name))));
    for (const cut of [1, 2, 7, 29, 64, all.length]) {
      const reader = new EntryReader();
      const entries: Entry[] = [];
      for (let at = 0; at < all.length; at += cut) entries.push(...reader.read(all.slice(at, at + cut)));
      expect(entries.map(({ name }) => name)).toEqual(names);
      expect(reader.complete).toBe(true);
      expect(entries[0]).toMatchObject({ kind: "file", size: 5, mode: 0o754, modified: 1_600_000_000_789 });
    }
    expect(modeText(0o754)).toBe("rwxr-xr--");
  });

  it.each([
    ["a name that leads elsewhere", encoded("f", bytesOf(".."))],
    ["a name with a slash", encoded("f", bytesOf("a/b"))],
    ["an unknown kind", encoded("x", bytesOf("a"))],
  ])("with %s is refused", (_what, bytes) => {
    expect(() => new EntryReader().read(bytes)).toThrow(MalformedList);
  });

  it("comes over a session, and its refusal too", async () => {
    const session = fileSession((side) => {
      if (!side.closed) return;
      side.say({ folder: { free: 7 } });
      side.send(encoded("d", bytesOf("sub")));
      side.say({ end: { entries: 1 } });
      side.end();
    });
    expect((await list(session, "/")).entries.map(({ name }) => name)).toEqual(["sub"]);
    let device: DeviceSide | undefined;
    const refusing = fileSession((side) => {
      device = side;
      side.say({ error: { code: "outside", text: "no" } });
    });
    await expect(list(refusing, "/etc")).rejects.toMatchObject({ code: "outside" });
    expect(device?.cancelled).toBe(true);
  });

  it("without an end is broken off before it fills the browser", async () => {
    const portion = concat(
      ...Array.from({ length: 10_000 }, (_, i) => encoded("f", bytesOf(`${i}${"x".repeat(200)}`))),
    );
    let device: DeviceSide | undefined;
    let sent = 0;
    const endless = fileSession((side) => {
      device = side;
      side.say({ folder: { free: 7 } });
      for (let i = 0; i < 50 && !side.cancelled; i++) {
        side.send(portion);
        sent += portion.length;
      }
      side.end();
    });
    await expect(list(endless, "/")).rejects.toMatchObject({ code: "too-many" });
    expect(device?.cancelled).toBe(true);
    expect(sent).toBeLessThan(35 * 1024 * 1024);
  });

  it("of a hundred thousand is sorted with folders first, numbers as numbers", () => {
    const entries = Array.from({ length: 100_000 }, (_, i): Entry => {
      const kind = i % 1000 === 0 ? "folder" : "file";
      return { kind, mode: 0, size: i, modified: 0, name: `${i === 5 ? "." : ""}f${i}`, target: "" };
    });
    const sorted = shown(entries, { key: "name", descending: false }, "", false);
    expect(sorted).toHaveLength(99_999);
    expect(sorted.slice(0, 3).map(({ name }) => name)).toEqual(["f0", "f1000", "f2000"]);
    expect(sorted.slice(100, 103).map(({ name }) => name)).toEqual(["f1", "f2", "f3"]);
    expect(shown(entries, { key: "size", descending: true }, "F9999", true)[0]?.name).toBe("f99999");
  });
});

class Kept implements Sink {
  readonly parts: Uint8Array<ArrayBuffer>[];
  ended = false;
  constructor(...parts: Uint8Array<ArrayBuffer>[]) {
    this.parts = parts;
  }
  get length() {
    return this.parts.reduce((sum, { length }) => sum + length, 0);
  }
  async *stored() {
    yield* [...this.parts];
  }
  async write(bytes: Uint8Array<ArrayBuffer>, hash: PieceHash) {
    hash.update(bytes);
    this.parts.push(bytes);
  }
  async end() {
    this.ended = true;
  }
}

describe("a download", () => {
  const content = random(100_000);
  const serving = (told: string) =>
    fileSession((side: DeviceSide) => {
      if (!side.closed) return;
      side.say({ file: { size: content.length } });
      side.send(content.slice(side.request.offset as number));
      side.say({ end: { pieces: told } });
      side.end();
    });

  it("goes on behind what is there, and is compared as a whole", async () => {
    const sink = new Kept(content.slice(0, 30_000));
    await download(serving(pieces(content)), "/f", sink);
    expect(sha(concat(...sink.parts))).toBe(sha(content));
    expect(sink.ended).toBe(true);
  });

  it("says what is there by its hash", async () => {
    let asked: unknown;
    const session = fileSession((side) => {
      asked = side.request;
      side.say({ error: { code: "changed", text: "" } });
      side.end();
    });
    await expect(download(session, "/f", new Kept(content.slice(0, 10)))).rejects.toMatchObject({ code: "changed" });
    expect(asked).toMatchObject({ op: "read", offset: 10 });
    expect(Buffer.from(unb64u((asked as { prefix: string }).prefix)).toString("hex")).toBe(
      pieces(content.slice(0, 10)),
    );
  });

  it("that is damaged is none", async () => {
    await expect(download(serving(pieces(content.slice(1))), "/f", new Kept())).rejects.toMatchObject({
      code: "checksum",
    });
  });

  it.each([
    ["that it failed", { error: { code: "denied", text: "" } }, { code: "denied" }],
    ["something else than a checksum", { end: { pieces: 7 } }, { path: "end.pieces" }],
    ["the end too early", { end: { pieces: "" } }, { code: "checksum" }],
  ])("takes nothing of what comes after the device has said %s", async (_what, event, error) => {
    let device: DeviceSide | undefined;
    const session = fileSession((side) => {
      if (!side.closed) return;
      device = side;
      side.say({ file: { size: content.length } });
      side.send(content.slice(0, 10));
      side.say(event);
    });
    const sink = new Kept();
    await expect(download(session, "/f", sink)).rejects.toMatchObject(error);
    device?.send(content.slice(10, 20));
    await new Promise((waited) => setTimeout(waited, 10));
    expect(sink.length).toBe(10);
    expect(device).toMatchObject({ cancelled: true, consumed: 10 });
  });

  it.each([
    ["the file has", 10, 8, { code: "failed" }],
    ["nobody knows how many of", -1, 0, { path: "file.size" }],
  ])("writes no bytes beyond those that %s", async (_what, size, written, error) => {
    let device: DeviceSide | undefined;
    const session = fileSession((side) => {
      if (!side.closed) return;
      device = side;
      side.say({ file: { size } });
      for (let at = 0; at < 80; at += 8) side.send(content.slice(at, at + 8));
    });
    const sink = new Kept();
    await expect(download(session, "/f", sink)).rejects.toMatchObject(error);
    expect(sink.length).toBe(written);
    expect(device).toMatchObject({ cancelled: true, consumed: written });
  });

  it("is written while it is hashed, at most four pieces ahead", async () => {
    const file = random(8 * PIECE);
    let device: DeviceSide | undefined;
    const session = fileSession((side) => {
      if (!side.closed) return;
      device = side;
      side.say({ file: { size: file.length } });
    });
    const send = (from: number, to: number) => {
      for (let at = from; at < to; at += PIECE / 4) device?.send(file.slice(at, at + PIECE / 4));
    };
    const digest = crypto.subtle.digest.bind(crypto.subtle);
    let release: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    vi.spyOn(crypto.subtle, "digest").mockImplementation(async (...of) => {
      const hash = await digest(...of);
      await slow;
      return hash;
    });
    const sink = new Kept();
    const running = download(session, "/f", sink);
    await vi.waitFor(() => expect(device).toBeDefined());
    send(0, 4 * PIECE);
    await vi.waitFor(() => expect(device?.consumed).toBe(4 * PIECE));
    send(4 * PIECE, 6 * PIECE);
    await new Promise((waited) => setTimeout(waited, 20));
    // the end of the fifth piece waits for the hash of the first
    expect(device?.consumed).toBe(4.75 * PIECE);
    release();
    await vi.waitFor(() => expect(device?.consumed).toBe(6 * PIECE));
    send(6 * PIECE, file.length);
    device?.say({ end: { pieces: pieces(file) } });
    device?.end();
    await running;
    expect(sha(concat(...sink.parts))).toBe(sha(file));
  });

  it("ends the stream when it is cancelled", async () => {
    let device: DeviceSide | undefined;
    const session = fileSession((side) => {
      device = side;
    });
    const abort = new AbortController();
    const running = download(session, "/f", new Kept(), { signal: abort.signal });
    await vi.waitFor(() => expect(device).toBeDefined());
    abort.abort();
    await expect(running).rejects.toThrow();
    expect(device?.cancelled).toBe(true);
  });
});

describe("the checksum", () => {
  it.each([0, 1, PIECE - 1, PIECE, PIECE + 1, 3_333_333])(
    "of %d bytes is the same however they come",
    async (length) => {
      const file = random(length);
      for (const part of [65_536, 1_500_000]) {
        const hash = new PieceHash();
        for (let at = 0; at < length; at += part) hash.update(file.slice(at, at + part));
        expect(await hash.hex()).toBe(pieces(file));
        await hash.settled;
        expect(await hash.hex()).toBe(pieces(file));
      }
    },
  );

  /** The same as in the test of the agent. */
  it("of known bytes", async () => {
    const hash = new PieceHash();
    hash.update(Uint8Array.from({ length: 2 * PIECE + 5 }, (_, i) => i % 251));
    expect(await hash.hex()).toBe("53ec89529059d75f8a85a3b734e43c2d152fa1d33aa09d2f164304f560587e94");
  });
});

describe("an upload", () => {
  const content = random(2_500_000);
  const file = new File([content], "f", { lastModified: 1_700_000_000_123 });
  const taking = (there: Uint8Array, sides: DeviceSide[]) => {
    let ready = false;
    return fileSession((side) => {
      if (!sides.includes(side)) sides.push(side);
      if (!ready) side.say({ ready: { offset: there.length, pieces: pieces(there) } });
      ready = true;
      if (side.closed) {
        side.say({ done: { sha256: "", tag: "" } });
        side.end();
      }
    });
  };

  it("goes on where an earlier attempt was", async () => {
    const sides: DeviceSide[] = [];
    await upload(taking(content.slice(0, 1_000_001), sides), "/f", file, { replace: false });
    const side = sides[0];
    expect(side?.request).toMatchObject({ op: "write", size: content.length, mtime: 1_700_000_000_123, resume: true });
    expect(side?.said).toEqual([{ from: 1_000_001 }, { pieces: pieces(content) }]);
    expect(sha(concat(...(side?.received ?? [])))).toBe(sha(content.slice(1_000_001)));
  });

  it("is read ahead by two pieces while there is no room, and no further", async () => {
    const read: number[] = [];
    class Counted extends File {
      override slice(from = 0, to = this.size): Blob {
        read.push(from);
        return super.slice(from, to);
      }
    }
    const given = taking(new Uint8Array(), []);
    const full = {
      ...given,
      openFile: (...of: Parameters<typeof given.openFile>) =>
        Object.defineProperty({ ...given.openFile(...of) }, "waiting", { value: 4 * PIECE }),
    };
    void upload(full, "/f", new Counted([content], "f"), { replace: false }).catch(() => undefined);
    await vi.waitFor(() => expect(read).toEqual([0, PIECE, 2 * PIECE]));
    await new Promise((waited) => setTimeout(waited, 20));
    expect(read).toHaveLength(3);
  });

  it("reads nothing where nothing is left to send: it would fail unheard", async () => {
    let read = 0;
    class Counted extends File {
      override slice(from?: number, to?: number): Blob {
        read++;
        return super.slice(from, to);
      }
    }
    const sides: DeviceSide[] = [];
    await upload(taking(new Uint8Array(), sides), "/f", new Counted([], "f"), { replace: false });
    expect(sides[0]?.said).toEqual([{ pieces: pieces(new Uint8Array()) }]);
    expect(read).toBe(0);
  });

  it("begins anew where something else is there", async () => {
    const sides: DeviceSide[] = [];
    await upload(
      taking(
        random(10).map((n) => n ^ 1),
        sides,
      ),
      "/f",
      file,
      { replace: true },
    );
    expect(sides[0]?.said).toEqual([{ from: 0 }, { pieces: pieces(content) }]);
    expect(sha(concat(...(sides[0]?.received ?? [])))).toBe(sha(content));
  });

  it("says why the device refused it", async () => {
    const session = fileSession((side) => {
      side.say({ error: { code: "no-space", text: "full" } });
      side.end();
    });
    const refused = upload(session, "/f", file, { replace: false });
    await expect(refused).rejects.toBeInstanceOf(FileError);
    await expect(refused).rejects.toMatchObject({ code: "no-space", detail: "full" });
  });
});

describe("a folder", () => {
  it("becomes an archive that other programs read", async () => {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const zip = new ZipWriter(async (bytes) => {
      parts.push(bytes);
    });
    const content = random(100_000);
    await zip.add("d/", 1_600_000_000_000, 0o755, async () => undefined);
    await zip.add(rawOf("d/ä <b>.txt"), 1_600_000_000_000, 0o640, async (put) => {
      await put(content.slice(0, 1));
      await put(content.slice(1));
    });
    await zip.add("d/empty", 0, 0o644, async () => undefined);
    await zip.end();
    const path = join(mkdtempSync(join(tmpdir(), "zip-")), "a.zip");
    writeFileSync(path, concat(...parts));
    const script =
      "import sys,zipfile,hashlib;z=zipfile.ZipFile(sys.argv[1]);print(z.testzip());[print(repr(i.filename),i.file_size,oct(i.external_attr>>16),hashlib.sha256(z.read(i)).hexdigest()) for i in z.infolist()]";
    const read = spawnSync("python3", ["-c", script, path], {
      encoding: "utf8",
      env: { ...process.env, PYTHONIOENCODING: "utf-8" },
    });
    rmSync(path);
    if (read.error !== undefined) return; // no other program here
    expect(read.stdout.trim().split("\n")).toEqual([
      "None",
      `'d/' 0 0o40755 ${sha(new Uint8Array(0))}`,
      `'d/ä <b>.txt' 100000 0o100640 ${sha(content)}`,
      `'d/empty' 0 0o100644 ${sha(new Uint8Array(0))}`,
    ]);
  });
});

describe("a text to edit", () => {
  const serving = (bytes: Uint8Array<ArrayBuffer>) =>
    fileSession((side) => {
      if (!side.closed) return;
      if (side.request.op === "stat")
        side.say({ stat: { kind: "f", size: bytes.length, mode: 0o644, mtime: 1, tag: "t" } });
      else {
        side.say({ file: { size: bytes.length } });
        side.send(bytes);
        side.say({ end: { pieces: pieces(bytes) } });
      }
      side.end();
    });

  it.each([
    ["another encoding", new Uint8Array([0xe4])],
    ["a NUL", new Uint8Array([65, 0])],
    ["line ends of two kinds", new Uint8Array([65, 13, 10, 66, 10])],
    ["line ends that a field would change", new Uint8Array([65, 13, 66])],
  ])("is none with %s", async (_what, bytes) => {
    await expect(readText(serving(bytes), "/f", new AbortController().signal)).rejects.toMatchObject({
      code: "not-a-text",
    });
  });

  it("is read with its version", async () => {
    const bytes = new Uint8Array([0xc3, 0xa4, 10]);
    expect(await readText(serving(bytes), "/f", new AbortController().signal)).toEqual({
      text: "ä\n",
      lineEnd: "\n",
      tag: "t",
    });
  });

  it("is written with the line ends that it has", async () => {
    const bytes = new TextEncoder().encode("one\r\n\r\ntwo\r\n");
    const { text, lineEnd } = await readText(serving(bytes), "/f", new AbortController().signal);
    expect(text).toBe("one\n\ntwo\n");
    expect(await written(`${text}three\n`, lineEnd).text()).toBe("one\r\n\r\ntwo\r\nthree\r\n");
  });
});
