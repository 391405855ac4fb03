/** Admission without a container. */
@NullMarked
package org.bascule.relay.admission;

import org.jspecify.annotations.NullMarked;
