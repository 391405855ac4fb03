package org.bascule.agent.policy;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** The file {@code policy.json} of the device's owner, of which each feature reads its own members. It is read anew each time: a change counts at once. */
public final class PolicyFile {

    public static final String NAME = "policy.json";
    private static final int MAX_CHARS = 65_536;
    /** What the owner alone writes; registration keeps it. */
    private static final Set<String> OWNERS = Stream.of(
                    FilePolicy.MEMBERS,
                    DesktopPolicy.MEMBERS,
                    List.of(ForwardPolicy.MEMBER),
                    List.of(RestartPolicy.MEMBER),
                    List.of(VncPolicy.MEMBER))
            .flatMap(Collection::stream)
            .collect(Collectors.toUnmodifiableSet());

    /** Reads the members of one feature; what is not there has its default. */
    @FunctionalInterface
    interface Reader<T> {
        T read(StrictJson json) throws WireException;
    }

    private PolicyFile() {}

    /**
     * What a feature's members say now; a file that is missing says nothing.
     *
     * @throws StateException if the file cannot be understood: an error, never a default
     */
    static <T> T load(StateFolder folder, Reader<T> reader) throws StateException {
        Optional<String> text = folder.readText(NAME);
        try {
            return reader.read(parse(text.orElse("{}")));
        } catch (WireException e) {
            throw new StateException(
                    "The policy " + folder.path().resolve(NAME) + " is wrong: " + e.getMessage() + ".", e);
        }
    }

    /** The owner's policy for another device, or for this one later: without the passwords of VNC servers. */
    public static JsonObject withoutSecrets(StateFolder folder) throws StateException {
        return load(folder, json -> {
            AgentPolicy.parse(json);
            return VncPolicy.withoutPasswords(json.object());
        });
    }

    /**
     * Checks a policy that {@link #withoutSecrets} has given.
     *
     * @throws WireException saying what is wrong with it
     */
    public static void checkWithoutSecrets(JsonObject policy) throws WireException {
        AgentPolicy.parse(StrictJson.of(policy));
        if (!VncPolicy.withoutPasswords(policy).equals(policy)) {
            throw WireException.malformed("passwords do not belong here; those of the device stay");
        }
    }

    /**
     * Checks whether {@link #replace} can write such a policy so that it is understood afterwards.
     *
     * @throws WireException if it cannot, as it is too long
     */
    public static void checkReplaced(StateFolder folder, JsonObject policy) throws StateException, WireException {
        AgentPolicy.parse(parse(replaced(folder, policy)));
    }

    /** Writes such a policy in place of the present one, of which the passwords of VNC servers stay. */
    public static void replace(StateFolder folder, JsonObject policy) throws StateException {
        folder.write(NAME, replaced(folder, policy));
    }

    private static String replaced(StateFolder folder, JsonObject policy) throws StateException {
        JsonObject present = load(folder, StrictJson::object);
        return VncPolicy.withPasswordsOf(present, policy).toString();
    }

    private static StrictJson parse(String text) throws WireException {
        return StrictJson.parse(text, MAX_CHARS);
    }

    /** A misspelt member would silently allow: every member must be known, and each feature's must be right. */
    static void check(StrictJson json, List<String> others) throws WireException {
        for (String member : json.object().keySet()) {
            if (!others.contains(member) && !OWNERS.contains(member)) {
                throw WireException.malformed("there is no setting '" + member + "'");
            }
        }
        FilePolicy.parse(json);
        DesktopPolicy.parse(json);
        ForwardPolicy.parse(json);
        RestartPolicy.parse(json);
        VncPolicy.parse(json);
    }

    /** Writes what registration says, and keeps what the owner alone writes. */
    public static void write(StateFolder folder, AgentPolicy policy) throws StateException {
        Optional<String> present = folder.readText(NAME);
        try {
            JsonObjectBuilder json =
                    Json.createObjectBuilder(parse(policy.toJson()).object());
            if (present.isPresent()) {
                JsonObject before = parse(present.get()).object();
                OWNERS.stream().filter(before::containsKey).sorted().forEach(name -> json.add(name, before.get(name)));
            }
            folder.write(NAME, json.build().toString());
        } catch (WireException e) {
            throw new StateException(
                    "The policy " + folder.path().resolve(NAME) + " is wrong: " + e.getMessage() + ".", e);
        }
    }
}
