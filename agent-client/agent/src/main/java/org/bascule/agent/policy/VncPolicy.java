package org.bascule.agent.policy;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.TcpTarget;
import org.bascule.wire.WireException;

/**
 * What {@code policy.json} says about VNC servers: passwords, so that who uses them from afar need not know them, and whether one on the device is seen where its banner cannot be shown.
 *
 * <pre>{"vnc":{"passwords":{"device:5900":"…","192.168.1.7:5901":"…"},"withoutBanner":true}}</pre>
 *
 * @param passwords by {@link TcpTarget#plain}; VNC takes 8 bytes of each
 */
public record VncPolicy(Map<String, String> passwords, boolean withoutBanner) {

    static final String MEMBER = "vnc";
    private static final String PASSWORDS = "passwords";
    private static final String WITHOUT_BANNER = "withoutBanner";
    private static final Set<String> SETTINGS = Set.of(PASSWORDS, WITHOUT_BANNER);
    private static final int MAX_PASSWORDS = 64;
    private static final int MAX_LENGTH = 256;

    public VncPolicy {
        passwords = Map.copyOf(passwords);
    }

    /** As it is in the folder now. */
    public static VncPolicy load(StateFolder folder) throws StateException {
        return PolicyFile.load(folder, VncPolicy::parse);
    }

    static VncPolicy parse(StrictJson json) throws WireException {
        Optional<StrictJson> section = json.optionalChild(MEMBER);
        if (section.isEmpty()) {
            return new VncPolicy(Map.of(), false);
        }
        Set<String> settings = section.get().object().keySet();
        if (settings.isEmpty() || !SETTINGS.containsAll(settings)) {
            throw WireException.malformed("'vnc' has the settings 'passwords' and 'withoutBanner', and no other");
        }
        Map<String, String> passwords = new HashMap<>();
        for (Map.Entry<String, JsonValue> entry : section.get()
                .optionalChild(PASSWORDS)
                .map(StrictJson::object)
                .orElse(JsonValue.EMPTY_JSON_OBJECT)
                .entrySet()) {
            TcpTarget target = TcpTarget.parsePlain(entry.getKey())
                    .filter(each -> each.port().isPresent())
                    .orElseThrow(() -> WireException.malformed(
                            "'" + entry.getKey() + "' in 'vnc' is neither device:PORT nor ADDRESS:PORT"));
            if (!(entry.getValue() instanceof JsonString text)
                    || text.getString().isEmpty()
                    || text.getString().length() > MAX_LENGTH) {
                throw WireException.malformed("a password in 'vnc' is a text of 1 to " + MAX_LENGTH + " characters");
            }
            passwords.put(target.plain(), text.getString());
        }
        if (passwords.size() > MAX_PASSWORDS) {
            throw WireException.malformed("'vnc' has more than " + MAX_PASSWORDS + " passwords");
        }
        return new VncPolicy(passwords, section.get().optionalFlag(WITHOUT_BANNER));
    }

    /** A policy but for the passwords. */
    static JsonObject withoutPasswords(JsonObject policy) {
        if (!(policy.get(MEMBER) instanceof JsonObject section)) {
            return policy;
        }
        JsonObject rest = Json.createObjectBuilder(section).remove(PASSWORDS).build();
        return rest.isEmpty()
                ? Json.createObjectBuilder(policy).remove(MEMBER).build()
                : Json.createObjectBuilder(policy).add(MEMBER, rest).build();
    }

    /** A policy with the passwords of another one. */
    static JsonObject withPasswordsOf(JsonObject other, JsonObject policy) {
        if (!(other.get(MEMBER) instanceof JsonObject section) || !section.containsKey(PASSWORDS)) {
            return policy;
        }
        JsonObjectBuilder merged = policy.get(MEMBER) instanceof JsonObject own
                ? Json.createObjectBuilder(own)
                : Json.createObjectBuilder();
        return Json.createObjectBuilder(policy)
                .add(MEMBER, merged.add(PASSWORDS, section.get(PASSWORDS)))
                .build();
    }

    public Optional<String> password(TcpTarget target) {
        return Optional.ofNullable(passwords.get(target.plain()));
    }

    @Override
    public String toString() {
        return "VncPolicy[REDACTED]";
    }
}
