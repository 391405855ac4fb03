package org.bascule.session.stream;

/** Told about a session as a whole. Called without a lock held; must not block. */
public interface SessionListener {

    /** The client confirmed the handshake: services may start. On the client's side at once. */
    default void started(Session session) {}

    /** The other end tried to open something that the ticket does not allow: to be reported and audited. */
    default void notPermitted(Session session, String service) {}

    /**
     * The transport is gone. Not called for the end of the session itself.
     *
     * @return whether somebody will bring another one ({@link Session#resume}); if not, the session ends
     */
    default boolean lost(Session session, TransportLoss loss) {
        return false;
    }

    /** The session goes on through another relay. */
    default void resumed(Session session, String relay) {}

    /** The last call, once. */
    default void ended(Session session, SessionEnd end) {}
}
