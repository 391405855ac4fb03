/** How a machine becomes a device: by token, by pairing code, and how it ends.  Specified in {@code docs/protocol}. */
@NullMarked
package org.bascule.wire.enrol;

import org.jspecify.annotations.NullMarked;
