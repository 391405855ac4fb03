package org.bascule.agent.policy;

import java.util.List;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * What {@code policy.json} says about the restart of the device: {@code {"restart":["/sbin/shutdown","-r","now"]}}.
 *
 * @param command what is executed as the agent, without a shell; its program is an absolute path
 */
public record RestartPolicy(List<String> command) {

    static final String MEMBER = "restart";
    private static final RestartPolicy DEFAULT = new RestartPolicy(List.of("/usr/bin/systemctl", "reboot"));

    public RestartPolicy {
        command = List.copyOf(command);
    }

    /** As it is in the folder now. */
    public static RestartPolicy load(StateFolder folder) throws StateException {
        return PolicyFile.load(folder, RestartPolicy::parse);
    }

    static RestartPolicy parse(StrictJson json) throws WireException {
        if (!json.has(MEMBER)) {
            return DEFAULT;
        }
        List<String> command = json.strings(MEMBER, 16, 1_024);
        if (command.isEmpty() || !command.get(0).startsWith("/")) {
            throw WireException.malformed("'restart' does not begin with the absolute path of a program");
        }
        return new RestartPolicy(command);
    }
}
