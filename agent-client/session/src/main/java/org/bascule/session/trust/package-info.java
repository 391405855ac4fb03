/**
 * What a client checks before m1 ({@code docs/protocol/session.md}, "Trust"): pinned installation root, key set, device certificate, endorsement, transparency log, and
 * that all of it fits what was seen before.
 *
 * <p>Invariants: nothing that the access server says is believed before these checks; what was pinned is never replaced silently; a first contact is reported as
 * such; a log that does not go on from the head that was seen is refused, and the head that was seen stays remembered as the evidence.
 */
@NullMarked
package org.bascule.session.trust;

import org.jspecify.annotations.NullMarked;
