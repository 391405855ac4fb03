package org.bascule.agent.config;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import java.util.Set;
import org.bascule.agent.owner.SwitchOrder;
import org.bascule.agent.owner.SwitchSetting;
import org.bascule.agent.page.PageConfig;
import org.bascule.agent.policy.PolicyFile;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.tls.AgentProxy;
import org.bascule.session.network.Proxy;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * What the owner has set, without secrets: the password of the proxy, those of VNC servers and that of the local page are not in it, nor is whether remote access is switched off.
 *
 * <pre>
 * {"format":"bascule-agent-config","version":1,"policy":{…},"switch":{"mode":"as-left"},"page":{"enabled":true,"port":5936},"proxy":"http://user@proxy:3128"}
 * </pre>
 *
 * @param policy as {@code policy.json} has it; what is not there stays as it is
 * @param mode what the switch does by itself
 * @param page where the local page is
 * @param proxy without a password
 */
public record OwnerConfig(
        Optional<JsonObject> policy,
        Optional<SwitchOrder.Mode> mode,
        Optional<PageConfig> page,
        Optional<Proxy> proxy) {

    public static final int MAX_CHARS = 128 * 1_024;

    private static final String FORMAT = "bascule-agent-config";
    private static final int VERSION = 1;
    private static final int MAX_PROXY = 1_024;
    private static final Set<String> MEMBERS = Set.of("format", "version", "policy", "switch", "page", "proxy");
    private static final Set<String> SWITCH = Set.of("mode", SwitchOrder.KEY);
    private static final Set<String> KEY_SWITCH = Set.of("command", "gpio", "invert");

    /** As it is now. */
    public static OwnerConfig of(StateFolder folder) throws StateException {
        SwitchSetting present = SwitchSetting.load(folder);
        return new OwnerConfig(
                Optional.of(PolicyFile.withoutSecrets(folder)),
                Optional.of(new SwitchOrder.Mode(present.mode(), present.key())),
                Optional.of(PageConfig.load(folder)),
                AgentProxy.read(folder).map(proxy -> proxy.withPassword("")));
    }

    /**
     * Reads what {@link #toJson} has written, and looks at all of it.
     *
     * @throws WireException if a part of it is not known, or not right; a misspelt setting would silently allow
     */
    public static OwnerConfig parse(String text) throws WireException {
        StrictJson json = StrictJson.parse(text, MAX_CHARS);
        if (!json.optionalString("format", 64).equals(Optional.of(FORMAT))) {
            throw WireException.malformed("this is no export of an agent's settings");
        }
        if (json.number("version", 0, Integer.MAX_VALUE) != VERSION) {
            throw WireException.malformed("this is of another version; this agent reads version " + VERSION);
        }
        expectOnly(json, MEMBERS);
        Optional<JsonObject> policy = json.optionalChild("policy").map(StrictJson::object);
        if (policy.isPresent()) {
            PolicyFile.checkWithoutSecrets(policy.get());
        }
        Optional<StrictJson> page = json.optionalChild("page");
        return new OwnerConfig(
                policy,
                mode(json.optionalChild("switch")),
                page.isPresent() ? Optional.of(PageConfig.parse(page.get())) : Optional.empty(),
                proxy(json.optionalString("proxy", MAX_PROXY)));
    }

    private static Optional<SwitchOrder.Mode> mode(Optional<StrictJson> section) throws WireException {
        if (section.isEmpty()) {
            return Optional.empty();
        }
        expectOnly(section.get(), SWITCH);
        Optional<StrictJson> key = section.get().optionalChild(SwitchOrder.KEY);
        if (key.isPresent()) {
            expectOnly(key.get(), KEY_SWITCH);
        }
        if (SwitchOrder.parse(section.get()) instanceof SwitchOrder.Mode mode) {
            return Optional.of(mode);
        }
        throw WireException.malformed("'mode' of 'switch' is missing");
    }

    private static Optional<Proxy> proxy(Optional<String> url) throws WireException {
        if (url.isEmpty()) {
            return Optional.empty();
        }
        try {
            Proxy proxy = Proxy.parse(url.get());
            if (!proxy.password().isEmpty()) {
                throw WireException.malformed("the password of the proxy does not belong here");
            }
            return Optional.of(proxy);
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, "'proxy' is not the URL of one", e);
        }
    }

    private static void expectOnly(StrictJson json, Set<String> members) throws WireException {
        for (String member : json.object().keySet()) {
            if (!members.contains(member)) {
                throw WireException.malformed("there is no setting '" + member + "'");
            }
        }
    }

    public JsonObject toJson() {
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("format", FORMAT).add("version", VERSION);
        policy.ifPresent(value -> json.add("policy", value));
        mode.ifPresent(value -> json.add("switch", value.toJson()));
        page.ifPresent(value -> json.add("page", value.toJson()));
        proxy.ifPresent(value -> json.add("proxy", value.reveal()));
        return json.build();
    }

    /**
     * Looks at what the device has besides: afterwards nothing but its disk keeps {@link #write} from succeeding.
     *
     * @throws StateException if something of the device's own cannot be understood
     * @throws WireException if both together are not right
     */
    public void check(StateFolder folder) throws StateException, WireException {
        if (policy.isPresent()) {
            PolicyFile.checkReplaced(folder, policy.get());
        }
        PageConfig.load(folder);
        AgentProxy.read(folder);
    }

    /**
     * Writes policy, page and proxy; the switch is changed where its commands change it. The passwords that the device has for the same proxy and for VNC servers stay.
     *
     * @return whether the proxy is another one now
     */
    public boolean write(StateFolder folder) throws StateException {
        if (policy.isPresent()) {
            PolicyFile.replace(folder, policy.get());
        }
        if (page.isPresent()) {
            page.get().save(folder);
        }
        Optional<Proxy> present = AgentProxy.read(folder).map(known -> known.withPassword(""));
        if (proxy.isEmpty() || proxy.equals(present)) {
            return false;
        }
        AgentProxy.set(folder, proxy.get().reveal(), null);
        return true;
    }
}
