/** Enrolment of a device by token. Specified in {@code docs/protocol}. */
@NullMarked
package org.bascule.wire.enrol;

import org.jspecify.annotations.NullMarked;
