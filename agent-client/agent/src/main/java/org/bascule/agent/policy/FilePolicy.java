package org.bascule.agent.policy;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.FilePath;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * What {@code policy.json} says about files.
 *
 * <pre>{"roots":["/srv/data"],"scan":{"clamd":"/run/clamav/clamd.ctl"}}</pre>
 *
 * @param roots the folders below which files may be seen and changed; without the member: the account's home. An empty list: none
 * @param clamd where ClamAV's daemon listens that looks at each upload before it is put in place: the path of its socket, or {@code host:port}
 */
public record FilePolicy(Optional<List<FilePath>> roots, Optional<String> clamd) {

    static final List<String> MEMBERS = List.of("roots", "scan");
    private static final int MAX_ROOTS = 64;

    public FilePolicy {
        roots = roots.map(List::copyOf);
    }

    /** As it is in the folder now. */
    public static FilePolicy load(StateFolder folder) throws StateException {
        Optional<String> text = folder.readText(AgentPolicy.FILE);
        try {
            return text.isEmpty()
                    ? new FilePolicy(Optional.empty(), Optional.empty())
                    : parse(StrictJson.parse(text.get(), AgentPolicy.MAX_CHARS));
        } catch (WireException e) {
            throw new StateException(
                    "The policy " + folder.path().resolve(AgentPolicy.FILE) + " is wrong: " + e.getMessage() + ".", e);
        }
    }

    static FilePolicy parse(StrictJson json) throws WireException {
        Optional<StrictJson> scan = json.optionalChild("scan");
        if (scan.isPresent() && scan.get().object().size() != 1) {
            throw WireException.malformed("'scan' has exactly the setting 'clamd'");
        }
        return new FilePolicy(
                json.object().containsKey("roots") ? Optional.of(roots(json)) : Optional.empty(),
                scan.isPresent() ? Optional.of(scan.get().string("clamd", 300)) : Optional.empty());
    }

    /** A policy's text with what the folder's present one says about files, displays, VNC servers, forwarded connections and the restart. */
    public static String keptIn(String policy, StateFolder folder) throws StateException {
        try {
            JsonObjectBuilder json = Json.createObjectBuilder(
                    StrictJson.parse(policy, AgentPolicy.MAX_CHARS).object());
            Optional<String> present = folder.readText(AgentPolicy.FILE);
            if (present.isPresent()) {
                JsonObject before =
                        StrictJson.parse(present.get(), AgentPolicy.MAX_CHARS).object();
                Stream.of(
                                MEMBERS,
                                DesktopPolicy.MEMBERS,
                                List.of(ForwardPolicy.MEMBER, RestartPolicy.MEMBER, VncPolicy.MEMBER))
                        .flatMap(List::stream)
                        .filter(before::containsKey)
                        .forEach(name -> json.add(name, before.get(name)));
            }
            return json.build().toString();
        } catch (WireException e) {
            throw new StateException("The policy is wrong: " + e.getMessage() + ".", e);
        }
    }

    private static List<FilePath> roots(StrictJson json) throws WireException {
        List<FilePath> roots = new ArrayList<>();
        for (String root : json.strings("roots", MAX_ROOTS, FilePath.MAX_LENGTH)) {
            try {
                roots.add(FilePath.ofText(root));
            } catch (IllegalArgumentException e) {
                throw new WireException(
                        WireException.Reason.MALFORMED, "'roots' holds something else than absolute paths", e);
            }
        }
        return roots;
    }
}
