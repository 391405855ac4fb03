package org.bascule.web.listener;

import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import org.bascule.web.site.Site;
import org.bascule.web.socket.SiteSockets;
import org.bascule.websocket.container.Openings;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.glassfish.api.event.EventListener;
import org.glassfish.api.event.Events;
import org.glassfish.internal.api.Globals;
import org.glassfish.internal.data.ApplicationInfo;
import org.glassfish.internal.deployment.Deployment;

/**
 * Opens the server's listeners when the whole application has started, and closes them when it is stopped: whoever comes earlier is refused by the kernel, instead of costing a TLS handshake
 * that ends in 404.
 *
 * <p>Named in {@code web.xml}, before what says goodbye on the sockets and therefore stopped after it.
 */
public class ListenerGate implements ServletContextListener, EventListener {

    private static final Logger LOG = System.getLogger(ListenerGate.class.getName());

    private static final String MAX_UNOPENED = "bascule.listeners.max-unopened";
    private static final String MAX_UNOPENED_PER_NETWORK = "bascule.listeners.max-unopened-per-network";

    private final ServerListeners listeners = new ServerListeners();
    private Optional<Openings> openings = Optional.empty();

    @Inject
    @SuppressWarnings("NullAway.Init")
    SiteSockets sockets;

    @Resource(lookup = "java:app/AppName")
    @SuppressWarnings("NullAway.Init")
    String application;

    /** Reads the configuration while the listeners are closed; a wrong one fails the deployment. */
    @Override
    public void contextInitialized(ServletContextEvent event) {
        Config config = ConfigProvider.getConfig();
        openings = Optional.of(new Openings(
                number(config, MAX_UNOPENED, Openings.MOST),
                number(config, MAX_UNOPENED_PER_NETWORK, Openings.MOST_OF_NETWORK),
                Site.from(config).proxies(),
                sockets.waiting()));
        Globals.get(Events.class).register(this);
    }

    private static int number(Config config, String name, int otherwise) {
        return Openings.number(name, config.getOptionalValue(name, Integer.class), otherwise);
    }

    /** Of the server, on the thread that loads the application. */
    @Override
    @SuppressWarnings("rawtypes") // as Payara's interface is after erasure; GlassFish's is raw
    public void event(Event event) {
        if (event.is(Deployment.APPLICATION_STARTED)
                && event.hook() instanceof ApplicationInfo started
                && started.getName().equals(application)) {
            open();
        }
    }

    private void open() {
        List<String> opened = listeners.open();
        if (opened.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "the listeners do not wait for the application: payara-configure.sh has not been run since they do");
        }
        for (String listener : opened) {
            LOG.log(Level.INFO, "{0} is open", listener);
            openings.ifPresent(limits -> limits.limit(listener));
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        Globals.get(Events.class).unregister(this);
        listeners.close();
        openings.ifPresent(Openings::undo);
    }
}
