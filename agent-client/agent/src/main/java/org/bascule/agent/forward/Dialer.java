package org.bascule.agent.forward;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Locale;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;

/** Connects to an address; blocks. */
final class Dialer {

    private final Duration within;

    /** @param within for each address */
    Dialer(Duration within) {
        this.within = within;
    }

    SocketChannel connect(InetAddress address, int port) throws DeviceProblem {
        String where = address.getHostAddress() + " port " + port;
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open();
            channel.socket().connect(new InetSocketAddress(address, port), (int) within.toMillis());
            return channel;
        } catch (IOException e) {
            if (channel != null) {
                closeQuietly(channel);
            }
            throw problem(e, where);
        }
    }

    private static DeviceProblem problem(IOException e, String where) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (e instanceof SocketTimeoutException || message.contains("timed out")) {
            return new DeviceProblem(Code.TIMED_OUT, "Nothing answers at " + where + ".");
        }
        if (e instanceof ConnectException && message.contains("refused")) {
            return new DeviceProblem(Code.REFUSED, "Nothing listens at " + where + ".");
        }
        if (message.contains("unreachable") || message.contains("no route")) {
            return new DeviceProblem(Code.UNREACHABLE, "The device does not reach " + where + ".");
        }
        return new DeviceProblem(Code.FAILED, "No connection to " + where + ".");
    }

    static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left of it
        }
    }
}
