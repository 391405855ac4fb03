package org.bascule.web.agent;

import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.web.site.Site;
import org.bascule.web.socket.Inbox;
import org.bascule.web.socket.Outgoing;
import org.bascule.web.socket.SiteSockets;
import org.bascule.websocket.Handshake;
import org.bascule.websocket.Link;
import org.bascule.websocket.address.Strangers;

/** {@code /agent/v1}: the control channels of agents ({@code docs/protocol/control.md}). */
@WebServlet(urlPatterns = "/agent/v1", asyncSupported = true)
public class AgentServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    /** Bytes; more than this closes with 1009. */
    private static final int MAX_MESSAGE = 64 * 1_024;

    private static final int MAX_QUEUED_MESSAGES = 256;
    private static final int MAX_QUEUED_CHARS = 1 << 20;

    private static final Strangers STRANGERS = new Strangers(2_000, 200);

    @Inject
    private transient Site site;

    @Inject
    private transient SiteSockets sockets;

    @Inject
    private transient DeviceChannels channels;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        String address = site.proxies().client(request);
        Handshake.answer(request, response, address, sockets.sockets(), MAX_MESSAGE, link -> open(link, address));
    }

    private Optional<AgentSocket> open(Link link, String address) {
        Outgoing outgoing = new Outgoing(link, MAX_QUEUED_MESSAGES, MAX_QUEUED_CHARS);
        AgentChannel channel = new AgentChannel(outgoing, address, STRANGERS);
        if (!STRANGERS.enter(channel)) {
            channel.refuse();
            return Optional.empty();
        }
        AgentSocket socket = new AgentSocket(channel, channels, new Inbox(sockets.handlers()), sockets::ofNewcomer);
        socket.open();
        return Optional.of(socket);
    }
}
