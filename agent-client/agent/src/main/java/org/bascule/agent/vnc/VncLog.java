package org.bascule.agent.vnc;

import java.io.IOException;
import java.net.InetAddress;
import org.bascule.agent.log.SessionLog;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.session.service.TcpRequest;
import org.bascule.wire.TcpTarget;
import org.jspecify.annotations.Nullable;

/** Records where a stream leads, and in which mode. */
final class VncLog {

    private final SessionLog log;
    private final TcpRequest request;
    private final VncService.Follower follower;

    // guarded by this
    private @Nullable String where;

    VncLog(SessionLog log, TcpRequest request, VncService.Follower follower) {
        this.log = log;
        this.request = request;
        this.follower = follower;
    }

    /** A connection is about to be made; the same address again is the same use. */
    void begins(Mode mode, InetAddress address) throws IOException {
        String next = address.getHostAddress() + " port " + request.port();
        String text = request.host().equals(address.getHostAddress()) ? next : next + " (" + request.host() + ")";
        String before = where();
        if (text.equals(before)) {
            return;
        }
        log.toolStarted(TcpTarget.ANY_VNC, mode.text() + " " + text, "");
        synchronized (this) {
            where = text;
        }
        follower.opened("desktop of the VNC server at " + text);
        if (before != null) {
            log.toolEnded(TcpTarget.ANY_VNC, mode.text() + " " + before);
        }
    }

    /** It goes on in another mode. */
    void starts(Mode mode) throws IOException {
        String present = where();
        if (present != null) {
            log.toolStarted(TcpTarget.ANY_VNC, mode.text() + " " + present, "");
        }
    }

    /** Of the mode, or of all. */
    void ended(Mode mode) {
        String present = where();
        if (present != null) {
            log.toolEnded(TcpTarget.ANY_VNC, mode.text() + " " + present);
        }
    }

    private synchronized @Nullable String where() {
        return where;
    }
}
