package org.bascule.control.remote;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bascule.control.Surroundings;
import org.bascule.control.files.PrivateFile;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.session.RelayAddress;

/**
 * Round trips to relays that an earlier command measured: {@code relays.json} in the configuration folder, mode 0600. By installation and place in the network, whose names are
 * hashed. A file that cannot be read or written is as good as none.
 */
final class FigureFile {

    /** Older ones are of no use. */
    static final Duration KEPT = Duration.ofHours(24);

    private static final int MAX_PLACES = 16;
    private static final int MAX_LENGTH = 256 * 1_024;

    private final PrivateFile file;
    private final String key;

    /** What was measured, and when; not all relays need be among them. */
    record Figures(Instant time, Map<String, Long> rtts) {

        Figures {
            rtts = Map.copyOf(rtts);
        }

        private JsonObject toJson() {
            return Json.createObjectBuilder()
                    .add("time", time.toEpochMilli())
                    .add("rtts", RelayAddress.rttsToJson(rtts))
                    .build();
        }

        private static Figures parse(StrictJson json) throws WireException {
            return new Figures(Instant.ofEpochMilli(json.number("time", 0, 1L << 50)), RelayAddress.rttsFromJson(json));
        }
    }

    /**
     * For one installation and place.
     *
     * @param server URL of the access server
     * @param place this machine's addresses
     */
    FigureFile(Surroundings around, String server, String place) {
        file = new PrivateFile(around.configFolder().resolve("relays.json"));
        key = B64.encode(Sha256.of((server + '\n' + place).getBytes(StandardCharsets.UTF_8)));
    }

    Optional<Figures> read(Instant now) {
        return Optional.ofNullable(all(now).get(key));
    }

    void write(Figures figures, Instant now) {
        Map<String, Figures> all = all(now);
        all.put(key, figures);
        JsonObjectBuilder json = Json.createObjectBuilder();
        all.entrySet().stream()
                .sorted(Comparator.comparing(
                        (Map.Entry<String, Figures> entry) -> entry.getValue().time(), Comparator.reverseOrder()))
                .limit(MAX_PLACES)
                .forEach(entry -> json.add(entry.getKey(), entry.getValue().toJson()));
        try {
            file.write(json.build().toString());
        } catch (IOException e) {
            // then it is measured again
        }
    }

    private Map<String, Figures> all(Instant now) {
        Map<String, Figures> all = new HashMap<>();
        try {
            Optional<String> text = file.read();
            if (text.isPresent()) {
                StrictJson json = StrictJson.parse(text.get(), MAX_LENGTH);
                for (String place : json.object().keySet()) {
                    Figures figures = Figures.parse(json.child(place));
                    if (!figures.time().isAfter(now)
                            && figures.time().plus(KEPT).isAfter(now)) {
                        all.put(place, figures);
                    }
                }
            }
        } catch (IOException | WireException e) {
            all.clear();
        }
        return all;
    }
}
