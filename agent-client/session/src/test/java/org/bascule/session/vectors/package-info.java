/** Our own test vectors ({@code docs/protocol/vectors}), which the TypeScript side reads as well: made with fixed keys, compared at every build. */
@NullMarked
package org.bascule.session.vectors;

import org.jspecify.annotations.NullMarked;
