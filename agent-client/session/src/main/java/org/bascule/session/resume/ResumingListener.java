package org.bascule.session.resume;

import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.stream.TransportLoss;

/** A listener whose session goes on when its transport is lost. */
public record ResumingListener(SessionListener listener, Resumer resumer) implements SessionListener {

    @Override
    public void started(Session session) {
        listener.started(session);
    }

    @Override
    public void notPermitted(Session session, String service) {
        listener.notPermitted(session, service);
    }

    @Override
    public boolean lost(Session session, TransportLoss loss) {
        boolean goesOn = resumer.lost(session, loss);
        listener.lost(session, loss);
        return goesOn;
    }

    @Override
    public void resumed(Session session, String relay) {
        listener.resumed(session, relay);
    }

    @Override
    public void ended(Session session, SessionEnd end) {
        resumer.ended();
        listener.ended(session, end);
    }
}
