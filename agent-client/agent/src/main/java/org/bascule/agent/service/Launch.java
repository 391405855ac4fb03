package org.bascule.agent.service;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is executed, as whom being part of the command.
 *
 * @param command programme and arguments
 * @param environment all of it
 * @param directory the working directory
 */
public record Launch(List<String> command, Map<String, String> environment, Path directory) {

    public Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
