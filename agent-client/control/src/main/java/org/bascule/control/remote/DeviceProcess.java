package org.bascule.control.remote;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import org.bascule.session.service.SystemRequest;
import org.bascule.wire.Json;
import org.bascule.wire.WireException;

/**
 * A process of the device, as the device says. Texts are hostile.
 *
 * @param start clock ticks since the device's boot
 * @param state one letter, see proc(5)
 * @param cpu tenths of a percent of one processor; -1 if not known yet
 * @param memory resident, bytes
 * @param command arguments joined by blanks; may be empty
 */
public record DeviceProcess(
        long pid,
        long start,
        long parent,
        String user,
        String state,
        long threads,
        long cpu,
        long memory,
        String name,
        String command) {

    private static final int MEMBERS = 10;
    private static final int FIGURES = 6;
    private static final long MAX = 1L << 53;
    private static final int MAX_TEXT = 2_048;

    /** {@code [pid,start,parent,user,state,threads,cpu,memory,name,command]}. */
    static DeviceProcess parse(JsonValue value) throws WireException {
        JsonArray row = row(value, MEMBERS);
        return new DeviceProcess(
                number(row, 0, 1, SystemRequest.MAX_PID),
                number(row, 1, 0, SystemRequest.MAX_START),
                number(row, 2, 0, MAX),
                text(row, 3, 64),
                text(row, 4, 1),
                number(row, 5, 0, MAX),
                number(row, 6, -1, MAX),
                number(row, 7, 0, MAX),
                text(row, 8, MAX_TEXT),
                text(row, 9, MAX_TEXT));
    }

    /** The number of the process that {@code [pid,parent,state,threads,cpu,memory]} is about. */
    static long pid(JsonValue value) throws WireException {
        return number(row(value, FIGURES), 0, 1, SystemRequest.MAX_PID);
    }

    /** The same process with the newer {@code [pid,parent,state,threads,cpu,memory]}. */
    DeviceProcess with(JsonValue value) throws WireException {
        JsonArray row = row(value, FIGURES);
        return new DeviceProcess(
                pid,
                start,
                number(row, 1, 0, MAX),
                user,
                text(row, 2, 1),
                number(row, 3, 0, MAX),
                number(row, 4, -1, MAX),
                number(row, 5, 0, MAX),
                name,
                command);
    }

    /** What to show: threads of the kernel have no command line, but a name. */
    public String label() {
        return command.isEmpty() ? "[" + name + "]" : command;
    }

    public JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("pid", pid)
                .add("start", start)
                .add("parent", parent)
                .add("user", user)
                .add("state", state)
                .add("threads", threads)
                .add("memory", memory)
                .add("name", name)
                .add("command", command);
        // percent of one processor
        return (cpu < 0 ? json.addNull("cpu") : json.add("cpu", cpu / 10.0)).build();
    }

    private static JsonArray row(JsonValue value, int members) throws WireException {
        if (value instanceof JsonArray row && row.size() == members) {
            return row;
        }
        throw WireException.malformed("a process is something else");
    }

    private static long number(JsonArray row, int at, long min, long max) throws WireException {
        if (row.get(at) instanceof JsonNumber number && number.isIntegral()) {
            try {
                long value = number.longValueExact();
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (ArithmeticException e) {
                throw WireException.malformed("a figure of a process is out of its bounds");
            }
        }
        throw WireException.malformed("a figure of a process is out of its bounds");
    }

    private static String text(JsonArray row, int at, int max) throws WireException {
        if (row.get(at) instanceof JsonString text && text.getString().length() <= max) {
            return text.getString();
        }
        throw WireException.malformed("a text of a process is something else");
    }
}
