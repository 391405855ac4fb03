/**
 * The session itself ({@code docs/protocol/session.md}, "Records" and "Streams"): streams with credit, acknowledgement, the window, the end.
 *
 * <p>Invariants: what is queued is bounded (window, credit, streams); a record under a good tag that breaks a rule ends the session as
 * {@code protocol-violation}; without {@code END} a session ends as {@code interrupted}; nothing waits while a lock is held. Calls to handlers come from the thread
 * that received the record, so a handler must not block.
 */
@NullMarked
package org.bascule.session.stream;

import org.jspecify.annotations.NullMarked;
