/** Measurements of the session: records against the bare cipher, streams, the echo of a key. */
@NullMarked
package org.bascule.session.bench;

import org.jspecify.annotations.NullMarked;
