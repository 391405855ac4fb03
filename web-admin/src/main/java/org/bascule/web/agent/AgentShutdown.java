package org.bascule.web.agent;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import org.bascule.domain.device.DeviceChannels;

/** Closes the channels when the application stops, so that agents reconnect at once instead of noticing silence. */
@WebListener
public class AgentShutdown implements ServletContextListener {

    @Inject
    private DeviceChannels channels;

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        channels.shutdown();
    }
}
