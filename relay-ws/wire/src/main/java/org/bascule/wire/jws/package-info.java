/** JSON Web Signatures (RFC 7515) with exact headers: no algorithm agility, no header parameters beyond alg, typ and kid. Specified in {@code docs/protocol}. */
@NullMarked
package org.bascule.wire.jws;

import org.jspecify.annotations.NullMarked;
