package org.bascule.agent.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.network.Proxies;
import org.bascule.session.network.Proxy;
import org.jspecify.annotations.Nullable;

/** The proxy that was set for this agent: a URL in a file that only its user can read. */
public final class AgentProxy {

    private static final String FILE = "proxy";
    private static final long MAX_PASSWORD_FILE = 1_024;

    private AgentProxy() {}

    /** What counts: {@code BASCULE_PROXY}, then what was set, then {@code HTTPS_PROXY} and its like. */
    public static Proxies of(StateFolder folder) throws StateException {
        try {
            return Proxies.of(System.getenv(), read(folder));
        } catch (IllegalArgumentException e) {
            throw new StateException("The environment is wrong: " + e.getMessage(), e);
        }
    }

    /** What was set. */
    public static Optional<Proxy> read(StateFolder folder) throws StateException {
        Optional<String> text = folder.readText(FILE);
        try {
            return text.map(Proxy::parse);
        } catch (IllegalArgumentException e) {
            throw new StateException("The file " + folder.path().resolve(FILE) + " is damaged: " + e.getMessage(), e);
        }
    }

    /**
     * Sets the proxy.
     *
     * @param url without a password: other users of the machine see command lines
     * @param passwordFile its first line
     */
    public static void set(StateFolder folder, String url, @Nullable Path passwordFile) throws StateException {
        Proxy proxy;
        try {
            proxy = Proxy.parse(url);
            if (!proxy.password().isEmpty()) {
                throw new StateException(
                        "The proxy's password does not belong on a command line, where others see it: give --proxy-password-file FILE.");
            }
            if (passwordFile != null) {
                proxy = proxy.withPassword(password(passwordFile));
            }
        } catch (IllegalArgumentException e) {
            throw new StateException(String.valueOf(e.getMessage()), e);
        }
        folder.write(FILE, proxy.reveal());
    }

    private static String password(Path file) throws StateException {
        try {
            if (Files.size(file) > MAX_PASSWORD_FILE) {
                throw new StateException("The file " + file + " is too long for a password.");
            }
            return Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new StateException("The file " + file + " cannot be read.", e);
        }
    }

    /** From now on there is none. */
    public static void clear(StateFolder folder) throws StateException {
        folder.delete(FILE);
    }
}
