/**
 * What happens before the first request: schema, keys, first domains, and tidying up after the last run.
 *
 * <p>Invariants: in that order; a step that fails keeps the application from starting. Recurring work is started from here and nowhere else.
 */
@NullMarked
package org.bascule.domain.startup;

import org.jspecify.annotations.NullMarked;
