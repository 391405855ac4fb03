/**
 * RFB (RFC 6143) for one client: what differs from what the client has, in the encodings that it knows. Knows no display server.
 *
 * <p>Invariants: the client's bytes are hostile; nothing is queued for the client, so that a slow one sees fewer pictures and no old ones.
 */
@NullMarked
package org.bascule.agent.desktop.rfb;

import org.jspecify.annotations.NullMarked;
