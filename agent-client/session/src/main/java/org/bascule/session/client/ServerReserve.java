package org.bascule.session.client;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.session.resume.ReserveSource;
import org.bascule.session.resume.Resumer;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.SessionEnd;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.session.ReserveRequest;
import org.jspecify.annotations.Nullable;

/** Asks the access server for a client's tokens in reserve, one request at a time, each on a thread of its own: they are rare, and block. */
final class ServerReserve implements ReserveSource {

    private static final System.Logger LOG = System.getLogger(ServerReserve.class.getName());

    private final HandshakeExchange exchange;
    private final SessionId sid;
    private final RelayProofKey proof;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile @Nullable Resumer resumer;

    ServerReserve(HandshakeExchange exchange, SessionId sid, RelayProofKey proof) {
        this.exchange = exchange;
        this.sid = sid;
        this.proof = proof;
    }

    /** Whom the answers are for. */
    void answerTo(Resumer newResumer) {
        resumer = newResumer;
    }

    @Override
    public void ask(List<String> relays, List<String> struck, OptionalLong lost) {
        if (busy.compareAndSet(false, true)) {
            ReserveRequest request = new ReserveRequest(proof.publicKey(), most(relays), most(struck), lost);
            Thread thread = new Thread(() -> request(request), "bascule-session-reserve");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static List<String> most(List<String> ids) {
        return ids.subList(0, Math.min(ids.size(), ReserveRelay.MAX_NAMED));
    }

    private void request(ReserveRequest request) {
        Resumer to = Objects.requireNonNull(resumer, "who asks is there");
        try {
            to.reserve(exchange.reserve(sid, request));
        } catch (SessionOverException e) {
            to.endedElsewhere(new SessionEnd(EndReason.ENDED_BY_SERVER, true, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "no tokens in reserve: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            busy.set(false);
        }
    }
}
