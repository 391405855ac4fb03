package org.bascule.agent.policy;

import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.StrictJson;
import org.bascule.wire.TcpTarget;
import org.bascule.wire.WireException;

/**
 * What {@code policy.json} says about VNC servers: passwords, so that who uses them from afar need not know them.
 *
 * <pre>{"vnc":{"passwords":{"device:5900":"…","192.168.1.7:5901":"…"}}}</pre>
 *
 * @param passwords by {@link TcpTarget#plain}; VNC takes 8 bytes of each
 */
public record VncPolicy(Map<String, String> passwords) {

    static final String MEMBER = "vnc";
    private static final String PASSWORDS = "passwords";
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
            return new VncPolicy(Map.of());
        }
        if (!section.get().object().keySet().equals(Set.of(PASSWORDS))) {
            throw WireException.malformed("'vnc' has exactly the setting 'passwords'");
        }
        Map<String, String> passwords = new HashMap<>();
        for (Map.Entry<String, JsonValue> entry :
                section.get().child(PASSWORDS).object().entrySet()) {
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
        return new VncPolicy(passwords);
    }

    public Optional<String> password(TcpTarget target) {
        return Optional.ofNullable(passwords.get(target.plain()));
    }

    @Override
    public String toString() {
        return "VncPolicy[REDACTED]";
    }
}
