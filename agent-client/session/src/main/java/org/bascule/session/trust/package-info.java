/**
 * What a client checks before m1 ({@code docs/protocol/session.md}, "Trust"): pinned installation root, key set, device certificate, endorsement, and that all of
 * it fits what was seen before.
 *
 * <p>Invariants: nothing that the access server says is believed before these checks; what was pinned is never replaced silently; a first contact is reported as
 * such. In force are all checks of that table but those of the transparency log, whose fields are empty.
 */
@NullMarked
package org.bascule.session.trust;

import org.jspecify.annotations.NullMarked;
