package org.bascule.wire.enrol;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.B64;
import org.bascule.wire.Bytes;
import org.bascule.wire.Json;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Which machine this is, as far as it can be read (requirement DEV-3): hashes of numbers that survive a factory reset, never the numbers themselves. What
 * cannot be read is absent; a machine that shows nothing has an empty id and cannot be told from another.
 *
 * @param system of the number that the maker gave the machine; base64url of 32 bytes
 * @param board of the number of its main board
 * @param nics of the addresses of its built-in network interfaces, sorted, at most 8
 */
public record HardwareId(Optional<String> system, Optional<String> board, List<String> nics) {

    public static final int MAX_NICS = 8;
    public static final HardwareId NONE = new HardwareId(Optional.empty(), Optional.empty(), List.of());
    private static final String LABEL = "bascule/1 hardware";

    /** What a number is of; the nearest to the machine first. */
    public enum Kind {
        SYSTEM("system"),
        BOARD("board"),
        NIC("nic");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }

        /** {@code SHA-256(label ‖ 00 ‖ lp(kind) ‖ lp(root hash) ‖ lp(number))}, base64url: comparable within an installation alone. */
        public String hash(byte[] rootHash, String number) {
            return B64.encode(Sha256.of(Bytes.writer()
                    .ascii(LABEL)
                    .u8(0)
                    .lp(text)
                    .lp(rootHash)
                    .lp(number)
                    .toByteArray()));
        }
    }

    public HardwareId {
        nics = nics.stream().distinct().sorted().limit(MAX_NICS).toList();
    }

    public boolean isEmpty() {
        return system.isEmpty() && board.isEmpty() && nics.isEmpty();
    }

    /** The hashes of one kind. */
    public List<String> of(Kind kind) {
        return switch (kind) {
            case SYSTEM -> system.stream().toList();
            case BOARD -> board.stream().toList();
            case NIC -> nics;
        };
    }

    /**
     * Whether both are the same machine. The first kind that both know decides: one number of it in common is enough, because interfaces are added and
     * replaced. Without a kind that both know it is not known. Enough to suspect, not to let in: see {@link #proves}.
     */
    public Optional<Boolean> isSameAs(HardwareId other) {
        for (Kind kind : Kind.values()) {
            List<String> mine = of(kind);
            List<String> theirs = other.of(kind);
            if (!mine.isEmpty() && !theirs.isEmpty()) {
                return Optional.of(mine.stream().anyMatch(theirs::contains));
            }
        }
        return Optional.empty();
    }

    /**
     * Whether this machine shows that it is the one that something is bound to: by the nearest kind of number that is bound, and by no weaker one. The address of
     * an interface is known to the whole network segment; it decides where nothing better was ever known.
     */
    public boolean proves(HardwareId bound) {
        for (Kind kind : Kind.values()) {
            List<String> theirs = bound.of(kind);
            if (!theirs.isEmpty()) {
                return of(kind).stream().anyMatch(theirs::contains);
            }
        }
        return false;
    }

    public JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder();
        system.ifPresent(value -> json.add("system", value));
        board.ifPresent(value -> json.add("board", value));
        JsonArrayBuilder array = Json.createArrayBuilder();
        nics.forEach(array::add);
        return json.add("nics", array).build();
    }

    public static HardwareId parse(StrictJson json) throws WireException {
        List<String> nics = json.has("nics") ? json.strings("nics", MAX_NICS, 43) : List.of();
        for (String nic : nics) {
            B64.decode(nic, Sha256.LENGTH);
        }
        return new HardwareId(hash(json, "system"), hash(json, "board"), nics);
    }

    /** The member {@code hardware} of a message; none where it is absent. */
    public static HardwareId member(StrictJson json) throws WireException {
        Optional<StrictJson> child = json.optionalChild("hardware");
        return child.isPresent() ? parse(child.get()) : NONE;
    }

    private static Optional<String> hash(StrictJson json, String name) throws WireException {
        return json.has(name) ? Optional.of(B64.encode(json.bytes(name, Sha256.LENGTH))) : Optional.empty();
    }
}
