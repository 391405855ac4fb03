package org.bascule.session.stream;

/**
 * How a session ended.
 *
 * @param byPeer true if the other end said so with {@code END}
 * @param text for people; from the other end if {@code byPeer}, so hostile text
 */
public record SessionEnd(EndReason reason, boolean byPeer, String text) {}
