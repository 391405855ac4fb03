package org.bascule.agent.policy;

import java.util.List;
import java.util.regex.Pattern;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * What {@code policy.json} says about displays.
 *
 * <pre>{"displays":[":0"]}</pre>
 *
 * @param displays shown with the session's account although nobody has signed in there that logind knows of: for a machine without a desktop's sign-in
 */
public record DesktopPolicy(List<String> displays) {

    static final List<String> MEMBERS = List.of("displays");
    private static final int MAX_DISPLAYS = 4;
    private static final Pattern NAME = Pattern.compile(":[0-9]{1,4}(\\.[0-9]{1,2})?");

    public DesktopPolicy {
        displays = List.copyOf(displays);
    }

    /** As it is in the folder now. */
    public static DesktopPolicy load(StateFolder folder) throws StateException {
        return PolicyFile.load(folder, DesktopPolicy::parse);
    }

    static DesktopPolicy parse(StrictJson json) throws WireException {
        if (!json.object().containsKey("displays")) {
            return new DesktopPolicy(List.of());
        }
        List<String> names = json.strings("displays", MAX_DISPLAYS, 16);
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw WireException.malformed("'displays' names displays of this device, such as \":0\"");
            }
        }
        return new DesktopPolicy(names);
    }
}
