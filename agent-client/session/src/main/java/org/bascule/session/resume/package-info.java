/**
 * How a session goes on when its relay or its network is lost ({@code docs/protocol/session.md}, "Resuming"): which relays are tried when, with which tokens, and for how long. The exchange of
 * {@code RESUME} and what is sent again belong to {@link org.bascule.session.stream}.
 */
@NullMarked
package org.bascule.session.resume;

import org.jspecify.annotations.NullMarked;
