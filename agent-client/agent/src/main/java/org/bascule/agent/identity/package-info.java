/**
 * The identity key of this device, its certificate, and the change to the next ones ({@code docs/protocol/control.md}, "Renewal"). Invariants: the key that the
 * server knows is on the disk at every moment, whatever ends the process; a next key is used when its certificate is on the disk, and takes the old one's place
 * when the server has welcomed it.
 */
@NullMarked
package org.bascule.agent.identity;

import org.jspecify.annotations.NullMarked;
