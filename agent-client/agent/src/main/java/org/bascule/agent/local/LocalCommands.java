package org.bascule.agent.local;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bascule.agent.state.StateException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * What the running agent does when it is asked on its socket: a handler for each name.
 *
 * <pre>
 * request  {"command":"NAME", …arguments of the command}
 * answer   {"ok":true, …what the command gives}  or  {"ok":false,"error":"CODE","message":"sentence"}
 * </pre>
 */
public final class LocalCommands {

    private static final System.Logger LOG = System.getLogger(LocalCommands.class.getName());

    /** Requests of this many bytes at most. */
    public static final int MAX_REQUEST = 16 * 1_024;
    /** Answers of this many bytes at most. */
    public static final int MAX_ANSWER = 256 * 1_024;

    private static final int MAX_NAME = 64;

    private final Map<String, Handler> handlers = new ConcurrentHashMap<>();

    /** Does what one command is for, within 4 s: after that nobody hears the answer. */
    @FunctionalInterface
    public interface Handler {

        /**
         * @param arguments the whole request; read it with {@link StrictJson#of}
         * @param by name of the account that asks, as the kernel says it
         * @return members of the answer
         * @throws WireException if arguments are missing or wrong
         */
        JsonObject run(JsonObject arguments, String by) throws LocalException, StateException, WireException;
    }

    /** A name is given once. */
    public void add(String name, Handler handler) {
        if (handlers.putIfAbsent(name, handler) != null) {
            throw new IllegalStateException("there is a command '" + name + "' already");
        }
    }

    /** Answers whatever comes; never fails. */
    JsonObject answer(String request, String by) {
        try {
            StrictJson json = StrictJson.parse(request, MAX_REQUEST);
            Handler handler = handlers.get(json.string("command", MAX_NAME));
            if (handler == null) {
                return refusal(LocalException.UNKNOWN, "The running agent does not know this command.");
            }
            JsonObjectBuilder answer = Json.createObjectBuilder(handler.run(json.object(), by));
            return answer.add("ok", true).build();
        } catch (LocalException e) {
            return refusal(e.code(), e.sentence());
        } catch (StateException e) {
            return refusal(LocalException.FAILED, String.valueOf(e.getMessage()));
        } catch (WireException e) {
            return refusal(LocalException.BAD_REQUEST, "The request is malformed: " + e.getMessage() + ".");
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a local command failed", e);
            return refusal(LocalException.FAILED, "The agent failed.");
        }
    }

    private static JsonObject refusal(String code, String sentence) {
        return Json.createObjectBuilder()
                .add("ok", false)
                .add("error", code)
                .add("message", sentence)
                .build();
    }
}
