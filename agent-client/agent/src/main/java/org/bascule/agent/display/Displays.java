package org.bascule.agent.display;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountException;

/**
 * The displays that somebody is in front of. Who that is, is said by logind alone ({@code /run/systemd/sessions}, which root writes), or it is the account that the agent itself runs as, unless that is root: any other account of the
 * machine could make a display of its own and answer for the person at the device, and a programme with the set-user-id bit runs as root in its caller's environment.
 */
public final class Displays {

    private static final Pattern NAME = Pattern.compile(":[0-9]{1,4}(\\.[0-9]{1,2})?");
    private static final int MAX_DISPLAYS = 4;
    private static final int MAX_FILE = 256 * 1_024;

    private final Path sessions;
    private final Path processes;
    private final Path sockets;
    private final AccountDirectory accounts;
    private final long ownUid;

    public Displays(AccountDirectory accounts, long ownUid) {
        this(Path.of("/run/systemd/sessions"), Path.of("/proc"), Path.of("/tmp/.X11-unix"), accounts, ownUid);
    }

    /** The same with other folders: for tests. */
    public Displays(Path sessions, Path processes, Path sockets, AccountDirectory accounts, long ownUid) {
        this.sessions = sessions;
        this.processes = processes;
        this.sockets = sockets;
        this.accounts = accounts;
        this.ownUid = ownUid;
    }

    /** At most 4, each once. */
    public List<Display> present() throws AccountException {
        Map<String, Display> found = new LinkedHashMap<>();
        for (Map<String, String> session : sessions()) {
            String name = session.getOrDefault("DISPLAY", "");
            if (isThere(name) && isInFront(session) && isPerson(session)) {
                account(session)
                        .ifPresent(account -> found.putIfAbsent(
                                name, new Display(name, authority(account.uid(), name), account, isWayland(session))));
            }
        }
        Account own = accounts.own();
        for (Map<String, String> environment : ownUid == 0 ? List.<Map<String, String>>of() : environments(ownUid)) {
            String name = environment.getOrDefault("DISPLAY", "");
            if (isThere(name)) {
                found.putIfAbsent(
                        name,
                        new Display(
                                name,
                                path(environment.get("XAUTHORITY")),
                                own,
                                environment.containsKey("WAYLAND_DISPLAY")));
            }
        }
        return found.values().stream().limit(MAX_DISPLAYS).toList();
    }

    /** A display that the owner has named, as an account that he permits. */
    public Optional<Display> named(String name, Account account) {
        return isThere(name)
                ? Optional.of(new Display(name, authority(account.uid(), name), account))
                : Optional.empty();
    }

    /** Whether somebody is in front of a session of Wayland, with or without a display of X11 in it. */
    public boolean isWayland() {
        return sessions().stream().anyMatch(session -> isInFront(session) && isPerson(session) && isWayland(session));
    }

    private static boolean isWayland(Map<String, String> session) {
        return session.getOrDefault("TYPE", "").equals("wayland");
    }

    /** At a seat of this machine: a session that came over the network is active too. */
    private static boolean isInFront(Map<String, String> session) {
        return session.getOrDefault("ACTIVE", "").equals("1")
                && !session.getOrDefault("SEAT", "").isEmpty()
                && !session.getOrDefault("REMOTE", "").equals("1");
    }

    /** Not the greeter's, before anybody has signed in. */
    private static boolean isPerson(Map<String, String> session) {
        return session.getOrDefault("CLASS", "user").equals("user");
    }

    private boolean isThere(String name) {
        return NAME.matcher(name).matches()
                && Files.exists(sockets.resolve("X" + name.substring(1).replaceFirst("\\..*", "")));
    }

    private Optional<Account> account(Map<String, String> session) throws AccountException {
        String name = session.getOrDefault("USER", "");
        if (!AccountDirectory.isName(name)) {
            return Optional.empty();
        }
        return accounts.find(name)
                .filter(account -> Long.toString(account.uid()).equals(session.get("UID")));
    }

    /** As a process of the account has it for that display; that account could only name a file for itself. */
    private Optional<Path> authority(long uid, String display) {
        return environments(uid).stream()
                .filter(environment -> display.equals(environment.get("DISPLAY")))
                .map(environment -> path(environment.get("XAUTHORITY")))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Path> path(@org.jspecify.annotations.Nullable String text) {
        return text != null && text.startsWith("/") && text.length() < 4_096
                ? Optional.of(Path.of(text))
                : Optional.empty();
    }

    private List<Map<String, String>> sessions() {
        List<Map<String, String>> found = new ArrayList<>();
        if (Files.isDirectory(sessions)) {
            for (Path file : list(sessions)) {
                String name = String.valueOf(file.getFileName());
                if (!name.endsWith(".ref")) {
                    found.add(variables(file, '\n'));
                }
            }
        }
        return found;
    }

    /** Of the processes of an account that may be read: all if the agent is root, otherwise its own. */
    private List<Map<String, String>> environments(long uid) {
        List<Map<String, String>> found = new ArrayList<>();
        for (Path process : list(processes)) {
            if (String.valueOf(process.getFileName()).matches("[0-9]+") && uid == owner(process)) {
                Map<String, String> environment = variables(process.resolve("environ"), '\0');
                if (environment.containsKey("DISPLAY")) {
                    found.add(environment);
                }
            }
        }
        return found;
    }

    private static long owner(Path process) {
        try {
            return ((Number) Files.getAttribute(process, "unix:uid")).longValue();
        } catch (IOException e) {
            return -1; // it has ended
        }
    }

    private static List<Path> list(Path folder) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (IOException e) {
            return List.of();
        }
        return entries;
    }

    private static Map<String, String> variables(Path file, char separator) {
        try (InputStream in = Files.newInputStream(file)) {
            Map<String, String> variables = new HashMap<>();
            String text = new String(in.readNBytes(MAX_FILE), StandardCharsets.UTF_8);
            for (String line : text.split(String.valueOf(separator), -1)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    variables.put(line.substring(0, equals), line.substring(equals + 1));
                }
            }
            return variables;
        } catch (IOException e) {
            return Map.of();
        }
    }
}
