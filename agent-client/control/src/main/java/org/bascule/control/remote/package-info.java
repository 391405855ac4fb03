/**
 * Programs on a device, through an end-to-end session: open, connect local streams, pass on how it ended.
 *
 * <p>Invariants: bytes pass unchanged and in order; reading from the network never waits for the local terminal; whatever ends a session ends
 * the command with a code and a sentence.
 */
@NullMarked
package org.bascule.control.remote;

import org.jspecify.annotations.NullMarked;
