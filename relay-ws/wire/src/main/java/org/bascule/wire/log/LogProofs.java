package org.bascule.wire.log;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * What the access server answers about the log with a session: a head, that the device's certificate is in it, and that it goes on from the head that the client
 * knows.
 *
 * @param index place of the certificate's entry
 * @param consistency from the head of the size that the client named, if it named one
 */
public record LogProofs(TreeHead head, long index, List<byte[]> inclusion, Optional<Consistency> consistency) {

    /**
     * From a tree of {@code first} leaves to that of the head.
     *
     * @param first leaves of the older tree
     */
    public record Consistency(long first, List<byte[]> path) {

        public Consistency {
            path = List.copyOf(path);
        }

        public JsonObject toJson() {
            return Json.createObjectBuilder()
                    .add("first", first)
                    .add("path", hashes(path))
                    .build();
        }

        public static Consistency parse(StrictJson json) throws WireException {
            return new Consistency(json.number("first", 0, TreeHead.MAX_SIZE), hashes(json, "path"));
        }
    }

    /** Between two sizes of which neither is that of a head beside it: what an agent gets with an offer. */
    public record Growth(long first, long second, List<byte[]> path) {

        public Growth {
            path = List.copyOf(path);
        }

        public JsonObject toJson() {
            return Json.createObjectBuilder()
                    .add("first", first)
                    .add("second", second)
                    .add("path", hashes(path))
                    .build();
        }

        public static Growth parse(StrictJson json) throws WireException {
            return new Growth(
                    json.number("first", 0, TreeHead.MAX_SIZE),
                    json.number("second", 0, TreeHead.MAX_SIZE),
                    hashes(json, "path"));
        }
    }

    public LogProofs {
        inclusion = List.copyOf(inclusion);
    }

    public JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("head", head.toJson())
                .add("index", index)
                .add("inclusion", hashes(inclusion));
        consistency.ifPresent(value -> json.add("consistency", value.toJson()));
        return json.build();
    }

    public static LogProofs parse(StrictJson json) throws WireException {
        Optional<StrictJson> consistency = json.optionalChild("consistency");
        return new LogProofs(
                TreeHead.parse(json.child("head")),
                json.number("index", 0, TreeHead.MAX_SIZE),
                hashes(json, "inclusion"),
                consistency.isPresent() ? Optional.of(Consistency.parse(consistency.get())) : Optional.empty());
    }

    /** The JSON form of a path. */
    public static JsonArray hashes(List<byte[]> path) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        path.forEach(hash -> array.add(B64.encode(hash)));
        return array.build();
    }

    /** A path from its JSON form. */
    public static List<byte[]> hashes(StrictJson json, String name) throws WireException {
        List<byte[]> hashes = new ArrayList<>();
        for (String text : json.strings(name, Merkle.MAX_PATH, 64)) {
            hashes.add(B64.decode(text, Sha256.LENGTH));
        }
        return hashes;
    }
}
