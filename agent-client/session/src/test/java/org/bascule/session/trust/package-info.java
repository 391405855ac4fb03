/** Tests of the package of the same name. */
@NullMarked
package org.bascule.session.trust;

import org.jspecify.annotations.NullMarked;
