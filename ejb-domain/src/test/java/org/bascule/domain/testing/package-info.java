/** A real database and hand-made wiring for tests of the domain. */
@NullMarked
package org.bascule.domain.testing;

import org.jspecify.annotations.NullMarked;
