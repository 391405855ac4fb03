package org.bascule.session.service;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Arguments of {@code file} ({@code docs/protocol/files.md}): what one stream is for. */
public sealed interface FileRequest {

    /** Whether it changes something: then it needs {@code file-write}, otherwise {@code file-read}. */
    default boolean writes() {
        return false;
    }

    default String operation() {
        return writes() ? Operations.FILE_WRITE : Operations.FILE_READ;
    }

    JsonObject toJson();

    /** The folders that may be seen at all. */
    record Roots() implements FileRequest {
        @Override
        public JsonObject toJson() {
            return begin("roots").build();
        }
    }

    /** The entries of a folder. */
    record List(FilePath path) implements FileRequest {
        @Override
        public JsonObject toJson() {
            return of("list", path).build();
        }
    }

    /** One entry; a link is followed. */
    record Stat(FilePath path) implements FileRequest {
        @Override
        public JsonObject toJson() {
            return of("stat", path).build();
        }
    }

    /** How much there is at and below a path; links count as themselves. */
    record Count(FilePath path) implements FileRequest {
        @Override
        public JsonObject toJson() {
            return of("count", path).build();
        }
    }

    /**
     * The bytes of a file.
     *
     * @param offset where to begin
     * @param prefix {@link PieceDigest} of the bytes before that, if the device is to see whether they are still the same
     * @param max refuses a longer file
     */
    record Read(FilePath path, long offset, Optional<Bytes> prefix, Optional<Long> max) implements FileRequest {
        @Override
        public JsonObject toJson() {
            JsonObjectBuilder json = of("read", path).add("offset", offset);
            prefix.ifPresent(hash -> json.add("prefix", hash.toJson()));
            max.ifPresent(bytes -> json.add("max", bytes));
            return json.build();
        }
    }

    /** @param existing a folder that is there already is as good */
    record MakeFolder(FilePath path, boolean existing) implements FileRequest {
        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public JsonObject toJson() {
            return of("mkdir", path).add("existing", existing).build();
        }
    }

    /** @param replace a file that is called so is replaced */
    record Rename(FilePath path, FilePath to, boolean replace) implements FileRequest {
        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public JsonObject toJson() {
            return of("rename", path)
                    .add("to", to.toJson())
                    .add("replace", replace)
                    .build();
        }
    }

    /** @param recursive a folder with all that is in it */
    record Delete(FilePath path, boolean recursive) implements FileRequest {
        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public JsonObject toJson() {
            return of("delete", path).add("recursive", recursive).build();
        }
    }

    /**
     * A file with the bytes that follow.
     *
     * @param size of the whole file, bytes
     * @param modified milliseconds since 1970
     * @param mode permission bits; without: those of the file that is replaced, or 0644
     * @param replace a file that is called so is replaced
     * @param match only if that is still the file's tag
     * @param resume goes on with what an earlier attempt at the same file (name, size, time) has left
     */
    record Write(
            FilePath path,
            long size,
            Optional<Long> modified,
            Optional<Integer> mode,
            boolean replace,
            Optional<String> match,
            boolean resume)
            implements FileRequest {
        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public JsonObject toJson() {
            JsonObjectBuilder json =
                    of("write", path).add("size", size).add("replace", replace).add("resume", resume);
            modified.ifPresent(time -> json.add("mtime", time));
            mode.ifPresent(bits -> json.add("mode", bits));
            match.ifPresent(tag -> json.add("match", tag));
            return json.build();
        }
    }

    /** Removes what an attempt at this file has left. */
    record Discard(FilePath path, long size, Optional<Long> modified) implements FileRequest {
        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public JsonObject toJson() {
            JsonObjectBuilder json = of("discard", path).add("size", size);
            modified.ifPresent(time -> json.add("mtime", time));
            return json.build();
        }
    }

    /** A SHA-256 that compares by value. */
    record Bytes(String hex) {
        public static Bytes of(byte[] sha256) {
            return new Bytes(java.util.HexFormat.of().formatHex(sha256));
        }

        public String toJson() {
            return B64.encode(java.util.HexFormat.of().parseHex(hex));
        }
    }

    private static JsonObjectBuilder begin(String op) {
        return Json.createObjectBuilder().add("op", op);
    }

    private static JsonObjectBuilder of(String op, FilePath path) {
        return begin(op).add("path", path.toJson());
    }

    /** Sizes and offsets fit a file system's signed 64 bits and a browser's numbers. */
    long MAX_SIZE = 1L << 53;

    /** @throws WireException what is no request, or one with something out of its bounds */
    static FileRequest parse(JsonObject arguments) throws WireException {
        StrictJson json = StrictJson.of(arguments);
        String op = json.string("op", 16);
        if (op.equals("roots")) {
            return new Roots();
        }
        FilePath path = FilePath.parse(json, "path");
        return switch (op) {
            case "list" -> new List(path);
            case "stat" -> new Stat(path);
            case "count" -> new Count(path);
            case "read" ->
                new Read(
                        path,
                        json.optionalNumber("offset", 0, MAX_SIZE).orElse(0L),
                        json.has("prefix")
                                ? Optional.of(Bytes.of(json.bytes("prefix", Sha256.LENGTH)))
                                : Optional.empty(),
                        json.optionalNumber("max", 0, MAX_SIZE));
            case "mkdir" -> new MakeFolder(path, json.optionalFlag("existing"));
            case "rename" -> new Rename(path, FilePath.parse(json, "to"), json.optionalFlag("replace"));
            case "delete" -> new Delete(path, json.optionalFlag("recursive"));
            case "write" ->
                new Write(
                        path,
                        json.number("size", 0, MAX_SIZE),
                        json.optionalNumber("mtime", -MAX_SIZE, MAX_SIZE),
                        json.optionalNumber("mode", 0, 0777).map(Long::intValue),
                        json.optionalFlag("replace"),
                        json.optionalString("match", 128),
                        json.optionalFlag("resume"));
            case "discard" ->
                new Discard(path, json.number("size", 0, MAX_SIZE), json.optionalNumber("mtime", -MAX_SIZE, MAX_SIZE));
            default -> throw WireException.malformed("there is no such request");
        };
    }
}
