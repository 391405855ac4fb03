/**
 * Becoming a device of an installation ({@code docs/protocol/control.md}, "Enrolment"). Invariants: the identity key is made here, is on the disk before it is
 * named, and never leaves; nothing is stored as registered before every check of the answer passed; what was pinned is not changed by a second enrolment.
 */
@NullMarked
package org.bascule.agent.enrol;

import org.jspecify.annotations.NullMarked;
