/**
 * Records ({@code docs/protocol/session.md}, "Records"): the protection of what the two ends send each other after the handshake, and the layout of what is inside.
 *
 * <p>Invariants: a sequence number is used for one plaintext alone; state changes only after a tag verified; a gap or a duplicate is noticed before anything
 * of the record is used. Who may send what when does not belong here.
 */
@NullMarked
package org.bascule.session.record;

import org.jspecify.annotations.NullMarked;
