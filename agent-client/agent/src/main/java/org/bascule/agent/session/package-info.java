/**
 * The agent's part in sessions: from the offer over the handshake and the relay to streams. Invariants: what is granted is requested ∩ ticket ∩ policy
 * and never grows; lease and end are enforced by the channel's clock whether or not the server is heard; every session ends once and is reported.
 */
@NullMarked
package org.bascule.agent.session;

import org.jspecify.annotations.NullMarked;
