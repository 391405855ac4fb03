/**
 * Everything that crosses a wire between the parts of Bascule: identifiers, strict JSON, binary layout. Specified in {@code docs/protocol}.
 *
 * <p>Invariants: needs the JDK and {@code jakarta.json} alone; every value is validated where it is constructed; whatever comes from outside
 * fails with {@link org.bascule.wire.WireException}. No I/O and no persistence belong here.
 */
@NullMarked
package org.bascule.wire;

import org.jspecify.annotations.NullMarked;
