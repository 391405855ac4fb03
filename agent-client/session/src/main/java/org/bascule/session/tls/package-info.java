/** Whom to believe in TLS, where the platform's authorities are not enough. */
@NullMarked
package org.bascule.session.tls;

import org.jspecify.annotations.NullMarked;
