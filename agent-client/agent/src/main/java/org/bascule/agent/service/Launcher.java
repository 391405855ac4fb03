package org.bascule.agent.service;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountException;
import org.bascule.session.service.CommandLine;

/**
 * Builds command lines that run as an account. An agent that is root steps down with {@code setpriv} (util-linux): it executes in place, so the shell stays
 * leader of its terminal's session and job control works, and no process of root remains above it. It opens no PAM session; a service account needs none.
 */
public final class Launcher {

    private static final String USER_PATH = "/usr/local/bin:/usr/bin:/bin";
    private static final String ROOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final long ownUid;
    private final Optional<Path> shellOverride;

    /**
     * @param ownUid what the agent runs as
     * @param shellOverride replaces the accounts' login shells
     */
    public Launcher(long ownUid, Optional<Path> shellOverride) {
        this.ownUid = ownUid;
        this.shellOverride = shellOverride;
    }

    /** The account's login shell, interactive. */
    public Launch loginShell(Account account) throws AccountException {
        List<String> command = stepDown(account);
        command.add(shell(account));
        command.add("-l");
        Map<String, String> environment = environment(account);
        environment.put("TERM", "xterm-256color");
        environment.put("COLORTERM", "truecolor");
        return new Launch(command, environment, home(account));
    }

    /**
     * A command without a terminal, leader of its own session so that all of it can be ended. It is hung up when the agent is killed, as a
     * shell is that loses its terminal.
     */
    public Launch command(Account account, CommandLine line) throws AccountException {
        return command(account, line, Optional.empty());
    }

    /**
     * The same in a folder.
     *
     * @param folder absolute path; gone to with the account's rights, so that it tells nothing about what the account may not see
     */
    public Launch command(Account account, CommandLine line, Optional<String> folder) throws AccountException {
        List<String> command = new ArrayList<>(List.of(tool("setsid"), "--"));
        command.addAll(stepDown(account));
        // after the step down, which would clear it
        command.addAll(List.of(tool("setpriv"), "--pdeathsig", "HUP", "--"));
        folder.ifPresent(
                path -> command.addAll(List.of("/bin/sh", "-c", "cd -- \"$1\" && shift && exec \"$@\"", "sh", path)));
        if (line.shell().isPresent()) {
            command.addAll(List.of(shell(account), "-c", line.shell().get()));
        } else {
            command.addAll(line.arguments());
        }
        return new Launch(command, environment(account), home(account));
    }

    private List<String> stepDown(Account account) throws AccountException {
        if (account.uid() == ownUid) {
            return new ArrayList<>();
        }
        if (ownUid != 0) {
            throw new AccountException("the agent runs without root and cannot become " + account.name());
        }
        return new ArrayList<>(List.of(
                tool("setpriv"),
                "--reuid=" + account.uid(),
                "--regid=" + account.gid(),
                "--init-groups",
                "--inh-caps=-all",
                "--"));
    }

    private static String tool(String name) throws AccountException {
        for (String folder : List.of("/usr/bin/", "/bin/")) {
            if (Files.isExecutable(Path.of(folder + name))) {
                return folder + name;
            }
        }
        throw new AccountException("the programme " + name + " (package util-linux) is missing on this device");
    }

    private String shell(Account account) {
        return shellOverride.orElse(account.shell()).toString();
    }

    private static Path home(Account account) {
        return Files.isDirectory(account.home()) ? account.home() : Path.of("/");
    }

    private Map<String, String> environment(Account account) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("HOME", home(account).toString());
        environment.put("USER", account.name());
        environment.put("LOGNAME", account.name());
        environment.put("SHELL", shell(account));
        environment.put("PATH", account.isRoot() ? ROOT_PATH : USER_PATH);
        environment.put("LANG", language(System.getenv("LANG")));
        return environment;
    }

    /** The machine's language if it speaks UTF-8, as the terminal does. */
    private static String language(@org.jspecify.annotations.Nullable String lang) {
        return lang != null
                        && lang.matches("[A-Za-z_.@0-9-]{1,32}")
                        && lang.toUpperCase(java.util.Locale.ROOT).contains("UTF")
                ? lang
                : "C.UTF-8";
    }
}
