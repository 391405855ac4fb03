package org.bascule.agent.command;

import java.nio.file.Path;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.tls.AgentProxy;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The proxy through which this agent connects. */
final class ProxyOption {

    @Option(
            names = "--proxy",
            paramLabel = "URL",
            description =
                    "The proxy to connect through, http://[USER@]HOST[:PORT] or socks5://…; kept for this agent (default: BASCULE_PROXY, HTTPS_PROXY).")
    private @Nullable String proxy;

    @Option(
            names = "--proxy-password-file",
            paramLabel = "FILE",
            description = "A file whose first line is the password for the proxy.")
    private @Nullable Path passwordFile;

    /** Keeps what was given. */
    void keep(StateFolder folder) throws StateException {
        if (proxy != null) {
            AgentProxy.set(folder, proxy, passwordFile);
        } else if (passwordFile != null) {
            throw new StateException("A password without a proxy: give --proxy URL too.");
        }
    }
}
