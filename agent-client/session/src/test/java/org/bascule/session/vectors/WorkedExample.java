package org.bascule.session.vectors;

import jakarta.json.JsonObject;
import java.util.HexFormat;
import java.util.List;
import org.bascule.wire.Sha256;

/** The block in {@code docs/protocol/session.md}, "Worked example", from the vectors. */
final class WorkedExample {

    private static final int WIDTH = 96;

    private final StringBuilder out = new StringBuilder();

    private WorkedExample() {}

    static String text(JsonObject handshake, JsonObject records) {
        WorkedExample example = new WorkedExample();
        example.handshake(handshake);
        example.records(records);
        return example.out.toString();
    }

    private void handshake(JsonObject file) {
        JsonObject session = file.getJsonObject("session");
        JsonObject client = file.getJsonObject("client");
        JsonObject device = file.getJsonObject("device");
        String m1 = file.getString("m1");
        String m2 = file.getString("m2");
        line("sid", session.getString("sid"));
        line("SHA-256(SPKI)", hash(session.getString("spki")));
        line("prologue", session.getString("prologue"));
        line("device static", device.getString("staticPublic"));
        line("client e", client.getString("ephemeralPublic"));
        line("SHA-256(ek)", hash(client.getString("ek")));
        line("P1 after ek", file.getString("p1").substring(2 + 2 * 1184));
        line("m1, first 48", m1.substring(0, 96));
        line("m1, last 32", m1.substring(m1.length() - 64));
        line("SHA-256(m1)", hash(m1));
        line("SHA-256(ct)", hash(file.getString("ct")));
        line("psk", file.getString("psk"));
        line("P2", file.getString("p2"));
        line("m2 after ct", m2.substring(2 * 1088));
        line("SHA-256(m2)", hash(m2));
        line("k_c", file.getString("kClient"));
        line("k_a", file.getString("kAgent"));
    }

    private void records(JsonObject file) {
        for (String direction : List.of("client", "agent")) {
            JsonObject keys = file.getJsonObject(direction);
            line("k_data, " + direction, keys.getString("kData"));
            line("k_ctl, " + direction, keys.getString("kControl"));
        }
        for (JsonObject record :
                file.getJsonArray("session").getValuesAs(JsonObject.class).subList(0, 4)) {
            line(
                    "%s %d: %s"
                            .formatted(
                                    record.getString("from"),
                                    record.getJsonNumber("sequence").longValue(),
                                    record.getString("type")),
                    record.getString("plaintext"));
            line("  record", record.getString("record"));
        }
        JsonObject resume = file.getJsonArray("control").getJsonObject(0);
        line("control: RESUME", resume.getString("plaintext"));
        line("  record", resume.getString("record"));
    }

    private static String hash(String hex) {
        return HexFormat.of().formatHex(Sha256.of(HexFormat.of().parseHex(hex)));
    }

    private void line(String name, String hex) {
        String label = name;
        for (int at = 0; at < hex.length(); at += WIDTH) {
            out.append("%-19s".formatted(label))
                    .append(hex, at, Math.min(hex.length(), at + WIDTH))
                    .append('\n');
            label = "";
        }
    }
}
