package org.bascule.agent.watch;

import org.bascule.wire.SessionId;

/**
 * Somebody who watches.
 *
 * @param sid the session of his own
 * @param name for the watched and the person at the device: hostile text
 */
public record Watcher(SessionId sid, String name) {}
