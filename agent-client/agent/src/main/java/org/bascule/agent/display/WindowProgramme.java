package org.bascule.agent.display;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.jvm.CrashReport;
import org.bascule.agent.service.Launch;
import org.bascule.agent.service.Launcher;
import org.bascule.session.service.CommandLine;

/** A programme of the agent's own with a window: a process for each display, with the rights of the account whose display it is. */
public final class WindowProgramme {

    private final Launcher launcher;
    private final List<String> command;

    /** @param command with its arguments; without a shell */
    public WindowProgramme(long ownUid, List<String> command) {
        this.launcher = new Launcher(ownUid, Optional.empty());
        this.command = List.copyOf(command);
    }

    /** @param main class of this programme with a {@code main} */
    public static WindowProgramme of(long ownUid, Class<?> main) {
        List<String> command = new ArrayList<>();
        command.add(
                Path.of(System.getProperty("java.home", "/usr"), "bin", "java").toString());
        command.addAll(CrashReport.OPTIONS);
        command.addAll(List.of(
                "-Xmx64m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=false",
                "-cp",
                System.getProperty("java.class.path", ""),
                main.getName()));
        return new WindowProgramme(ownUid, command);
    }

    public Process start(Display display) throws AccountException, IOException {
        Launch launch = launcher.command(display.account(), CommandLine.of(command));
        ProcessBuilder builder = new ProcessBuilder(launch.command())
                .directory(launch.directory().toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        builder.environment().put("DISPLAY", display.name());
        display.authority().ifPresent(file -> builder.environment().put("XAUTHORITY", file.toString()));
        return builder.start();
    }
}
