package org.bascule.domain.device;

import jakarta.enterprise.context.ApplicationScoped;
import org.bascule.wire.control.ControlMessage;

/**
 * The server's side of all control channels ({@code docs/protocol/control.md}, "Channel"): proof, presence, clone rule, reports, and the way to a device.
 *
 * <p>The endpoint calls {@link #opened}, then {@link #received} for every message in order and never two at a time for one channel, then
 * {@link #closed} once. Everything else, including {@code hello}, {@code welcome}, echoed heartbeats, time limits and silence, is done here.
 * Calls may take as long as a database transaction.
 */
@ApplicationScoped
public class DeviceChannels {

    /** A socket was opened: it is greeted, and has 10 s to prove itself. */
    public void opened(DeviceChannel channel) {
        throw new UnsupportedOperationException();
    }

    /** A message came. A message that does not fit the state of the channel closes it with {@code protocol}. */
    public void received(DeviceChannel channel, ControlMessage message) {
        throw new UnsupportedOperationException();
    }

    /** The socket is gone, whoever closed it. */
    public void closed(DeviceChannel channel) {
        throw new UnsupportedOperationException();
    }

    /** Closes everything, for undeployment. */
    public void shutdown() {
        throw new UnsupportedOperationException();
    }

    /** Sends to a device that is online; false if it is not. */
    public boolean send(String uid, ControlMessage message) {
        throw new UnsupportedOperationException();
    }

    public boolean isOnline(String uid) {
        throw new UnsupportedOperationException();
    }
}
