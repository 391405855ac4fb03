package org.bascule.session.vectors;

import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bascule.wire.Json;

/** A file of {@code docs/protocol/vectors}. With {@code -Dbascule.vectors.write=true} the tests write it instead of comparing. */
public final class VectorFile {

    /** Root of the repository; tests run in the module's folder. */
    public static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    private static final Path FOLDER = ROOT.resolve("docs/protocol/vectors");

    private VectorFile() {}

    public static boolean writing() {
        return Boolean.getBoolean("bascule.vectors.write");
    }

    public static Path path(String name) {
        return FOLDER.resolve(name);
    }

    public static JsonObject read(String name) throws IOException {
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(path(name)))) {
            return reader.readObject();
        }
    }

    /** Returns what the file holds; writes it first if asked to. */
    public static JsonObject readOrWrite(String name, JsonObject produced) throws IOException {
        if (writing()) {
            StringWriter text = new StringWriter();
            try (JsonWriter writer = Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                    .createWriter(text)) {
                writer.writeObject(produced);
            }
            Files.createDirectories(FOLDER);
            Files.writeString(path(name), text.toString().strip() + "\n");
        }
        return read(name);
    }
}
