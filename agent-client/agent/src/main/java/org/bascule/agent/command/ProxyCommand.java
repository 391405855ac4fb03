package org.bascule.agent.command;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bascule.agent.Version;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.tls.AgentProxy;
import org.bascule.session.network.Proxy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bascule-agent proxy}. */
@Command(
        name = "proxy",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Shows or sets the proxy that this agent connects through; a running agent must be started again.")
public final class ProxyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--none", description = "Forgets the proxy.")
    private boolean none;

    @Mixin
    private ProxyOption proxy = new ProxyOption();

    @Mixin
    private FolderOption folder = new FolderOption();

    @Override
    public Integer call() {
        try {
            StateFolder opened = StateFolder.create(folder.path());
            if (none) {
                AgentProxy.clear(opened);
            }
            proxy.keep(opened);
            PrintWriter out = spec.commandLine().getOut();
            Optional<Proxy> set = AgentProxy.read(opened);
            out.println(set.map(one -> one.shown() + (one.user().isEmpty() ? "" : " as " + Printable.of(one.user())))
                    .orElse("No proxy is set."));
            out.flush();
            return ExitCode.OK;
        } catch (StateException e) {
            spec.commandLine().getErr().println(e.getMessage());
            spec.commandLine().getErr().flush();
            return ExitCode.FAILED;
        }
    }
}
