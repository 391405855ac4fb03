package org.bascule.agent.policy;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.TcpTarget;
import org.bascule.wire.WireException;

/**
 * The device's own policy.
 *
 * <pre>{"allowRoot":false,"accounts":["service"],"operations":["exec","tcp","terminal","vnc","watch"],"shell":"/bin/bash","consent":"ask"}</pre>
 *
 * @param allowRoot whether an account with uid 0 may be used; without the file: no
 * @param accounts the accounts that may be used; without the member: any but root
 * @param operations what may be done at all; without the member: everything that this agent can do
 * @param shell started instead of the account's login shell
 * @param asksConsent whether the person at the device is asked before each session, whatever the server wants
 */
public record AgentPolicy(
        boolean allowRoot,
        Optional<List<String>> accounts,
        Operations operations,
        Optional<Path> shell,
        boolean asksConsent) {

    private static final List<String> MEMBERS = List.of("allowRoot", "accounts", "operations", "shell", "consent");

    /** What this agent can do. */
    public static final Operations ALL = Operations.of(
            Operations.TERMINAL,
            Operations.EXEC,
            Operations.FILE_READ,
            Operations.FILE_WRITE,
            Operations.PROCESS_VIEW,
            Operations.PROCESS_MANAGE,
            Operations.POWER,
            Operations.CHAT,
            Operations.WATCH,
            Operations.DESKTOP_VIEW,
            Operations.DESKTOP_CONTROL,
            Operations.CLIPBOARD_TO_DEVICE,
            Operations.CLIPBOARD_FROM_DEVICE,
            TcpTarget.ANY,
            TcpTarget.ANY_VNC);

    /** Names of the policy alone. */
    private static final Set<String> STANDING_FOR_MORE = Set.of(Operations.WATCH, TcpTarget.ANY, TcpTarget.ANY_VNC);

    public static final AgentPolicy DEFAULT = new AgentPolicy(false, Optional.empty(), ALL, Optional.empty(), false);

    public AgentPolicy {
        accounts = accounts.map(List::copyOf);
    }

    /** The policy as it is in the folder now; a file that cannot be understood is an error, never a default. */
    public static AgentPolicy load(StateFolder folder) throws StateException {
        return PolicyFile.load(folder, AgentPolicy::parse);
    }

    static AgentPolicy parse(StrictJson json) throws WireException {
        PolicyFile.check(json, MEMBERS);
        Optional<String> shell = json.optionalString("shell", 255);
        if (shell.isPresent() && !shell.get().startsWith("/")) {
            throw WireException.malformed("'shell' is not an absolute path");
        }
        return new AgentPolicy(
                bool(json, "allowRoot"),
                json.object().containsKey("accounts")
                        ? Optional.of(json.strings("accounts", 256, 32))
                        : Optional.empty(),
                json.object().containsKey("operations") ? operations(json) : ALL,
                shell.map(Path::of),
                asksConsent(json));
    }

    private static boolean asksConsent(StrictJson json) throws WireException {
        if (!json.object().containsKey("consent")) {
            return false;
        }
        if (!json.string("consent", 16).equals("ask")) {
            throw WireException.malformed("'consent' is \"ask\" or left out");
        }
        return true;
    }

    private static boolean bool(StrictJson json, String name) throws WireException {
        JsonValue value = json.object().get(name);
        if (value != null && value != JsonValue.TRUE && value != JsonValue.FALSE) {
            throw WireException.malformed("'" + name + "' is neither true nor false");
        }
        return value == JsonValue.TRUE;
    }

    private static Operations operations(StrictJson json) throws WireException {
        List<String> names = json.strings("operations", 16, 128);
        return names.isEmpty() ? new Operations(List.of()) : Operations.of(names);
    }

    /** An allowed list that names the account, or no list. Says nothing about root. */
    public boolean allowsAccount(String name) {
        return accounts.map(names -> names.contains(name)).orElse(true);
    }

    /**
     * What is left of what somebody may do: what this agent can do and its owner permits. {@code watch} stands for watching whichever session, {@code tcp} for connections to wherever
     * {@link ForwardPolicy} lets them, {@code vnc} for VNC servers there.
     */
    public Operations permitted(Operations asked) {
        return new Operations(asked.names().stream().filter(this::permits).toList());
    }

    private boolean permits(String name) {
        if (Operations.isWatching(name)) {
            return allows(Operations.WATCH);
        }
        if (TcpTarget.isOne(name)) {
            return TcpTarget.parse(name).isPresent() && allows(TcpTarget.ANY);
        }
        if (TcpTarget.isVnc(name)) {
            return TcpTarget.parseVnc(name).isPresent() && allows(TcpTarget.ANY_VNC);
        }
        return !STANDING_FOR_MORE.contains(name) && allows(name);
    }

    /** Whether connections are forwarded at all. */
    public boolean allowsForwarding() {
        return allows(TcpTarget.ANY);
    }

    /** Whether the desktop may come from VNC servers at all. */
    public boolean allowsVnc() {
        return allows(TcpTarget.ANY_VNC);
    }

    private boolean allows(String name) {
        return operations.allows(name) && ALL.allows(name);
    }

    public String toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder().add("allowRoot", allowRoot);
        accounts.ifPresent(names -> json.add("accounts", array(names)));
        if (!operations.equals(ALL)) {
            json.add("operations", array(operations.names()));
        }
        shell.ifPresent(path -> json.add("shell", path.toString()));
        if (asksConsent) {
            json.add("consent", "ask");
        }
        return json.build().toString();
    }

    private static JsonArrayBuilder array(List<String> values) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        values.forEach(array::add);
        return array;
    }
}
