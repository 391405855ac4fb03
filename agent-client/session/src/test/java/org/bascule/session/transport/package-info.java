/** Tests of the package of the same name. */
@NullMarked
package org.bascule.session.transport;

import org.jspecify.annotations.NullMarked;
