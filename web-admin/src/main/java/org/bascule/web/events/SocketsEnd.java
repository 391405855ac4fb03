package org.bascule.web.events;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.web.socket.SiteSockets;

/** Closes the WebSockets when the application stops, so that agents and pages connect again at once instead of noticing silence. Named in {@code web.xml}. */
public class SocketsEnd implements ServletContextListener {

    @Inject
    private DeviceChannels channels;

    @Inject
    private Broadcast broadcast;

    @Inject
    private SiteSockets sockets;

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        channels.shutdown();
        broadcast.stop();
        sockets.stop();
    }
}
