package org.bascule.control.command;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bascule.control.CommandException;
import org.bascule.control.Surroundings;
import org.bascule.wire.Operations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "info",
        header = "Show what a device is and how it does: system, memory, disks, addresses, who is there.")
final class Info implements Action {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    @Mixin
    private Output output = new Output();

    @Mixin
    private SessionReason reason = new SessionReason();

    @Parameters(paramLabel = "DEVICE", description = "uid, unique name or path")
    private String device = "";

    @Override
    public int run(Surroundings around) throws CommandException {
        return SystemSession.run(around, device, Operations.of(Operations.PROCESS_VIEW), reason, system -> {
            JsonObject info = system.info();
            output.print(around, info, String.join("\n", lines(info)));
        });
    }

    private static List<String> lines(JsonObject info) {
        JsonObject os = Output.object(info, "os");
        JsonObject cpu = Output.object(info, "cpu");
        JsonObject now = Output.object(info, "now");
        Table table = Table.wide("WHAT", "VALUE");
        table.add("host", Output.text(info, "hostName"));
        table.add("system", words(os, "name", "version", "architecture"));
        table.add("kernel", Output.text(info, "kernel"));
        table.add("machine", words(Output.object(info, "system"), "manufacturer", "model"));
        table.add("processor", Output.text(cpu, "name") + ", " + Output.text(cpu, "threads") + " threads");
        table.add("up for", uptime(number(now.get("uptime"))));
        table.add("load", figures(now, "load").stream().map(Info::load).collect(Collectors.joining(" ")));
        List<Long> memory = figures(now, "memory");
        if (memory.size() == 4) {
            table.add("memory", size(memory.get(0)) + ", " + size(memory.get(1)) + " available");
            table.add("swap", size(memory.get(2)) + ", " + size(memory.get(3)) + " free");
        }
        for (JsonObject store : Output.objects(info, "fileSystems")) {
            table.add(
                    "file system",
                    Output.text(store, "name") + ", " + Output.text(store, "type") + ", "
                            + size(number(store.get("size"))) + ", " + size(number(store.get("free"))) + " free");
        }
        Output.texts(info, "addresses").forEach(address -> table.add("address", address));
        for (JsonObject person : Output.objects(info, "people")) {
            table.add(
                    "signed in",
                    words(person, "user", "terminal", "host") + " since "
                            + Instant.ofEpochMilli(Math.abs(number(person.get("since")))));
        }
        return table.lines();
    }

    private static String words(JsonObject object, String... members) {
        return List.of(members).stream()
                .map(member -> Output.text(object, member))
                .filter(text -> !text.isBlank())
                .collect(Collectors.joining(" "));
    }

    private static List<Long> figures(JsonObject object, String member) {
        return object.get(member) instanceof JsonArray array
                ? array.stream().map(Info::number).toList()
                : List.of();
    }

    /** 0 for what is no number. */
    private static long number(@org.jspecify.annotations.Nullable JsonValue value) {
        return value instanceof JsonNumber number ? Math.max(0, number.longValue()) : 0;
    }

    private static String load(long hundredths) {
        return String.format(Locale.ROOT, "%.2f", hundredths / 100.0);
    }

    private static String uptime(long seconds) {
        Duration time = Duration.ofSeconds(Math.min(seconds, 1L << 40));
        return "%d days, %d:%02d h".formatted(time.toDays(), time.toHoursPart(), time.toMinutesPart());
    }

    /** Bytes in words. */
    static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1_024 && unit < UNITS.length - 1) {
            value /= 1_024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}
