package org.bascule.control.remote;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bascule.control.CommandException;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.SystemRequest;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.SessionStream;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Processes, information and restart of a device, over a running session: {@code docs/protocol/system.md}. */
public final class RemoteSystem {

    private static final int MAX_LINE = 256 << 10;
    private static final int MAX_PROCESSES = 20_000;
    private static final int BUFFER = 64 << 10;

    private final DeviceSession session;

    public RemoteSystem(DeviceSession session) {
        this.session = session;
    }

    private record Asked(SessionStream stream, Reply reply) {
        InputStream input() {
            return new BufferedInputStream(reply.input(stream), BUFFER);
        }
    }

    private Asked ask(SystemRequest request) throws CommandException {
        Reply reply = new Reply(0);
        Asked asked = new Asked(session.openStream(Service.SYSTEM, request.toJson(), reply), reply);
        asked.stream().finish();
        return asked;
    }

    /**
     * All processes by number.
     *
     * @param samples how many to wait for: with the second there are shares of the processors
     */
    public List<DeviceProcess> processes(int samples) throws CommandException, DeviceProblem {
        Asked asked = ask(new SystemRequest.Processes(1));
        Map<Long, DeviceProcess> table = new TreeMap<>();
        try (InputStream in = asked.input()) {
            int seen = 0;
            while (seen < samples) {
                StrictJson line = StrictJson.parse(line(in), MAX_LINE);
                apply(line.object(), table);
                if (line.has("sample")) {
                    seen++;
                }
            }
            asked.stream().reset(EndReason.DONE, "");
            return List.copyOf(table.values());
        } catch (IOException e) {
            throw asked.reply().failure(e);
        } catch (WireException e) {
            asked.stream().reset(EndReason.PROTOCOL_VIOLATION, "");
            throw Reply.misunderstood(e);
        }
    }

    private static void apply(JsonObject line, Map<Long, DeviceProcess> table) throws WireException {
        for (JsonValue gone : array(line, "gone")) {
            if (gone instanceof jakarta.json.JsonNumber pid) {
                table.remove(pid.longValue());
            }
        }
        for (JsonValue value : array(line, "rows")) {
            DeviceProcess process = DeviceProcess.parse(value);
            table.put(process.pid(), process);
            if (table.size() > MAX_PROCESSES) {
                throw WireException.malformed("too many processes");
            }
        }
        for (JsonValue value : array(line, "figures")) {
            DeviceProcess before = table.get(DeviceProcess.pid(value));
            if (before == null) {
                throw WireException.malformed("figures of an unknown process");
            }
            table.put(before.pid(), before.with(value));
        }
    }

    private static List<? extends JsonValue> array(JsonObject line, String member) throws WireException {
        JsonValue value = line.get(member);
        if (value == null) {
            return List.of();
        }
        if (value instanceof JsonArray array) {
            return array;
        }
        throw WireException.malformed("'" + member + "' is no list");
    }

    /** Without its end. */
    private static String line(InputStream in) throws IOException, WireException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.size() >= MAX_LINE) {
                throw WireException.malformed("a line that does not end");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** What the device is, with its members as the protocol has them. */
    public JsonObject info() throws CommandException, DeviceProblem {
        Asked asked = ask(new SystemRequest.Info());
        try (InputStream in = asked.input()) {
            byte[] text = in.readNBytes(MAX_LINE);
            return StrictJson.parse(new String(text, StandardCharsets.UTF_8), MAX_LINE)
                    .object();
        } catch (IOException e) {
            throw asked.reply().failure(e);
        } catch (WireException e) {
            throw Reply.misunderstood(e);
        }
    }

    public void signal(SystemRequest.Kill request) throws CommandException, DeviceProblem {
        ask(request).reply().await("done");
    }

    /** Returns when the restart has begun. */
    public void restart(String reason) throws CommandException, DeviceProblem {
        ask(new SystemRequest.Restart(reason)).reply().await("done");
    }
}
