/**
 * What goes wrong, as callers see it: problem details (RFC 9457) with a code, a sentence, and a reference into the log.
 *
 * <p>Invariant: nothing internal leaves in a problem: no stack, no SQL, no class name, no input echoed but field names.
 */
@NullMarked
package org.bascule.web.problem;

import org.jspecify.annotations.NullMarked;
