/** The relay in its container, and what these tests need around it. */
@NullMarked
package org.bascule.relay;

import org.jspecify.annotations.NullMarked;
