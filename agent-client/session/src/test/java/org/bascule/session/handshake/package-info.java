/** Tests of the handshake: vectors, and what is refused. */
@NullMarked
package org.bascule.session.handshake;

import org.jspecify.annotations.NullMarked;
