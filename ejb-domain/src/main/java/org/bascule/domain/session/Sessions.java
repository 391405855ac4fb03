package org.bascule.domain.session;

import jakarta.ejb.Stateless;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Page;
import org.bascule.domain.paging.PageRequest;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.SessionId;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;

/** Remote sessions: request, handshake, end. */
@Stateless
public class Sessions {

    /** Step 0: checks permissions and presence and answers with everything that the client needs for its checks. */
    public SessionOpened open(Caller caller, SessionRequest request, ClientKind client) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /**
     * Step 1 to 4: checks again, signs the ticket, lets the device answer, picks the relay, admits both ends.
     *
     * @return completes within 11 s, exceptionally with a {@link RefusedException} ({@code HANDSHAKE_FAILED}, {@code FORBIDDEN},
     *     {@code DEVICE_OFFLINE}) and nothing else
     * @throws RefusedException if it is refused before the device was asked; {@code CONFLICT} for a second handshake
     */
    public CompletableFuture<HandshakeAnswer> handshake(
            Caller caller, SessionId sid, HandshakeRequest request, ClientKind client) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** Ends a session at the request of its user, or of somebody who may end sessions. Ending an ended one does nothing. */
    public void end(Caller caller, SessionId sid, String reason, OptionalLong bytesIn, OptionalLong bytesOut)
            throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** Live sessions: the caller's own, and those on devices whose connection log the caller may view. */
    public List<SessionView> live(Caller caller) {
        throw new UnsupportedOperationException();
    }

    /** All sessions on a device, newest first; needs {@code view-connection-log} on it. */
    public Page<SessionView> ofDevice(Caller caller, String deviceUid, PageRequest page) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** Whether the caller may know of the session: for live events. */
    public boolean sees(Caller caller, String deviceUid, String sessionUserId) {
        throw new UnsupportedOperationException();
    }
}
