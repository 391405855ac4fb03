package org.bascule.agent.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.FilePath;
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
        return PolicyFile.load(folder, FilePolicy::parse);
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
