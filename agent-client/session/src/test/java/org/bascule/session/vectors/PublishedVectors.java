package org.bascule.session.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.Json;

/** Vectors that others published: short ones are in the project, complete sets are read from {@code ../shared/vectors} where that folder exists. */
public final class PublishedVectors {

    private static final Path SHARED = VectorFile.ROOT.resolveSibling("shared").resolve("vectors");

    private PublishedVectors() {}

    public static JsonObject resource(String name) throws IOException {
        try (InputStream in = PublishedVectors.class.getResourceAsStream("/vectors/" + name)) {
            assertThat(in).as(name).isNotNull();
            try (JsonReader reader = Json.createReader(in)) {
                return reader.readObject();
            }
        }
    }

    /** A complete set; empty, and said in the test's output, where the folder is not there. */
    public static Optional<JsonObject> shared(String name) throws IOException {
        Path file = SHARED.resolve(name);
        if (!Files.exists(file)) {
            System.out.println("not run: the vectors in " + file + " are not there");
            return Optional.empty();
        }
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(file))) {
            return Optional.of(reader.readObject());
        }
    }

    /** A group of a Wycheproof file and one of its tests. */
    public record Case(JsonObject group, JsonObject test) {
        public byte[] bytes(String name) {
            return PublishedVectors.bytes(test, name);
        }

        public boolean valid() {
            return !test.getString("result").equals("invalid");
        }

        public String name() {
            return "tcId " + test.getInt("tcId") + " " + test.getString("comment", "");
        }
    }

    public static List<Case> cases(Optional<JsonObject> file) {
        List<Case> cases = new ArrayList<>();
        file.ifPresent(json -> json.getJsonArray("testGroups")
                .getValuesAs(JsonObject.class)
                .forEach(group -> group.getJsonArray("tests")
                        .getValuesAs(JsonObject.class)
                        .forEach(test -> cases.add(new Case(group, test)))));
        return cases;
    }

    public static byte[] bytes(JsonObject json, String name) {
        return HexFormat.of().parseHex(json.getString(name));
    }
}
